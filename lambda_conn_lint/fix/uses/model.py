"""What is asked and what is answered: a view of the project's files, uses of an object, callers of a function."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, Protocol, TypeAlias

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span


class View(Protocol):
    """The project's files that are no tests."""

    def facts(self, path: str) -> m.ModuleFacts | None:
        """The facts of a file by its project-relative posix path; None if it cannot be parsed or does not exist."""

    def mentioning(self, identifier: str) -> Iterable[str]:
        """Paths of all Python files that contain an identifier, or a star import for "*"; more do no harm."""

    def defining(self, name: str) -> Iterable[str]:
        """Those that may contain a function or class of a name; more do no harm."""

    def deriving(self, name: str) -> Iterable[str]:
        """Those that contain a name and may contain a class with bases; more do no harm."""


Kind: TypeAlias = Literal[
    "method",  # NAME is called on the object; the span is that call ("__call__", "__iter__", "meta.events.register")
    "read",  # NAME is read and not called there; "[]" stands for a subscript
    "write",  # NAME is set, deleted or augmented; "[]" for an item
    "entered",  # by "with", "closing", "nullcontext", "enter_context" or "enter_async_context"
    "awaited",
    "tested",  # truth, comparison, type or identity; nothing happens to the object
    "printed",  # made into text
    "passed",  # an argument of NAME, which is not known; "@NAME" is a decorator through which it goes
    "returned",  # by the function NAME, whose callers are not all known
    "yielded",  # by the generator NAME
    "stored",  # in "global NAME", "attribute NAME" or "class NAME", whose reads are followed
    "kept",  # where it cannot be followed: NAME says where
    "threaded",  # NAME hands it, or a function that uses it, to a thread, a process or a pool
    "raised",
    "unknown",  # NAME says what was not understood
]

HARMLESS: frozenset[Kind] = frozenset({"tested", "printed", "awaited", "stored"})
"""Kinds after which the object is what it was, and nobody has it who is not followed."""

ESCAPES: frozenset[Kind] = frozenset({"passed", "returned", "yielded", "kept", "raised", "unknown"})
"""Kinds after which anything may happen to the object."""


class Use(NamedTuple):
    """One thing that may happen to the object.

    ``span`` is that of the call that is the use (a method's call, the call it is an argument of, the closing call);
    else that of the expression that gives the object if it is a call (``with connect():``); else None.
    ``function`` is the qualified name of the function around it, "" at module level. ``receiver`` is the expression
    that gives the object there, roughly as written: "conn", "self._conn", "connect()".
    """

    kind: Kind
    name: str
    path: str
    span: Span | None
    function: str = ""
    receiver: str = ""


class CallSite(NamedTuple):
    """One call: the file it stands in, its facts, and the qualified name of the function around it ("" for none)."""

    path: str
    call: m.Call
    function: str


class Callers(NamedTuple):
    """All calls of a function by its name. If there may be more, ``complete`` is False and ``why`` tells one cause."""

    calls: tuple[CallSite, ...]
    complete: bool
    why: str = ""


Entries: TypeAlias = Collection[tuple[str, str]]
"""Functions that the platform calls: (path, qualified name)."""

Origin: TypeAlias = Literal["literal", "environment", "unknown"]
"""What an argument is: one of finitely many literals of the text, something of the environment, or anything."""
