"""Findings as JSON in the shape that ruff prints, with the handlers, the path and what is to say of the fix added.

``cell``, the number of a notebook's cell, is always null, since notebooks are not checked.
``fix`` is null where there is none; ``reason`` then says why. ``doubt`` says what makes a fix unsafe, and
``affects_tests`` lists the calls in tests that patch the constructor.

Rows and columns count from 1, columns in code points, ends exclusive. Paths are posix, relative to the working
directory where they lie below it, else absolute. The text is pure ASCII, whatever the names in it.
"""

from __future__ import annotations

import json

from lambda_conn_lint.findings import Finding, Fix, Handler, Step
from lambda_conn_lint.report.model import Format, Outcome, Style, counts
from lambda_conn_lint.report.severity import severity_of
from lambda_conn_lint.rules import BY_CODE, INTERNAL_ERROR


def _findings(outcome: Outcome, style: Style) -> str:
    return _document([record(finding, outcome) for finding in outcome.findings])


def _statistics(outcome: Outcome, style: Style) -> str:
    return _document(count_records(outcome))


def count_records(outcome: Outcome) -> list[dict[str, object]]:
    """One object per code that was found."""
    return [{"code": row.code, "name": row.name, "count": row.times} for row in counts(outcome.findings)]


def record(finding: Finding, outcome: Outcome) -> dict[str, object]:
    """One finding as an object."""
    span, fix = finding.span, finding.fix
    return {
        "cell": None,
        "filename": finding.filename,
        "location": _location(span.row, span.column),
        "end_location": _location(span.end_row, span.end_column),
        "code": finding.code,
        "name": BY_CODE[finding.code].name,
        "severity": severity_of(finding.code).json,
        "message": finding.message,
        "fix": None if fix is None else _fix(fix),
        "noqa_row": _noqa_row(finding, outcome),
        "url": BY_CODE[finding.code].url,
        "handlers": [_station(handler) for handler in finding.handlers],
        "path": [_station(step) for step in finding.path],
        "reason": finding.reason or None,
        "doubt": (fix.doubt or None) if fix else None,
        "affects_tests": [_station(test) for test in fix.affects_tests] if fix else [],
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "applicability": fix.applicability,
        "message": fix.message,
        "edits": [
            {
                "content": content,
                "location": _location(span.row, span.column),
                "end_location": _location(span.end_row, span.end_column),
            }
            for span, content in fix.edits
        ],
    }


def _noqa_row(finding: Finding, outcome: Outcome) -> int | None:
    """The row at whose end a ``# noqa`` works; none where no comment silences it."""
    source = outcome.sources.get(finding.filename)
    if source is None or finding.code == INTERNAL_ERROR:
        return None
    return source.suppressions.row_for(finding.span.row)


def _station(station: Handler | Step) -> dict[str, object]:
    return {
        "filename": station.filename,
        "location": _location(station.row, station.column),
        "name": station.name,
    }


def _location(row: int, column: int) -> dict[str, int]:
    return {"row": row, "column": column}


def _document(content: list[dict[str, object]]) -> str:
    return json.dumps(content, indent=2) + "\n"


FORMAT = Format(_findings, _statistics)
