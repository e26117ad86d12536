"""``def`` and ``class`` statements: what they close over, what their decorators make of them, what annotations tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import calls, expressions, imports, known, libraries, statements
from lambda_conn_lint.link.classes import ClassInfo, assigned_through_self
from lambda_conn_lint.link.narrowing import narrowed
from lambda_conn_lint.link.values import (
    PENDING,
    ClassObject,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Imported,
    Instance,
    Memoised,
    Object,
    Partial,
    Phase,
    Place,
    Value,
    join,
    only,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame

_FUNCTION_KINDS = {
    "builtins.property": "property",
    "abc.abstractproperty": "property",
    "functools.cached_property": "property",
    "cached_property.cached_property": "property",
    "django.utils.functional.cached_property": "property",
    "werkzeug.utils.cached_property": "property",
    "builtins.classmethod": "classmethod",
    "abc.abstractclassmethod": "classmethod",
    "builtins.staticmethod": "staticmethod",
    "abc.abstractstaticmethod": "staticmethod",
}


def function_object(frame: Frame, index: int) -> FunctionObject:
    """The function that a ``def`` or lambda expression gives here, with the variables it uses from around it."""
    function = frame.context.function
    return FunctionObject(
        frame.path,
        index,
        None,
        frame.class_references[-1] if frame.class_references else function.owner if frame.function else None,
        function.number,
        captured(frame, index),
        frame.phase,
    )


def captured(frame: Frame, index: int) -> tuple[tuple[str, Value], ...]:
    """The variables of the running function that a function defined in it refers to."""
    if frame.is_module:
        return ()
    around = frame.enclosing_variables()
    return tuple(
        (name, narrowed(around[name])) for name in frame.analysis.references(frame.path, index) if name in around
    )


def define_function(frame: Frame, index: int) -> None:
    facts = frame.facts.functions[index]
    keep_defaults(frame, index)
    thing = function_object(frame, index)
    name = facts.name.rpartition(".")[2]
    value = only(thing)
    decorators: list[Value] = []
    for decorator in reversed(facts.decorators):
        if isinstance(decorator, m.Attribute) and decorator.name in ("setter", "deleter", "getter"):
            value = frame.lookup(name)
            continue
        applied = expressions.evaluate(frame, decorator)
        decorators.append(applied)
        value = _decorated(frame, value, applied, decorator, thing)
    if decorators:
        frame.analysis.decorated.setdefault(frame.path, {})[index] = tuple(decorators)
    frame.bind(name, value)


def keep_defaults(frame: Frame, index: int) -> None:
    """Run the defaults of a function's parameters, which happens where it is defined."""
    defaults = dict(_defaults(frame, frame.facts.functions[index], index))
    if defaults:
        frame.analysis.defaults[frame.path, index] = defaults


def _defaults(frame: Frame, facts: m.FunctionFacts, index: int) -> Iterator[tuple[str, Value]]:
    for parameter in facts.parameters:
        if parameter.default is not None:
            value = expressions.evaluate(frame, parameter.default)
            if any(isinstance(thing, Container) for thing in value.objects):
                value = value.at(Place("default", (frame.path, index), parameter.name, frame.phase))
            yield parameter.name, value
        if parameter.annotation is not None:
            _run_annotation(frame, parameter.annotation)


def _run_annotation(frame: Frame, annotation: m.Expression) -> None:
    """Run the calls in ``Annotated[Session, Depends(get_session)]``: frameworks act on what they give."""
    if isinstance(annotation, m.Subscript) and isinstance(annotation.key, m.Display):
        named = [thing for thing in expressions.peek(frame, annotation.value).objects if isinstance(thing, External)]
        if any(thing.name in known.ANNOTATED for thing in named):
            for item in annotation.key.items[1:]:
                expressions.evaluate(frame, item)


def _decorated(frame: Frame, value: Value, decorator: Value, node: m.Expression, thing: FunctionObject) -> Value:
    """What a decorator makes of a function; one that cannot be followed is taken to call what it wraps."""
    if decorator.pending or value.pending:
        return PENDING
    if not decorator.objects:
        return memoised(value, frame.phase, is_guessed=True) if _memoises(frame, _last_name(node)) else value
    result = value
    for applied in decorator.objects:
        if isinstance(applied, External | ExternalInstance):
            result = _decorated_by_library(frame, result, applied, thing)
        elif not _is_middleware(frame, applied):
            made = calls.call_object(frame, applied, calls.Arguments((value,)), calls.HERE)
            if made.pending:
                return PENDING
            result = made if made.objects else result
    return result


