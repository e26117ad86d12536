"""What is known of a project's handlers before any code is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lambda_conn_lint.handlers.model import ALL, Declaration, NotAHandler
from lambda_conn_lint.handlers.strength import Accounted


class Signs(NamedTuple):
    """What deployment files and settings say."""

    declarations: Sequence[Declaration]
    not_handlers: Sequence[NotAHandler]
    patterns: Sequence[str]
    decorators: frozenset[str] = frozenset()  # qualified names that make what they decorate a handler
    platforms: frozenset[str] | None = None  # the only ones that count, beside unknown ones
    mode: str = ALL  # of ``MODES``
    accounted: Accounted = Accounted()
