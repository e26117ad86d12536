"""What findings say: one sentence each, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import CLOSED, Handler, Step
from lambda_conn_lint.rules.running import BY_TRAIT, LOCKED, ONE_AT_A_TIME
from lambda_conn_lint.traits import CONCURRENT

_COSTS = MappingProxyType(
    {
        "eager": "a new connection",
        "lazy": "new connections",
        "background": "new connections and background work",
    }
)
"""What one more construction costs, by when the client connects."""

_SESSIONS = frozenset({"nosql", "queue", "http", "mail"})
"""Kinds of which a client without a pool is one session, unless a test has shown that it connects again by itself."""


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
    return f"{what} on every invocation of {who}: {'; '.join((cost, _keeping(client), *_running(client, handlers)))}"


def _keeping(client: Client) -> str:
    """How a client of this kind can be kept, in the words of an order; it is no promise that there is a fix."""
    if client.awaits != "no" or client.loop_bound == "yes":
        return "it belongs to its event loop, so keep one loop for all invocations, and the client with it"
    if client.loop_bound == "partial":
        return "keep it in a module global, and one event loop for all invocations"
    if client.sets_global:
        return "call it once per process, at module level or under a test of a global"
    if _has_transaction(client):
        return "keep it for the next invocation, which has to find it alive and outside a transaction"
    if _is_session(client):
        return "if you keep it, see before each use that the server has not ended it"
    return "keep it in a module global, filled on first use"


def _running(client: Client, handlers: Sequence[Handler]) -> Iterator[str]:
    """What has to be heeded in keeping it, as deployment files have the handlers run."""
    told = {trait for handler in handlers for trait in handler.traits}
    for trait, group in BY_TRAIT.items():
        if trait in told:
            yield _sharing(client) if trait == CONCURRENT else group.sentences[0]


def _sharing(client: Client) -> str:
    is_bound = client.awaits != "no" or client.loop_bound != "no" or _has_transaction(client) or _is_session(client)
    return ONE_AT_A_TIME if is_bound or client.thread_safe != "yes" else LOCKED


def _is_session(client: Client) -> bool:
    """Whether it is one session with one server, which may be over when the next invocation asks for it."""
    return client.fix == "none" and not client.pool and client.kind in _SESSIONS


def _has_transaction(client: Client) -> bool:
    """Whether it is one connection, which would carry what one invocation has begun into the next."""
    return client.fix == "taken" or (client.kind == "sql" and client.connects == "eager" and not client.pool)


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
        return f"{text}: each one connects again, so keeping it saves nothing; {_leaving_open(client)}"
    return f"{text}: the next one finds it closed; {_leaving_open(client)}"


def _leaving_open(client: Client) -> str:
    """What has to be done instead of closing a client of this kind."""
    if client.awaits != "no" or client.loop_bound != "no":
        return "leave it open, on an event loop that lives as long"
    if _has_transaction(client):
        return "leave it open, and end its transaction"
    if client.flush:
        return f"leave it open, and call {client.flush[0]}()"
    return "leave it open, or empty what keeps it" if _is_session(client) else "leave it open"


def _who(handlers: Sequence[Handler], path: Sequence[Step]) -> str:
    """The handler that a path starts with, and how many more there are."""
    first = path[0].name if path else handlers[0].name
    others = len(handlers) - 1
    more = f" and {others} more handler{'' if others == 1 else 's'}" if others > 0 else ""
    return f"{first}{more}"


def unused(idle: Sequence[str], unknown: Sequence[str], ignored: Sequence[str]) -> str:
    """Which codes of a ``# noqa`` comment silence nothing: nothing is found there, no such code, a comment in vain."""
    parts = []
    if idle:
        parts.append(f"nothing to silence on this line for {', '.join(idle)}")
    if unknown:
        parts.append(f"there is no rule {', '.join(unknown)}")
    if ignored:
        parts.append(f"only the first noqa of a line counts, so that {', '.join(ignored)} silences nothing here")
    return "; ".join(parts)


def unparsable(problem: str) -> str:
    """Why a file could not be checked; ``problem`` is the parser's or the system's own word for it."""
    return f"this file was not checked: {problem}"
