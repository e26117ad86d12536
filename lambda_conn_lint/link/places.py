"""Where an expression's value is kept, when that is more than a local variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import expressions, imports
from lambda_conn_lint.link.values import (
    ClassObject,
    External,
    ExternalInstance,
    FunctionObject,
    Given,
    Imported,
    Instance,
    Memoised,
    Module,
    Object,
    Phase,
    Place,
    Super,
    Value,
    life_of,
    only,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


_DEEPEST = 6  # levels of attributes and items that are told apart


def of_target(frame: Frame, target: m.Expression) -> Place | None:
    """The place that an assignment to this expression fills."""
    if isinstance(target, m.Name):
        return of_variable(frame, target.id)
    if isinstance(target, m.Attribute):
        return of_attribute(frame, expressions.peek(frame, target.value), target.name)
    if isinstance(target, m.Subscript):
        return of_item(frame, expressions.peek(frame, target.value), target.key)
    return None


def of_variable(frame: Frame, name: str) -> Place | None:
    """Where a variable is kept that the function declares ``global`` or ``nonlocal``."""
    declared = frame.declared.get(name)
    if declared == "global":
        return Place("global", frame.path, name, Phase.PROCESS)
    return of_cell(frame, name) if declared == "nonlocal" else None


def of_cell(frame: Frame, name: str) -> Place:
    """Where a variable is kept that a function closes over: it lives as long as the function does."""
    function = frame.context.function
    return Place("cell", (function.path, function.definer), name, function.life)


def _below(owner: Place, kind: str, name: str) -> Place | None:
    """A place in what another place holds, a few levels deep: further down nobody keeps a client."""
    depth = 0
    outer: object = owner
    while isinstance(outer, Place):
        depth += 1
        outer = outer.owner
    return Place(kind, owner, name, owner.life) if depth <= _DEEPEST else None


def of_attribute(frame: Frame, receiver: Value, name: str) -> Place | None:
    """Where an attribute of a value is kept when it is assigned."""
    for thing in receiver.objects:
        place = of_object(frame, thing, receiver, name)
        if place is not None:
            return place
    return None if receiver.place is None else _below(receiver.place, "attribute", name)


def of_object(frame: Frame, thing: Object, holder: Value, name: str) -> Place | None:
    """Where an attribute of one object is kept; ``holder`` is the value that the object was found in."""
    if isinstance(thing, Instance):
        return Place("attribute", thing, name, thing.life)
    if isinstance(thing, ClassObject):
        return frame.analysis.classes.place(thing, name)
    if isinstance(thing, Module):
        return Place("global", thing.path, name, Phase.PROCESS)
    if isinstance(thing, Imported):
        resolved = imports.resolve(frame, only(thing))
        return None if thing in resolved.objects else of_attribute(frame, resolved.at(holder.place), name)
    if isinstance(thing, FunctionObject):
        return Place("attribute", (thing.path, thing.number), name, thing.life)
    if isinstance(thing, Memoised):
        return of_object(frame, thing.function, holder, name)
    if isinstance(thing, External):
        return Place("attribute", thing.name, name, Phase.PROCESS)
    if holder.place is not None:
        return _below(holder.place, "attribute", name)
    if isinstance(thing, Super):
        return of_object(frame, thing.receiver, holder, name)
    return Place("attribute", thing, name, life_of(thing)) if life_of(thing) is not Phase.PROCESS else None


def of_item(frame: Frame, container: Value, index: m.Expression | None) -> Place | None:
    """Where an item of a container is kept, if the container is kept anywhere; no index means any item."""
    name = str(index.value) if isinstance(index, m.Literal) else ""
    for thing in container.objects:
        if isinstance(thing, ExternalInstance) and thing.name == "builtins.globals":
            return Place("global", frame.path, name, Phase.PROCESS)
        if isinstance(thing, Given):
            return Place("item", thing, name, Phase.INVOCATION)
    return None if container.place is None else _below(container.place, "item", name)
