"""The annotation of an accessor, where the functions around it have annotations: type checkers stay as strict there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

import libcst as cst

from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.source.file import SourceFile

ANY = "Any"


def of(file: SourceFile, candidate: Candidate) -> str:
    """What the accessor gives, as an annotation; "" where the function around the construction has none itself."""
    call = candidate.call
    function = file.tree.function(call)
    if not isinstance(function, cst.FunctionDef) or not is_annotated(function):
        return ""
    if candidate.target.annotation:
        return quoted(file, candidate.target.annotation, call)
    is_class = candidate.client.call == "class" and not any(True for _ in file.tree.find(call.func, cst.Call))
    constructor = file.tree.slice(call.func)
    return constructor if is_class and _are_imported_above(file, _names(constructor), call) else ANY


def of_key(file: SourceFile, candidate: Candidate, name: str) -> str:
    """The annotation of a parameter: that of the variable it is given, if it is a parameter with one."""
    value = next(key.argument.value for key in candidate.slice.keys if key.name == name)
    if isinstance(value, cst.Name):
        home = file.scopes.home(value)
        for binding in home.bound[value.value] if home is not None else ():
            if isinstance(binding, cst.Param) and binding.annotation is not None:
                return quoted(file, file.tree.slice(binding.annotation.annotation), candidate.call)
    return ANY


def is_annotated(function: cst.FunctionDef) -> bool:
    parameters = function.params
    every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    return function.returns is not None or any(parameter.annotation is not None for parameter in every)


def are_deferred(file: SourceFile) -> bool:
    """Whether the module's annotations are not evaluated."""
    return any(
        isinstance(binding, cst.ImportAlias) and file.origins.is_from_future(binding)
        for binding in file.scopes.module.bound.get("annotations", ())
    )


def quoted(file: SourceFile, annotation: str, site: cst.CSTNode) -> str:
    """A function's annotation as it can stand at module level, above the statement that holds ``site``.

    It is quoted where it may name what only type checkers import, or what cannot be evaluated; ``Any`` for a name that
    the module does not have.
    """
    if annotation[:1] in "\"'" or annotation in _SIMPLE:
        return annotation
    names = _names(annotation)
    if not all(name in file.scopes.module.bound or hasattr(builtins, name) for name in names):
        return ANY
    if are_deferred(file) or (annotation.replace(".", "").isidentifier() and _are_imported_above(file, names, site)):
        return annotation
    return f'"{annotation}"' if '"' not in annotation else annotation


_SIMPLE = frozenset({"str", "int", "bool", "float", "bytes", "None", "object", ANY})


def _names(annotation: str) -> list[str]:
    return [node.id for node in ast.walk(ast.parse(annotation, mode="eval")) if isinstance(node, ast.Name)]


def _are_imported_above(file: SourceFile, names: Iterable[str], site: cst.CSTNode) -> bool:
    """Whether names of the module are imported once and for good, above the top-level statement that holds a site."""
    limit = file.tree.code(file.tree.top_level(site))[0]
    for name in names:
        bindings = file.scopes.module.bound.get(name, [])
        if len(bindings) != 1 or not isinstance(bindings[0], cst.ImportAlias):
            return False
        statement = file.tree.statement(bindings[0])
        if not isinstance(file.tree.parent(statement), cst.Module) or file.tree.code(statement)[0] > limit:
            return False
    return True
