"""Calls that Python itself gives a meaning: ``super``, ``getattr``, ``functools.partial``, methods of containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import (
    assignments,
    attributes,
    calls,
    definitions,
    expressions,
    imports,
    known,
    libraries,
    protocols,
)
from lambda_conn_lint.link.values import (
    ANY_NAME,
    NONE,
    NOTHING,
    UNKNOWN,
    ClassObject,
    Constant,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Imported,
    Instance,
    Memoised,
    Partial,
    Phase,
    Super,
    Taint,
    Value,
    join,
    join_all,
    only,
    taint_of,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.calls import Arguments
    from lambda_conn_lint.link.frame import Frame


def syntactic_call(frame: Frame, node: m.Call) -> Value | None:
    """Calls that mean something by where they stand: ``super()`` and ``globals()``."""
    if not isinstance(node.function, m.Name) or node.function.id not in ("super", "globals"):
        return None
    if frame.lookup(node.function.id).objects != {External("builtins." + node.function.id)}:
        return None
    if node.function.id == "globals":
        return only(ExternalInstance("builtins.globals", Phase.PROCESS))
    owner = frame.context.function.owner
    if frame.function is None or owner is None or not frame.function.parameters:
        return UNKNOWN
    receiver = frame.env.get(frame.function.parameters[0].name, UNKNOWN)
    receivers = [thing for thing in receiver.objects if isinstance(thing, Instance | ClassObject)]
    return join_all(only(Super(owner, thing)) for thing in receivers) if receivers else UNKNOWN


def known_call(frame: Frame, name: str, arguments: Arguments, span: Span) -> Value | None:
    """The value of a call whose meaning is known by the callee's name; none when it is like any other library call."""
    if name in known.REGISTRARS:
        return _register(frame, arguments)
    if name in frame.analysis.memoisers:
        return memoiser(frame, name, arguments)
    first = arguments.get(0, "")
    if name in known.CONTAINERS and (first is None or not first.objects):
        container = Container(known.CONTAINERS[name], frame.phase, None, NOTHING)
        return only(container, taint_of(arguments.all()))
    if name == "threading.local":
        return only(ExternalInstance(name, frame.phase))
    if first is None:
        return None
    if name in known.CALLING_BUILTINS:
        libraries.unknown_call(frame, arguments, Taint.NONE, "", span)
    if name in known.PASS_THROUGH:
        return first.at(None)
    if name.endswith(".__new__"):
        return _new(frame, first)
    if name.endswith(".__setattr__") and len(arguments.positional) == 3:
        return _setattr(frame, first, arguments, span)
    special = _SPECIAL.get(name)
    return None if special is None else special(frame, first, arguments, span)


def _register(frame: Frame, arguments: Arguments) -> Value:
    """Functions that are kept for another time are not called now, and are no handlers."""
    for value in arguments.all():
        for thing in value.objects:
            if isinstance(thing, FunctionObject):
                frame.analysis.deferred.setdefault(thing.path, set()).add(frame.analysis.function(thing).name)
    return unknown(taint_of(arguments.all()))


def _itself(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    return first


def _next(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    return expressions.element_of(first)


def _entered(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    return protocols.enter_context(frame, first)


def _partial(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    return only(Partial(first, arguments.positional[1:], arguments.keywords))


def _setattr(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    name = calls.literal(arguments.get(1, "")) or ANY_NAME
    value = arguments.get(2, "")
    if value is not None:
        assignments.assign_attribute(frame, imports.resolve(frame, first), name, value)
    return NONE


def _type(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    classes = [thing.cls for thing in first.objects if isinstance(thing, Instance)]
    return join_all(map(only, classes)) if classes and len(arguments.positional) == 1 else UNKNOWN


def _new(frame: Frame, first: Value) -> Value:
    instances = [Instance(cls, frame.phase) for cls in first.objects if isinstance(cls, ClassObject)]
    return join_all(map(only, instances)) if instances else UNKNOWN


def _type_call(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    rest = arguments._replace(positional=arguments.positional[1:])
    made = [
        calls.instantiate(frame, cls._replace(plain=True), rest, span)
        for cls in first.objects
        if isinstance(cls, ClassObject)
    ]
    return join_all(made) if made else UNKNOWN


def _getenv(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    return unknown(taint_of(arguments.all()) | expressions.environment_taint(frame, first))


def _putenv(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    value = arguments.get(1, "")
    if value is not None:
        assignments.put(frame, m.Opaque(()), only(External("os.environ")), None, first, value)
    return NONE


def memoiser(frame: Frame, name: str, arguments: Arguments) -> Value:
    """``cache(function)`` remembers at once; ``lru_cache(maxsize=8)`` gives a decorator; a size of 0 keeps nothing."""
    size = arguments.get(0, "maxsize")
    if size is not None and size.objects == {Constant(0)}:
        return only(ExternalInstance("functools.wraps", frame.phase))
    if size is not None and any(
        isinstance(thing, FunctionObject | External | ClassObject | Imported | Memoised) for thing in size.objects
    ):
        return definitions.memoised(size, frame.phase)
    return only(ExternalInstance(name, frame.phase))


def _getattr(frame: Frame, receiver: Value, arguments: Arguments, span: Span) -> Value:
    name = calls.literal(arguments.get(1, "")) or ANY_NAME
    default = arguments.get(2, "")
    value = attributes.attribute(frame, receiver, name)
    return value if default is None else join(value, default.at(value.place)).at(value.place)


def _import_module(frame: Frame, first: Value, arguments: Arguments, span: Span) -> Value:
    name = calls.literal(first)
    if name is None:
        return unknown(taint_of(arguments.all()))
    if name.startswith("."):
        return UNKNOWN
    found = frame.analysis.modules.absolute(frame.path, name)
    return only(found if found is not None else External(name))


_SPECIAL: dict[str, Callable[[Frame, Value, Arguments, Span], Value]] = {
    "builtins.staticmethod": _itself,
    "builtins.classmethod": _itself,
    "builtins.next": _next,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.type": _type,
    "builtins.type.__call__": _type_call,
    "builtins.__import__": _import_module,
    "importlib.import_module": _import_module,
    "contextlib.closing": _entered,
    "contextlib.aclosing": _entered,
    "contextlib.nullcontext": _entered,
    "functools.partial": _partial,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.putenv": _putenv,
}
