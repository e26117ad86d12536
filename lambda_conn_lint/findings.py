"""What the engine says: findings as values, with the path by which a handler reaches them.

Positions are 1-based rows and 1-based columns in code points of the decoded text; an end column is exclusive.
``filename`` is a posix path relative to the project's root; the command line turns it into what the user typed.
"""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Where something stands in one file."""

    row: int
    column: int
    end_row: int
    end_column: int


CLOSED = "closed here"
"""The name of a step that is no call: where the connection is closed that a guard on the path would keep."""


class Step(NamedTuple):
    """One station on the way from a handler to a construction: what is called, and where that call (or def) stands."""

    filename: str
    row: int
    column: int
    name: str


class Evidence(NamedTuple):
    """One reason to believe that a function is a handler."""

    kind: str  # "signature", "annotation", "decorator", "name", "pattern", "sam", "cloudformation", "serverless" ...
    detail: str  # for people: "Properties.Handler of HelloFunction in template.yaml:12"
    strength: str  # "certain", "strong", "medium", "weak"


class Handler(NamedTuple):
    """A function that the platform calls on every invocation."""

    filename: str
    row: int
    column: int
    name: str  # qualified in its module: "handler", "App.__call__"
    platform: str  # "aws", "google", "azure", ... or "unknown"
    evidence: tuple[Evidence, ...]


class Finding(NamedTuple):
    """One construction (or, for LCL0xx, one file) that breaks a rule."""

    filename: str
    span: Span
    code: str
    message: str
    client: str = ""  # catalogue name of the constructor; empty for LCL0xx
    handlers: tuple[Handler, ...] = ()  # every handler that reaches it, sorted
    path: tuple[Step, ...] = ()  # the shortest way: handler first, construction last
    reason: str = ""  # why there is no fix
