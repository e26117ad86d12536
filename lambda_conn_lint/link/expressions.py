"""What an expression is worth: objects, dependence and place. Running one runs the calls in it, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import attributes, calls, definitions, guards, imports, once, places, protocols
from lambda_conn_lint.link.values import (
    ANY_NAME,
    NOTHING,
    PENDING,
    UNKNOWN,
    Constant,
    Container,
    External,
    Place,
    Taint,
    Test,
    Value,
    container,
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
        return attributes.attribute(frame, peek(frame, node.value), node.name, run_properties=False)
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


def iterated(frame: Frame, value: Value) -> Value:
    """What a loop variable takes: over literals it is keyed."""
    element = protocols.iterate(frame, value)
    if value.place is not None:
        held = frame.analysis.stored(Place("item", value.place, ANY_NAME, value.place.life), frame.context)
        element = join(element, held)
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
            taint |= frame.written_environment(str(thing.value))
    return taint


# One evaluator for each kind of node


def _name(frame: Frame, node: m.Name) -> Value:
    return frame.lookup(node.id)


def _attribute(frame: Frame, node: m.Attribute) -> Value:
    return attributes.attribute(frame, evaluate(frame, node.value), node.name)


def _call(frame: Frame, node: m.Call) -> Value:
    return calls.evaluate_call(frame, node)


def _literal(frame: Frame, node: m.Literal) -> Value:
    return only(Constant(node.value))


def _function(frame: Frame, node: m.Function) -> Value:
    definitions.keep_defaults(frame, node.number)
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
    held = container(node.kind, frame.phase, items, element if items is None else UNKNOWN)
    return Value(frozenset((held,)), False, taint_of(values), pending=any(value.pending for value in values))


def _mapping(frame: Frame, node: m.Mapping) -> Value:
    keys = [UNKNOWN if key is None else evaluate(frame, key) for key, _ in node.items]
    values = [evaluate(frame, value) for _, value in node.items]
    held = container("dict", frame.phase, None, join_all(values) if values else NOTHING)
    return Value(
        frozenset((held,)),
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
    if outcome.truth is not False:
        with guards.branch(frame, outcome, True):
            results = once.region(frame, outcome.when_true, (id(node), "body"), lambda: evaluate(frame, node.body))
    if outcome.truth is not True:
        with guards.branch(frame, outcome, False):
            other = once.region(frame, outcome.when_false, (id(node), "else"), lambda: evaluate(frame, node.orelse))
        results = join(results, other)
    return results


def _test(frame: Frame, node: m.Expression) -> Value:
    outcome = guards.examine(frame, node)
    return outcome.value._replace(test=Test(outcome.when_true, outcome.when_false))


def _comprehension(frame: Frame, node: m.Comprehension) -> Value:
    before = dict(frame.env)
    taint = Taint.NONE
    for clause in node.clauses:
        iterable = evaluate(frame, clause.iterable)
        taint |= iterable.taint
        _bind_locally(frame, clause.target, iterated(frame, iterable))
        for condition in clause.conditions:
            guards.examine(frame, condition)
    values = [evaluate(frame, element) for element in node.elements]
    frame.env = before
    element = values[-1]
    if node.kind == "generator":
        return Value(frozenset((container("list", frame.phase, None, element),)), False, taint | taint_of(values))
    held = container(node.kind, frame.phase, None, element)
    return Value(frozenset((held,)), False, taint | taint_of(values), pending=element.pending)


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
    m.Call: _call,
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
