"""The objects of the format ``json``, one on each line; nothing at all where there is no finding."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lambda_conn_lint.report.json import count_records, record
from lambda_conn_lint.report.model import Format, Outcome, Style


def _findings(outcome: Outcome, style: Style) -> str:
    return _lines(record(finding, outcome) for finding in outcome.findings)


def _statistics(outcome: Outcome, style: Style) -> str:
    return _lines(count_records(outcome))


def _lines(records: Iterable[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(record, separators=(',', ':'))}\n" for record in records)


FORMAT = Format(_findings, _statistics)
