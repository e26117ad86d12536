"""What a call does: into the project, into a library, or into the unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import (
    assignments,
    attributes,
    builtins,
    containers,
    definitions,
    expressions,
    imports,
    known,
    libraries,
)
from lambda_conn_lint.link.narrowing import narrowed
from lambda_conn_lint.link.values import (
    NONE,
    NOTHING,
    PENDING,
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
    Object,
    Partial,
    Phase,
    Place,
    Taint,
    Value,
    join,
    join_all,
    only,
    ordered,
    taint_of,
    unknown,
)
from lambda_conn_lint.link.values import container as make_container

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


class Arguments(NamedTuple):
    """What a call hands over; ``rest`` is what stars spread without telling where it goes."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    rest: Value = NOTHING

    def all(self) -> Iterable[Value]:
        yield from self.positional
        for _, value in self.keywords:
            yield value
        yield self.rest

    def get(self, position: int, keyword: str) -> Value | None:
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return dict(self.keywords).get(keyword)


NO_ARGUMENTS = Arguments()
HERE = Span(0, 0, 0, 0)
"""The span of a call that no call expression stands for: a property, a decorator, ``__enter__``."""


def evaluate_call(frame: Frame, node: m.Call) -> Value:
    """Run a call expression: the callee, the arguments, then the call."""
    special = builtins.syntactic_call(frame, node)
    if special is not None:
        return special
    receiver: Value | None = None
    if isinstance(node.function, m.Attribute):
        receiver = expressions.evaluate(frame, node.function.value)
        function = attributes.attribute(frame, receiver, node.function.name)
    else:
        function = expressions.evaluate(frame, node.function)
    arguments = evaluate_arguments(frame, node.arguments)
    if receiver is not None and isinstance(node.function, m.Attribute):
        found = containers.call_method(frame, node, receiver, arguments)
        if found is not None:
            return found
    return call(frame, function, arguments, node.span, last_name(node.function))


def last_name(node: m.Expression) -> str:
    return node.name if isinstance(node, m.Attribute) else node.id if isinstance(node, m.Name) else ""


def evaluate_arguments(frame: Frame, nodes: tuple[m.Argument, ...]) -> Arguments:
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    rest = NOTHING
    for node in nodes:
        value = expressions.evaluate(frame, node.value)
        if node.star == "*":
            spread = _items(value)
            if spread is None or rest is not NOTHING:
                rest = join(rest, expressions.element_of(value))
            else:
                positional.extend(spread)
        elif node.star == "**":
            rest = join(rest, expressions.element_of(value).tainted(value.taint))
        elif node.keyword:
            keywords.append((node.keyword, value))
        else:
            positional.append(value)
    return Arguments(tuple(positional), tuple(keywords), rest)


def _items(value: Value) -> tuple[Value, ...] | None:
    if len(value.objects) == 1 and not value.open:
        (thing,) = value.objects
        if isinstance(thing, Container):
            return thing.items
    return None


def call(frame: Frame, function: Value, arguments: Arguments, span: Span, name: str = "") -> Value:
    """Call a value with arguments; ``name`` is the last name of the callee as it is written."""
    if function.pending or any(value.pending for value in arguments.all()):
        return PENDING
    result = NOTHING
    for thing in ordered(function.objects):
        if isinstance(thing, External):
            made = libraries.external_call(frame, thing, function, arguments, span)
        else:
            made = call_object(frame, thing, arguments, span)
        result = join(result, made)
    is_unknown = function.open or not function.objects
    if is_unknown and name and frame.phase is Phase.INVOCATION:
        frame.guesses.add(name)
    if is_unknown and not any(isinstance(thing, External) for thing in function.objects):
        result = join(result, libraries.unknown_call(frame, arguments, function.taint, name, span))
    return result.tainted(function.taint & Taint.DEPENDENT) if function.taint and not result.pending else result


def call_object(frame: Frame, thing: Object, arguments: Arguments, span: Span) -> Value:
    """Call one object that the value may be."""
    if isinstance(thing, FunctionObject):
        return _call_function(frame, thing, arguments, span)
    if isinstance(thing, ClassObject):
        return instantiate(frame, thing, arguments, span)
    if isinstance(thing, Imported):
        return _call_imported(frame, thing, arguments, span)
    if isinstance(thing, Memoised):
        return _call_memoised(frame, thing, arguments, span)
    if isinstance(thing, Partial):
        merged = Arguments(thing.positional + arguments.positional, thing.keywords + arguments.keywords, arguments.rest)
        return call(frame, thing.function, merged, span)
    if isinstance(thing, Instance):
        method = attributes.attribute(frame, only(thing), "__call__")
        if method.objects:
            return call(frame, method, arguments, span)
    if isinstance(thing, External):
        return libraries.external_call(frame, thing, only(thing), arguments, span)
    if isinstance(thing, ExternalInstance):
        return _call_external_instance(frame, thing, arguments, span)
    return libraries.unknown_call(frame, arguments, Taint.NONE, "", span)


