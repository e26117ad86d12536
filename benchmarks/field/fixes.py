"""Fix whole folders of repositories in memory, and examine what comes out; nothing is written to them.

    python benchmarks/field/fixes.py FOLDER...                     # every sub-folder is one repository
    python benchmarks/field/fixes.py FOLDER --repository owner+name
    python benchmarks/field/fixes.py FOLDER --way safe             # one of the three ways below
    python benchmarks/field/fixes.py FOLDER --json FILE --diff FILE

Each repository is fixed three times: safely, with unsafe fixes too, and in the style "cached". Of each, the changed
files must compile, parse, bind every name, do nothing new at import, keep their comments, newlines and encoding, and
give pyflakes and ruff nothing new to say; and fixing the result again must change nothing. A repository that lies in
several folders counts once. Exits with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixed_text import Pair, Problem, problems, ruff_problems

from lambda_conn_lint.check import Settings
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.rounds import Choice, Outcome, fix_project
from lambda_conn_lint.project import Project

DEFECT = "LCL000"
CHOICES = {"safe": Choice(), "unsafe": Choice(unsafe=True), "cached": Choice(style="cached")}


@dataclass
class Result:
    """One repository: counts of findings by what became of them, what is wrong by way of fixing, and the diff.

    Counts and diff are those of the first way that it is fixed in.
    """

    repository: str
    findings: int = 0
    safe: int = 0
    unsafe: Counter[str] = field(default_factory=Counter)  # by doubt
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    files: dict[str, int] = field(default_factory=dict)  # changed ones, by way
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    seconds: float = 0.0
    diff: str = ""


def examine(root: Path, ways: Iterable[str]) -> Result:
    """Fix a repository in these ways. A defect of the fixer that raises is one of the problems."""
    result = Result(root.name)
    started = time.monotonic()
    for way in ways:
        try:
            found = list(_fix(root, way, CHOICES[way], result))
        except Exception:
            found = [Problem("", "crash", traceback.format_exc())]
        result.problems[way] = found
    result.seconds = round(time.monotonic() - started, 1)
    return result


def _fix(root: Path, way: str, choice: Choice, result: Result) -> Iterator[Problem]:
    project = Project(root)
    outcome = _fixed(project, choice)
    if not result.files:  # the first way
        _count(outcome, result)
        result.diff = "".join(_diff(root.name, project, outcome))
    pairs = {path: Pair(project.read(path), after) for path, after in outcome.changes.items()}
    result.files[way] = len(pairs)
    yield from (Problem(path, "verification", why) for path, why in outcome.failed.items())
    yield from (Problem(each.filename, "defect", each.message) for each in outcome.remaining if each.code == DEFECT)
    for path, pair in pairs.items():
        yield from problems(path, pair)
    yield from ruff_problems(pairs)
    if pairs:
        again = _fixed(Project(root, outcome.changes), choice)
        yield from (Problem(path, "second run", "changes it again") for path in again.changes)


def _fixed(project: Project, choice: Choice) -> Outcome:
    return fix_project(project, Settings(), choice, lambda findings, content: findings)


def _count(outcome: Outcome, result: Result) -> None:
    every = [finding for finding in (*outcome.fixed, *outcome.remaining) if finding.client]
    fixes = [finding.fix for finding in every if finding.fix is not None]
    result.findings = len(every)
    result.safe = sum(not fix.doubt for fix in fixes)
    result.unsafe.update(fix.doubt for fix in fixes if fix.doubt)
    result.refused.update(_reason(finding) for finding in every if finding.fix is None)


def _reason(finding: Finding) -> str:
    return finding.reason or "(no reason is given)"


def _diff(name: str, project: Project, outcome: Outcome) -> Iterator[str]:
    for path, after in sorted(outcome.changes.items()):
        before, new = (data.decode("utf-8", "replace").splitlines(True) for data in (project.read(path), after))
        yield from difflib.unified_diff(before, new, f"{name}/{path}", f"{name}/{path}")


def text(results: list[Result]) -> Iterator[str]:
    """The report for people: a line for each repository, the sums by reason, and everything that is wrong."""
    heads = f"{'findings':>9}{'safe':>6}{'unsafe':>8}{'refused':>9}{'files':>7}{'wrong':>7}{'seconds':>9}"
    yield f"{'repository':<64}{heads}"
    for result in results:
        yield _line(result)
    unsafe = sum((result.unsafe for result in results), Counter[str]())
    refused = sum((result.refused for result in results), Counter[str]())
    yield _line(_total(results, unsafe, refused))
    for title, counts in (("unsafe", unsafe), ("refused", refused)):
        yield f"\n{title}:"
        yield from (f"{count:6}  {why}" for why, count in counts.most_common())
    for result in results:
        for way, found in result.problems.items():
            yield from (f"\n{result.repository} ({way}) {each.check}: {each.path}: {each.detail}" for each in found)


def _line(result: Result) -> str:
    unsafe, refused, wrong = result.unsafe.total(), result.refused.total(), sum(map(len, result.problems.values()))
    files = max(result.files.values(), default=0)
    counts = f"{result.findings:>9}{result.safe:>6}{unsafe:>8}{refused:>9}{files:>7}{wrong:>7}"
    return f"{result.repository:<64}{counts}{result.seconds:>9.1f}"


def _total(results: list[Result], unsafe: Counter[str], refused: Counter[str]) -> Result:
    files = {way: sum(result.files.get(way, 0) for result in results) for way in CHOICES}
    found = {way: [each for result in results for each in result.problems.get(way, ())] for way in CHOICES}
    findings, safe = sum(result.findings for result in results), sum(result.safe for result in results)
    return Result("all", findings, safe, unsafe, refused, files, found, sum(result.seconds for result in results))


def as_json(results: Iterable[Result]) -> str:
    """Everything but the diffs, as one JSON array with an object for each repository."""
    rows = []
    for result in results:
        row = {name: value for name, value in vars(result).items() if name != "diff"}
        row["problems"] = {way: [each._asdict() for each in found] for way, found in result.problems.items()}
        rows.append(row)
    return json.dumps(rows, indent=1)


def roots(folders: Iterable[Path], wanted: Iterable[str]) -> list[Path]:
    """The repositories in folders, each name once; all of them if none is asked for."""
    names = set(wanted)
    found = {root.name: root for folder in folders for root in sorted(folder.iterdir(), reverse=True) if root.is_dir()}
    return [root for name, root in sorted(found.items()) if not names or name in names]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Fix repositories in memory and examine what comes out.")
    parser.add_argument("folder", type=Path, nargs="+", help="a folder with one sub-folder for each repository")
    parser.add_argument("--repository", action="append", default=[], help="only this sub-folder (repeatable)")
    parser.add_argument("--way", action="append", choices=CHOICES, help="fix in this way only (repeatable)")
    parser.add_argument("--json", type=Path, help="write the counts and problems into this file")
    parser.add_argument("--diff", type=Path, help="write what fixes change, in the first way, into this file")
    arguments = parser.parse_args()
    results: list[Result] = []
    for root in roots(arguments.folder, arguments.repository):
        results.append(examine(root, arguments.way or CHOICES))
        print(_line(results[-1]), file=sys.stderr, flush=True)
    print("\n".join(text(results)))
    if arguments.json:
        arguments.json.write_text(as_json(results), encoding="utf-8")
    if arguments.diff:
        arguments.diff.write_text("".join(result.diff for result in results), encoding="utf-8")
    return 1 if any(found for result in results for found in result.problems.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
