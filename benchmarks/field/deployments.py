"""How many functions the deployment files of repositories name, how many were led to their code, and why others not.

    python benchmarks/field/deployments.py FOLDER... [--verbose]

prints a line for each repository (a sub-folder of FOLDER) and format: functions that may be Python's, those whose file
was found, and the others by reason. "not here" are those whose code is not in the repository: it stands in the
deployment file itself, or no Python file of the repository has the name of the handler's module. The share at the end
is of those whose code is in the repository.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.handlers.manifests.locate import candidates
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen

_PATH = re.compile(r"\S*/\S*|\S+\.(?:py|zip)\b|\$\{.*")


class Tally(NamedTuple):
    """The functions of one repository and format."""

    repository: str
    source: str
    functions: list[Declaration]
    elsewhere: int  # whose code is not in the repository

    @property
    def found(self) -> int:
        return sum(bool(one.file) for one in self.functions)

    def reasons(self) -> Counter[str]:
        """Why functions were not found, without names of files."""
        return Counter(_PATH.sub("…", one.problem) for one in self.functions if not one.file)


def tallies(folder: Path) -> tuple[list[Tally], list[str], float]:
    """The tallies of one repository, its unreadable deployment files, and the seconds that reading them took."""
    project = Project(folder)
    screen = Screen(project, catalogue().sources)
    started = time.process_time()
    manifests = read(project, screen.programs)
    seconds = time.process_time() - started
    by_source: dict[str, list[Declaration]] = {}
    for one in manifests.declarations:
        by_source.setdefault(one.source, []).append(one)
    found = [
        Tally(folder.name.replace("+", "/"), source, functions, sum(_is_elsewhere(project, one) for one in functions))
        for source, functions in sorted(by_source.items())
    ]
    return found, [f"{one.manifest}: {one.problem}" for one in manifests.unreadable], seconds


def _is_elsewhere(project: Project, one: Declaration) -> bool:
    if one.file:
        return False
    if one.problem == "inline code" or not one.handler or "$" in one.handler:
        return one.problem == "inline code"  # of what nobody can name here, nobody can say where it is
    return not candidates(project, one.handler if "." in one.handler else f"main.{one.handler}")


def main(arguments: Iterable[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Counts what deployment files name and what was found of it.")
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    parser.add_argument("--verbose", action="store_true", help="name every function that was not found")
    options = parser.parse_args(None if arguments is None else list(arguments))
    rows: list[Tally] = []
    seconds = 0.0
    for folder in sorted({one.name: one for top in options.folders for one in top.iterdir() if one.is_dir()}.values()):
        found, unreadable, spent = tallies(folder)
        seconds += spent
        rows += found
        for row in found:
            print(_line(row.repository, row.source, [row]))
            if options.verbose:
                for one in row.functions:
                    if not one.file:
                        print(f"    {one.manifest}:{one.row}: {one.name} ({one.handler}): {one.problem}")
        for line in unreadable:
            print(f"    unreadable: {line}")
    print()
    for source in sorted({row.source for row in rows}):
        print(_line("all", source, [row for row in rows if row.source == source]))
    print(_line("all", "all", rows))
    print(f"reading them took {seconds:.1f} s")
    return 0


def _line(repository: str, source: str, rows: list[Tally]) -> str:
    named = sum(len(row.functions) for row in rows)
    found = sum(row.found for row in rows)
    elsewhere = sum(row.elsewhere for row in rows)
    reasons = sum((row.reasons() for row in rows), Counter[str]())
    here = named - elsewhere
    share = f"{found / here:.1%}" if here else "-"
    why = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(5))
    return f"{repository:45} {source:15} {named:5} named {found:5} found {elsewhere:4} not here {share:>7}  {why}"


if __name__ == "__main__":
    raise SystemExit(main())
