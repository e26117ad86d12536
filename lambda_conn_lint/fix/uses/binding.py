"""The object becomes a parameter of a function of the project, or a field of one of its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.classes import family
from lambda_conn_lint.fix.uses.closures import ends_at_once
from lambda_conn_lint.fix.uses.decorators import opaque_decorators
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import Occurrence, text_of
from lambda_conn_lint.fix.uses.known import CACHING_DECORATORS, FIELD_BASES, FIELD_DECORATORS
from lambda_conn_lint.fix.uses.parameters import is_impossible, parameter_of
from lambda_conn_lint.fix.uses.project import Definition, last_part
from lambda_conn_lint.fix.uses.resolution import bases_of

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow


class Bound(NamedTuple):
    """What is given where: the expression, what it holds, the call, and whether a receiver fills a first parameter."""

    at: Occurrence
    call: Occurrence
    held: Held
    is_bound: bool


def bind(flow: Flow, bound: Bound, definition: Definition, argument: Occurrence) -> None:
    """An argument of a call of a function or class of the project."""
    if definition.is_class:
        _construct(flow, bound, definition, argument)
        return
    is_bound = bound.is_bound
    if is_impossible(definition, argument, is_bound):
        is_bound = False  # a receiver that is not known may be the class
        if is_impossible(definition, argument, is_bound):
            return
    if not isinstance(definition.opener.node, m.Function) and not ends_at_once(definition, bound.call):
        flow.keep(bound.at, f"{definition.name}()")
    give(flow, bound, definition, parameter_of(definition, argument, is_bound))


def give(flow: Flow, bound: Bound, definition: Definition, parameter: m.Parameter | None) -> None:
    """A function is given the object as a parameter; None if it is not certain which."""
    for decorator in CACHING_DECORATORS.intersection(definition.decorators):
        flow.keep(bound.at, f"@{decorator}")
    for decorator in opaque_decorators(flow.project, definition):
        flow.use("passed", f"@{decorator}", bound.at)
    if parameter is None:
        flow.use("unknown", f"parameter of {definition.name}", bound.at)
    else:
        flow.variable((definition.scope, parameter.name), bound.held, bound.at)


def _construct(flow: Flow, bound: Bound, cls: Definition, argument: Occurrence) -> None:
    for decorator in cls.decorators:
        if decorator not in FIELD_DECORATORS:
            flow.use("passed", f"@{decorator}", bound.at)
    pending, seen, is_taken = [cls], set(), False
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        makers = [
            Definition(current.module, one.number)
            for name in ("__init__", "__new__")
            for one in current.module.bindings.get((current.scope, name), ())
            if one.kind == "function"
        ]
        for maker in makers:
            is_taken = True
            give(flow, bound._replace(is_bound=True), maker, parameter_of(maker, argument, is_bound=True))
        field = None if makers else _field_of(current, argument)
        if field is not None:
            is_taken = True
            flow.use("stored", f"attribute {field}", bound.at)
            flow.attribute(field, bound.held, family(flow.project, current))
        if not makers and field is None:
            bases, is_open = bases_of(flow.project, current)
            pending.extend(bases)
            is_taken = is_taken and not is_open
    if not is_taken:
        flow.use("passed", cls.name, bound.at)


def _field_of(cls: Definition, argument: Occurrence) -> str | None:
    """The field of a data class that an argument fills."""
    assert isinstance(argument.node, m.Argument)
    facts = cls.module.facts.classes[cls.number]
    bases = {last_part(text_of(base.value)) for base in facts.bases}
    if FIELD_DECORATORS.isdisjoint(cls.decorators) and FIELD_BASES.isdisjoint(bases):
        return None
    names = [
        statement.target.id
        for statement in facts.body
        if isinstance(statement, m.Annotate) and isinstance(statement.target, m.Name)
    ]
    if argument.node.keyword:
        return argument.node.keyword if argument.node.keyword in names else None
    is_certain = bases <= FIELD_BASES and argument.place < len(names)
    return names[argument.place] if is_certain else None
