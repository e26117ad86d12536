"""The sentences that fixes can say, read from their source: the reasons of refusals, and the doubts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import lambda_conn_lint

_FOLDER = Path(lambda_conn_lint.__file__).parent
_ERRORS = frozenset({"RefusalError", "TextError"})
_FIELD = re.compile(r"\{[^{}]*\}")


def all_texts() -> set[str]:
    """Every string in the sources, with ``...`` for what is filled in."""
    return {text for tree in _trees("fix/**/*.py", "unused.py") for node in ast.walk(tree) for text in _spelled(node)}


def reasons() -> set[str]:
    """What is given to the errors that stand for a refusal, and the tables that it is taken from."""
    found: set[str] = set()
    for tree in _trees("fix/**/*.py"):
        tables = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ERRORS:
                found.update(text for part in ast.walk(node.args[0]) for text in _whole(part, node.args[0]))
                for part in ast.walk(node.args[0]):
                    table = tables.get(part.id) if isinstance(part, ast.Name) else None
                    found.update(text for value in getattr(table, "values", ()) for text in _spelled(value))
    return found


def doubts() -> set[str]:
    """What functions and variables hold that are named for doubts; those of ``uses`` are about calls, not fixes."""
    found: set[str] = set()
    for tree in _trees("fix/*.py"):
        for node in ast.walk(tree):
            is_function = isinstance(node, ast.FunctionDef) and "doubt" in node.name
            is_variable = isinstance(node, ast.Assign) and any(
                "doubt" in ast.unparse(target) for target in node.targets
            )
            is_added = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("doubts.")
            if is_function or is_variable or is_added:
                found.update(text for part in ast.walk(node) for text in _spelled(part) if _is_sentence(text))
    return found


def _trees(*patterns: str) -> Iterator[ast.Module]:
    for path in sorted(path for pattern in patterns for path in _FOLDER.glob(pattern)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
                del node.body[0]
            if isinstance(node, ast.JoinedStr):
                _forget_parts(node)
        yield tree


def _forget_parts(node: ast.JoinedStr) -> None:
    """Put one whole text in place of the pieces of an f-string, so that they are not taken for texts of their own."""
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)
    node.values = [ast.Constant(text)]


def _spelled(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield _FIELD.sub("...", node.value)


def _whole(part: ast.AST, argument: ast.AST) -> Iterator[str]:
    """A text that an error may carry: not one that a condition compares with."""
    compared = {
        id(inner)
        for outer in ast.walk(argument)
        if isinstance(outer, ast.Compare | ast.Subscript)
        for inner in ast.walk(outer)
    }
    if id(part) not in compared:
        yield from _spelled(part)


def _is_sentence(text: str) -> bool:
    return text.count(" ") >= 3
