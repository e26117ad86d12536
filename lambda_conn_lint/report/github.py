"""Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.

A column is given only for what lies on one line, since GitHub drops annotations with columns over several. Source:
actions/toolkit, ``docs/commands.md`` and ``command.ts``.
"""

from __future__ import annotations

from collections.abc import Iterable

from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.report.excerpt import printable
from lambda_conn_lint.report.model import Format, Outcome, Style
from lambda_conn_lint.report.prose import explained
from lambda_conn_lint.report.severity import severity_of
from lambda_conn_lint.rules import BY_CODE


def _findings(outcome: Outcome, style: Style) -> str:
    return "".join(f"{_command(finding)}\n" for finding in outcome.findings)


def _command(finding: Finding) -> str:
    span, code = finding.span, finding.code
    properties = [
        ("title", f"{code} {BY_CODE[code].name}"),
        ("file", finding.filename),
        *((name, str(number)) for name, number in _place(span)),
    ]
    given = ",".join(f"{name}={_property(value)}" for name, value in properties)
    lines = [printable(line) for line in explained(finding)]
    where = f"{printable(finding.filename)}:{span.row}:{span.column}: {code} "
    return f"::{severity_of(code).github} {given}::{_data(where + chr(10).join(lines))}"


def _place(span: Span) -> Iterable[tuple[str, int]]:
    if span.row != span.end_row:
        return [("line", span.row), ("endLine", span.end_row)]
    return [("line", span.row), ("col", span.column), ("endLine", span.end_row), ("endColumn", span.end_column)]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(_findings)
