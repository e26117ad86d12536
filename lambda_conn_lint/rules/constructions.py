"""LCL101 to LCL105 and LCL201 to LCL205: clients that are built again on every invocation, by what they talk to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.rules.model import Rule

if TYPE_CHECKING:
    from lambda_conn_lint.catalog.model import Kind


class _Family(NamedTuple):
    """The kinds of clients that share the last digit of their codes."""

    digit: int
    kinds: tuple[Kind, ...]
    name: str
    noun: str
    why: str
    help: str


_GLOBAL = "Keep it in a module global that is None at first and is filled on first use."

_FAMILIES = (
    _Family(
        1,
        ("sql", "nosql", "cache", "search"),
        "database-client",
        "a database, cache or search client",
        "Every invocation pays for connecting, authenticating and TLS before its first query, and the server sees a "
        "new connection each time.",
        f"{_GLOBAL} That is enough for an engine, a pool, or a client that connects again by itself. A single "
        "connection must also be found alive, and outside a transaction, by the next invocation.",
    ),
    _Family(
        2,
        ("feature-flag",),
        "feature-flag-client",
        "a feature-flag client",
        "These SDKs download the whole flag set and start threads when they are built; every invocation waits for the "
        "download, or decides on default values until it has arrived.",
        f"{_GLOBAL} What is initialised for the whole module is initialised once per process. Flush events before the "
        "handler returns, since a process may be frozen between invocations.",
    ),
    _Family(
        3,
        ("cloud-sdk", "secrets"),
        "cloud-client",
        "a cloud SDK client",
        "Building one parses the service's model and opens new TLS connections on the first request, although the "
        "process could keep both for the next invocation.",
        f"{_GLOBAL} Keep one for each service and region. Values that it fetches, such as secrets, are another matter: "
        "those are best kept with an age limit.",
    ),
    _Family(
        4,
        ("queue",),
        "message-client",
        "a queue or stream client",
        "Producers and channels negotiate with the broker, fetch metadata and start threads when they are built; a "
        "producer per invocation also gives up batching.",
        f"{_GLOBAL} Flush a producer before the handler returns. A consumer, or a channel that answers heartbeats, "
        "loses its session while the process is frozen: if you keep one, be ready to connect again.",
    ),
    _Family(
        5,
        ("http", "rpc", "ai", "mail", "observability"),
        "api-client",
        "an HTTP session, RPC channel or other API client",
        "The kept-alive connections of a session or channel are thrown away with it, so every invocation pays for "
        "name lookup, TCP and TLS again.",
        f"{_GLOBAL} A session over a single connection, as for mail, SSH or FTP, is ended by its server when it is "
        "idle: if you keep one, see before each use that it is alive. Reporters such as Sentry are set up once, at "
        "module level.",
    ),
)

_DIGITS = MappingProxyType({kind: family.digit for family in _FAMILIES for kind in family.kinds})


def _per_invocation(family: _Family) -> Rule:
    return Rule(
        code=f"LCL10{family.digit}",
        name=f"{family.name}-in-handler",
        summary=f"{_sentence(family.noun)} is built again on every invocation.",
        default=True,
        why=family.why,
        help=family.help,
        kinds=family.kinds,
    )


def _dependent(family: _Family) -> Rule:
    return Rule(
        code=f"LCL20{family.digit}",
        name=f"dependent-{family.name}",
        summary=f"{_sentence(family.noun)} is built on every invocation from what changes with the invocation.",
        default=False,
        why=f"{family.why} Its arguments come from the event, the context or from credentials of this one request, so "
        "one shared client would serve the next caller with the wrong ones.",
        help="Where few values recur (tenants, regions), keep one client for each in a module-level dictionary with "
        "that value as the key. Never share one client over all of them.",
        kinds=family.kinds,
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


RULES = (*(_per_invocation(family) for family in _FAMILIES), *(_dependent(family) for family in _FAMILIES))


def code_for(kind: Kind, *, dependent: bool = False) -> str:
    """The code of a construction of this kind: LCL1xx, or LCL2xx where its arguments depend on the invocation."""
    return f"LCL{2 if dependent else 1}0{_DIGITS[kind]}"
