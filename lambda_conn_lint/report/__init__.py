"""Output formats, one file each. A format is added by its file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lambda_conn_lint.report import json, text
from lambda_conn_lint.report.model import Format

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": text.FORMAT,
        "json": json.FORMAT,
    }
)
