"""What each way of counting handlers leaves out of whole repositories, and which findings go with it.

    python benchmarks/field/left_out.py FOLDER... [--way auto|declared] [--sample N] [--seed S] [--json FILE]

prints a line for each repository (a sub-folder of FOLDER) in which a way leaves something out: handlers and findings
with ``auto``, ``all`` and ``declared``. Then follow the findings that one way loses, and some of the functions that it
leaves out, drawn by chance and the same for the same seed, for a reader to say which of them a platform calls.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.check import Settings
from lambda_conn_lint.findings import Finding, Handler
from lambda_conn_lint.handlers.model import ALL, AUTO, DECLARED, LeftOut
from lambda_conn_lint.handlers.strength import Accounted, left_out
from lambda_conn_lint.linking import Linking
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen
from lambda_conn_lint.surroundings import Surroundings

_SEED = 20_260_101


class Counted(NamedTuple):
    """What one way of counting gives for one repository."""

    handlers: tuple[Handler, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]


class Repository(NamedTuple):
    """One repository in the three ways."""

    name: str
    auto: Counted
    all: Counted
    declared: Counted

    def lost(self, way: str) -> list[Finding]:
        """The findings that are there with ``all`` and not in this way."""
        kept = {(one.filename, one.span, one.code) for one in getattr(self, way).findings}
        return [one for one in self.all.findings if (one.filename, one.span, one.code) not in kept]


def repository(folder: Path) -> Repository:
    """Counts one repository; with ``all`` only where ``auto`` leaves something out."""
    auto = _counted(folder, AUTO)
    every = _counted(folder, ALL) if auto.left_out else auto
    without = [left_out(one, DECLARED, Accounted()) for one in auto.handlers]
    declared = Counted(
        tuple(one for one in auto.handlers if _is_declared(one)),
        tuple(one for one in auto.findings if any(map(_is_declared, one.handlers))),
        (*auto.left_out, *(one for one in without if one is not None)),
    )
    return Repository(folder.name.replace("+", "/"), auto, every, declared)


def _counted(folder: Path, mode: str) -> Counted:
    project = Project(folder)
    settings = Settings(handlers=mode)
    screen = Screen(project, catalogue().sources)
    linking = Linking(Surroundings(project, screen, catalogue(), settings, every=True), settings)
    findings = tuple(sorted(one for one in linking.findings() if one.code in settings.codes))
    without = tuple(one for one in linking.open_ends() if isinstance(one, LeftOut))
    return Counted(linking.handlers(), findings, without)


def _is_declared(handler: Handler) -> bool:
    return left_out(handler, DECLARED, Accounted()) is None


def main(arguments: Iterable[str] | None = None) -> int:
    """Print the table, the findings that are lost, and the sample."""
    parser = argparse.ArgumentParser(description="Counts handlers and findings in each way of counting handlers.")
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    parser.add_argument("--way", choices=(AUTO, DECLARED), default=AUTO, help="whose losses to name")
    parser.add_argument("--sample", type=int, default=30, help="how many of the functions left out to name")
    parser.add_argument("--seed", type=int, default=_SEED, help="which ones")
    parser.add_argument("--json", type=Path, help="a file for all that is left out or lost")
    options = parser.parse_args(None if arguments is None else list(arguments))
    rows = []
    for folder in sorted({one.name: one for top in options.folders for one in top.iterdir() if one.is_dir()}.values()):
        rows.append(repository(folder))
        if rows[-1].declared.left_out:
            print(_line(rows[-1].name, rows[-1:]), flush=True)
    print(_line(f"all {len(rows)}", rows))
    lost = [f"{row.name} {one.filename}:{one.span.row} {one.code}" for row in rows for one in row.lost(options.way)]
    print(f"\n{len(lost)} findings that {options.way} loses:", *lost, sep="\n")
    every = [
        f"{row.name} {one.filename}:{one.row} {one.name}" for row in rows for one in getattr(row, options.way).left_out
    ]
    drawn = random.Random(options.seed).sample(every, min(options.sample, len(every)))
    print(f"\n{len(drawn)} of {len(every)} functions that {options.way} leaves out:", *sorted(drawn), sep="\n")
    if options.json is not None:
        options.json.write_text(json.dumps({"lost": lost, "left out": every}, indent=2) + "\n", encoding="utf-8")
    return 0


def _line(name: str, rows: list[Repository]) -> str:
    counts = []
    for way in (AUTO, ALL, DECLARED):
        several = [getattr(row, way) for row in rows]
        handlers, findings = (sum(len(one[field]) for one in several) for field in (0, 1))
        counts.append(f"{way} {handlers:5} handlers {findings:4} findings")
    without = sum(len(row.auto.left_out) for row in rows)
    return f"{name:45} {'   '.join(counts)}   {without:4} left out by auto"


if __name__ == "__main__":
    raise SystemExit(main())
