"""Handlers by their shape: a function that takes an event and a context, and nothing else that it must be given."""

from __future__ import annotations

from collections.abc import Sequence

from lambda_conn_lint.facts.model import FunctionFacts, Parameter

DOCUMENTED_NAMES = frozenset({"handler", "lambda_handler"})
"""Names that the platforms' documentation uses: a sign by themselves."""

_EVENT_LIKE = frozenset({"event", "evt", "events", "data"})
_CONTEXT_LIKE = frozenset({"context", "ctx", "lambda_context", "lambdacontext"})


def has_shape(function: FunctionFacts, *, is_method: bool = False) -> bool:
    """Whether the first two parameters are event-like and context-like, and no further one is required.

    Underscores around the names do not count. ``_`` may stand for one of the two, and for both where the function has
    the name that the documentation of AWS gives it; but not for the event of a private function: those that leave out
    what comes before a context are callbacks, such as the exception handlers of asyncio's loops.
    """
    parameters = function.parameters[1:] if is_method else function.parameters
    if not accepts_two(parameters):
        return False
    first, second = (_bare(parameter.name) for parameter in parameters[:2])
    is_private = function.name.rpartition(".")[2].startswith("_")
    is_named = bool(first or (second and not is_private)) or function.name == "lambda_handler"
    return (first in _EVENT_LIKE or not first) and (second in _CONTEXT_LIKE or not second) and is_named


def accepts_two(parameters: Sequence[Parameter]) -> bool:
    """Whether a function can be called with exactly two positional arguments that have names of their own."""
    positional = [parameter for parameter in parameters if parameter.kind in ("/", "")]
    required_later = [parameter for parameter in parameters if parameter.kind == "kw" and parameter.default is None]
    return (
        len(positional) >= 2
        and all(parameter.default is not None for parameter in positional[2:])
        and not required_later
    )


def is_context_like(name: str) -> bool:
    return _bare(name) in _CONTEXT_LIKE or name.startswith("_")


def is_documented(name: str) -> bool:
    """Whether a function's own name tells that it is a handler."""
    last = name.rpartition(".")[2].lower()
    return (
        last in DOCUMENTED_NAMES or last.endswith("_handler") or last.startswith("lambda_") or last == "lambdahandler"
    )


def _bare(name: str) -> str:
    return name.strip("_").lower()
