"""What a sign points at: something that the platform may call."""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.facts.model import FunctionFacts
from lambda_conn_lint.findings import Evidence
from lambda_conn_lint.link import calls
from lambda_conn_lint.link.values import (
    NOTHING,
    ClassObject,
    ExternalInstance,
    FunctionObject,
    Instance,
    Memoised,
    Partial,
    Phase,
    Taint,
    Value,
    join_all,
    only,
    unknown,
)
from lambda_conn_lint.traits import UNDECLARED

EVENT_AND_CONTEXT = calls.Arguments((calls.given("event"), calls.given("context")))
ANYTHING = calls.Arguments(rest=unknown(Taint.DEPENDENT))
"""What a framework hands to a route: something of this invocation, under whatever names."""


class Candidate(NamedTuple):
    """Something callable that a sign points at, with what the platform hands to it.

    ``function`` is the definition that the sign stands at, if it stands at one: decorators may have wrapped it. With a
    ``member``, ``value`` is a class: its instances live as long as ``life``, and their method of that name is called.
    Without one, what lives as long as the process is what ``value`` gives when it is called once, and that is called.
    """

    path: str
    name: str
    value: Value
    arguments: calls.Arguments
    platform: str
    evidence: Evidence
    function: FunctionFacts | None = None
    member: str = ""
    life: Phase = Phase.INVOCATION
    traits: tuple[str, ...] = (UNDECLARED,)


def callables(value: Value) -> Value:
    """The value with wrappers of libraries replaced by the functions they were given."""
    result = NOTHING
    for thing in value.objects:
        if isinstance(thing, ExternalInstance) and thing.carried:
            result = join_all((result, *map(only, thing.carried)))
        elif isinstance(thing, FunctionObject | Memoised | Partial | Instance | ClassObject):
            result = join_all((result, only(thing)))
    return result
