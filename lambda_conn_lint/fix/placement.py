"""Where a module-level definition is put: above the first top-level statement that could need it."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.layout import Change
from lambda_conn_lint.fix.tree import Tree


def above(tree: Tree, node: cst.CSTNode, text: str) -> Change:
    """Puts a definition above the top-level statement that holds ``node``, with two blank lines around it.

    A function is only called once its ``def`` has run, so nothing calls the new one before that statement.
    """
    position = _start(tree, tree.top_level(node))
    before = tree.source[:position].rstrip(" \t")
    blank = len(before) - len(before.rstrip("\n")) - 1
    is_first = not before.strip()
    missing = "" if is_first else "\n" * max(0, 2 - blank)
    return Change(position, position, f"{missing}{text}\n\n\n")


def _start(tree: Tree, statement: cst.BaseStatement) -> int:
    """The beginning of a top-level statement, of its decorators and of the comments right above them."""
    start = tree.whole(statement)[0]
    lines = getattr(statement, "leading_lines", ())
    own = len(lines)
    while own > 0 and lines[own - 1].comment is not None:
        own -= 1
    return tree.whole(lines[own - 1])[1] if own > 0 else start