def _call_memoised(frame: Frame, thing: Memoised, arguments: Arguments, span: Span) -> Value:
    place = memo_place(thing)
    if place is not None:
        frame.analysis.watch(("ended", place), frame.context)
    if thing.life is Phase.INVOCATION or place in frame.analysis.emptied:
        return call(frame, only(thing.function), arguments, span)
    phase, recording = frame.phase, frame.recording
    frame.phase, frame.recording = Phase.PROCESS, False
    result = call(frame, only(thing.function), arguments, span)
    frame.phase, frame.recording = phase, recording
    if not thing.is_guessed:
        frame.analysis.remembered |= result.objects
    return result


def memo_place(thing: Memoised) -> Place | None:
    """Where a memoised function keeps its results, so that ``cache_clear()`` can be seen to empty it."""
    if isinstance(thing.function, FunctionObject):
        return Place("memo", (thing.function.path, thing.function.number), "", Phase.PROCESS)
    return None


def _call_external_instance(frame: Frame, thing: ExternalInstance, arguments: Arguments, span: Span) -> Value:
    if thing.name in frame.analysis.memoisers and arguments.positional:
        return definitions.memoised(arguments.positional[0], frame.phase)
    if thing.name in known.IDENTITY and arguments.positional:
        return arguments.positional[-1]
    for carried in thing.carried if frame.phase is Phase.INVOCATION else ():
        call_object(frame, carried, Arguments(rest=unknown(taint_of(arguments.all()))), span)
    return libraries.unknown_call(frame, arguments, Taint.NONE, "", span)


# Into the project


def _call_imported(frame: Frame, thing: Imported, arguments: Arguments, span: Span) -> Value:
    path = thing.module.path
    is_of_interest = frame.analysis.leads_to_client(path) or path in frame.analysis.declared.files
    if path and not is_of_interest and not any(map(_is_telling, arguments.all())):
        return unknown(taint_of(arguments.all()))
    resolved = imports.resolve(frame, only(thing))
    if resolved.pending:
        return PENDING
    if thing in resolved.objects:
        return libraries.unknown_call(frame, arguments, Taint.NONE, thing.name, span)
    return call(frame, resolved, arguments, span, thing.name)


def _is_telling(value: Value) -> bool:
    """Whether a function that gets this may come to build a client through it."""
    return any(
        isinstance(thing, FunctionObject | Memoised | Partial | ClassObject | Instance | External)
        or (isinstance(thing, Container) and _is_telling(expressions.element_of(only(thing))))
        for thing in value.objects
    )


def _call_function(frame: Frame, thing: FunctionObject, arguments: Arguments, span: Span) -> Value:
    declared = libraries.declared_call(frame, thing, arguments, span)
    if declared is not None:
        return declared
    function = frame.context.function
    if thing.captured and thing.path == frame.path and thing.definer == function.number and not frame.is_module:
        thing = thing._replace(captured=definitions.captured(frame, thing.number))
    bound = bind(frame, thing, arguments)
    return frame.enter(thing, bound, frame.phase, span)


def bind(frame: Frame, thing: FunctionObject, arguments: Arguments) -> list[tuple[str, Value]]:
    """The parameters of a function with the values that a call gives them."""
    facts = frame.analysis.function(thing)
    defaults = frame.analysis.defaults.get((thing.path, thing.number), {})
    positional = list(arguments.positional)
    if thing.receiver is not None:
        positional.insert(0, only(thing.receiver))
    keywords = dict(arguments.keywords)
    bound: list[tuple[str, Value]] = []
    for parameter in facts.parameters:
        if parameter.kind == "*":
            items = tuple(positional)
            positional = []
            is_exact = arguments.rest is NOTHING
            element = join(join_all(items), arguments.rest)
            container = make_container("tuple", frame.phase, items if is_exact else None, element)
            bound.append((parameter.name, only(container, element.taint)))
        elif parameter.kind == "**":
            element = join(join_all(keywords.values()), arguments.rest)
            container = make_container("dict", frame.phase, None, element)
            bound.append((parameter.name, only(container, element.taint)))
        elif parameter.kind != "kw" and positional:
            bound.append((parameter.name, positional.pop(0)))
        elif parameter.kind != "/" and parameter.name in keywords:
            bound.append((parameter.name, keywords.pop(parameter.name)))
        else:
            default = defaults.get(parameter.name)
            if default is None:
                bound.append((parameter.name, unknown(arguments.rest.taint)))
            elif arguments.rest is NOTHING:
                bound.append((parameter.name, default))
            else:
                bound.append((parameter.name, join(default, unknown(arguments.rest.taint))))
    return bound


