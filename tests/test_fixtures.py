"""Every annotated case under ``fixtures/`` gives exactly the findings that its lines expect."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from expectations import AREAS, Case, call_rows, collect, differences, docstring

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import BY_CODE

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = collect(FIXTURES)

KNOWN_MISSES = 14
KNOWN_FALSE_ALARMS = 7
FEWEST_CASES = {
    "names": 66,
    "handlers": 83,
    "reach": 59,
    "reuse": 127,
    "closed": 58,
    "dependence": 50,
    "projects": 13,
    "hard": 267,
    "newer_syntax": 5,
}


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_findings_are_what_the_lines_expect(case: Case, tmp_path: Path) -> None:
    project = Project(case.folder) if case.folder else Project(tmp_path, overlay=case.files)
    report = check(project, Settings(codes=frozenset(BY_CODE)))

    problems = differences(case, report.findings)
    assert not problems, "\n".join(problems)
    for finding in report.findings:
        assert finding.handlers, f"{finding.filename}:{finding.span.row}: a finding names the handlers that reach it"
        first, last = finding.path[0], finding.path[-1]
        assert (first.filename, first.name) in {(handler.filename, handler.name) for handler in finding.handlers}
        assert (last.filename, last.row) == (finding.filename, finding.span.row)


def test_case_is_well_formed(case: Case) -> None:
    markers = case.markers()
    assert markers, "a case without a marker shows nothing"
    unknown = {code for marker in markers for code in marker.codes} - set(BY_CODE)
    assert not unknown, f"no such code: {sorted(unknown)}"
    if case.area != "newer_syntax":
        rows = {filename: call_rows(text) for filename, text in case.texts()}
        in_code = [marker for marker in markers if marker.filename in rows]
        astray = [f"{marker.filename}:{marker.row}" for marker in in_code if marker.row not in rows[marker.filename]]
        assert not astray, f"no call starts where these markers stand: {astray}"
    for filename, text in case.texts():
        said = docstring(text)
        assert (said and "\n" not in said) or not text, f"{filename} starts with one line that says what it shows"


def test_no_case_is_written_twice() -> None:
    texts = Counter(tuple(case.files.values()) for case in CASES)
    twice = [case.name for case in CASES if texts[tuple(case.files.values())] > 1]
    assert not twice


def test_no_case_says_what_another_says() -> None:
    said = Counter(docstring(text) for case in CASES for _, text in case.texts() if docstring(text))
    assert not [line for line, times in said.items() if times > 1]


def test_nothing_below_fixtures_is_left_out() -> None:
    assert {entry.name for entry in FIXTURES.iterdir()} == {*AREAS, "example_service", "fixes"}
    entries = {f"{area}/{entry.name}" for area in AREAS for entry in (FIXTURES / area).iterdir()}
    assert entries - {f"{area}/__pycache__" for area in AREAS} == {case.name for case in CASES}


def test_areas_have_their_cases() -> None:
    counts = Counter(case.area for case in CASES)
    assert set(counts) == set(AREAS)
    assert all(counts[area] >= fewest for area, fewest in FEWEST_CASES.items()), counts


def test_known_misses_and_false_alarms_are_counted() -> None:
    verdicts = {"todo": KNOWN_MISSES, "todo-ok": KNOWN_FALSE_ALARMS}
    listed: dict[str, list[str]] = {verdict: [] for verdict in verdicts}
    for case in CASES:
        for marker in case.markers():
            if marker.verdict in listed:
                listed[marker.verdict].append(f"{case.name}: {marker.filename}:{marker.row} {', '.join(marker.codes)}")
    assert {verdict: len(lines) for verdict, lines in listed.items()} == verdicts, listed
