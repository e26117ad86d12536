"""Whether a file has a function with a handler's shape, or binds a documented name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from lambda_conn_lint.facts.model import FunctionFacts, Literal, Parameter
from lambda_conn_lint.gate.syntax import FUNCTIONS, parsed
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
        for node in _module_level(module)
    ):
        return True
    return b"global" in data and any(
        isinstance(node, ast.Global) and not DOCUMENTED_NAMES.isdisjoint(node.names) for node in ast.walk(module)
    )


def _module_level(module: ast.Module) -> Iterator[ast.AST]:
    """The nodes of the module's own scope, but for what it takes from the standard library, which has no handlers."""
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)) and not _takes_from_library(node):
            pending.extend(ast.iter_child_nodes(node))


def _takes_from_library(node: ast.AST) -> bool:
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    return (node.module or "").partition(".")[0] in sys.stdlib_module_names


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
    return isinstance(node, ast.alias) and (node.asname or node.name) in (*DOCUMENTED_NAMES, "*")
