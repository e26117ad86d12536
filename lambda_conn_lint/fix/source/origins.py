"""The qualified name that an expression stands for, by the imports of its file."""

from __future__ import annotations

import builtins
from typing import TypeGuard

import libcst as cst

from lambda_conn_lint.fix.source.scopes import Scopes, bound_name
from lambda_conn_lint.fix.source.tree import Tree

CLOSING = "contextlib.closing"
_BUILTINS = frozenset(dir(builtins))


class Origins:
    def __init__(self, tree: Tree, scopes: Scopes) -> None:
        self._tree = tree
        self._scopes = scopes

    def of(self, node: cst.BaseExpression) -> str:
        """``os.environ.get`` for that attribute of an import or builtin; "" for everything else."""
        if isinstance(node, cst.Attribute):
            before = self.of(node.value)
            return f"{before}.{node.attr.value}" if before else ""
        if not isinstance(node, cst.Name):
            return ""
        scope = self._scopes.of(node)
        if scope is None:
            return ""
        home = scope.home(node.value)
        if home is None:
            has_star = "*" in self._scopes.module.bound
            return f"builtins.{node.value}" if node.value in _BUILTINS and not has_star else ""
        names = {self.imported(binding, node.value) for binding in home.bound[node.value]}
        return names.pop() if len(names) == 1 else ""

    def is_closing(self, node: cst.CSTNode | None) -> TypeGuard[cst.Call]:
        """Whether an expression is ``contextlib.closing(...)``."""
        return isinstance(node, cst.Call) and self.of(node.func) == CLOSING

    def with_closing(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The ``contextlib.closing()`` that an expression is the argument of; the expression itself without one."""
        above = self._tree.parent(node)
        around = self._tree.parent(above) if isinstance(above, cst.Arg) else None
        return around if self.is_closing(around) else node

    def is_from_future(self, alias: cst.ImportAlias) -> bool:
        return self.imported(alias, bound_name(alias)) == "__future__.annotations"

    def imported(self, binding: cst.CSTNode, name: str) -> str:
        """The qualified name that one binding of a name stands for; "" if it is no import."""
        if not isinstance(binding, cst.ImportAlias):
            return ""
        statement = self._tree.parent(binding)
        dotted = _dotted(binding.name)
        if isinstance(statement, cst.ImportFrom):
            module = "." * len(statement.relative) + (_dotted(statement.module) if statement.module else "")
            return f"{module}.{dotted}" if module.strip(".") else f"{module}{dotted}"
        return dotted if binding.asname is not None else bound_name(binding)


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value
