"""The rules: one frozen record per code, and which kind of client gets which code.

A code that is not in ``RULES`` does not exist. Everything that is said about a rule (``rule CODE``, the machine
formats, the README's table) is read from its record.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lambda_conn_lint.catalog.model import Kind

INTERNAL_ERROR = "LCL000"
UNPARSABLE_FILE = "LCL001"
SHARED_CLIENT_CLOSED = "LCL301"


class Rule(NamedTuple):
    """One rule.

    ``name`` is kebab-case and names what is wrong, so that it reads well after "allow". ``default`` says whether it is
    on when nothing is selected. ``about_run`` marks the rules that say that a file could not be checked: they stay on
    whatever ``--select`` names, since a run that skipped a file must not look like one that found nothing.
    ``summary`` is one sentence; ``why`` says what it costs, ``help`` what to do about it.
    """

    code: str
    name: str
    summary: str
    default: bool
    why: str
    help: str
    about_run: bool = False


class _Family(NamedTuple):
    """The kinds of clients that share the last digit of their codes."""

    digit: int
    kinds: tuple[Kind, ...]
    name: str
    noun: str
    why: str


_FAMILIES = (
    _Family(
        1,
        ("sql", "nosql", "cache", "search"),
        "database-client",
        "a database, cache or search client",
        "Every invocation pays for connecting, authenticating and TLS before its first query, and the server sees a "
        "new connection each time.",
    ),
    _Family(
        2,
        ("feature-flag",),
        "feature-flag-client",
        "a feature-flag client",
        "These SDKs download the whole flag set and start threads when they are built; every invocation waits for the "
        "download, or decides on default values until it has arrived.",
    ),
    _Family(
        3,
        ("cloud-sdk", "secrets"),
        "cloud-client",
        "a cloud SDK client",
        "Building one parses the service's model and opens new TLS connections on the first request, although the "
        "process could keep both for the next invocation.",
    ),
    _Family(
        4,
        ("queue",),
        "message-client",
        "a queue or stream client",
        "Producers and channels negotiate with the broker, fetch metadata and start threads when they are built; a "
        "producer per invocation also gives up batching.",
    ),
    _Family(
        5,
        ("http", "rpc", "ai", "mail", "observability"),
        "api-client",
        "an HTTP session, RPC channel or other API client",
        "The kept-alive connections of a session or channel are thrown away with it, so every invocation pays for "
        "name lookup, TCP and TLS again.",
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
        help="Keep it in a module global that is None at first and is filled on first use.",
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
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


RULES: tuple[Rule, ...] = (
    Rule(
        code=INTERNAL_ERROR,
        name="internal-error",
        summary="A defect of lambda_conn_lint kept this file from being checked.",
        default=True,
        why="Nothing is known about the file, so the run must not pass. It cannot be ignored, and the exit code is 2.",
        help="Please report it with the message and, if you can, the file. --exclude leaves the file out until then.",
        about_run=True,
    ),
    Rule(
        code=UNPARSABLE_FILE,
        name="unparsable-file",
        summary="A file that a handler may be in, or may reach, is not valid Python and was not checked.",
        default=True,
        why="Findings in it, and in what it calls, may be missing; all other files are still checked.",
        help="Mend the syntax error, or leave the file out with --exclude.",
        about_run=True,
    ),
    *(_per_invocation(family) for family in _FAMILIES),
    *(_dependent(family) for family in _FAMILIES),
    Rule(
        code=SHARED_CLIENT_CLOSED,
        name="shared-client-closed",
        summary="A client that outlives the invocation is closed in it.",
        default=True,
        why="The global, cache or object that keeps the client still holds it afterwards. What the next invocation "
        "finds there is dead and raises, or connects again, so that keeping it has saved nothing.",
        help="Leave it open: the platform ends it with the process. End the transaction instead, flush what is "
        "buffered, or give the connection back where it was taken out of a slot. If it has to be closed after an "
        "error, empty the place that keeps it as well.",
    ),
)
"""Every rule, sorted by code."""

BY_CODE = MappingProxyType({rule.code: rule for rule in RULES})


def code_for(kind: Kind, *, dependent: bool = False) -> str:
    """The code of a construction of this kind: LCL1xx, or LCL2xx where its arguments depend on the invocation."""
    return f"LCL{2 if dependent else 1}0{_DIGITS[kind]}"