def _decorated_by_library(
    frame: Frame, value: Value, applied: External | ExternalInstance, thing: FunctionObject
) -> Value:
    kinds = frame.analysis.kinds
    if applied.name in _FUNCTION_KINDS:
        kinds[frame.path, thing.number] = _FUNCTION_KINDS[applied.name]
    elif applied.name.startswith("aws_lambda_powertools.") and applied.name.endswith(".lambda_handler_decorator"):
        kinds[frame.path, thing.number] = "middleware"
    if _memoises(frame, applied.name):
        return memoised(value, frame.phase, is_guessed=applied.name not in frame.analysis.memoisers)
    if applied.name.partition(".")[0] in known.COMMAND_FRAMEWORKS:
        return only(ExternalInstance(applied.name, frame.phase, None, (thing,)))
    return value


def _is_middleware(frame: Frame, applied: Object) -> bool:
    """A decorator made by a framework: its body runs with each invocation, not when it decorates."""
    if isinstance(applied, Partial):
        return any(_is_middleware(frame, thing) for thing in applied.function.objects)
    if isinstance(applied, FunctionObject):
        return frame.analysis.kinds.get((applied.path, applied.number)) == "middleware"
    return False


def memoised(value: Value, life: Phase, *, is_guessed: bool = False) -> Value:
    """The value with every function in it remembering its results."""
    objects: set[Object] = set()
    for thing in value.objects:
        is_callable = isinstance(thing, FunctionObject | External | ClassObject | Imported)
        objects.add(Memoised(thing, life, is_guessed) if is_callable else thing)
    return value._replace(objects=frozenset(objects))


def _memoises(frame: Frame, name: str) -> bool:
    if name in frame.analysis.memoisers:
        return True
    last = name.rpartition(".")[2].lower()
    return any(word in last for word in known.MEMOISING_WORDS)


def _last_name(node: m.Expression) -> str:
    if isinstance(node, m.Call):
        node = node.function
    return node.name if isinstance(node, m.Attribute) else node.id if isinstance(node, m.Name) else ""


def define_class(frame: Frame, index: int) -> None:
    facts = frame.facts.classes[index]
    cls = ClassObject(frame.path, index, frame.phase)
    bases = []
    metaclass = None
    for base in facts.bases:
        # Repository[Order] inherits from Repository.
        node = base.value.value if isinstance(base.value, m.Subscript) else base.value
        value = imports.resolve(frame, expressions.evaluate(frame, node))
        if base.keyword == "metaclass":
            metaclass = value
        elif not base.keyword and not base.star:
            bases.append(value)
    namespace: dict[str, Value] = {}
    frame.classes.append(namespace)
    frame.class_references.append((frame.path, index))
    statements.run_block(frame, facts.body)
    frame.class_references.pop()
    frame.classes.pop()
    value = only(cls)
    decorators = [(expressions.evaluate(frame, decorator), decorator) for decorator in reversed(facts.decorators)]
    is_dataclass = any(_is_dataclass(decorator) for decorator, _ in decorators) or any(map(_is_model, bases))
    frame.analysis.classes.define(
        cls,
        ClassInfo(
            tuple(bases),
            metaclass,
            namespace,
            is_dataclass,
            assigned_through_self(frame.facts, facts.body),
            tuple(_fields(frame, facts)) if is_dataclass else (),
        ),
    )
    for inherited in bases:
        _tell_base(frame, inherited, cls)
    for decorator, node in decorators:
        if any(not isinstance(applied, External | ExternalInstance) for applied in decorator.objects):
            for applied in decorator.objects:
                made = calls.call_object(frame, applied, calls.Arguments((value,)), calls.HERE)
                value = made if made.objects or made.pending else value
        elif _memoises(frame, _last_name(node)):
            value = memoised(value, frame.phase, is_guessed=True)
        else:
            _hand_over(frame, decorator, value, Span(facts.row, facts.column, facts.row, facts.column))
    frame.bind(facts.name.rpartition(".")[2], value)


def _hand_over(frame: Frame, decorator: Value, cls: Value, span: Span) -> None:
    """Note a class that a framework's decorator takes, such as ``@namespace.route("/orders")``."""
    for applied in decorator.objects:
        if isinstance(applied, External | ExternalInstance) and applied.name.partition(".")[0] in known.REGISTERING:
            libraries.note_handed(frame, applied.name, calls.Arguments((cls,)), span)


