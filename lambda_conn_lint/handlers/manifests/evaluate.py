"""Values of expressions in programs and templates that describe a deployment, as far as literals go.

Python, TypeScript and HCL are all lowered to the expressions of ``facts.model``; what differs between them is what
names stand for and what functions do, which a ``Scope`` answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from lambda_conn_lint.facts import model as m


class Unknown:
    """What depends on the deployment, or on more than this module computes."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

Value = object
"""``UNKNOWN``, ``None``, a text, number or truth value, a list, a dict with text keys, or an object of a scope.

Such an object may have methods ``member(name)``, ``at(key)`` and ``text()`` for what it has and what it reads as.
"""

SPREAD = "**"
"""The key that a dict has if it was made with the items of another one that is not known."""

_MAX_DEPTH = 60
_LONGEST_TEXT = 4_000


class Scope(Protocol):
    """Where an expression stands."""

    def name(self, name: str, depth: int) -> Value:
        """What a bare name stands for."""

    def call(self, node: m.Call, depth: int) -> Value:
        """What a call gives."""

    def attribute(self, value: Value, name: str) -> Value:
        """A member of a value that is neither a dict nor has members of its own."""

    def within(self, names: Mapping[str, Value]) -> Scope:
        """The same place with names bound by a comprehension."""


def evaluate(node: m.Expression | None, scope: Scope, depth: int = 0) -> Value:
    """The value of an expression; ``UNKNOWN`` where it is not a matter of literals."""
    evaluator = _EVALUATORS.get(type(node))
    if evaluator is None or depth > _MAX_DEPTH:
        return UNKNOWN
    return evaluator(node, scope, depth + 1)


def member(value: Value, name: str, scope: Scope) -> Value:
    """``value.name`` or ``value["name"]``."""
    if isinstance(value, dict):
        return value[name] if name in value else scope.attribute(value, name)
    found = getattr(value, "member", None)
    if callable(found):
        return found(name)
    return UNKNOWN if value is UNKNOWN else scope.attribute(value, name)


