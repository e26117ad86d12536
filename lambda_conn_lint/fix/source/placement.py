"""Where a module-level definition is put: above the first top-level statement that could need it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.fix.source.layout import Change, own_comments
from lambda_conn_lint.fix.source.tree import StatementNode, Tree


def above(tree: Tree, node: cst.CSTNode, text: str) -> Iterator[Change]:
    """Puts a definition above the top-level statement that holds ``node``, with two blank lines around it.

    A function is only called once its ``def`` has run, so nothing calls the new one before that statement. Below
    imports one blank line stands before an assignment, as import sorters have it. The blank lines are a change of
    their own, the same one for all definitions that go to one place.
    """
    statement = _first_of_name(tree, tree.top_level(node))
    position = _start(tree, statement)
    before = tree.source[:position]
    if before.strip():
        blank = before[len(before.rstrip()) :].count("\n") - 1
        wanted = 1 if not text.startswith(("@", "def ")) and _is_below_import(tree, statement) else 2
        if blank < wanted:
            yield Change(position, position, "\n" * (wanted - blank))
        elif wanted == 1 and blank > 1 and before.endswith("\n" * blank):
            yield Change(position - blank + 1, position, "")
    yield Change(position, position, f"{text}\n\n\n")


def _first_of_name(tree: Tree, statement: StatementNode) -> StatementNode:
    """The first of the definitions of one name that stand together: overloads belong to what they announce."""
    block, index = tree.suite(statement)
    while index > 0 and isinstance(statement, cst.FunctionDef):
        previous = block.body[index - 1]
        if not isinstance(previous, cst.FunctionDef) or previous.name.value != statement.name.value:
            break
        statement, index = previous, index - 1
    return statement


def _start(tree: Tree, statement: cst.BaseStatement) -> int:
    """The beginning of a top-level statement, of its decorators and of the comments right above them."""
    comments = own_comments(statement)
    lines = getattr(statement, "leading_lines", ())
    own = len(lines) - len(comments)
    return tree.whole(lines[own - 1])[1] if own > 0 else tree.whole(statement)[0]


def _is_below_import(tree: Tree, statement: cst.BaseStatement) -> bool:
    lines = getattr(statement, "leading_lines", ())
    block, index = tree.suite(statement)
    previous = block.body[index - 1] if index else None
    is_import = isinstance(previous, cst.SimpleStatementLine) and all(
        isinstance(small, cst.Import | cst.ImportFrom) for small in previous.body
    )
    return is_import and all(line.comment is None for line in lines[: len(lines) - len(own_comments(statement))])
