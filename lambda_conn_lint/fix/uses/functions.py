"""What functions give back, and what definitions take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import Occurrence
from lambda_conn_lint.fix.uses.known import CONTEXT_MANAGERS
from lambda_conn_lint.fix.uses.project import Definition
from lambda_conn_lint.fix.uses.references import references_to

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow


def returned(flow: Flow, at: Occurrence, held: Held) -> None:
    """``return object``."""
    definition = _around(at)
    if definition is None:
        flow.use("unknown", "return", at)
    elif definition.function.is_generator:
        flow.use("returned", definition.name, at)
    else:
        _give_callers(flow, definition, at, held.inside("awaited") if definition.function.is_async else held)


def yielded(flow: Flow, at: Occurrence, parent: Occurrence, held: Held) -> None:
    """``yield object``: what a context manager is entered with, or an item of a generator."""
    definition = _around(at)
    if definition is None or not isinstance(parent.node, m.Yield) or parent.node.delegated:
        flow.use("unknown", "yield from", at)
    elif CONTEXT_MANAGERS.isdisjoint(definition.decorators):
        flow.use("yielded", definition.name, at)
    else:
        _give_callers(flow, definition, at, held.inside("entered"))


def _around(at: Occurrence) -> Definition | None:
    scope = at.scope.enclosing_function()
    return None if scope is None else Definition(scope.module, scope.number)


def _give_callers(flow: Flow, definition: Definition, at: Occurrence, held: Held) -> None:
    references = references_to(flow.project, definition)
    is_entry = (definition.module.path, definition.name) in flow.entries
    if is_entry or references.doubts or not references.calls:
        flow.use("returned", definition.name, at)
    for call in references.calls:
        flow.hold(call, held)


def around_definition(flow: Flow, at: Occurrence, parent: Occurrence, held: Held) -> None:
    """The object as a decorator, a default or an annotation."""
    if at.role == "decorator" and not held.route:
        flow.use("method", "__call__", at)
    elif at.role == "default" and isinstance(parent.node, m.Define | m.Function):
        module = parent.scope.module
        scope = module.functions[parent.node.number]
        flow.keep(at, f"default of {scope.facts.name}")
        flow.variable((scope, scope.facts.parameters[at.place].name), held, at)
    elif at.role == "annotation":
        flow.use("tested", "", at)
    else:
        flow.keep(at, at.role)
