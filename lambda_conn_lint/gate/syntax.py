"""The parse that the gate's questions share."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=1)  # the questions about one file are asked one after the other
def parsed(data: bytes) -> ast.Module | None:
    """A module's tree; none where the running interpreter cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
