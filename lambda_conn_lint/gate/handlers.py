"""Whether a file has a function with a handler's shape, or binds a documented name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from lambda_conn_lint.facts.model import FunctionFacts, Literal, Parameter
from lambda_conn_lint.gate.syntax import FUNCTIONS, own_nodes, parsed
from lambda_conn_lint.handlers.signature import DOCUMENTED_NAMES, has_shape, is_documented

_SOME_DEFAULT = Literal(None)


def may_define_handler(data: bytes, *, is_named: bool = False) -> bool:
    """Whether the module's own scope has a function of the shape, or a documented name other than by ``def``.

    ``is_named`` says that a shape does not count where the function has no handler's name.
    """
    module = parsed(data)
    if module is None:
        return True
    if any(
        _is_shaped(node, is_named) if isinstance(node, FUNCTIONS) else _binds_documented(node)
        for node in own_nodes(module)
    ):
        return True
    return b"global" in data and any(
        isinstance(node, ast.Global) and not DOCUMENTED_NAMES.isdisjoint(node.names) for node in ast.walk(module)
    )


def _is_shaped(node: ast.FunctionDef | ast.AsyncFunctionDef, is_named: bool) -> bool:
    is_async = isinstance(node, ast.AsyncFunctionDef)
    if (is_named or is_async) and not is_documented(node.name):
        return False
    parameters = tuple(_parameters(node.args))
    return has_shape(FunctionFacts(node.name, 1, 1, parameters, (), (), is_async, False, None, frozenset()))


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        yield Parameter(argument.arg, "", None, None if index < required else _SOME_DEFAULT)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(argument.arg, "kw", None, None if default is None else _SOME_DEFAULT)


def _binds_documented(node: ast.AST) -> bool:
    """Whether a node binds a name that the platforms document; a star may bind any."""
    if isinstance(node, ast.ClassDef):
        return node.name in DOCUMENTED_NAMES and bool(node.decorator_list)
    if isinstance(node, ast.Name):
        return node.id in DOCUMENTED_NAMES and isinstance(node.ctx, ast.Store)
    if not isinstance(node, ast.Import | ast.ImportFrom) or _is_of_library(node):
        return False
    return any((alias.asname or alias.name) in (*DOCUMENTED_NAMES, "*") for alias in node.names)


def _is_of_library(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether names are taken from the standard library, which has no handlers."""
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    return (node.module or "").partition(".")[0] in sys.stdlib_module_names
