"""Functions whose whole job is to build a client and give it back: these become the accessor themselves."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from lambda_conn_lint.fix.judge.purity import Judge
from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import Tree


@dataclass(frozen=True)
class Helper:
    """A function to be turned into the accessor in place.

    ``first`` is its first statement behind the docstring, ``made`` the assignment of the construction (none where it is
    returned at once), ``last`` its return. ``keys`` are the parameters that tell one client from another.
    """

    function: cst.FunctionDef
    first: cst.BaseStatement
    made: cst.SimpleStatementLine | None
    last: cst.SimpleStatementLine
    keys: tuple[cst.Param, ...]


def helper_of(file: SourceFile, candidate: Candidate) -> Helper | None:
    """The function around a construction, if building the client is all that it does."""
    tree = file.tree
    function = tree.function(candidate.call)
    if not isinstance(function, cst.FunctionDef) or function.asynchronous is not None or candidate.releases:
        return None
    if not isinstance(tree.parent(function), cst.Module) or not isinstance(function.body, cst.IndentedBlock):
        return None
    statements = list(function.body.body)
    if statements and _is_docstring(statements[0]):
        del statements[0]
    if not statements or not isinstance(last := statements[-1], cst.SimpleStatementLine) or len(last.body) != 1:
        return None
    made = _made(tree, candidate, last)
    if made is None and not _returns(last, candidate.call):
        return None
    belongs = {id(line) for line in candidate.setup} | {id(last), id(made)}
    judge = Judge(file.tree, file.scopes, file.origins.of)
    if not all(id(statement) in belongs or _is_pure(judge, statement) for statement in statements):
        return None
    return Helper(function, statements[0], made, last, _keys(file, function)) if _is_plain(file, function) else None


def _is_docstring(statement: cst.BaseStatement) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )


def _made(tree: Tree, candidate: Candidate, last: cst.SimpleStatementLine) -> cst.SimpleStatementLine | None:
    """The assignment of the construction to the variable that the last statement returns."""
    target = candidate.target
    returned = last.body[0]
    if target.statement is None or not isinstance(returned, cst.Return):
        return None
    if not isinstance(returned.value, cst.Name) or returned.value.value != target.name:
        return None
    return target.statement if tree.parent(target.statement) is tree.parent(last) else None


def _returns(last: cst.SimpleStatementLine, call: cst.Call) -> bool:
    return isinstance(last.body[0], cst.Return) and last.body[0].value is call


def _is_pure(judge: Judge, statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    if isinstance(only, cst.Import | cst.ImportFrom):
        return True
    if isinstance(only, cst.Assign):
        return (
            all(isinstance(target.target, cst.Name) for target in only.targets) and judge.judge(only.value) != "effect"
        )
    if isinstance(only, cst.AnnAssign):
        return isinstance(only.target, cst.Name) and only.value is not None and judge.judge(only.value) != "effect"
    return False


def _is_plain(file: SourceFile, function: cst.FunctionDef) -> bool:
    """Whether its parameters are plain ones, none is assigned in it, and nothing in it refers to an outer function."""
    parameters = function.params
    if isinstance(parameters.star_arg, cst.Param) or parameters.star_kwarg is not None:
        return False
    scope = file.scopes.at(function)
    return (
        not scope.declared
        and not scope.children
        and all(len(scope.bound[parameter.name.value]) == 1 for parameter in _parameters(function))
    )


def _keys(file: SourceFile, function: cst.FunctionDef) -> tuple[cst.Param, ...]:
    scope = file.scopes.at(function)
    return tuple(parameter for parameter in _parameters(function) if scope.loads(parameter.name.value))


def _parameters(function: cst.FunctionDef) -> list[cst.Param]:
    parameters = function.params
    return [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
