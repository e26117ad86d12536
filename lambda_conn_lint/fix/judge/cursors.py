"""Whether what a call gives leaves its function upwards: a cursor that does so holds its connection there."""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span


def leaves(facts: m.ModuleFacts, function: str, span: Span) -> bool:
    """Whether a function, by its qualified name, may give back the result of the call at ``span``, or read it later."""
    bodies = [found for found in facts.functions if found.name == function]
    return not bodies or any(_leaves(body, span) for body in bodies)


def _leaves(function: m.FunctionFacts, span: Span) -> bool:
    names = _names(function, span)
    return any(
        _is_handed_on(node.value, names, span)
        for node in m.descendants(function.body)
        if isinstance(node, m.Return | m.Yield) and node.value is not None
    )


def _names(function: m.FunctionFacts, span: Span) -> set[str]:
    """Variables that may hold the result, or something that reads it later."""
    names: set[str] = set()
    while True:
        more = set(_more(function, names, span)) - names
        if not more:
            return names
        names |= more


def _more(function: m.FunctionFacts, names: set[str], span: Span) -> Iterator[str]:
    for node in m.descendants(function.body):
        if isinstance(node, m.Assign) and _is_handed_on(node.value, names, span):
            for target in node.targets:
                yield from _roots(target)
        elif isinstance(node, m.Annotate | m.WithItem):
            if node.target is not None and _is_handed_on(node.value, names, span):
                yield from _roots(node.target)
        elif isinstance(node, m.Walrus) and _is_handed_on(node.value, names, span):
            yield node.target
        elif isinstance(node, m.Call) and _fills(node, names, span):
            assert isinstance(node.function, m.Attribute)
            yield from _roots(node.function.value)


def _fills(call: m.Call, names: set[str], span: Span) -> bool:
    """Whether a method puts the result into the object that it is called on."""
    is_filling = isinstance(call.function, m.Attribute) and call.function.name in _FILLING
    return is_filling and any(_is_handed_on(argument.value, names, span) for argument in call.arguments)


def _roots(target: m.Expression) -> Iterator[str]:
    """The variables that an assignment to a target may put something into."""
    if isinstance(target, m.Display):
        for item in target.items:
            yield from _roots(item)
    while isinstance(target, m.Attribute | m.Subscript):
        target = target.value
    if isinstance(target, m.Name):
        yield target.id


def _holds(node: m.Expression, span: Span) -> bool:
    return any(isinstance(inner, m.Call) and inner.span == span for inner in m.descendants(node))


def _is_handed_on(node: object, names: set[str], span: Span) -> bool:
    """Whether an expression gives the result itself, or something that reads it later; calls of its methods do not."""
    if isinstance(node, m.Name):
        return node.id in names
    if isinstance(node, m.Attribute) and node.name in _DATA:
        return False
    if isinstance(node, m.Comprehension) and node.kind != "generator":
        return any(_is_handed_on(element, names, span) for element in node.elements)
    if isinstance(node, m.Call):
        if node.span == span:
            return True
        receiver = node.function.value if isinstance(node.function, m.Attribute) else node.function
        is_own = isinstance(receiver, m.Name) and receiver.id in names
        parts: list[object] = [argument.value for argument in node.arguments]
        if not is_own and not _holds(receiver, span):
            parts.append(receiver)
        is_eager = isinstance(node.function, m.Name) and node.function.id in _EAGER
        return not is_eager and any(_is_handed_on(part, names, span) for part in parts)
    if isinstance(node, tuple):
        return any(_is_handed_on(part, names, span) for part in node)
    if isinstance(node, m.Node):
        return any(_is_handed_on(getattr(node, field), names, span) for field in m.fields(node))
    return False


_DATA = frozenset({"rowcount", "lastrowid", "description", "rownumber", "statusmessage", "arraysize", "query"})
_FILLING = frozenset({"append", "add", "insert", "extend", "update", "setdefault", "put"})
_EAGER = frozenset({"list", "tuple", "set", "dict", "sorted", "sum", "len", "max", "min", "any", "all", "str"})
