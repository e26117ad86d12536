"""What an expression is worth: objects, dependence and place. Running one runs the calls in it, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import calls, definitions, guards, imports, known, once, places
from lambda_conn_lint.link.values import (
    NOTHING,
    PENDING,
    UNKNOWN,
    ClassObject,
    Constant,
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
    taint_of,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


def evaluate(frame: Frame, node: m.Expression) -> Value:
    """Run an expression."""
    return _EVALUATORS[type(node)](frame, node)


def peek(frame: Frame, node: m.Expression) -> Value:
    """What a name or attribute chain is worth, without running any call: for asking a second time."""
    if isinstance(node, m.Name):
        return frame.lookup(node.id)
    if isinstance(node, m.Attribute):
        return attribute(frame, peek(frame, node.value), node.name, run_properties=False)
    if isinstance(node, m.Subscript):
        container = peek(frame, node.value)
        return container if container.pending else item(frame, container, node, peek(frame, node.key))
    if isinstance(node, m.Literal):
        return only(Constant(node.value))
    if isinstance(node, m.Walrus):
        return frame.lookup(node.target)
    if isinstance(node, m.Call) and isinstance(node.function, m.Name) and node.function.id in ("type", "globals"):
        return evaluate(frame, node)
    return UNKNOWN


def either(left: Value, right: Value, operator: str) -> Value:
    """``left or right``, ``left and right``: the left one only when it is (not) empty."""
    if operator == "or":
        left = left._replace(objects=frozenset(thing for thing in left.objects if not is_none(thing)))
        if not left.objects and not left.open:
            return right.tainted(left.taint)
    return join(left, right)


# Attributes


def attribute(frame: Frame, receiver: Value, name: str, *, run_properties: bool = True) -> Value:
    """An attribute of a value; runs the body of a property."""
    if receiver.pending:
        return PENDING
    result = NOTHING
    for thing in receiver.objects:
        result = join(result, _attribute_of(frame, thing, receiver, name, run_properties))
    if receiver.open or result is NOTHING:
        place = receiver.place
        kept = NOTHING
        if place is not None:
            place = Place("attribute", place, name, place.life)
            kept = frame.analysis.stored(place, frame.context)
        result = join(result, join(unknown(receiver.taint).at(place), kept).at(place))
    return frame.read(result)


def _attribute_of(frame: Frame, thing: Object, holder: Value, name: str, run_properties: bool) -> Value:
    if isinstance(thing, External):
        if thing.bound is not None:
            return unknown(holder.taint)
        if f"{thing.name}.{name}" in known.REQUEST_STATE or thing.name in known.REQUEST_STATE:
            return unknown(Taint.DEPENDENT)
        return only(External(f"{thing.name}.{name}"), holder.taint).at(
            Place("attribute", thing.name, name, Phase.PROCESS)
        )
    if isinstance(thing, ExternalInstance):
        if name in known.REQUEST_ATTRIBUTES and thing.name.startswith(known.REQUEST_ROOTS):
            return unknown(Taint.DEPENDENT)
        place = places.of_object(frame, thing, holder, name)
        value = only(External(f"{thing.name}.{name}", thing), holder.taint)
        return value if place is None else _kept(frame, value, place)
    if isinstance(thing, Module):
        return only(Imported(thing, name))
    if isinstance(thing, Imported):
        resolved = imports.resolve(frame, only(thing))
        if thing in resolved.objects:
            return unknown(holder.taint)
        return attribute(frame, resolved.tainted(holder.taint), name, run_properties=run_properties)
    if isinstance(thing, ClassObject):
        return _class_attribute(frame, thing, name)
    if isinstance(thing, Instance):
        found = _instance_attribute(frame, thing, holder, name, run_properties)
        return found if found is NOTHING or _is_method(found) else found.tainted(holder.taint)
    if isinstance(thing, Super):
        return _super_attribute(frame, thing, name)
    if isinstance(thing, FunctionObject | Memoised):
        place = places.of_object(frame, thing, holder, name)
        return UNKNOWN if place is None else _kept(frame, NOTHING, place)
    if isinstance(thing, Container):
        return only(External(f"builtins.{thing.kind}.{name}"), holder.taint)
    if is_none(thing):
        return NOTHING
    if isinstance(thing, Given):
        return unknown(Taint.DEPENDENT).at(Place("attribute", thing, name, Phase.INVOCATION))
    return unknown(holder.taint)


def _is_method(value: Value) -> bool:
    return any(isinstance(thing, FunctionObject | Memoised) for thing in value.objects)


def _kept(frame: Frame, value: Value, place: Place) -> Value:
    stored = frame.analysis.stored(place, frame.context)
    if stored is NOTHING and value is NOTHING:
        return UNKNOWN.at(place)
    return join(value, stored).at(place)


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
    classes = frame.analysis.classes
    if name == "__class__":
        return only(thing.cls)
    found = classes.lookup(thing.cls, name)
    place = Place("attribute", thing, name, thing.life)
    if found is None:
        stored = frame.analysis.stored(place, frame.context)
        if stored is not NOTHING:
            return stored.at(place)
        externals = list(classes.externals(thing.cls))
        if externals and not classes.assigns(thing.cls, name):
            external = ExternalInstance(externals[0], thing.life)
            return only(External(f"{externals[0]}.{name}", external), holder.taint).at(place)
        taint = taint_of(value for _, value in thing.arguments)
        return unknown(taint | holder.taint if not classes.assigns(thing.cls, name) else Taint.NONE).at(place)
    _, value = found
    methods = [thing_ for thing_ in value.objects if isinstance(thing_, FunctionObject | Memoised)]
    if methods and not classes.assigns(thing.cls, name):
        result = NOTHING
        for method in methods:
            result = join(result, _method(frame, thing, method, run_properties))
        return result
    if not classes.assigns(thing.cls, name):
        stored = frame.analysis.stored(place, frame.context)
        shared = classes.place(thing.cls, name)
        kept = join(join(value, frame.analysis.stored(shared, frame.context)), stored)
        # What is put into a container of the class stays with the class; an assignment makes the object's own attribute.
        is_container = any(isinstance(item_, Container) for item_ in kept.objects)
        return kept.at(shared if is_container else place)
    return _kept(frame, value, place)


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
        if isinstance(value, FunctionObject | Memoised) and classes.kind(value) != "staticmethod":
            if classes.kind(value) == "property" and isinstance(receiver, Instance):
                result = join(result, _method(frame, receiver, value, True))
                continue
            target = cls if classes.kind(value) == "classmethod" else receiver
            is_new = name == "__new__"
            result = join(result, only(value if is_new else bound_to(value, target)))
        else:
            result = join(result, only(value))
    return result


def bound_to(method: FunctionObject | Memoised, receiver: Object) -> FunctionObject | Memoised:
    """A function with its first argument given; a cache on a method lives no longer than the object."""
    if isinstance(method, Memoised):
        inner = method.function
        if isinstance(inner, FunctionObject):
            inner = inner._replace(receiver=receiver)
        life = receiver.life if isinstance(receiver, Instance) else method.life
        return Memoised(inner, life)
    return method._replace(receiver=receiver)


# Items


def constants(value: Value) -> list[str] | None:
    """The texts that a display of literals holds."""
    if len(value.objects) != 1:
        return None
    (thing,) = value.objects
    if not isinstance(thing, Container) or thing.items is None:
        return None
    texts = [inner.value for item in thing.items for inner in item.objects if isinstance(inner, Constant)]
    return [text for text in texts if isinstance(text, str)]


def element_of(value: Value) -> Value:
    """Any one of the items that a value holds."""
    if value.pending:
        return PENDING
    result = NOTHING
    for thing in value.objects:
        if isinstance(thing, Container):
            result = join(result, thing.element if thing.items is None else join_all(thing.items))
    if result is NOTHING:
        return unknown(value.taint)
    return result._replace(open=result.open or value.open).tainted(value.taint)


def iterated(value: Value) -> Value:
    """What a loop variable takes: over literals it is keyed."""
    element = element_of(value)
    if element.objects and all(isinstance(thing, Constant) for thing in element.objects):
        return element.tainted(Taint.KEYED)
    return element


def item(frame: Frame, container: Value, node: m.Subscript, key: Value) -> Value:
    if container.pending or key.pending:
        return PENDING
    place = places.of_item(frame, container, node.key)
    taint = container.taint | key.taint
    if External("os.environ") in container.objects:
        return unknown(taint | environment_taint(frame, key))
    result = NOTHING
    for thing in container.objects:
        if isinstance(thing, Container):
            result = join(result, _selected(thing, node.key))
    if place is not None:
        result = join(result, frame.analysis.stored(place, frame.context))
        if place.name:
            anywhere = place._replace(name="")
            result = join(result, frame.analysis.stored(anywhere, frame.context))
    if result is NOTHING or container.open:
        result = join(result, unknown(taint))
    return frame.read(result.tainted(taint).at(place))


def _selected(container: Container, index: m.Expression) -> Value:
    if container.items is None:
        return container.element
    if (
        isinstance(index, m.Literal)
        and isinstance(index.value, int)
        and -len(container.items) <= index.value < len(container.items)
    ):
        return container.items[index.value]
    return join_all(container.items)


def environment_taint(frame: Frame, key: Value) -> Taint:
    taint = Taint.NONE
    for thing in key.objects:
        if isinstance(thing, Constant):
            name = str(thing.value)
            frame.analysis.watch(("environment", name), frame.context)
            taint |= frame.analysis.tainted_environment.get(name, Taint.NONE)
    return taint


# One evaluator for each kind of node


def _name(frame: Frame, node: m.Name) -> Value:
    return frame.lookup(node.id)


def _attribute(frame: Frame, node: m.Attribute) -> Value:
    return attribute(frame, evaluate(frame, node.value), node.name)


def _literal(frame: Frame, node: m.Literal) -> Value:
    return only(Constant(node.value))


def _function(frame: Frame, node: m.Function) -> Value:
    return only(definitions.function_object(frame, node.number))


def _await(frame: Frame, node: m.Await) -> Value:
    return evaluate(frame, node.value)


def _yield(frame: Frame, node: m.Yield) -> Value:
    value = UNKNOWN if node.value is None else evaluate(frame, node.value)
    frame.yielded = join(frame.yielded, element_of(value) if node.delegated else value)
    return UNKNOWN


def _display(frame: Frame, node: m.Display) -> Value:
    values = tuple(evaluate(frame, item) for item in node.items)
    starred = any(isinstance(item, m.Star) for item in node.items)
    items = None if starred or len(values) > _LONGEST_DISPLAY else values
    element = UNKNOWN if not values else join_all(values)
    container = Container(node.kind, frame.phase, items, element if items is None else UNKNOWN)
    return Value(frozenset((container,)), False, taint_of(values), pending=any(value.pending for value in values))


def _mapping(frame: Frame, node: m.Mapping) -> Value:
    keys = [UNKNOWN if key is None else evaluate(frame, key) for key, _ in node.items]
    values = [evaluate(frame, value) for _, value in node.items]
    container = Container("dict", frame.phase, None, join_all(values) if values else NOTHING)
    return Value(
        frozenset((container,)),
        False,
        taint_of(keys) | taint_of(values),
        pending=any(value.pending for value in values),
    )


def _subscript(frame: Frame, node: m.Subscript) -> Value:
    container = imports.resolve(frame, evaluate(frame, node.value))
    return item(frame, container, node, evaluate(frame, node.key))


def _conditional(frame: Frame, node: m.Conditional) -> Value:
    outcome = guards.examine(frame, node.test)
    results = NOTHING
    with frame.ledger.branch(outcome.truth is None):
        if outcome.truth is not False:
            results = once.region(frame, outcome.when_true, (id(node), "body"), lambda: evaluate(frame, node.body))
        if outcome.truth is not True:
            other = once.region(frame, outcome.when_false, (id(node), "else"), lambda: evaluate(frame, node.orelse))
            results = join(results, other)
    return results


def _test(frame: Frame, node: m.Expression) -> Value:
    return guards.examine(frame, node).value


def _comprehension(frame: Frame, node: m.Comprehension) -> Value:
    before = dict(frame.env)
    taint = Taint.NONE
    for clause in node.clauses:
        iterable = evaluate(frame, clause.iterable)
        taint |= iterable.taint
        _bind_locally(frame, clause.target, iterated(iterable))
        for condition in clause.conditions:
            guards.examine(frame, condition)
    values = [evaluate(frame, element) for element in node.elements]
    frame.env = before
    element = values[-1]
    if node.kind == "generator":
        return Value(frozenset((Container("list", frame.phase, None, element),)), False, taint | taint_of(values))
    container = Container(node.kind, frame.phase, None, element)
    return Value(frozenset((container,)), False, taint | taint_of(values), pending=element.pending)


def _bind_locally(frame: Frame, target: m.Expression, value: Value) -> None:
    """A comprehension's variable shadows for its own length, in class bodies too."""
    if isinstance(target, m.Name):
        frame.env[target.id] = value
    elif isinstance(target, m.Display):
        for item in target.items:
            _bind_locally(frame, item, element_of(value))
    elif isinstance(target, m.Star):
        _bind_locally(frame, target.value, unknown(value.taint))


def _walrus(frame: Frame, node: m.Walrus) -> Value:
    value = evaluate(frame, node.value)
    frame.bind(node.target, value)
    return value


def _star(frame: Frame, node: m.Star) -> Value:
    return element_of(evaluate(frame, node.value))


def _opaque(frame: Frame, node: m.Opaque) -> Value:
    values = [evaluate(frame, part) for part in node.parts]
    return Value(taint=taint_of(values), pending=any(value.pending for value in values))


_LONGEST_DISPLAY = 16
_EVALUATORS: dict[type[object], Callable[[Frame, Any], Value]] = {
    m.Name: _name,
    m.Attribute: _attribute,
    m.Call: lambda frame, node: calls.evaluate_call(frame, node),
    m.Literal: _literal,
    m.Function: _function,
    m.Await: _await,
    m.Yield: _yield,
    m.Display: _display,
    m.Mapping: _mapping,
    m.Subscript: _subscript,
    m.Conditional: _conditional,
    m.Boolean: _test,
    m.Not: _test,
    m.Compare: _test,
    m.Comprehension: _comprehension,
    m.Walrus: _walrus,
    m.Star: _star,
    m.Opaque: _opaque,
}
