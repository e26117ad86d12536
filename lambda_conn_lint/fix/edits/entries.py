"""``with`` statements that would end a client which now lives on: their block stays, their end of the client goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from lambda_conn_lint.findings import Edit
from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.imports import add_import
from lambda_conn_lint.fix.source.layout import Change


def entry_changes(
    file: SourceFile, items: Sequence[cst.WithItem], candidate: Candidate, call: str
) -> tuple[list[Change], list[Edit], bool]:
    """Changes and imports for the ``with`` items around a client, and whether they cover its construction.

    ``call`` gives the client in the construction's place.
    """
    changes: list[Change] = []
    imports: list[Edit] = []
    covers = False
    for item in items:
        around = file.tree.parent(item)
        assert isinstance(around, cst.With)
        is_construction = any(found is candidate.call for found in file.tree.find(item.item, cst.Call))
        covers = covers or is_construction
        value = call if is_construction else candidate.target.name
        is_needed = False
        rewritten = list(_rewritten(file, around, item, _line(file, item, value)))
        if not rewritten:
            rewritten = [Change(*file.tree.code(item.item), f"contextlib.nullcontext({value})")]
            edit = add_import(
                file.text, file.tree.module, lambda node: file.tree.span(file.tree.code(node)), "import contextlib"
            )
            imports += [] if edit is None else [edit]
            is_needed = True
        changes += rewritten
        changes += file.layout.without_closing(item, is_module_needed=is_needed)
    return changes, imports, covers


def _line(file: SourceFile, item: cst.WithItem, value: str) -> str:
    """What is left of the item as a statement; "" where that would do nothing."""
    name = "" if item.asname is None else file.tree.slice(item.asname.name)
    if name:
        return "" if name == value else f"{name} = {value}"
    return value if value.endswith(")") else ""


def _rewritten(file: SourceFile, around: cst.With, item: cst.WithItem, line: str) -> Iterator[Change]:
    """The statement without the item, and with the line instead; nothing where the item has to stay.

    The first item is evaluated before all others, and the last one right before the block.
    """
    body = around.body
    if len(around.items) == 1:
        if not isinstance(body, cst.IndentedBlock):
            yield from _on_two_lines(file, around, line)
        elif not file.snippets.has_verbatim(file.layout.lines(body)):
            yield from _unwrapped(file, around, line)
    elif item is around.items[0]:
        yield from _above(file, around, line)
    elif item is around.items[-1] and isinstance(body, cst.IndentedBlock):
        yield from _below(file, around, line)


def _on_two_lines(file: SourceFile, around: cst.With, line: str) -> Iterator[Change]:
    start = file.tree.code(around)[0]
    block = file.tree.code(around.body.body[0])[0]
    yield Change(start, block, f"{line}\n{file.tree.indent_at(start)}" if line else "")


def _above(file: SourceFile, around: cst.With, line: str) -> Iterator[Change]:
    """The first of several items as a line above the statement."""
    start = file.tree.code(around)[0]
    if line:
        yield Change(start, start, f"{line}\n{file.tree.indent_at(start)}")
    yield Change(file.tree.code(around.items[0])[0], file.tree.code(around.items[1])[0], "")


def _unwrapped(file: SourceFile, around: cst.With, line: str) -> Iterator[Change]:
    """The block one level further out, below a line where one is needed."""
    body = around.body
    assert isinstance(body, cst.IndentedBlock)
    start, end = file.layout.header(around)
    comment = "" if body.header.comment is None else body.header.comment.value
    if line or comment:
        yield Change(start, end, "  ".join(part for part in (line, comment) if part) + "\n")
    else:
        yield Change(file.tree.line_start(start), end, "")
    yield from file.layout.shift(body, -1)


def _below(file: SourceFile, around: cst.With, line: str) -> Iterator[Change]:
    """The last of several items as the first line of the block."""
    last, before = around.items[-1], around.items[-2]
    yield Change(_end(file, before), _end(file, last), "")
    if line:
        first = file.layout.lines(around.body)[0]
        yield Change(first, first, f"{file.tree.indent_at(file.tree.code(around.body)[0])}{line}\n")


def _end(file: SourceFile, item: cst.WithItem) -> int:
    """Where an item ends, without the comma behind it."""
    last = item.item if item.asname is None else item.asname.name
    return file.tree.code(last)[1]
