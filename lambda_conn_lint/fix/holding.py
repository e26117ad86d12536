"""Whether a variable certainly holds what one call gives, and nothing else besides."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.ground import SourceFile


def is_certain(file: SourceFile, receiver: cst.BaseExpression) -> bool:
    """Whether a name is bound to one call, or to None before it. A parameter may hold anything."""
    if not isinstance(receiver, cst.Name):
        return False
    home = file.scopes.home(receiver)
    if home is None or home.is_class:
        return False
    values = [_value(file, binding) for binding in home.bound[receiver.value]]
    calls = sum(isinstance(value, cst.Call) for value in values)
    return calls == 1 and all(isinstance(value, cst.Call) or _is_none(value) for value in values)


def _value(file: SourceFile, binding: cst.CSTNode) -> cst.CSTNode | None:
    target = file.tree.parent(binding)
    assignment = file.tree.parent(target) if isinstance(target, cst.AssignTarget) else target
    return assignment.value if isinstance(assignment, cst.Assign | cst.AnnAssign) else None


def _is_none(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
