"""Methods of dictionaries, lists and sets, and of whatever is kept in a long-lived place and used like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import assignments, calls, closing, expressions, imports, known, places
from lambda_conn_lint.link.values import (
    NONE,
    NOTHING,
    UNKNOWN,
    ClassObject,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Instance,
    Memoised,
    Module,
    Object,
    Value,
    join,
    join_all,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.calls import Arguments
    from lambda_conn_lint.link.frame import Frame

_READING = frozenset({"get", "pop", "setdefault", "__getitem__"})
_TAKING = frozenset({"pop", "popleft", "popitem", "get_nowait"})
_COPYING = frozenset({"values", "items", "copy", "keys"})

_LIKE_CONTAINERS = ("cache", "queue", "dict", "deque", "contextvar", "event")
"""Parts of the names of library classes whose objects keep what is put into them."""


def call_method(frame: Frame, node: m.Call, receiver: Value, arguments: Arguments) -> Value | None:
    """The result of a method that puts, takes or reads; none when the call is like any other."""
    assert isinstance(node.function, m.Attribute), "the caller has seen that it is a method"
    name = node.function.name
    receiver = imports.resolve(frame, receiver)
    if _ends_something(frame, node, receiver, name) or not _is_like_a_container(receiver):
        return None
    index = node.arguments[0].value if node.arguments else None
    is_container = any(isinstance(thing, Container) for thing in receiver.objects)
    if name in _TAKING:
        place = places.of_item(frame, receiver, index)
        frame.empty(place)
        if index is None or name != "pop":
            kept = NOTHING if place is None else frame.analysis.stored(place, frame.context)
            taken = join_all((_made_with(receiver), kept)).at(place)
            return frame.read(taken) if is_container or place is not None else None
    if name == "get" and index is None and not is_container:
        place = places.of_item(frame, receiver, None)
        kept = NOTHING if place is None else frame.analysis.stored(place, frame.context)
        return frame.read(join(kept, UNKNOWN).at(place))
    if name in _READING and index is not None and arguments.positional:
        return _read(frame, node.function, receiver, index, arguments)
    if name in known.MUTATORS:
        added = join_all(arguments.all())
        if name in ("update", "extend"):
            added = expressions.element_of(added).tainted(added.taint)
        assignments.put(frame, node.function.value, receiver, None, UNKNOWN, added)
        return UNKNOWN if is_container else None
    return receiver.at(None) if is_container and name in _COPYING else None


def _made_with(receiver: Value) -> Value:
    """Any one of the items that a container was made with."""
    is_empty = bool(receiver.objects) and not receiver.open
    is_empty = is_empty and all(isinstance(thing, Container) and thing.items == () for thing in receiver.objects)
    return NOTHING if is_empty else expressions.element_of(receiver)


def _ends_something(frame: Frame, node: m.Call, receiver: Value, name: str) -> bool:
    """Methods that close a connection, or that empty a cache or a container; the call itself goes on as usual."""
    if name in known.REVIVERS:
        closing.note_revival(frame, receiver)
    if name in known.CLOSERS or closing.is_closer(frame, receiver, name):
        is_own = any(isinstance(thing, Instance | FunctionObject) for thing in receiver.objects)
        if not is_own:
            # dispose(close=False) leaves the connections to whoever else has them.
            is_partial = any(isinstance(one.value, m.Literal) and one.value.value is False for one in node.arguments)
            frame.close(receiver, node.span, "" if is_partial else name)
        return not is_own
    if name == "cache_clear":
        for thing in receiver.objects:
            if isinstance(thing, Memoised):
                frame.empty(calls.memo_place(thing))
    elif name == "clear" and not node.arguments:
        frame.empty(places.of_item(frame, receiver, None))
        frame.empty(receiver.place)
    return False


def _is_like_a_container(receiver: Value) -> bool:
    """Containers, the environment, ``globals()``, and unknown or library objects that are kept somewhere."""
    if External("os.environ") in receiver.objects:
        return True
    for thing in receiver.objects:
        if isinstance(thing, Container) or (isinstance(thing, ExternalInstance) and thing.name == "builtins.globals"):
            return True
    return receiver.place is not None and not any(_is_other(thing) for thing in receiver.objects)


def _is_other(thing: Object) -> bool:
    """Whether the methods of an object are looked up, or called, as what they are."""
    if isinstance(thing, ExternalInstance):
        last = thing.name.rpartition(".")[2].lower()
        return not any(word in last for word in _LIKE_CONTAINERS)
    return isinstance(thing, Instance | ClassObject | FunctionObject | Module | External)


def _read(frame: Frame, function: m.Attribute, receiver: Value, index: m.Expression, arguments: Arguments) -> Value:
    key = arguments.positional[0]
    value = expressions.item(frame, receiver, m.Subscript(function.value, index), key)
    default = arguments.get(1, "default")
    if function.name == "setdefault" and default is not None:
        assignments.put(frame, function.value, receiver, index, key, default)
        return join(value, default)
    if function.name == "get":
        return join(value, (default or NONE).at(value.place))
    return value
