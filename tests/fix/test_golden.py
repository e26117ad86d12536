"""Every case under ``fixtures/fixes`` is fixed to exactly the text beside it, in full and with nothing left behind.

A case is ``NAME.py`` with ``NAME.fixed.py`` beside it, or a folder with ``before/`` and ``after/`` in it, where files
that stay as they are have nothing beside them. Comments in it say how it is fixed and what is left::

    # fix: unsafe                        with unsafe fixes
    # style: cached                      in this style
    # select: LCL203                     with a code that is off by default
    # reason: closes it                  a finding without a fix; one line for each, in their order
    # doubt: latest values               a finding whose fix is unsafe and not wanted, likewise
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from pyflakes.checker import Checker  # type: ignore[import-untyped, unused-ignore]  # stubs are extra

from lambda_conn_lint.check import Settings
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.rounds import Choice, Outcome, fix_project, planned
from lambda_conn_lint.fix.templates.accessor import Style
from lambda_conn_lint.project import Project

FOLDER = Path(__file__).parents[2] / "fixtures" / "fixes"
FEWEST = 180

_DIRECTION = re.compile(r"^# (fix|style|select|reason|doubt): (.+)$", re.MULTILINE)


class Case(NamedTuple):
    """One case: its files, what becomes of those that change, and its directions."""

    name: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    directions: Mapping[str, tuple[str, ...]]

    @property
    def settings(self) -> Settings:
        plain = Settings()
        return replace(plain, codes=plain.codes.union(self.directions.get("select", ())))

    @property
    def style(self) -> Style:
        return "cached" if "style" in self.directions else "global"

    def choice(self, style: Style) -> Choice:
        return Choice(unsafe="fix" in self.directions, style=style)

    def outcome(self, folder: Path, style: Style) -> Outcome:
        return fix_project(Project(folder, self.before), self.settings, self.choice(style), _all)


def _all(findings: Sequence[Finding], content: bytes) -> Sequence[Finding]:
    return findings


def _collect() -> Iterator[Case]:
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if path.is_dir() and path.name == "before":
            yield _case(name.removesuffix("/before"), _below(path), _below(path.with_name("after")))
        elif path.suffix == ".py" and path.suffixes != [".fixed", ".py"] and not {"before", "after"} & {*path.parts}:
            fixed = path.with_name(f"{path.stem}.fixed.py")
            after = {"app.py": fixed.read_bytes()} if fixed.is_file() else {}
            yield _case(name, {"app.py": path.read_bytes()}, after)


def _below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def _case(name: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Case:
    directions: dict[str, tuple[str, ...]] = {}
    for data in before.values():
        for word, value in _DIRECTION.findall(data.decode()):
            directions[word] = (*directions.get(word, ()), value)
    return Case(name, before, after, directions)


CASES = tuple(_collect())


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_the_text_is_the_one_beside_it(case: Case, tmp_path: Path) -> None:
    outcome = case.outcome(tmp_path, case.style)

    assert not outcome.failed
    for path in {*case.after, *outcome.changes}:
        assert outcome.changes.get(path, b"").decode() == case.after.get(path, b"").decode(), path
    _check_remaining(case, outcome)
    _check_texts(case.before, outcome)


def test_a_second_run_changes_nothing(case: Case, tmp_path: Path) -> None:
    project = Project(tmp_path, {**case.before, **case.after})
    outcome = fix_project(project, case.settings, case.choice(case.style), _all)
    assert not outcome.changes
    _check_remaining(case, outcome)


def test_the_other_style_fixes_the_same(case: Case, tmp_path: Path) -> None:
    other: Style = "global" if case.style == "cached" else "cached"
    outcome = case.outcome(tmp_path, other)

    assert not outcome.failed
    assert outcome.changes.keys() == case.after.keys()
    _check_remaining(case, outcome)
    _check_texts(case.before, outcome)


def test_lines_without_edits_stay_as_they_are(case: Case, tmp_path: Path) -> None:
    project = Project(tmp_path, case.before)
    choice = case.choice(case.style)
    first = [finding for finding in planned(project, case.settings, choice, _all) if finding.fix is not None]
    outcome = fix_project(project, case.settings, choice, _all)
    if len(first) != len(outcome.fixed) + len([finding for finding in outcome.remaining if finding.fix is not None]):
        pytest.skip("later rounds edit the text of earlier ones")
    for path, new in outcome.changes.items():
        touched: set[int] = set()
        for finding in outcome.fixed:
            for edit in finding.fix.edits if finding.fix is not None and finding.filename == path else ():
                is_inside = edit.span.end_column > 1 or not edit.content.endswith("\n")
                touched.update(range(edit.span.row, edit.span.end_row + is_inside))
        lines = iter(new.splitlines(keepends=True))
        for row, line in enumerate(case.before[path].splitlines(keepends=True), 1):
            assert row in touched or line in lines, f"{path}:{row} has changed or moved"


def _check_remaining(case: Case, outcome: Outcome) -> None:
    """Findings that stay say why, in order; none of them is a defect of ours."""
    reasons = [finding.reason for finding in outcome.remaining if finding.fix is None]
    doubts = [finding.fix.doubt for finding in outcome.remaining if finding.fix is not None]
    for word, texts in (("reason", reasons), ("doubt", doubts)):
        wanted = case.directions.get(word, ())
        assert len(texts) == len(wanted), texts
        assert all(part in text for part, text in zip(wanted, texts, strict=True)), texts


def _check_texts(before: Mapping[str, bytes], outcome: Outcome) -> None:
    for path, new in outcome.changes.items():
        compile(new, path, "exec", dont_inherit=True)
        assert not _warnings(new) - _warnings(before[path]), path
        assert max(map(len, re.findall(rb"\n+", new.replace(b"\r\n", b"\n")))) <= _most_blank(before[path])


def _most_blank(data: bytes) -> int:
    return max(3, *map(len, re.findall(rb"\n+", data.replace(b"\r\n", b"\n"))), 0)


def _warnings(data: bytes) -> Counter[str]:
    return Counter(message.message % message.message_args for message in Checker(ast.parse(data)).messages)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= FEWEST
    assert len({tuple(case.before.values()) for case in CASES}) == len(CASES)


def test_every_fixed_text_has_its_case() -> None:
    for path in FOLDER.rglob("*.fixed.py"):
        assert path.with_name(path.name.replace(".fixed", "")).is_file(), path
    for path in FOLDER.rglob("after"):
        assert path.with_name("before").is_dir(), path
