"""Protocols that statements run without a call expression: context managers and iterators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import attributes, calls, expressions
from lambda_conn_lint.link.values import (
    NOTHING,
    PENDING,
    UNKNOWN,
    ExternalInstance,
    FunctionObject,
    Instance,
    Memoised,
    Value,
    join,
    only,
    ordered,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


def enter_context(frame: Frame, value: Value) -> Value:
    """What ``with value as x`` binds."""
    if value.pending:
        return PENDING
    result = NOTHING
    for thing in value.objects:
        if isinstance(thing, Instance):
            for name in ("__enter__", "__aenter__"):
                method = attributes.attribute(frame, only(thing), name)
                if any(isinstance(found, FunctionObject | Memoised) for found in method.objects):
                    result = join(result, calls.call(frame, method, calls.NO_ARGUMENTS, calls.HERE))
                    break
            else:
                result = join(result, only(thing))
        else:
            result = join(result, only(thing, value.taint).at(value.place))
    return join(result, unknown(value.taint)) if value.open or result is NOTHING else result


def iterate(frame: Frame, value: Value) -> Value:
    """What ``for x in value`` binds."""
    result = NOTHING
    for thing in ordered(value.objects):
        if isinstance(thing, Instance):
            iterator = calls.call(
                frame, attributes.attribute(frame, only(thing), "__iter__"), calls.NO_ARGUMENTS, calls.HERE
            )
            result = join(result, expressions.element_of(iterator))
    own = expressions.element_of(value)
    return own if result is NOTHING else join(result, own)


def leave_context(frame: Frame, value: Value, span: Span, *, closes: bool = False) -> None:
    """What the end of a ``with`` block runs and closes; ``closes`` is true inside ``contextlib.closing``."""
    for thing in value.objects:
        if isinstance(thing, Instance):
            for name in ("__exit__", "__aexit__"):
                method = attributes.attribute(frame, only(thing), name)
                if any(isinstance(found, FunctionObject | Memoised) for found in method.objects):
                    calls.call(frame, method, calls.Arguments((UNKNOWN, UNKNOWN, UNKNOWN)), calls.HERE)
        elif isinstance(thing, ExternalInstance):
            client = frame.analysis.catalogue.by_name.get(thing.name)
            if closes or (client is not None and client.with_exit == "closes"):
                frame.close(value, span, "with")
