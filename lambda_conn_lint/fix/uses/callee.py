"""What a callee may be: functions and classes of the project by name, and whether it may be something else."""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.classes import inherits_unknown, receiver_of
from lambda_conn_lint.fix.uses.index import Occurrence
from lambda_conn_lint.fix.uses.known import AMBIGUOUS_METHODS
from lambda_conn_lint.fix.uses.project import Definition, Project
from lambda_conn_lint.fix.uses.resolution import of_name, of_variable, through_import


class Callee(NamedTuple):
    """``is_open``: it may be something that is not among the definitions.

    ``is_bound``: the receiver fills the first parameter of methods.
    """

    definitions: tuple[Definition, ...]
    is_open: bool
    is_bound: bool = False


def resolve_callee(project: Project, function: Occurrence) -> Callee:
    """What may be called where a call's function stands."""
    return project.remember(("callee", function), lambda: _resolve(project, function))


def _resolve(project: Project, function: Occurrence) -> Callee:
    node = function.node
    module = function.scope.module
    if isinstance(node, m.Function):
        return Callee((Definition(module, node.number),), False)
    if isinstance(node, m.Name):
        return Callee(*of_variable(project, (function.scope.resolve(node.id), node.id)))
    if isinstance(node, m.Attribute):
        receiver = module.child(function, "value")
        through = through_import(project, module, receiver, node.name)
        return _method(project, receiver, node.name) if through is None else Callee(*through)
    return Callee((), True)


def _method(project: Project, expression: Occurrence, name: str) -> Callee:
    methods = tuple(one for one in project.definitions(name) if one.is_method)
    receiver = receiver_of(project, expression)
    if receiver is None:
        is_other = name in AMBIGUOUS_METHODS or is_foreign_instance(project, expression)
        return Callee(methods, not methods or _is_set(project, name) or is_other, is_bound=True)
    methods = tuple(one for one in methods if one.owner in receiver.classes)
    is_other = _is_set(project, name) or inherits_unknown(project, receiver, name)
    return Callee(methods, not methods or is_other, receiver.is_bound)


def _is_set(project: Project, name: str) -> bool:
    """Whether something is stored under an attribute of this name: then it may be any function."""
    return any(one.is_target for module in project.mentioning(name) for one in module.attributes.get(name, ()))


def is_foreign_instance(project: Project, expression: Occurrence) -> bool:
    """Whether a name may hold the result of a call that leaves the project."""
    if not isinstance(expression.node, m.Name):
        return False
    module = expression.scope.module
    name = expression.node.id
    for binding in module.bindings.get((expression.scope.resolve(name), name), ()):
        parent = binding.occurrence.parent
        if binding.kind != "target" or parent is None or not isinstance(parent.node, m.Assign | m.Annotate):
            continue
        for value in module.children(parent, "value"):
            if isinstance(value.node, m.Call) and _leaves(project, module.child(value, "function")):
                return True
    return False


def _leaves(project: Project, function: Occurrence) -> bool:
    if isinstance(function.node, m.Attribute):
        module = function.scope.module
        through = through_import(project, module, module.child(function, "value"), function.node.name)
        return through is not None and through[1]
    return isinstance(function.node, m.Name) and of_name(project, function)[1]
