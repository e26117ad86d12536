"""Contexts: what a function is run for. There is a bounded number for each, however many ways it is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from lambda_conn_lint.link.narrowing import narrowed
from lambda_conn_lint.link.values import ClassObject, FunctionObject, Instance, Object, Phase, Value

_Key: TypeAlias = tuple[FunctionObject, tuple[tuple[str, Value], ...], Phase]

_MOST_CONTEXTS = 24  # of one function in one phase; then arguments count only by what they depend on
_MOST_VARIANTS = 200  # receivers and closures of one function that are told apart


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A function with what is known of its arguments, and how often this runs.

    ``Contexts`` makes one object for each, so contexts are found by identity: to hash what they hold takes long.
    """

    function: FunctionObject
    arguments: tuple[tuple[str, Value], ...]
    phase: Phase


class Contexts:
    """The contexts that there are so far."""

    def __init__(self) -> None:
        self._known: dict[_Key, Context] = {}
        self._counts: dict[object, int] = {}
        self._variants: dict[object, set[object]] = {}

    def of_call(self, function: FunctionObject, arguments: Iterable[tuple[str, Value]], phase: Phase) -> Context:
        """The context of a call; one of a bounded number for each function."""
        key = (function, tuple((name, narrowed(value)) for name, value in arguments), phase)
        context = self._known.get(key)
        if context is None:
            context = self._known[key] = self._made(key)
        return context

    def _made(self, key: _Key) -> Context:
        """The context for what was not called like this before."""
        function, arguments, phase = key
        receiver = function.receiver.cls if isinstance(function.receiver, Instance) else function.receiver
        variant = (receiver, function.captured)
        variants = self._variants.setdefault((function.path, function.number, phase), set())
        if variant not in variants and len(variants) >= _MOST_VARIANTS:
            function = _vague_function(function)
            variant = (receiver, ())
        variants.add(variant)
        group = (function.path, function.number, phase, *variant)
        count = self._counts.get(group, 0)
        if count < _MOST_CONTEXTS:
            self._counts[group] = count + 1
        else:
            function = _vague_function(function)
            arguments = tuple((name, _vague(value)) for name, value in arguments)
        made = (function, arguments, phase)
        context = self._known.get(made)
        if context is None:
            context = self._known[made] = Context(*made)
        return context


def _vague_object(thing: Object) -> Object:
    return thing._replace(arguments=()) if isinstance(thing, Instance) else thing


def _vague_function(function: FunctionObject) -> FunctionObject:
    receiver = None if function.receiver is None else _vague_object(function.receiver)
    return function._replace(captured=(), receiver=receiver)


def _vague(value: Value) -> Value:
    """An argument of which only the classes of its objects count, and what it depends on."""
    objects: frozenset[Object] = frozenset(
        _vague_function(thing) if isinstance(thing, FunctionObject) else _vague_object(thing)
        for thing in value.objects
        if isinstance(thing, Instance | ClassObject | FunctionObject)
    )
    return Value(objects, not objects or value.open, value.taint)