def instantiate(frame: Frame, cls: ClassObject, arguments: Arguments, span: Span) -> Value:
    """Call a class of the project: its metaclass, ``__new__``, ``__init__`` and what a data class adds."""
    declared = libraries.declared_call(frame, cls, arguments, span)
    if declared is not None:
        return declared
    classes = frame.analysis.classes
    metaclass = None if cls.plain else classes.metaclass(cls)
    cls = cls._replace(plain=False)
    if metaclass is not None:
        for meta in metaclass.objects:
            found = classes.lookup(meta, "__call__") if isinstance(meta, ClassObject) else None
            if found is not None:
                return call(
                    frame,
                    join_all(
                        only(attributes.bound_to(thing, cls))
                        for thing in found[1].objects
                        if isinstance(thing, FunctionObject | Memoised)
                    ),
                    arguments,
                    span,
                )
    instances = [Instance(cls, frame.phase, _kept_arguments(frame, cls, arguments))]
    new = classes.lookup(cls, "__new__")
    if new is not None:
        functions = [thing for thing in new[1].objects if isinstance(thing, FunctionObject)]
        made = join_all(
            call(frame, only(thing), arguments._replace(positional=(only(cls), *arguments.positional)), span)
            for thing in functions
        )
        if made.pending:
            return PENDING
        instances = [thing for thing in made.objects if isinstance(thing, Instance)] or instances
    taint = taint_of(arguments.all())
    for name in (*classes.externals(cls), *libraries.declared_bases(frame, cls)):
        client = frame.analysis.catalogue.by_name.get(name)
        if client is not None and client.call == "class":
            libraries.construct(frame, client, arguments, span, taint, frozenset())
    for instance in instances:
        if _initialise(frame, instance, arguments, span).pending:
            return PENDING
    # Without a constructor of its own, what an object holds is whatever it was given.
    is_plain = classes.lookup(cls, "__init__") is None
    return Value(frozenset(instances), False, taint if is_plain else Taint.NONE)


def _kept_arguments(frame: Frame, cls: ClassObject, arguments: Arguments) -> tuple[tuple[str, Value], ...]:
    """What the constructor was given, by parameter: it tells instances of one class apart."""
    found = frame.analysis.classes.lookup(cls, "__init__")
    for thing in found[1].objects if found is not None else ():
        if isinstance(thing, FunctionObject):
            pairs = bind(frame, thing._replace(receiver=cls), arguments)[1:]
            return tuple((name, narrowed(value.at(None), 4)) for name, value in pairs)
    return ()


def _initialise(frame: Frame, instance: Instance, arguments: Arguments, span: Span) -> Value:
    classes = frame.analysis.classes
    found = classes.lookup(instance.cls, "__init__")
    if found is not None:
        return join_all(
            call(frame, only(attributes.bound_to(thing, instance)), arguments, span)
            for thing in found[1].objects
            if isinstance(thing, FunctionObject | Memoised)
        )
    info = classes.info(instance.cls)
    if info is None or not info.is_dataclass:
        return NONE
    given = dict(arguments.keywords)
    given.update(zip((name for name, _ in info.fields), arguments.positional, strict=False))
    for name, factory in info.fields:
        value = given.get(name)
        if value is None and factory is not None:
            value = call(frame, factory, NO_ARGUMENTS, span)
        if value is not None:
            if value.pending:
                return PENDING
            assignments.assign_attribute(frame, only(instance), name, value)
    result = NONE
    for name in ("__post_init__", "__attrs_post_init__", "model_post_init"):
        if classes.lookup(instance.cls, name) is not None:
            after = attributes.attribute(frame, only(instance), name)
            result = join(result, call(frame, after, NO_ARGUMENTS, span))
    return result


def given(name: str) -> Value:
    """What a handler's parameter is given by the platform."""
    return only(Given(name), Taint.DEPENDENT)


def literal(value: Value | None) -> str | None:
    """The text that a value certainly is."""
    if value is not None and len(value.objects) == 1 and not value.open:
        (thing,) = value.objects
        if isinstance(thing, Constant) and isinstance(thing.value, str):
            return thing.value
    return None
