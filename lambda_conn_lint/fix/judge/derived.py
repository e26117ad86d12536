"""Names in a function that hold what a connection gave, or the connection itself by another name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.fix.source.file import SourceFile

_WRAPPERS = frozenset({"closing", "nullcontext", "iter", "partial", "map", "filter", "zip", "enumerate"})
_GIVING = frozenset({"cursor", "xcursor", "transaction", "pipeline", "begin", "stream"})


def derived_names(file: SourceFile, function: cst.FunctionDef, name: str, *, execute_gives: bool) -> set[str]:
    """Variables that hold cursors of the connection in ``name``, aliases of it, and functions that use any of these.

    ``execute_gives`` tells that the driver's ``execute()`` gives a cursor.
    """
    methods = _GIVING | ({"execute"} if execute_gives else frozenset())
    names = {name}
    while True:
        more = set(_more(file, function, names, methods)) - names
        if not more:
            return names - {name}
        names |= more


def stores(file: SourceFile, function: cst.FunctionDef, name: str) -> Iterator[cst.CSTNode]:
    """The attributes and items that a function sets or deletes on a variable of its own, however deep."""
    for node in file.tree.nodes(function):
        if not isinstance(node, cst.Attribute | cst.Subscript):
            continue
        target: cst.CSTNode = node
        above = file.tree.parent(node)
        while isinstance(above, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
            target, above = above, file.tree.parent(above)
        is_set = (
            isinstance(above, cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.Del | cst.For | cst.AsName)
            and (above.name if isinstance(above, cst.AsName) else above.target) is target
        )
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute | cst.Subscript):
            root = root.value
        if is_set and isinstance(root, cst.Name) and root.value == name:
            yield node


def _more(file: SourceFile, function: cst.FunctionDef, names: set[str], methods: frozenset[str]) -> Iterator[str]:
    for node in file.tree.nodes(function):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name) and _holds(file, node.value, names, methods):
                    yield target.target.value
        elif isinstance(node, cst.AnnAssign | cst.NamedExpr) and isinstance(node.target, cst.Name):
            if node.value is not None and _holds(file, node.value, names, methods):
                yield node.target.value
        elif isinstance(node, cst.WithItem) and node.asname is not None and isinstance(node.asname.name, cst.Name):
            if _holds(file, node.item, names, methods):
                yield node.asname.name.value
        elif isinstance(node, cst.For | cst.Match):
            yield from _taken_apart(file, node, names, methods)
        elif isinstance(node, cst.FunctionDef) and node is not function and _reads(file, node, names):
            yield node.name.value


def _taken_apart(
    file: SourceFile, node: cst.For | cst.Match, names: set[str], methods: frozenset[str]
) -> Iterator[str]:
    """What a loop over a display, or a pattern, binds."""
    if isinstance(node, cst.Match):
        if _holds(file, node.subject, names, methods):
            yield from (found.name.value for found in file.tree.find(node, cst.MatchAs) if found.name is not None)
        return
    is_display = isinstance(node.iter, cst.Tuple | cst.List)
    if is_display and isinstance(node.target, cst.Name) and _holds(file, node.iter, names, methods):
        yield node.target.value


def _holds(file: SourceFile, value: cst.BaseExpression, names: set[str], methods: frozenset[str]) -> bool:
    if isinstance(value, cst.Name):
        return value.value in names
    if isinstance(value, cst.Lambda):
        return _reads(file, value, names)
    if isinstance(value, cst.IfExp):
        return _holds(file, value.body, names, methods) or _holds(file, value.orelse, names, methods)
    if isinstance(value, cst.BooleanOperation):
        return _holds(file, value.left, names, methods) or _holds(file, value.right, names, methods)
    if isinstance(value, cst.Await):
        return _holds(file, value.expression, names, methods)
    if isinstance(value, cst.GeneratorExp):
        return _reads(file, value, names)
    if isinstance(value, cst.Tuple | cst.List | cst.Set):
        return any(_holds(file, element.value, names, methods) for element in value.elements)
    if isinstance(value, cst.Dict):
        return any(_holds(file, element.value, names, methods) for element in value.elements)
    if isinstance(value, cst.Attribute):
        return value.attr.value == "connection" and _holds(file, value.value, names, methods)
    if isinstance(value, cst.Call):
        function = value.func
        if isinstance(function, cst.Attribute) and function.attr.value in methods:
            return _holds(file, function.value, names, methods)
        last = function.attr.value if isinstance(function, cst.Attribute) else getattr(function, "value", "")
        is_wrapper = last in _WRAPPERS or str(last)[:1].isupper()
        return is_wrapper and any(_holds(file, argument.value, names, methods) for argument in value.args)
    return False


def _reads(file: SourceFile, node: cst.CSTNode, names: set[str]) -> bool:
    return any(name.value in names for name in file.scopes.loads_in(node))
