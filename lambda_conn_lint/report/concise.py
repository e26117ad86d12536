"""Findings for people and editors: one line each."""

from __future__ import annotations

from lambda_conn_lint.report.model import Format, Outcome, Style
from lambda_conn_lint.report.paint import Paint
from lambda_conn_lint.report.text import ending, heading, statistics


def _findings(outcome: Outcome, style: Style) -> str:
    paint = Paint(style.colour)
    lines = [f"{heading(finding, paint)}\n" for finding in outcome.findings]
    return "".join([*lines, *ending(outcome, style, paint)])


FORMAT = Format(_findings, statistics)
