"""Callers of context managers that lend a connection: whether they use it in their ``with`` alone."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.judge.derived import derived_names
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import is_within


def stays_inside(file: SourceFile, call: cst.Call | None, *, execute_gives: bool) -> bool:
    """Whether a call stands in a ``with`` behind which nothing of what it lends is read.

    ``execute_gives`` tells that the driver's ``execute()`` gives a cursor.
    """
    item = None if call is None else file.tree.parent(call)
    around = None if item is None else file.tree.parent(item)
    if call is None or not isinstance(item, cst.WithItem) or not isinstance(around, cst.With):
        return False
    if item.asname is None:
        return True
    function = file.tree.function(call)
    name = item.asname.name
    if not isinstance(function, cst.FunctionDef) or not isinstance(name, cst.Name):
        return False
    scope = file.scopes.at(function)
    names = {name.value, *derived_names(file, function, name.value, execute_gives=execute_gives)}
    inside = [
        file.tree.whole(found)
        for found in file.tree.find(function, cst.With)
        if any(_lends_alike(file, one, call, name.value) for one in found.items)
    ]
    loads = [file.tree.code(load) for other in names for load in scope.loads(other)]
    return name.value not in scope.declared and all(is_within(load, inside) for load in loads)


def _lends_alike(file: SourceFile, item: cst.WithItem, call: cst.Call, name: str) -> bool:
    """Whether a ``with`` item enters the same manager under the same name."""
    if not isinstance(item.item, cst.Call) or item.asname is None or not isinstance(item.asname.name, cst.Name):
        return False
    return item.asname.name.value == name and file.tree.slice(item.item.func) == file.tree.slice(call.func)
