"""``python -m benchmarks.speed``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import chart, tables
from .budgets import BUDGETS
from .scenarios import OURS, SCENARIOS, Bench, Group
from .tools import ROOT, install, installed


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print what came out; with ``--check`` 1 where a budget does not hold."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.scale <= 0:
        parser.error("--rounds has to be at least 1, and --scale more than 0")
    with tempfile.TemporaryDirectory() as folder:
        work = (options.work or Path(folder)).resolve()
        return _measure(work, options)


def _measure(work: Path, options: argparse.Namespace) -> int:
    inputs = work / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir(parents=True)
    tools = installed(work) if options.offline else install(work, _say)
    for name in ("ruff", "flake8", "pythaw", "semgrep"):
        if name not in tools.versions:
            _say(f"{name} is not installed and is left out")
    wheels = None if options.offline else work / "wheels"
    bench = Bench(tools, options.rounds, options.scale, inputs, wheels, dict(options.tree), _say)
    groups: list[Group] = []
    for name in options.only or SCENARIOS:
        for group in SCENARIOS[name](bench):
            groups.append(group)
            _say(f"{group.title}\n{tables.run_table([group])}{tables.budget_table(group.verdicts)}")
    page = tables.document(groups, tools.versions, options.rounds)
    print(page, end="")
    if options.write is not None:
        (options.write / "speed.md").write_text(page, encoding="utf-8")
        charted = [group for group in groups if group.is_charted]
        if charted:
            (options.write / "speed.svg").write_text(chart.draw(charted, OURS), encoding="utf-8")
    broken = [verdict for group in groups for verdict in group.verdicts if not verdict.holds]
    return 1 if options.check and broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description="Measures what a run costs beside other tools, and holds the figures to their budgets.",
    )
    parser.add_argument("--work", type=Path, help="where inputs and environments are kept; a temporary folder")
    parser.add_argument(
        "--tree", action="append", type=_tree, default=[], metavar="NAME=PATH", help="a folder of Lambda code more"
    )
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="this scenario alone; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="how often each tool runs; %(default)s")
    parser.add_argument("--scale", type=float, default=1.0, help="the size of the inputs; %(default)s is all of them")
    parser.add_argument("--offline", action="store_true", help="use tools and packages that are installed")
    parser.add_argument(
        "--check", action="store_true", help=f"exit code 1 where one of {len(BUDGETS)} budgets is broken"
    )
    parser.add_argument(
        "--write",
        type=Path,
        nargs="?",
        const=ROOT / "docs",
        metavar="FOLDER",
        help="write the page and the chart there; into docs",
    )
    return parser


def _tree(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    folder = Path(path).resolve()
    if not (name and path and folder.is_dir()):
        raise argparse.ArgumentTypeError(f"not NAME=PATH of a folder: {text!r}")
    return name, folder


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
