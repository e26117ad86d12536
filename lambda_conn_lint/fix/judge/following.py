"""What may still run after a statement, up to the end of its function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import Tree, is_within


def following(tree: Tree, node: cst.CSTNode, call: cst.Call) -> Iterator[cst.CSTNode]:
    """Code that may run after the statement that holds a node, while the variable still holds the connection."""
    made_at = tree.code(call)
    current: cst.CSTNode = tree.statement(node)
    may_raise = False
    while not isinstance(current, cst.FunctionDef):
        block = tree.parent(current)
        assert block is not None
        if isinstance(block, cst.IndentedBlock | cst.SimpleStatementSuite):
            body = list(block.body)
            index = next(number for number, other in enumerate(body) if other is current)
            behind = body[index + 1 :]
            yield from behind
            may_raise = may_raise or any(True for other in behind for _ in tree.find(other, cst.Call))
            if behind and _ends(behind[-1]):
                yield from _around(tree, current, may_raise)
                return
        elif isinstance(block, cst.Try | cst.TryStar):
            yield from _clauses(block, current, may_raise)
        elif isinstance(block, cst.For | cst.While) and not is_within(made_at, [tree.whole(block)]):
            yield block.body
        current = block


def _around(tree: Tree, node: cst.CSTNode, may_raise: bool) -> Iterator[cst.CSTNode]:
    """What runs on the way out of the function."""
    current = node
    for above in tree.ancestors(node):
        if isinstance(above, cst.FunctionDef):
            return
        if isinstance(above, cst.Try | cst.TryStar):
            yield from _clauses(above, current, may_raise, is_leaving=True)
        current = above


def may_fall_off(file: SourceFile, block: cst.BaseSuite) -> bool:
    """Whether a function may come to the end of this block, and so return nothing."""
    last = block.body[-1]
    if isinstance(last, cst.SimpleStatementLine | cst.Return | cst.Raise):
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
        is_exit = (
            isinstance(small, cst.Expr)
            and isinstance(small.value, cst.Call)
            and (file.origins.of(small.value.func) in ("sys.exit", "builtins.exit", "builtins.quit", "os._exit"))
        )
        return not (isinstance(small, cst.Return | cst.Raise) or is_exit)
    if isinstance(last, cst.If):
        branch: cst.If | cst.Else | None = last
        while isinstance(branch, cst.If):
            if may_fall_off(file, branch.body):
                return True
            branch = branch.orelse
        return branch is None or may_fall_off(file, branch.body)
    if isinstance(last, cst.Try):
        if last.finalbody is not None and not may_fall_off(file, last.finalbody.body):
            return False
        end = last.orelse.body if last.orelse is not None else last.body
        return may_fall_off(file, end) or any(may_fall_off(file, handler.body) for handler in last.handlers)
    if isinstance(last, cst.With):
        return may_fall_off(file, last.body)
    return True


def _ends(statement: cst.CSTNode) -> bool:
    """Whether nothing runs behind a statement: it leaves the function."""
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], cst.Return | cst.Raise)


def _clauses(
    around: cst.Try | cst.TryStar, inside: cst.CSTNode, may_raise: bool, *, is_leaving: bool = False
) -> Iterator[cst.CSTNode]:
    """The clauses of a ``try`` that may run after one of its blocks."""
    if inside is around.body:
        if may_raise:
            yield from around.handlers
        if around.orelse is not None and not is_leaving:
            yield around.orelse
    if around.finalbody is not None and inside is not around.finalbody:
        yield around.finalbody
