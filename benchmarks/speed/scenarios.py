"""What is measured: each scenario makes its input, runs the tools on it in turn, and holds the figures to budgets."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from . import packages, services
from .budgets import Verdict, shape_verdict, verdict
from .measure import Command, Runs, alternate, run
from .shapes import SHAPES
from .tools import Tools

OURS = "lambda-conn-lint"
WARM = f"{OURS}, nothing changed"
ALONE = f"{OURS}, nothing can matter"
SCREENED, PARSED = f"{OURS}, a file beside a handler", f"{OURS}, a handler"
EMPTY = "python -c pass"
PLAIN, PLUGIN = "flake8", "flake8 and plugin"
_SAMPLE = 300
_MANY = 20_000


class Group(NamedTuple):
    """The runs on one input, the first of them what the others are compared with, and what they say of budgets.

    ``detail`` says what the input is made of, where the title does not.
    """

    title: str
    runs: tuple[Runs, ...]
    verdicts: tuple[Verdict, ...] = ()
    is_charted: bool = False
    detail: str = ""


class Bench(NamedTuple):
    """What all scenarios share: the tools, how often they run, and where and how large inputs are made."""

    tools: Tools
    rounds: int
    scale: float
    inputs: Path
    wheels: Path | None
    trees: Mapping[str, Path]
    say: Callable[[str], None]

    def fresh(self, name: str) -> Path:
        """The path of an input that is to be made, with nothing there."""
        shutil.rmtree(self.inputs / name, ignore_errors=True)
        return self.inputs / name

    def size(self, full: int) -> int:
        """How much of an input is made, where that much is all of it."""
        return max(1, round(full * self.scale))

    def check(self, folder: Path, *arguments: str) -> Command:
        """This tool in a folder, without a cache."""
        return Command(self.tools.ours("--no-cache", *arguments), str(folder))

    def both(self, folder: Path) -> dict[str, Command]:
        """This tool without a cache, and where nothing has changed since the last run, which this makes."""
        warm = Command(self.tools.ours("--cache-dir", str(self.fresh("cache"))), str(folder))
        run(warm)
        return {OURS: self.check(folder), WARM: warm}

    def peers(self, folder: Path) -> dict[str, Command]:
        """The peers that check a tree by themselves, in a folder."""
        return {name: Command(arguments, str(folder)) for name, arguments in self.tools.peers().items()}

    def flake8(self, folder: Path, *arguments: str) -> dict[str, Command]:
        """flake8 without and with the plugin, started where no module of the tree hides one of Python's own."""
        if not self.tools.has_flake8:
            return {}
        rest = ("--select=LCL", *arguments, str(folder))
        return {
            name: Command(self.tools.flake8(*rest, plugin=plugin), sysconfig.get_path("stdlib"))
            for name, plugin in ((PLAIN, False), (PLUGIN, True))
        }


def no_handlers(bench: Bench) -> Iterable[Group]:
    """A large tree in which the bytes alone say that there is nothing to find."""
    folder, made = _packages(bench)
    runs = _in_turn(bench, folder, {**bench.both(folder), **bench.peers(folder)})
    verdicts = tuple(_against(runs, OURS, "ruff", "no handlers"))
    title = f"{_count(folder):,} files without handlers"
    yield Group(title, tuple(runs.values()), verdicts, is_charted=True, detail=made)


def lambda_services(bench: Bench) -> Iterable[Group]:
    """Services of the kind that the tool is for, beside every peer."""
    folder = bench.fresh("services")
    services.write_services(folder, bench.size(services.FILES))
    yield _beside_all(bench, folder, "Lambda services")._replace(is_charted=True)


def given_trees(bench: Bench) -> Iterable[Group]:
    """Folders that were named on the command line, held to the budgets of Lambda services."""
    for name, folder in bench.trees.items():
        yield _beside_all(bench, folder, name, name)


def one_file(bench: Bench) -> Iterable[Group]:
    """A file of a small service, as hooks and editors have it checked."""
    folder, alone = bench.fresh("one_service"), bench.fresh("one_library")
    services.write_service_with_finding(folder)
    services.write_library(alone)
    commands = {
        EMPTY: Command((bench.tools.python, "-c", "pass"), str(folder)),
        ALONE: bench.check(alone, "models.py"),
        SCREENED: bench.check(folder, "src/orders/models.py"),
        PARSED: bench.check(folder, "src/orders/app.py"),
    }
    runs = _in_turn(bench, folder, commands)
    verdicts = (
        verdict("one file, screen", runs[ALONE].ratio(runs[EMPTY]), "in a library"),
        verdict("one file, screen", runs[SCREENED].ratio(runs[EMPTY]), "in a service"),
        verdict("one file, parsed", runs[PARSED].ratio(runs[EMPTY])),
    )
    yield Group("one file", tuple(runs.values()), verdicts, is_charted=True)


