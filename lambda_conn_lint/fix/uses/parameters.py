"""Which parameter of a function an argument of a call fills."""

from __future__ import annotations

from collections.abc import Sequence

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import Occurrence
from lambda_conn_lint.fix.uses.known import CACHING_DECORATORS, HARMLESS_DECORATORS
from lambda_conn_lint.fix.uses.project import Definition


def parameter_of(definition: Definition, argument: Occurrence, is_bound: bool) -> m.Parameter | None:
    """The parameter that an argument of a call fills; None if it is not certain.

    ``is_bound``: the call's receiver is an instance, and so the first parameter of a method.
    """
    assert isinstance(argument.node, m.Argument)
    if argument.node.star:
        return None
    if argument.node.keyword:
        return by_keyword(definition, argument.node.keyword)
    call = argument.parent
    assert call is not None
    assert isinstance(call.node, m.Call)
    before = call.node.arguments[: argument.place]
    if any(one.star for one in before):
        return None
    return by_place(definition, argument.place, is_bound)


def is_impossible(definition: Definition, argument: Occurrence, is_bound: bool) -> bool:
    """Whether the call would fail for its arguments, if this were the function called."""
    assert isinstance(argument.node, m.Argument)
    call = argument.parent
    assert call is not None
    assert isinstance(call.node, m.Call)
    rest = {parameter.kind for parameter in definition.function.parameters}
    if not {*definition.decorators} <= HARMLESS_DECORATORS | CACHING_DECORATORS or any(
        one.star for one in call.node.arguments
    ):
        return False
    filled = parameter_of(definition, argument, is_bound) is not None
    return not filled and ("**" if argument.node.keyword else "*") not in rest


def by_place(definition: Definition, place: int, is_bound: bool) -> m.Parameter | None:
    """The parameter of a positional argument; None if it goes to ``*args`` or nowhere."""
    positional = explicit(definition, is_bound)
    return positional[place] if place < len(positional) else None


def by_keyword(definition: Definition, keyword: str) -> m.Parameter | None:
    """The parameter of a keyword argument; None if it goes to ``**kwargs`` or nowhere."""
    for parameter in definition.function.parameters:
        if parameter.name == keyword and parameter.kind in ("", "kw"):
            return parameter
    return None


def explicit(definition: Definition, is_bound: bool) -> Sequence[m.Parameter]:
    """The parameters that positional arguments fill, without one that is given by the receiver."""
    positional = [one for one in definition.function.parameters if one.kind in ("/", "")]
    return positional[implicit(definition, is_bound) :]


def implicit(definition: Definition, is_bound: bool) -> int:
    """How many first parameters the receiver gives."""
    if not definition.is_method or "staticmethod" in definition.decorators:
        return 0
    return int(is_bound or "classmethod" in definition.decorators)
