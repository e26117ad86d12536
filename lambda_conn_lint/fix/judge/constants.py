"""Whether an argument that stays at the call site can only be one of a few literals: then a cache by it is bounded."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from lambda_conn_lint.fix.source.assigned import assigned, assigned_bare
from lambda_conn_lint.fix.source.origins import Origins
from lambda_conn_lint.fix.source.scopes import Scope, Scopes
from lambda_conn_lint.fix.source.tree import Tree
from lambda_conn_lint.fix.uses.model import Origin

_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})
_DISPLAYS = (cst.Tuple, cst.List, cst.Set)
_DEEPEST = 8


class Constants:
    """Judges expressions of one file.

    ``parameter`` tells what callers give for a parameter: of which function (its qualified name), and its name.
    """

    def __init__(self, tree: Tree, scopes: Scopes, origins: Origins, parameter: Callable[[str, str], Origin]) -> None:
        self._tree = tree
        self._scopes = scopes
        self._origins = origins
        self._parameter = parameter

    def is_bounded(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether a value is text or ``None``, of which there are only as many as the program spells out."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, cst.SimpleString):
            return True
        if isinstance(node, cst.ConcatenatedString):
            return self.is_bounded(node.left, depth + 1) and self.is_bounded(node.right, depth + 1)
        if isinstance(node, cst.FormattedString):
            inner = [part.expression for part in node.parts if isinstance(part, cst.FormattedStringExpression)]
            return all(self.is_bounded(part, depth + 1) for part in inner)
        if isinstance(node, cst.Name):
            return node.value == "None" or self._name(node, depth + 1)
        if isinstance(node, cst.Subscript):
            return self._origins.of(node.value) == "os.environ"
        if isinstance(node, cst.Call):
            return self._origins.of(node.func) in _ENVIRONMENT and all(
                self.is_bounded(argument.value, depth + 1) for argument in node.args
            )
        if isinstance(node, cst.BooleanOperation):
            return self.is_bounded(node.left, depth + 1) and self.is_bounded(node.right, depth + 1)
        if isinstance(node, cst.IfExp):
            return self.is_bounded(node.body, depth + 1) and self.is_bounded(node.orelse, depth + 1)
        return False

    def _name(self, name: cst.Name, depth: int) -> bool:
        home = self._scopes.home(name)
        if home is None or home.is_class:
            return False
        return all(self._binding(home, name.value, binding, depth) for binding in home.bound[name.value])

    def _binding(self, home: Scope, name: str, binding: cst.CSTNode, depth: int) -> bool:
        if isinstance(binding, cst.Param):
            return isinstance(home.node, cst.FunctionDef) and self._is_given(home.node, name, binding)
        around = self._tree.parent(binding)
        if isinstance(around, cst.For | cst.CompFor):
            return around.target is binding and self._is_bounded_display(around.iter, depth)
        value = assigned(self._tree, binding)
        return value is not None and self.is_bounded(value, depth)

    def _is_given(self, function: cst.FunctionDef, name: str, parameter: cst.Param) -> bool:
        if parameter.star:
            return False
        return self._parameter(self._tree.qualified(function), name) != "unknown"

    def _is_bounded_display(self, node: cst.BaseExpression, depth: int) -> bool:
        if isinstance(node, _DISPLAYS):
            return all(self.is_bounded(element.value, depth) for element in node.elements)
        if isinstance(node, cst.Name):
            home = self._scopes.home(node)
            if home is None or home.is_class or len(home.bound[node.value]) != 1:
                return False
            value = assigned_bare(self._tree, home.bound[node.value][0])
            if isinstance(value, cst.Tuple):
                return self._is_bounded_display(value, depth)
        return False
