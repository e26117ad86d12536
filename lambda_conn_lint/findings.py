"""What the engine says: findings as values, with the path by which a handler reaches them.

Positions are 1-based rows and 1-based columns in code points of the decoded text; an end column is exclusive.
``filename`` is a posix path relative to the project's root; the command line turns it into what the user typed.
"""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.traits import CONCURRENT, UNDECLARED

_THREADED = frozenset({"azure", "openfaas"})


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
    traits: tuple[str, ...] = (UNDECLARED,)  # of ``traits.TRAITS``, sorted: how deployment files have it run

    @property
    def has_threads(self) -> bool:
        """Whether the platform may run two invocations in one process at the same time.

        Azure and OpenFaaS do; Google does where the function's concurrency is not one, which its deployment file tells.
        AWS does not, nor with Managed Instances: each worker of those is a process that takes one event at a time.
        """
        is_told = UNDECLARED not in self.traits
        return CONCURRENT in self.traits or self.platform in _THREADED or (self.platform == "google" and not is_told)


class Edit(NamedTuple):
    """One change of a file's text: ``content`` comes in place of what the span covers, or at its place if it is empty.

    Newlines in ``content`` are spelled as in the file.
    """

    span: Span
    content: str


class Fix(NamedTuple):
    """Edits of the finding's own file that belong together; they are sorted, and none overlaps another.

    Findings that share an accessor, or a local variable that moves, carry the same edits: applying one applies all.
    ``doubt`` is the one sentence that says what could not be proven, and empty when the fix is safe.
    ``affects_tests`` are calls in tests that patch the constructor, which meet a client that is kept.
    """

    message: str
    edits: tuple[Edit, ...]
    doubt: str = ""
    affects_tests: tuple[Step, ...] = ()

    @property
    def applicability(self) -> str:
        return "unsafe" if self.doubt else "safe"


class Finding(NamedTuple):
    """One construction (or, for LCL0xx, one file) that breaks a rule."""

    filename: str
    span: Span
    code: str
    message: str
    client: str = ""  # catalogue name of the constructor; empty for LCL0xx
    handlers: tuple[Handler, ...] = ()  # every handler that reaches it, sorted
    path: tuple[Step, ...] = ()  # the shortest way: handler first, construction last
    fix: Fix | None = None
    reason: str = ""  # why there is no fix
