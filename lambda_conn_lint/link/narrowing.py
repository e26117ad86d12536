"""How much of a value counts where it is an argument, or is kept: else a function had a context for each literal."""

from __future__ import annotations

import operator

from lambda_conn_lint.link.values import (
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
    Partial,
    Phase,
    Taint,
    Value,
    unknown,
)

_FEW = 4
_LEVEL = 4  # what one level of objects in objects counts
_DEEPEST = 12  # where no more levels are told apart


def narrowed(value: Value, depth: int = 0) -> Value:
    """The value as an argument: literals are only *some literal*, and objects keep a few levels of what they hold.

    Of many objects only the first level is kept: levels multiply. What is narrow enough is given back as it is, here
    and in all that is below: to make it anew is to hash it anew.
    """
    if len(value.objects) > _FEW:
        depth = _DEEPEST
    objects, taint, is_open = value.objects, value.taint, value.open
    kept: list[Object] = []
    is_narrow = True
    for thing in objects:
        if type(thing) in _PLAIN:
            kept.append(thing)
        elif isinstance(thing, Constant) and not (thing.value is None or isinstance(thing.value, bool)):
            is_open = True
            taint |= Taint.KEYED
            is_narrow = False
        else:
            shallow = _shallow(thing, depth)
            is_narrow = is_narrow and shallow is thing
            kept.append(shallow)
    if not is_narrow:
        objects = frozenset(kept)
    place = value.place if value.place is None or value.place.life is not Phase.INVOCATION else None
    if is_narrow and place is value.place and value.test is None:
        return value
    return Value(objects, is_open, taint, place, value.pending)


_PLAIN = frozenset({External, ExternalInstance, Module, Imported, ClassObject, Given})


def _shallow(thing: Object, depth: int) -> Object:
    if isinstance(thing, Instance) and thing.arguments:
        arguments = () if depth >= _DEEPEST else _shallow_pairs(thing.arguments, depth)
        return thing if arguments is thing.arguments else thing._replace(arguments=arguments)
    if isinstance(thing, FunctionObject) and (thing.captured or thing.receiver is not None):
        return _shallow_function(thing, depth)
    if isinstance(thing, Container):
        return _shallow_container(thing, depth)
    if isinstance(thing, Memoised):
        function = _shallow(thing.function, depth)
        return thing if function is thing.function else thing._replace(function=function)
    if isinstance(thing, Partial):
        if depth >= _DEEPEST:
            return Partial(thing.function, (), ())
        return Partial(
            narrowed(thing.function, depth + _LEVEL),
            tuple(narrowed(item, depth + _LEVEL) for item in thing.positional),
            _shallow_pairs(thing.keywords, depth),
        )
    return thing


def _shallow_function(thing: FunctionObject, depth: int) -> FunctionObject:
    captured, receiver = thing.captured, thing.receiver
    if depth >= _DEEPEST:
        captured = ()
    else:
        receiver = None if receiver is None else _shallow(receiver, depth + _LEVEL)
        # Decorators stack up by the dozen, each closing over the one below it and nothing else of interest.
        is_chain = sum(not _is_plain(value) for _, value in captured) < 2
        captured = _shallow_pairs(captured, depth, 1 if is_chain else _LEVEL)
    is_same = captured is thing.captured and receiver is thing.receiver
    return thing if is_same else thing._replace(captured=captured, receiver=receiver)


def _shallow_container(thing: Container, depth: int) -> Container:
    if depth >= _DEEPEST:
        return thing._replace(items=None, element=unknown(thing.element.taint))
    items = thing.items
    if items is not None:
        narrow = tuple(narrowed(item, depth + _LEVEL) for item in items)
        items = items if all(map(operator.is_, narrow, items)) else narrow
    element = narrowed(thing.element, depth + _LEVEL)
    is_same = items is thing.items and element is thing.element
    return thing if is_same else thing._replace(items=items, element=element)


def _shallow_pairs(
    pairs: tuple[tuple[str, Value], ...], depth: int, level: int = _LEVEL
) -> tuple[tuple[str, Value], ...]:
    narrow = [(name, narrowed(value, depth + level)) for name, value in pairs]
    is_same = all(one[1] is other[1] for one, other in zip(narrow, pairs, strict=True))
    return pairs if is_same else tuple(narrow)


def _is_plain(value: Value) -> bool:
    return all(type(thing) in _PLAIN or isinstance(thing, Constant) for thing in value.objects)
