"""What findings say: one sentence each, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import CLOSED, Handler, Step

_COSTS = MappingProxyType(
    {
        "eager": "a new connection",
        "lazy": "new connections",
        "background": "new connections and background work",
    }
)
"""What one more construction costs, by when the client connects."""


def construction(client: Client, handlers: Sequence[Handler], path: Sequence[Step], is_dependent: bool) -> str:
    """What is built where, what that costs, and what to do about it.

    ``path`` is the shortest way from a handler to the construction; ``handlers`` are all that reach it.
    """
    calls = [step for step in path if step.name != CLOSED]
    what = f"{client.name}() runs" if len(calls) < 3 else f"{client.name}() in {calls[-2].name} runs"
    first = path[0].name if path else handlers[0].name
    others = len(handlers) - 1
    more = f" and {others} more handler{'' if others == 1 else 's'}" if others > 0 else ""
    if is_dependent:
        advice = "with arguments that change with it; if few values recur, keep one client for each, never one for all"
        return f"{what} on every invocation of {first}{more}, {advice}"
    cost = f"{_COSTS[client.connects]} each time"
    if len(calls) < len(path):
        advice = "what its guard keeps is closed every time; keep it open"
        return f"{what} on every invocation of {first}{more}: {cost}, since {advice}"
    return f"{what} on every invocation of {first}{more}: {cost}; keep it in a module global, filled on first use"


def unparsable(problem: str) -> str:
    """Why a file could not be checked; ``problem`` is the parser's or the system's own word for it."""
    return f"this file was not checked: {problem}"


def defect(error: BaseException) -> str:
    return f"internal error, this file was not checked completely: {type(error).__name__}: {error}"
