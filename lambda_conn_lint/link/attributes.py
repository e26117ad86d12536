"""Attributes: of modules, classes, instances, library objects, and of whatever else may have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.link import calls, imports, known, places
from lambda_conn_lint.link.values import (
    NOTHING,
    PENDING,
    UNKNOWN,
    ClassObject,
    Container,
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
    Taint,
    Value,
    is_none,
    join,
    join_all,
    only,
    ordered,
    taint_of,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


def attribute(frame: Frame, receiver: Value, name: str, *, run_properties: bool = True) -> Value:
    """An attribute of a value; runs the body of a property."""
    if receiver.pending:
        return PENDING
    result = NOTHING
    for thing in ordered(receiver.objects):
        result = join(result, _attribute_of(frame, thing, receiver, name, run_properties))
    if receiver.open or result is NOTHING:
        place = places.of_attribute(frame, unknown(Taint.NONE).at(receiver.place), name)
        kept = NOTHING if place is None else frame.analysis.stored(place, frame.context)
        result = join(result, join(unknown(receiver.taint).at(place), kept).at(place))
    return frame.read(result)


def _attribute_of(frame: Frame, thing: Object, holder: Value, name: str, run_properties: bool) -> Value:
    if isinstance(thing, Instance):
        found = _instance_attribute(frame, thing, holder, name, run_properties)
        return found if found is NOTHING or _is_method(found) else found.tainted(holder.taint)
    if isinstance(thing, Imported):
        resolved = imports.resolve(frame, only(thing))
        if thing in resolved.objects:
            return unknown(holder.taint)
        return attribute(frame, resolved.tainted(holder.taint), name, run_properties=run_properties)
    if is_none(thing):
        return NOTHING
    read = _READERS.get(type(thing))
    return unknown(holder.taint) if read is None else read(frame, thing, holder, name)


def _of_external(frame: Frame, thing: External, holder: Value, name: str) -> Value:
    if thing.bound is not None:
        return unknown(holder.taint)
    whole = f"{thing.name}.{name}"
    if whole in known.REQUEST_STATE or thing.name in known.REQUEST_STATE:
        return unknown(Taint.DEPENDENT)
    return only(External(whole), holder.taint).at(Place("attribute", thing.name, name, Phase.PROCESS))


def _of_external_instance(frame: Frame, thing: ExternalInstance, holder: Value, name: str) -> Value:
    if name in known.REQUEST_ATTRIBUTES and thing.name.startswith(known.REQUEST_ROOTS):
        return unknown(Taint.DEPENDENT)
    place = places.of_object(frame, thing, holder, name)
    value = only(External(f"{thing.name}.{name}", thing), holder.taint)
    if thing.name == "threading.local" and place is not None:
        value = NOTHING  # it has what was put into it, and nothing else
    return value if place is None else _kept(frame, value, place)


def _of_module(frame: Frame, thing: Module, holder: Value, name: str) -> Value:
    return only(Imported(thing, name))


def _of_class(frame: Frame, thing: ClassObject, holder: Value, name: str) -> Value:
    return _class_attribute(frame, thing, name)


def _of_super(frame: Frame, thing: Super, holder: Value, name: str) -> Value:
    return _super_attribute(frame, thing, name)


def _of_function(frame: Frame, thing: FunctionObject | Memoised, holder: Value, name: str) -> Value:
    place = places.of_object(frame, thing, holder, name)
    return UNKNOWN if place is None else _kept(frame, NOTHING, place)


def _of_container(frame: Frame, thing: Container, holder: Value, name: str) -> Value:
    return only(External(f"builtins.{thing.kind}.{name}"), holder.taint)


def _of_given(frame: Frame, thing: Given, holder: Value, name: str) -> Value:
    return unknown(Taint.DEPENDENT).at(Place("attribute", thing, name, Phase.INVOCATION))


def _is_method(value: Value) -> bool:
    return any(isinstance(thing, FunctionObject | Memoised) for thing in value.objects)


def _kept(frame: Frame, value: Value, place: Place) -> Value:
    stored = frame.analysis.stored(place, frame.context)
    if stored is NOTHING and value is NOTHING:
        return UNKNOWN.at(place)
    kept = join(value, stored)
    return kept.at(_true_place(stored, place))


def _true_place(stored: Value, place: Place) -> Place:
    """Where a value really is: an attribute of an object that dies with the invocation may only name it."""
    is_alias = place.life is Phase.INVOCATION and stored.place is not None
    return stored.place if is_alias and stored.place is not None else place


def _class_attribute(frame: Frame, cls: ClassObject, name: str) -> Value:
    if name == "__class__":
        return UNKNOWN
    classes = frame.analysis.classes
    found = classes.lookup(cls, name)
    place = classes.place(cls, name)
    if found is None:
        external = next(classes.externals(cls), None)
        if external is not None:
            value = only(External(f"{external}.{name}", maker=cls))
            return _kept(frame, value, place)
        return _kept(frame, NOTHING, place)
    result = NOTHING
    for thing in found[1].objects:
        if isinstance(thing, FunctionObject | Memoised) and classes.kind(thing) == "classmethod":
            result = join(result, only(bound_to(thing, cls)))
        else:
            result = join(result, only(thing))
    if any(isinstance(thing, FunctionObject | Memoised) for thing in result.objects):
        return result
    return _kept(frame, join(result, found[1]), place)


def _instance_attribute(frame: Frame, thing: Instance, holder: Value, name: str, run_properties: bool) -> Value:
    if name == "__class__":
        return only(thing.cls)
    classes = frame.analysis.classes
    found = classes.lookup(thing.cls, name)
    if found is None:
        return _own_attribute(frame, thing, holder, name)
    _, value = found
    place = Place("attribute", thing, name, thing.life)
    if classes.assigns(thing.cls, name):
        return _kept(frame, value, place)
    methods = [method for method in value.objects if isinstance(method, FunctionObject | Memoised)]
    if methods:
        return join_all(_method(frame, thing, method, run_properties) for method in methods)
    shared = classes.place(thing.cls, name)
    stored = join(frame.analysis.stored(shared, frame.context), frame.analysis.stored(place, frame.context))
    kept = join(value, stored)
    # What is put into a container of the class stays with the class; an assignment makes the object's own attribute.
    is_container = any(isinstance(held, Container) for held in kept.objects)
    return kept.at(shared if is_container else place)


def _own_attribute(frame: Frame, thing: Instance, holder: Value, name: str) -> Value:
    """An attribute that no class of the project declares: the object's own, inherited from a library, or unknown."""
    place = Place("attribute", thing, name, thing.life)
    stored = frame.analysis.stored(place, frame.context)
    if stored is not NOTHING:
        return stored.at(_true_place(stored, place))
    classes = frame.analysis.classes
    if classes.assigns(thing.cls, name):
        return UNKNOWN.at(place)
    external = next(classes.externals(thing.cls), None)
    if name == "start" and external in _THREADS and classes.lookup(thing.cls, "run") is not None:
        return attribute(frame, only(thing), "run")
    if external is not None:
        return only(External(f"{external}.{name}", ExternalInstance(external, thing.life)), holder.taint).at(place)
    return unknown(taint_of(value for _, value in thing.arguments) | holder.taint).at(place)


