"""The parse that everyone shares who asks ``ast`` about a file, and what they ask of its nodes."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)


@lru_cache(maxsize=1)  # the questions about one file are asked one after the other
def parsed(data: bytes) -> ast.Module | None:
    """A module's tree; none where the running interpreter cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def own_nodes(module: ast.Module) -> Iterator[ast.AST]:
    """The nodes of the module's own scope, in the order of the text; of a definition there, only itself."""
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _SCOPES):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def last_name(expression: ast.expr) -> str:
    """The last part of a dotted name; empty where there is none."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
