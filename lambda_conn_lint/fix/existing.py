"""Accessors that a module has already, in the shape that a fix would write: an equal construction uses them."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from lambda_conn_lint.fix.ground import SourceFile


def accessors(file: SourceFile) -> Mapping[str, str]:
    """For the text of a construction, the function without parameters that builds it once and gives it back."""
    found: dict[str, str] = {}
    for statement in file.tree.module.body:
        if isinstance(statement, cst.FunctionDef) and statement.asynchronous is None and not statement.decorators:
            call = _construction(statement)
            if call is not None and len(file.scopes.module.bound[statement.name.value]) == 1:
                found.setdefault(file.snippets.expression(call), statement.name.value)
    return found


def _construction(function: cst.FunctionDef) -> cst.Call | None:
    """What a function of the shape ``global x; if x is None: x = CALL; return x`` builds."""
    parameters = function.params
    if parameters.params or parameters.kwonly_params or parameters.star_kwarg or parameters.posonly_params:
        return None
    statements = list(function.body.body)
    if len(statements) == 4:  # a docstring
        del statements[0]
    if len(statements) != 3:
        return None
    declaration, branch, last = statements
    name = _global(declaration)
    if name is None or not isinstance(branch, cst.If) or branch.orelse is not None or len(branch.body.body) != 1:
        return None
    if not isinstance(branch.test, cst.Comparison) or not _is(branch.test.left, name):
        return None
    operator = branch.test.comparisons
    if len(operator) != 1 or not isinstance(operator[0].operator, cst.Is) or not _is(operator[0].comparator, "None"):
        return None
    returned = _only(last)
    if not isinstance(returned, cst.Return) or returned.value is None or not _is(returned.value, name):
        return None
    assigned = _only(branch.body.body[0])
    if not isinstance(assigned, cst.Assign) or len(assigned.targets) != 1 or not _is(assigned.targets[0].target, name):
        return None
    return assigned.value if isinstance(assigned.value, cst.Call) else None


def _only(statement: cst.CSTNode) -> cst.CSTNode | None:
    is_single = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
    return statement.body[0] if is_single and isinstance(statement, cst.SimpleStatementLine) else None


def _global(statement: cst.CSTNode) -> str | None:
    declared = _only(statement)
    if isinstance(declared, cst.Global) and len(declared.names) == 1:
        return declared.names[0].name.value
    return None


def _is(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name
