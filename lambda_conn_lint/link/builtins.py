"""Calls that Python itself gives a meaning: ``super``, ``getattr``, ``functools.partial``, methods of containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import assignments, calls, definitions, expressions, imports, known, places
from lambda_conn_lint.link.values import (
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
    return join_all(
        only(Super(owner, thing)) for thing in receiver.objects if isinstance(thing, Instance | ClassObject)
    ) if receiver.objects else UNKNOWN  # fmt: skip


def container_method(frame: Frame, node: m.Call, receiver: Value, arguments: Arguments) -> Value | None:
    """Methods of dictionaries, lists and sets, and of whatever is kept in a long-lived place like one."""
    assert isinstance(node.function, m.Attribute)
    name = node.function.name
    receiver = imports.resolve(frame, receiver)
    if name in known.CLOSERS and not any(isinstance(thing, Instance | FunctionObject) for thing in receiver.objects):
        frame.close(receiver, node.span)
        return None
    if name == "cache_clear":
        for thing in receiver.objects:
            if isinstance(thing, Memoised):
                frame.empty(calls.memo_place(thing))
    is_container = any(isinstance(thing, Container) for thing in receiver.objects)
    is_kept = receiver.place is not None and not any(
        isinstance(thing, Instance | ClassObject | FunctionObject) for thing in receiver.objects
    )
    is_globals = any(
        isinstance(thing, ExternalInstance) and thing.name == "builtins.globals" for thing in receiver.objects
    )
    is_environment = External("os.environ") in receiver.objects
    if not (is_container or is_kept or is_globals or is_environment):
        return None
    if name == "clear" and not node.arguments:
        frame.empty(places.of_item(frame, receiver, None))
        frame.empty(receiver.place)
    if name in ("pop", "popleft", "popitem"):
        place = places.of_item(frame, receiver, node.arguments[0].value if node.arguments else None)
        frame.empty(place)
        if not node.arguments or name != "pop":
            kept = NOTHING if place is None else frame.analysis.stored(place, frame.context)
            value = join_all((expressions.element_of(receiver), kept)).at(place)
            return frame.read(value) if is_container or place is not None else None
    if name in ("get", "pop", "setdefault", "__getitem__") and node.arguments:
        subscript = m.Subscript(node.function.value, node.arguments[0].value)
        value = expressions.item(
            frame, receiver, subscript, arguments.positional[0] if arguments.positional else UNKNOWN
        )
        default = arguments.get(1, "default")
        if name == "setdefault" and default is not None:
            index = node.arguments[0].value
            assignments.put(frame, node.function.value, receiver, index, arguments.positional[0], default)
            return join(value, default)
        if name == "get":
            value = join(value, (default or NONE).at(value.place))
        return value if is_container or is_globals or is_environment or value.place is not None else None
    if name in known.MUTATORS and (is_container or is_kept):
        added = join_all(arguments.all())
        if name in ("update", "extend"):
            added = expressions.element_of(added).tainted(added.taint)
        assignments.put(frame, node.function.value, receiver, None, UNKNOWN, added)
        return UNKNOWN if is_container else None
    if is_container and name in ("values", "items", "copy", "keys"):
        return receiver.at(None)
    return None


def known_call(frame: Frame, name: str, thing: External, arguments: Arguments, span: Span) -> Value | None:
    """The value of a call whose meaning is known by the callee's name; none when it is like any other library call."""
    first = arguments.get(0, "")
    if name in known.REGISTRARS:
        for value in arguments.all():
            for thing in value.objects:
                if isinstance(thing, FunctionObject):
                    frame.analysis.deferred.setdefault(thing.path, set()).add(frame.analysis.function(thing).name)
        return unknown(taint_of(arguments.all()))
    if name in known.MEMOISERS:
        return _memoiser(frame, name, arguments)
    if name in known.CONTAINERS and (first is None or not first.objects):
        container = Container(known.CONTAINERS[name], frame.phase, None, NOTHING)
        return only(container, taint_of(arguments.all()))
    if name in ("builtins.staticmethod", "builtins.classmethod") and first is not None:
        return first
    if name in known.CALLING_BUILTINS:
        calls.unknown_call(frame, arguments, Taint.NONE, "", span)
    if name in known.PASS_THROUGH and first is not None:
        return expressions.element_of(first) if name == "builtins.next" else first.at(None)
    if name in _ENTERING and first is not None:
        return calls.enter_context(frame, first)
    if name == "functools.partial" and first is not None:
        return only(Partial(first, arguments.positional[1:], arguments.keywords))
    if name == "builtins.getattr" and first is not None:
        return _getattr(frame, first, arguments)
    if name == "builtins.setattr" and first is not None and len(arguments.positional) == 3:
        attribute = calls.literal(arguments.positional[1])
        if attribute is not None:
            assignments.assign_attribute(frame, imports.resolve(frame, first), attribute, arguments.positional[2])
        return NONE
    if name == "builtins.type" and first is not None and len(arguments.positional) == 1:
        classes = [instance.cls for instance in first.objects if isinstance(instance, Instance)]
        return join_all(only(cls) for cls in classes) if classes else UNKNOWN
    if name.endswith(".__new__"):
        return join_all(
            only(Instance(cls, frame.phase))
            for cls in (first.objects if first is not None else ())
            if isinstance(cls, ClassObject)
        ) if first is not None and any(isinstance(cls, ClassObject) for cls in first.objects) else UNKNOWN  # fmt: skip
    if name == "builtins.type.__call__" and first is not None:
        rest = arguments._replace(positional=arguments.positional[1:])
        made = [
            calls.instantiate(frame, cls._replace(plain=True), rest, span)
            for cls in first.objects
            if isinstance(cls, ClassObject)
        ]
        return join_all(made) if made else UNKNOWN
    if name in ("importlib.import_module", "builtins.__import__"):
        return _import_module(frame, arguments)
    if name in ("os.getenv", "os.environ.get") and first is not None:
        return unknown(taint_of(arguments.all()) | expressions.environment_taint(frame, first))
    if name == "os.putenv" and len(arguments.positional) == 2:
        variable, value = arguments.positional
        assignments.put(frame, m.Opaque(()), only(External("os.environ")), None, variable, value)
        return NONE
    if name == "threading.local":
        return only(ExternalInstance(name, frame.phase))
    return None


