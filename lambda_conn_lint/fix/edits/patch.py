"""The edits of a finding that stands for itself: they need no planning together with others."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from lambda_conn_lint.findings import Edit
from lambda_conn_lint.fix.source.layout import Change


@dataclass(frozen=True)
class Patch:
    """``source`` is what the finding is about: patches of the same one are applied together."""

    source: cst.CSTNode
    changes: tuple[Change, ...]
    imports: tuple[Edit, ...]
    doubts: tuple[str, ...]
    message: str