def _method(frame: Frame, thing: Instance, method: FunctionObject | Memoised, run_properties: bool) -> Value:
    kind = frame.analysis.classes.kind(method)
    if kind == "staticmethod":
        return only(method)
    if kind == "classmethod":
        return only(bound_to(method, thing.cls))
    bound = bound_to(method, thing)
    if kind == "property":
        return calls.call_object(frame, bound, calls.NO_ARGUMENTS, calls.HERE) if run_properties else UNKNOWN
    return only(bound)


def _super_attribute(frame: Frame, thing: Super, name: str) -> Value:
    classes = frame.analysis.classes
    receiver = thing.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    if not isinstance(cls, ClassObject):
        return UNKNOWN
    if name == "__call__" and receiver is cls:
        return only(cls._replace(plain=True))
    found = classes.lookup(cls, name, after=thing.owner)
    if found is None:
        external = next(classes.externals(cls), "builtins.object")
        return only(External(f"{external}.{name}", ExternalInstance(external, Phase.UNKNOWN)))
    result = NOTHING
    for value in found[1].objects:
        if not isinstance(value, FunctionObject | Memoised) or name == "__new__":
            result = join(result, only(value))
        elif isinstance(receiver, Instance):
            result = join(result, _method(frame, receiver, value, True))
        else:
            is_static = classes.kind(value) == "staticmethod"
            result = join(result, only(value if is_static else bound_to(value, cls)))
    return result


def bound_to(method: FunctionObject | Memoised, receiver: Object) -> FunctionObject | Memoised:
    """A function with its first argument given; a cache on a method lives no longer than the object."""
    if isinstance(method, Memoised):
        inner = method.function
        if isinstance(inner, FunctionObject):
            inner = inner._replace(receiver=receiver)
        life = receiver.life if isinstance(receiver, Instance) else method.life
        return Memoised(inner, life, method.is_guessed)
    return method._replace(receiver=receiver)


_THREADS = frozenset(
    {"threading.Thread", "threading.Timer", "multiprocessing.Process", "multiprocessing.context.Process"}
)
"""Classes whose ``start`` calls ``run``."""
_READERS: dict[type[object], Callable[[Frame, Any, Value, str], Value]] = {
    External: _of_external,
    ExternalInstance: _of_external_instance,
    Module: _of_module,
    ClassObject: _of_class,
    Super: _of_super,
    FunctionObject: _of_function,
    Memoised: _of_function,
    Container: _of_container,
    Given: _of_given,
}