def flake8(bench: Bench) -> Iterable[Group]:
    """flake8 with and without the plugin, in one process and in two."""
    tree, _ = _packages(bench)
    folder = bench.fresh("sample")
    packages.sample(tree, folder, bench.size(_SAMPLE))
    for jobs in ("--jobs=1", "--jobs=2"):
        runs = _in_turn(bench, folder, bench.flake8(folder, jobs))
        verdicts = tuple(_against(runs, PLUGIN, PLAIN, "flake8", jobs))
        yield Group(f"flake8 {jobs}, {_count(folder):,} files without handlers", tuple(runs.values()), verdicts)


def growth(bench: Bench) -> Iterable[Group]:
    """Services, and twice as many, and so on."""
    commands = {}
    for times in (1, 2, 4, 8):
        folder = bench.fresh(f"services_{times}")
        written = services.write_services(folder, times * bench.size(services.FILES // 4))
        _read(folder)
        commands[f"{times} times, {written:,} files"] = bench.check(folder)
    runs = tuple(alternate(commands, bench.rounds).values())
    verdicts = tuple(verdict("growth", larger.ratio(smaller), larger.label) for smaller, larger in pairwise(runs))
    yield Group("growth of Lambda services", runs, verdicts)


def shapes(bench: Bench) -> Iterable[Group]:
    """Programs of one extreme shape each, whole and at half their size."""
    for number, (shape, (full, make)) in enumerate(SHAPES.items()):
        commands, written = {}, []
        for size in (max(1, bench.size(full) // 2), bench.size(full)):
            folder = bench.fresh(f"shape_{number}_{size}")
            files = make(size)
            services.write_project(folder, files)
            written.append(sum(map(len, files.values())))
            commands[f"{size:,}"] = bench.check(folder)
        half, whole = alternate(commands, bench.rounds).values()
        yield Group(shape, (half, whole), (shape_verdict(shape, written[0], written[1], whole.ratio(half)),))


def memory(bench: Bench) -> Iterable[Group]:
    """Very many files, once."""
    tree, _ = _packages(bench)
    plain, heavy = bench.fresh("many_without_handlers"), bench.fresh("many_services")
    packages.multiply(tree, plain, bench.size(_MANY))
    services.write_services(heavy, bench.size(_MANY))
    for folder, what in ((plain, "without handlers"), (heavy, "of Lambda services")):
        runs = Runs(OURS, (run(bench.check(folder)),))
        yield Group(f"{_count(folder):,} files {what}", (runs,), (verdict("memory", runs.median().peak, what),))


def fix(bench: Bench) -> Iterable[Group]:
    """The fix of many findings beside the check that finds them."""
    origin, fixed = bench.fresh("findings"), bench.inputs / "fixed"
    services.write_findings(origin, bench.size(services.FINDINGS))

    def restore() -> None:
        shutil.copytree(origin, bench.fresh(fixed.name))

    restore()
    commands = {
        "check": bench.check(origin),
        "--fix": bench.check(fixed, "--fix")._replace(before=restore),
    }
    runs = alternate(commands, bench.rounds)
    title = f"{bench.size(services.FINDINGS):,} findings"
    yield Group(title, tuple(runs.values()), (verdict("fix", runs["--fix"].ratio(runs["check"])),))


SCENARIOS: Mapping[str, Callable[[Bench], Iterable[Group]]] = MappingProxyType(
    {
        "no-handlers": no_handlers,
        "services": lambda_services,
        "trees": given_trees,
        "one-file": one_file,
        "flake8": flake8,
        "growth": growth,
        "shapes": shapes,
        "memory": memory,
        "fix": fix,
    }
)
"""By the name that the command line knows."""


def _packages(bench: Bench) -> tuple[Path, str]:
    """The tree without handlers and what it is made of; the same one for all scenarios of a run."""
    folder, note = bench.inputs / "packages", bench.inputs / "packages.txt"
    if not note.exists():
        bench.fresh(folder.name)
        if bench.wheels is None:
            made = packages.copy_installed(folder, bench.scale)
        else:
            made = packages.unpack(folder, bench.wheels, bench.scale, bench.say)
        note.write_text(made, encoding="utf-8")
    return folder, note.read_text(encoding="utf-8")


def _beside_all(bench: Bench, folder: Path, name: str, detail: str = "") -> Group:
    """This tool, cold and warm, and all of its peers, on Lambda code."""
    runs = _in_turn(bench, folder, {**bench.both(folder), **bench.peers(folder), **bench.flake8(folder)})
    verdicts = (
        *_against(runs, OURS, "ruff", "services", detail),
        *_against(runs, OURS, "pythaw", "services, pythaw", detail),
        *_against(runs, WARM, "ruff", "services, warm", detail),
    )
    return Group(f"{_count(folder):,} files of {name}", tuple(runs.values()), verdicts)


def _in_turn(bench: Bench, folder: Path, commands: Mapping[str, Command]) -> dict[str, Runs]:
    _read(folder)
    return alternate(commands, bench.rounds)


def _against(runs: Mapping[str, Runs], ours: str, peer: str, budget: str, detail: str = "") -> Iterable[Verdict]:
    """The verdict on one command beside another, where both are there."""
    if ours in runs and peer in runs:
        yield verdict(budget, runs[ours].ratio(runs[peer]), detail)


def _read(folder: Path) -> None:
    """Read every file, so that the disk is out of the comparison from the first run on."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.py"))
