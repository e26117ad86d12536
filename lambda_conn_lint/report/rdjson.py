"""Findings for reviewdog: its diagnostic format, as one JSON document.

Columns count bytes of UTF-8 from 1, ends are exclusive. The edits of a fix belong together, and reviewers accept
suggestions one by one: a fix is therefore one suggestion, which goes from its first edit to its last. Source:
reviewdog/reviewdog, ``proto/rdf/reviewdog.proto``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from lambda_conn_lint.findings import Edit, Finding, Fix, Handler, Span
from lambda_conn_lint.report.documents import document
from lambda_conn_lint.report.fingerprint import text_of
from lambda_conn_lint.report.model import Format, Outcome, Style
from lambda_conn_lint.report.prose import explained
from lambda_conn_lint.report.severity import severity_of
from lambda_conn_lint.rules import BY_CODE


def _findings(outcome: Outcome, style: Style) -> str:
    diagnostics = [_diagnostic(finding, outcome) for finding in outcome.findings]
    return document({"source": {"name": "lambda-conn-lint"}, "diagnostics": diagnostics})


def _diagnostic(finding: Finding, outcome: Outcome) -> dict[str, object]:
    lines = outcome.lines(finding.filename)
    url = BY_CODE[finding.code].url
    diagnostic: dict[str, object] = {
        "message": "\n".join(explained(finding)),
        "location": {"path": finding.filename, "range": _range(finding.span, lines)},
        "severity": severity_of(finding.code).rdjson,
        "code": {"value": finding.code, **({"url": url} if url else {})},
    }
    if finding.fix is not None and lines:
        diagnostic["suggestions"] = [_suggestion(finding.fix, lines)]
    if finding.handlers:
        diagnostic["relatedLocations"] = [_related(handler, outcome) for handler in finding.handlers]
    return diagnostic


def _suggestion(fix: Fix, lines: Sequence[str]) -> dict[str, object]:
    first, last = fix.edits[0].span, fix.edits[-1].span
    return {
        "range": _range(Span(first.row, first.column, last.end_row, last.end_column), lines),
        "text": _joined(fix.edits, lines),
    }


def _joined(edits: Sequence[Edit], lines: Sequence[str]) -> str:
    """The new text from the first edit's beginning to the last one's end, its newlines as the edits spell them."""
    spelled = re.search(r"\r\n?|\n", "".join(edit.content for edit in edits))
    newline = spelled[0] if spelled else "\n"
    parts = [edits[0].content]
    for before, after in pairwise(edits):
        between = Span(before.span.end_row, before.span.end_column, after.span.row, after.span.column)
        parts += [text_of(lines, between).replace("\n", newline), after.content]
    return "".join(parts)


def _related(handler: Handler, outcome: Outcome) -> dict[str, object]:
    lines = outcome.lines(handler.filename)
    place = {"path": handler.filename, "range": {"start": _position(handler.row, handler.column, lines)}}
    return {"message": f"reached from handler {handler.name}", "location": place}


def _range(span: Span, lines: Sequence[str]) -> dict[str, object]:
    return {
        "start": _position(span.row, span.column, lines),
        "end": _position(span.end_row, span.end_column, lines),
    }


def _position(row: int, column: int, lines: Sequence[str]) -> dict[str, int]:
    """Without a column where the text is not known that it depends on."""
    if column == 1:
        return {"line": row, "column": 1}
    if row > len(lines):
        return {"line": row}
    before = lines[row - 1][: column - 1]
    return {"line": row, "column": len(before.encode("utf-8", "surrogatepass")) + 1}


FORMAT = Format(_findings)
