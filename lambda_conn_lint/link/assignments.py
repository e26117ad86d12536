"""Assigning to targets of every form: variables, tuples, attributes, items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import expressions, places
from lambda_conn_lint.link.values import (
    Constant,
    Container,
    External,
    Phase,
    Place,
    Taint,
    Value,
    join,
    join_all,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


def assign(frame: Frame, target: m.Expression, value: Value) -> None:
    """Bind a target to a value; expressions in the target are run."""
    if isinstance(target, m.Name):
        frame.bind(target.id, value)
    elif isinstance(target, m.Display):
        _unpack(frame, target, value)
    elif isinstance(target, m.Star):
        assign(frame, target.value, unknown(value.taint))
    elif isinstance(target, m.Attribute):
        assign_attribute(frame, expressions.evaluate(frame, target.value), target.name, value)
    elif isinstance(target, m.Subscript):
        container = expressions.evaluate(frame, target.value)
        key = expressions.evaluate(frame, target.key)
        put(frame, target.value, container, target.key, key, value)
    else:
        expressions.evaluate(frame, target)


def assign_attribute(frame: Frame, receiver: Value, name: str, value: Value) -> None:
    for thing in receiver.objects:
        place = places.of_object(frame, thing, receiver, name)
        if place is not None:
            frame.fill(place, value)
    if not receiver.objects:
        place = places.of_attribute(frame, receiver, name)
        if place is not None:
            frame.fill(place, value)


def put(
    frame: Frame, holder: m.Expression, container: Value, index: m.Expression | None, key: Value, value: Value
) -> None:
    """An item goes into a container: into the place it has there, and into what a local container is known to hold.

    ``holder`` is the expression that gives the container; no ``index`` means that the key is not known.
    """
    place = places.of_item(frame, container, index)
    if place is not None:
        frame.fill(place, value)
        if place.kind == "item" and isinstance(place.owner, Place):
            frame.ledger.filled.add(place.owner)  # it is not empty any more
    _note_environment(frame, container, key, value)
    if isinstance(holder, m.Name) and holder.id in frame.env:
        before = frame.env[holder.id]
        objects = frozenset(
            thing._replace(items=None, element=join(thing.element, value.at(None)))
            if isinstance(thing, Container)
            else thing
            for thing in before.objects
        )
        frame.env[holder.id] = before._replace(objects=objects, taint=before.taint | value.taint | key.taint)


def _note_environment(frame: Frame, container: Value, key: Value, value: Value) -> None:
    """Variables of the environment that an invocation writes carry its data into whatever reads them."""
    is_written = External("os.environ") in container.objects and frame.phase is Phase.INVOCATION
    if not is_written or Taint.DEPENDENT not in value.taint:
        return
    names = [str(thing.value) for thing in key.objects if isinstance(thing, Constant)]
    for name in names:
        before = frame.analysis.tainted_environment.get((frame.path, name), Taint.NONE)
        if before | value.taint != before:
            frame.analysis.tainted_environment[frame.path, name] = before | value.taint
            frame.analysis.changed(("environment", frame.path, name))


def _unpack(frame: Frame, target: m.Display, value: Value) -> None:
    rows = [
        thing.items
        for thing in value.objects
        if isinstance(thing, Container) and thing.items is not None and len(thing.items) == len(target.items)
    ]
    is_exact = bool(rows) and len(rows) == len(value.objects) and not value.open
    if is_exact and not any(isinstance(item, m.Star) for item in target.items):
        for index, item in enumerate(target.items):
            assign(frame, item, join_all(row[index] for row in rows))
    else:
        for item in target.items:
            assign(frame, item, expressions.element_of(value))
