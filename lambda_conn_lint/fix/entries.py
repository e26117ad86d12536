"""``with`` statements that would end a client which now lives on: their block stays, their end of the client goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from lambda_conn_lint.findings import Edit
from lambda_conn_lint.fix.ground import SourceFile
from lambda_conn_lint.fix.imports import add_import
from lambda_conn_lint.fix.layout import Change
from lambda_conn_lint.fix.shared import Candidate


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
        unwraps = _can_be_unwrapped(file, around)
        if unwraps:
            changes += _unwrapped(file, around, item, value)
        else:
            changes.append(Change(*file.tree.code(item.item), f"contextlib.nullcontext({value})"))
            edit = add_import(
                file.text, file.tree.module, lambda node: file.tree.span(file.tree.code(node)), "import contextlib"
            )
            imports += [] if edit is None else [edit]
        changes += file.layout.without_closing(item, is_module_needed=not unwraps)
    return changes, imports, covers


def _can_be_unwrapped(file: SourceFile, around: cst.With) -> bool:
    body = around.body
    if len(around.items) != 1 or not isinstance(body, cst.IndentedBlock):
        return False
    return not file.snippets.has_verbatim(file.layout.lines(body))


def _unwrapped(file: SourceFile, around: cst.With, item: cst.WithItem, value: str) -> Iterator[Change]:
    """The block one level further out, below an assignment where there was ``as``."""
    body = around.body
    assert isinstance(body, cst.IndentedBlock)
    start, end = file.layout.header(around)
    name = "" if item.asname is None else file.tree.slice(item.asname.name)
    comment = "" if body.header.comment is None else f"  {body.header.comment.value}"
    if name == value:
        yield Change(
            file.tree.line_start(start), end, f"{file.tree.indent_at(start)}{comment.strip()}\n" if comment else ""
        )
    else:
        line = f"{name} = {value}" if name else value
        yield Change(start, end, f"{line}{comment}\n")
    yield from file.layout.shift(body, -1)
