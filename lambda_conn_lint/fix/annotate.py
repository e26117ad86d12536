"""The annotation of an accessor, where the functions around it have annotations: type checkers stay as strict there."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.ground import SourceFile
from lambda_conn_lint.fix.shared import Candidate

ANY = "Any"


def of(file: SourceFile, candidate: Candidate) -> str:
    """What the accessor gives, as an annotation; "" where the function around the construction has none itself."""
    function = file.tree.function(candidate.call)
    if not isinstance(function, cst.FunctionDef) or not is_annotated(function):
        return ""
    if candidate.target.annotation:
        return quoted(file, candidate.target.annotation)
    is_class = candidate.client.call == "class" and not any(True for _ in file.tree.find(candidate.call.func, cst.Call))
    if is_class and _is_global(file, candidate.call.func):
        return file.tree.slice(candidate.call.func)
    return ANY


def of_key(file: SourceFile, candidate: Candidate, name: str) -> str:
    """The annotation of a parameter: that of the variable it is given, if it is a parameter with one."""
    value = next(key.argument.value for key in candidate.slice.keys if key.name == name)
    if isinstance(value, cst.Name):
        scope = file.scopes.of(value)
        home = None if scope is None else scope.home(value.value)
        for binding in home.bound[value.value] if home is not None else ():
            if isinstance(binding, cst.Param) and binding.annotation is not None:
                return quoted(file, file.tree.slice(binding.annotation.annotation))
    return ANY


def is_annotated(function: cst.FunctionDef) -> bool:
    parameters = function.params
    every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    return function.returns is not None or any(parameter.annotation is not None for parameter in every)


def quoted(file: SourceFile, annotation: str) -> str:
    """An annotation that may name what only the type checker imports."""
    if annotation[:1] in "\"'" or annotation in _SIMPLE or _has_future(file):
        return annotation
    return f'"{annotation}"' if '"' not in annotation else annotation


_SIMPLE = frozenset({"str", "int", "bool", "float", "bytes", "None", "object", ANY})


def _has_future(file: SourceFile) -> bool:
    return any(
        isinstance(binding, cst.ImportAlias) and file.origins.is_from_future(binding)
        for binding in file.scopes.module.bound.get("annotations", ())
    )


def _is_global(file: SourceFile, node: cst.BaseExpression) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    if not isinstance(node, cst.Name):
        return False
    scope = file.scopes.of(node)
    home = None if scope is None else scope.home(node.value)
    bindings = home.bound[node.value] if home is not None else []
    return len(bindings) == 1 and isinstance(file.tree.parent(file.tree.statement(bindings[0])), cst.Module)
