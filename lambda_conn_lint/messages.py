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
    who = _who(handlers, path)
    if is_dependent:
        advice = "with arguments that change with it; if few values recur, keep one client for each, never one for all"
        return f"{what} on every invocation of {who}, {advice}"
    cost = f"{_COSTS[client.connects]} each time"
    if len(calls) < len(path):
        advice = "what its guard keeps is closed every time; keep it open"
        return f"{what} on every invocation of {who}: {cost}, since {advice}"
    return f"{what} on every invocation of {who}: {cost}; keep it in a module global, filled on first use"


def closing(client: Client, how: str, handlers: Sequence[Handler], path: Sequence[Step], releaser: str) -> str:
    """Which client is ended by what, and what the next invocation finds.

    ``how`` is the method that is called, or "with"; ``releaser`` the function that gives the client back instead, where
    there is one.
    """
    what = "leaving with" if how == "with" else f"{how}()"
    where = f" in {path[-2].name}" if len(path) > 2 else ""
    text = f"{what}{where} ends what {client.name}() made for all invocations of {_who(handlers, path)}"
    if releaser:
        return f"{text}: the next one connects again; give it back with {releaser}() instead"
    if client.after_close == "reconnects":
        return f"{text}: each one connects again, so keeping it saves nothing; leave it open"
    return f"{text}: the next one finds it closed; leave it open"


def _who(handlers: Sequence[Handler], path: Sequence[Step]) -> str:
    """The handler that a path starts with, and how many more there are."""
    first = path[0].name if path else handlers[0].name
    others = len(handlers) - 1
    more = f" and {others} more handler{'' if others == 1 else 's'}" if others > 0 else ""
    return f"{first}{more}"


def unparsable(problem: str) -> str:
    """Why a file could not be checked; ``problem`` is the parser's or the system's own word for it."""
    return f"this file was not checked: {problem}"


def defect(error: BaseException) -> str:
    return f"internal error, this file was not checked completely: {type(error).__name__}: {error}"