_ENTERING = frozenset({"contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext"})


def _memoiser(frame: Frame, name: str, arguments: Arguments) -> Value:
    """``cache(function)`` remembers at once; ``lru_cache(maxsize=8)`` gives a decorator; a size of 0 keeps nothing."""
    size = arguments.get(0, "maxsize")
    if size is not None and size.objects == {Constant(0)}:
        return only(ExternalInstance("functools.wraps", frame.phase))
    if size is not None and any(
        isinstance(thing, FunctionObject | External | ClassObject | Imported | Memoised) for thing in size.objects
    ):
        return definitions.memoised(size, frame.phase)
    return only(ExternalInstance(name, frame.phase))


def _getattr(frame: Frame, receiver: Value, arguments: Arguments) -> Value:
    name = calls.literal(arguments.get(1, ""))
    default = arguments.get(2, "")
    if name is None:
        return unknown(taint_of(arguments.all()))
    value = expressions.attribute(frame, receiver, name)
    return value if default is None else join(value, default.at(value.place)).at(value.place)


def _import_module(frame: Frame, arguments: Arguments) -> Value:
    name = calls.literal(arguments.get(0, "name"))
    if name is None:
        return unknown(taint_of(arguments.all()))
    if name.startswith("."):
        return UNKNOWN
    found = frame.analysis.modules.absolute(frame.path, name)
    return only(found if found is not None else External(name))