def text(value: Value) -> str | None:
    """The value as a text, if it is one or prints as one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    shown = getattr(value, "text", None)
    return shown() if callable(shown) else None


def join_path(parts: Sequence[Value]) -> Value:
    """Parts of a path joined; an absolute part starts anew."""
    texts = [text(part) for part in parts]
    if any(one is None for one in texts):
        return UNKNOWN
    whole = ""
    for one in texts:
        whole = one if one is not None and one.startswith("/") else f"{whole}/{one}" if whole else one or ""
    return whole


def _literal(node: m.Literal, scope: Scope, depth: int) -> Value:
    return node.value


def _name(node: m.Name, scope: Scope, depth: int) -> Value:
    return scope.name(node.id, depth)


def _attribute(node: m.Attribute, scope: Scope, depth: int) -> Value:
    return member(evaluate(node.value, scope, depth), node.name, scope)


def _call(node: m.Call, scope: Scope, depth: int) -> Value:
    return scope.call(node, depth)


def _subscript(node: m.Subscript, scope: Scope, depth: int) -> Value:
    value, key = evaluate(node.value, scope, depth), evaluate(node.key, scope, depth)
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and -len(value) <= key < len(value) else UNKNOWN
    at = getattr(value, "at", None)
    if callable(at):
        return at(key)
    name = text(key)
    return UNKNOWN if name is None else member(value, name, scope)


def _display(node: m.Display, scope: Scope, depth: int) -> Value:
    values: list[Value] = []
    for item in node.items:
        if isinstance(item, m.Star):
            inner = evaluate(item.value, scope, depth)
            values += inner if isinstance(inner, list) else [UNKNOWN]
        else:
            values.append(evaluate(item, scope, depth))
    return values


def _mapping(node: m.Mapping, scope: Scope, depth: int) -> Value:
    found: dict[str, Value] = {}
    for key, item in node.items:
        value = evaluate(item, scope, depth)
        if key is None:
            found.update(value if isinstance(value, dict) else {SPREAD: UNKNOWN})
        else:
            name = text(evaluate(key, scope, depth))
            if name is not None:
                found[name] = value
    return found


def _conditional(node: m.Conditional, scope: Scope, depth: int) -> Value:
    test = evaluate(node.test, scope, depth)
    if test is not UNKNOWN:
        return evaluate(node.body if test else node.orelse, scope, depth)
    left, right = evaluate(node.body, scope, depth), evaluate(node.orelse, scope, depth)
    return left if left == right else UNKNOWN


def _boolean(node: m.Boolean, scope: Scope, depth: int) -> Value:
    left = evaluate(node.left, scope, depth)
    if left is UNKNOWN:
        return UNKNOWN
    return evaluate(node.right, scope, depth) if bool(left) == (node.operator == "and") else left


def _not(node: m.Not, scope: Scope, depth: int) -> Value:
    value = evaluate(node.value, scope, depth)
    return UNKNOWN if value is UNKNOWN else not value


def _compare(node: m.Compare, scope: Scope, depth: int) -> Value:
    left, right = evaluate(node.left, scope, depth), evaluate(node.right, scope, depth)
    if left is UNKNOWN or right is UNKNOWN or node.operator not in ("==", "!="):
        return UNKNOWN
    return (left == right) == (node.operator == "==")


def _opaque(node: m.Opaque, scope: Scope, depth: int) -> Value:
    if not node.operator:
        return UNKNOWN
    parts = [evaluate(part, scope, depth) for part in node.parts]
    if node.operator == "/":
        return join_path(parts)
    if node.operator == "+" and parts and all(isinstance(part, list) for part in parts):
        return [item for part in parts if isinstance(part, list) for item in part]
    texts = [text(part) for part in parts]
    known = [one for one in texts if one is not None]
    return "".join(known)[:_LONGEST_TEXT] if len(known) == len(texts) else UNKNOWN


def _comprehension(node: m.Comprehension, scope: Scope, depth: int) -> Value:
    if len(node.clauses) != 1:
        return UNKNOWN
    (clause,) = node.clauses
    rows = bindings(clause.target, evaluate(clause.iterable, scope, depth))
    if rows is None:
        return UNKNOWN
    scopes = [scope.within(row) for row in rows]
    kept = [one for one in scopes if all(evaluate(test, one, depth) for test in clause.conditions)]
    if node.kind == "dict":
        found: dict[str, Value] = {}
        for one in kept:
            name = text(evaluate(node.elements[0], one, depth))
            if name is not None:
                found[name] = evaluate(node.elements[1], one, depth)
        return found
    return [evaluate(node.elements[0], one, depth) for one in kept]


def bindings(target: m.Expression, values: Value) -> list[dict[str, Value]] | None:
    """What a loop over known values binds in each round: items of a list, or keys (and values) of a dict."""
    names = [item.id if isinstance(item, m.Name) else "" for item in getattr(target, "items", (target,))]
    if isinstance(values, dict):
        pairs: list[list[Value]] = [[key, value] for key, value in values.items()]
        return [dict(zip(names, pair, strict=False)) for pair in pairs]
    if not isinstance(values, list):
        return None
    if len(names) == 1:
        return [{names[0]: value} for value in values]
    return [dict(zip(names, value, strict=False)) for value in values if isinstance(value, list)]


_EVALUATORS: dict[type[object], Callable[..., Value]] = {
    m.Literal: _literal,
    m.Name: _name,
    m.Attribute: _attribute,
    m.Call: _call,
    m.Subscript: _subscript,
    m.Display: _display,
    m.Mapping: _mapping,
    m.Conditional: _conditional,
    m.Boolean: _boolean,
    m.Not: _not,
    m.Compare: _compare,
    m.Opaque: _opaque,
    m.Comprehension: _comprehension,
}
