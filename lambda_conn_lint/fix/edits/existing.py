"""Accessors that a module has already, in the shape that a fix would write: an equal construction uses them."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import is_name, is_none


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
    if not isinstance(branch.test, cst.Comparison) or not is_name(branch.test.left, name):
        return None
    operator = branch.test.comparisons
    if len(operator) != 1 or not isinstance(operator[0].operator, cst.Is) or not is_none(operator[0].comparator):
        return None
    returned = _only(last)
    if not isinstance(returned, cst.Return) or not is_name(returned.value, name):
        return None
    made = _only(branch.body.body[0])
    if not isinstance(made, cst.Assign) or len(made.targets) != 1 or not is_name(made.targets[0].target, name):
        return None
    return made.value if isinstance(made.value, cst.Call) else None


def _only(statement: cst.CSTNode) -> cst.CSTNode | None:
    is_single = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
    return statement.body[0] if is_single and isinstance(statement, cst.SimpleStatementLine) else None


def _global(statement: cst.CSTNode) -> str | None:
    declared = _only(statement)
    if isinstance(declared, cst.Global) and len(declared.names) == 1:
        return declared.names[0].name.value
    return None
