"""Output formats, one file each. A format is added by its file and one line here.

The module of a format bears its name, with underscores, and is loaded when findings are written that way.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from lambda_conn_lint.report.model import Format

FORMATS: tuple[str, ...] = (
    "text",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "rdjson",
)


def load(name: str) -> Format:
    """One of the formats."""
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast("Format", module.FORMAT)
