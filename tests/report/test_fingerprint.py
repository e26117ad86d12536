from __future__ import annotations

import json

import pytest
from report.samples import APP, CONNECT, DB, MARKED_UP, MIXED, NOT_CHECKED, RESOURCE

from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.report import gitlab, sarif
from lambda_conn_lint.report.fingerprint import identities, text_of
from lambda_conn_lint.report.model import Outcome, Source, Style
from lambda_conn_lint.suppress import Suppressions

LINES = ["ab\n", "cde\n", "f"]


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(1, 1, 1, 3), "ab"),
        (Span(2, 2, 2, 3), "d"),
        (Span(1, 2, 3, 2), "b\ncde\nf"),
        (Span(1, 3, 2, 1), "\n"),
        (Span(2, 2, 2, 2), ""),
        (Span(3, 1, 4, 1), "f"),
        (Span(4, 1, 4, 1), ""),
        (Span(0, 1, 1, 1), ""),
    ],
)
def test_text_of(span: Span, text: str) -> None:
    assert text_of(LINES, span) == text


def _moved(finding: Finding) -> Finding:
    row, column, end_row, end_column = finding.span
    return finding._replace(span=Span(row + 2, column, end_row + 2, end_column))


def _sources(**texts: str) -> dict[str, Source]:
    lines = {f"src/{name}.py": text.splitlines(keepends=True) for name, text in texts.items()}
    return {path: Source(of, Suppressions(of)) for path, of in lines.items()}


BEFORE = Outcome((RESOURCE, CONNECT), _sources(app=APP, db=DB))
MOVED = Outcome((_moved(RESOURCE), _moved(CONNECT)), _sources(app="\n# new\n" + APP, db="\n\n" + DB))
LAID_OUT = Outcome(
    (RESOURCE, CONNECT._replace(span=Span(7, 12, 9, 6))),
    _sources(app=APP, db=DB.replace('(os.environ["DSN"])', "(\n        os.environ['DSN'],  # where\n    )")),
)
CHANGED = Outcome((RESOURCE, CONNECT), _sources(app=APP, db=DB.replace("DSN", "URL")))


def _gitlab(outcome: Outcome) -> list[str]:
    return [item["fingerprint"] for item in json.loads(gitlab.FORMAT.findings(outcome, Style()))]


def _sarif(outcome: Outcome) -> list[str]:
    results = json.loads(sarif.FORMAT.findings(outcome, Style()))["runs"][0]["results"]
    return [result["partialFingerprints"]["lambdaConnLint/v1"] for result in results]


@pytest.mark.parametrize("fingerprints", [_gitlab, _sarif])
def test_they_stay_when_lines_move_and_when_code_is_laid_out_anew(fingerprints: object) -> None:
    assert callable(fingerprints)
    before = fingerprints(BEFORE)
    assert fingerprints(MOVED) == before
    assert fingerprints(LAID_OUT) == before
    assert [one == other for one, other in zip(fingerprints(CHANGED), before, strict=True)] == [True, False]


def test_they_are_those_that_users_have_stored() -> None:
    """Where this fails, every old finding would be shown as a new one; the key in SARIF then needs a new number."""
    assert _gitlab(BEFORE) == ["bbc0dda655c073ee829edb933d096edb", "3e8fed01e9377267e98de902f0974bed"]
    assert _sarif(BEFORE) == ["f28a20868f6b8e8e75b11f334a98b627", "9fc091fbc23636abf47e932093d2646e"]


@pytest.mark.parametrize("outcome", [MIXED, NOT_CHECKED, MARKED_UP])
def test_no_two_are_equal_in_one_report(outcome: Outcome) -> None:
    twice = outcome._replace(findings=tuple(finding for finding in outcome.findings for _ in range(2)))
    assert len(set(_gitlab(twice))) == len(twice.findings)


def test_equal_constructions_are_told_apart_by_their_order() -> None:
    found = identities([CONNECT, CONNECT, RESOURCE, CONNECT._replace(filename="src/other.py")], BEFORE.lines)
    assert [identity.ordinal for identity in found] == [0, 1, 0, 0]
    assert found[0].text == 'psycopg2.connect(os.environ["DSN"])'


def test_a_file_that_moves_keeps_those_of_sarif() -> None:
    elsewhere = Outcome((CONNECT._replace(filename="lib/db.py"),), {"lib/db.py": BEFORE.sources["src/db.py"]})
    assert _sarif(elsewhere) == _sarif(BEFORE)[1:]
    assert _gitlab(elsewhere) != _gitlab(BEFORE)[1:]


def test_what_is_said_of_a_whole_file_does_not_depend_on_its_text() -> None:
    (unparsable, internal) = NOT_CHECKED.findings
    assert [identity.text for identity in identities([unparsable, internal], NOT_CHECKED.lines)] == ["", ""]
    assert _gitlab(NOT_CHECKED._replace(findings=(_moved(unparsable), internal))) == _gitlab(NOT_CHECKED)
