"""Facts as JSON and back: the very same values, in a fraction of the time that a parse takes.

A node is an object with one key, the number of its class, and its fields in order. Everything else looks in JSON as it
does in Python: what is an array there was a tuple, or a span if the field says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from lambda_conn_lint.facts import model
from lambda_conn_lint.findings import Span

_SET = "set"


def text_of(facts: model.ModuleFacts) -> str:
    """Facts as JSON. Raises ``ValueError`` for numbers of thousands of digits, and ``RecursionError``."""
    return _ENCODER.encode(facts)


def facts_in(text: str) -> object:
    """The facts that were given to ``text_of``. Raises whatever comes of a text that it has not made."""
    return json.loads(text, object_hook=_restored)


def _plain(value: object) -> object:
    """What JSON knows of a part of facts that it does not know itself."""
    known = _GETTERS.get(type(value))
    if known is not None:
        return {known[0]: known[1](value)}
    if isinstance(value, frozenset):
        return {_SET: sorted(value)}
    raise TypeError(f"facts hold no {type(value).__name__}")


def _restored(value: dict[str, list[Any]]) -> object:
    """The part of facts that ``_plain`` was given; what it holds is restored already."""
    ((key, items),) = value.items()
    return _MAKERS[key](*[_tuple(item) if type(item) is list else item for item in items])


def _tuple(items: list[Any]) -> tuple[Any, ...]:
    return tuple([_tuple(item) if type(item) is list else item for item in items])


def _classes() -> Iterator[type[Any]]:
    """The classes that nodes have, in an order of their own."""
    for _, one in sorted(vars(model).items()):
        if isinstance(one, type) and issubclass(one, model.Node) and vars(one)["__slots__"]:
            yield one


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda node: (get(node),)


def _maker(kind: type[Any]) -> Callable[..., object]:
    """What makes a node of its fields. A field that holds a span is the last one of its class."""
    if kind.__annotations__[kind.__slots__[-1]] != Span.__name__:
        return kind
    return lambda *items: kind(*items[:-1], Span(*items[-1]))


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


_CLASSES = tuple(_classes())
_GETTERS: Mapping[type, tuple[str, Callable[[Any], tuple[Any, ...]]]] = MappingProxyType(
    {kind: (str(number), _getter(kind.__slots__)) for number, kind in enumerate(_CLASSES)}
)
_MAKERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {_SET: _set, **{str(number): _maker(kind) for number, kind in enumerate(_CLASSES)}}
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_plain)