def _tell_base(frame: Frame, base: Value, cls: ClassObject) -> None:
    """``__init_subclass__`` of a base learns of the new class."""
    for thing in base.objects:
        found = frame.analysis.classes.lookup(thing, "__init_subclass__") if isinstance(thing, ClassObject) else None
        for method in found[1].objects if found is not None else ():
            if isinstance(method, FunctionObject):
                calls.call_object(frame, method._replace(receiver=cls), calls.NO_ARGUMENTS, calls.HERE)


def _is_model(base: Value) -> bool:
    """Whether a library class makes its subclasses hold what their constructors are given, field by field."""
    return any(
        isinstance(thing, External)
        and (thing.name.startswith(("pydantic.", "pydantic_settings.")) or thing.name == "typing.NamedTuple")
        for thing in base.objects
    )


def _is_dataclass(decorator: Value) -> bool:
    return any(
        isinstance(thing, External | ExternalInstance)
        and thing.name.rpartition(".")[2] in ("dataclass", "define", "attrs", "s", "frozen", "mutable")
        for thing in decorator.objects
    )


def _fields(frame: Frame, facts: m.ClassFacts) -> Iterator[tuple[str, Value | None]]:
    """The fields of a data class in order, each with what makes its default, if a function does."""
    for statement in facts.body:
        target = statement.target if isinstance(statement, m.Annotate) else None
        value = statement.value if isinstance(statement, m.Annotate | m.Assign) else None
        if isinstance(statement, m.Assign) and isinstance(value, m.Call):
            target = statement.targets[0]
        factory = None
        for argument in value.arguments if isinstance(value, m.Call) else ():
            if argument.keyword in ("default_factory", "factory"):
                factory = expressions.evaluate(frame, argument.value)
        if isinstance(target, m.Name):
            yield target.id, factory


def refine_parameters(frame: Frame) -> None:
    """Give parameters of which nothing is known what their annotations promise."""
    if frame.function is None:
        return
    for parameter in frame.function.parameters:
        value = frame.env.get(parameter.name)
        if parameter.annotation is not None and value is not None and value.open and not value.objects:
            frame.env[parameter.name] = annotated(frame, parameter.annotation, value)


def annotated(frame: Frame, annotation: m.Expression, value: Value) -> Value:
    """An unknown value with the class that its annotation names; how long it lives stays unknown."""
    result = value
    for candidate in _annotated_names(annotation):
        named = expressions.peek(frame, candidate)
        for thing in named.objects:
            if isinstance(thing, Imported):
                if not thing.module.path or not frame.analysis.leads_to_client(thing.module.path):
                    continue
                named = imports.resolve(frame, named)
        for thing in named.objects:
            if isinstance(thing, ClassObject):
                result = join(result, only(Instance(thing, Phase.UNKNOWN), value.taint))
            elif isinstance(thing, External) and thing.name in frame.analysis.catalogue.by_name:
                name = frame.analysis.catalogue.canonical(thing.name)
                result = join(result, only(ExternalInstance(name, Phase.UNKNOWN), value.taint))
    if result is not value:
        # The author's word is taken: the value is of that class.
        result = result._replace(open=False, place=value.place)
    return result


def _annotated_names(annotation: m.Expression) -> Iterator[m.Expression]:
    if isinstance(annotation, m.Name | m.Attribute):
        yield annotation
    elif isinstance(annotation, m.Literal) and isinstance(annotation.value, str):
        text = annotation.value.strip()
        for part in text.replace("Optional[", "").replace("]", "").split("|"):
            names = part.strip().split(".")
            if all(name.isidentifier() for name in names):
                node: m.Expression = m.Name(names[0])
                for name in names[1:]:
                    node = m.Attribute(node, name)
                yield node
    elif isinstance(annotation, m.Opaque):
        for part_ in annotation.parts:
            yield from _annotated_names(part_)
    elif isinstance(annotation, m.Subscript):
        outer = annotation.value
        name = outer.name if isinstance(outer, m.Attribute) else outer.id if isinstance(outer, m.Name) else ""
        if name in ("Optional", "Union", "Annotated", "Final"):
            inner = annotation.key
            yield from _annotated_names(inner.items[0] if isinstance(inner, m.Display) and inner.items else inner)
