"""What a release needed and nobody else does: ``client = None`` above the ``try`` whose ``finally`` closed it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import Range, is_none


def needless_none(file: SourceFile, candidate: Candidate) -> Iterator[cst.SimpleStatementLine]:
    """The assignments of ``None`` that nobody reads once the releases of a client are gone."""
    made, name = candidate.target.statement, candidate.target.name
    function = file.tree.function(candidate.call)
    if made is None or not isinstance(function, cst.FunctionDef) or not candidate.releases or candidate.client.flush:
        return
    scope = file.scopes.at(function)
    if name in scope.declared:
        return
    block, _ = file.tree.suite(made)
    gone = [place for release in candidate.releases for place in _gone(file, release.statement)]
    behind = (file.tree.code(made)[1], file.tree.whole(block)[1])
    loads = [file.tree.code(load) for load in scope.loads(name)]
    if all(_is_inside(load, behind) or any(_is_inside(load, place) for place in gone) for load in loads):
        for binding in scope.bound[name]:
            line = file.tree.statement(binding)
            if isinstance(line, cst.SimpleStatementLine) and _is_nothing(line) and file.tree.code(line) < behind:
                yield line


def _gone(file: SourceFile, statement: cst.SimpleStatementLine | None) -> Iterator[Range]:
    """A release, and the test that it alone stands under."""
    if statement is None:
        return
    yield file.tree.code(statement)
    block, _ = file.tree.suite(statement)
    branch = file.tree.parent(block)
    if isinstance(branch, cst.If) and branch.orelse is None and len(block.body) == 1:
        yield file.tree.code(branch.test)


def _is_nothing(line: cst.SimpleStatementLine) -> bool:
    small = line.body[0]
    return len(line.body) == 1 and isinstance(small, cst.Assign) and len(small.targets) == 1 and is_none(small.value)


def _is_inside(place: Range, around: Range) -> bool:
    return around[0] <= place[0] and place[1] <= around[1]
