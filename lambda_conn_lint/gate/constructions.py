"""Whether what the functions of a file do can be a finding, by the names that stand in it.

A client that is built per invocation is built by a call in some function, and so is one closed. The last name of the
callee is the catalogue's, unless a value has carried the constructor there from elsewhere. So a file whose functions
never speak of such a name, and which lets no constructor out as a value, has no part in any finding; what it calls in
other files is those files' affair. Calls by module code run once and count for nothing.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lambda_conn_lint.catalog import Catalog
from lambda_conn_lint.gate.syntax import FUNCTIONS, parsed

_REFLECTIVE = frozenset(
    {
        "__class__",
        "__dict__",
        "__getattribute__",
        "__import__",
        "attrgetter",
        "eval",
        "exec",
        "getattr",
        "globals",
        "import_module",
        "locals",
        "methodcaller",
        "reload",
        "vars",
    }
)
"""By these a function may come to anything without speaking of it."""

_LEAVING = frozenset({"__aexit__", "__exit__", "aclosing", "closing", "enter_async_context", "enter_context"})
"""By these a client may be closed without ``with`` and without a method of its own."""

_BUILTINS = frozenset(dir(builtins))
_DEFINITIONS = (*FUNCTIONS, ast.Lambda, ast.GeneratorExp)  # the last runs when somebody iterates over it
_WITH = (ast.With, ast.AsyncWith)


class Names(NamedTuple):
    """What a finding cannot do without.

    ``constructors`` are the last names of constructors, ``others`` those by which clients are closed, or anything is
    reached without a name.
    """

    constructors: frozenset[str]
    others: frozenset[str]


def names_of(catalog: Catalog) -> Names:
    """The names that matter for the clients of a catalogue."""
    closers = {name.rpartition(".")[2] for client in catalog.clients for name in client.close}
    return Names(
        frozenset(name.rpartition(".")[2] for name in catalog.by_name),
        frozenset(closers) | _REFLECTIVE | _LEAVING,
    )


def may_matter(data: bytes, names: Names) -> bool:
    """Whether a file with these bytes may have a part in a finding, because of what itself says."""
    module = parsed(data)
    return module is None or _File(module, names).may_matter()


class _File:
    def __init__(self, module: ast.Module, names: Names) -> None:
        self._module = module
        self._names = names
        self._words = names.constructors | names.others
        self._spoken: set[str] = set(_REFLECTIVE)  # free names that stand for one of the words
        self._plain: set[str] = set()  # free names of the standard library

    def may_matter(self) -> bool:
        imports = [node for node in ast.walk(self._module) if isinstance(node, ast.Import | ast.ImportFrom)]
        return any(map(self._lets_out, imports)) or self._speaks_of_clients()

    def _lets_out(self, statement: ast.Import | ast.ImportFrom) -> bool:
        """Take in an import; whether it gives a constructor a name by which other files may not know it."""
        for alias in statement.names:
            bound = alias.asname or alias.name.partition(".")[0]
            if isinstance(statement, ast.Import):
                if alias.name.partition(".")[0] in sys.stdlib_module_names:
                    self._plain.add(bound)
                continue
            if alias.name == "*":
                self._spoken |= self._words
            elif alias.name in self._words:
                self._spoken.add(bound)
                if bound not in self._words:
                    return True
            elif not statement.level and (statement.module or "").partition(".")[0] in sys.stdlib_module_names:
                self._plain.add(bound)
        return False

    def _speaks_of_clients(self) -> bool:
        """Whether a function speaks of a client, or module code of a constructor that it does not call."""
        pending: list[tuple[ast.AST, bool]] = [(self._module, False)]
        while pending:
            node, is_inside = pending.pop()
            if self._names_client(node, is_inside):
                return True
            if isinstance(node, ast.Call) and not is_inside:
                pending.extend((child, False) for child in _given(node))
            elif isinstance(node, _DEFINITIONS):
                pending.extend(_parts(node, is_inside))
            else:
                pending.extend((child, is_inside) for child in ast.iter_child_nodes(node))
        return False

    def _names_client(self, node: ast.AST, is_inside: bool) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._spoken and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Attribute):
            words = self._words if is_inside else self._names.constructors | _REFLECTIVE
            return node.attr in words and isinstance(node.ctx, ast.Load)
        return is_inside and isinstance(node, _WITH) and any(self._may_close(item.context_expr) for item in node.items)

    def _may_close(self, entered: ast.expr) -> bool:
        """Whether leaving ``with`` may end a client: what a library's own function gives is none of ours."""
        if not isinstance(entered, ast.Call):
            return True
        root = _root(entered.func)
        if not isinstance(root, ast.Name):
            return True
        return root.id not in self._plain and (root is not entered.func or root.id not in _BUILTINS)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """What a call by module code is made of, but for the dotted name of what it calls, if that is what it says."""
    root = _root(call.func)
    if not isinstance(root, ast.Name):
        yield root
    if _last(call.func) in _REFLECTIVE:
        yield call.func
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _root(expression: ast.expr) -> ast.expr:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression


def _last(expression: ast.expr) -> str:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def _parts(node: ast.AST, is_inside: bool) -> Iterable[tuple[ast.AST, bool]]:
    """What a function is made of: only its body runs when it is called."""
    if isinstance(node, FUNCTIONS):
        body: set[ast.AST] = set(node.body)
        return [(child, is_inside or child in body) for child in ast.iter_child_nodes(node)]
    if isinstance(node, ast.Lambda):
        return [(node.args, is_inside), (node.body, True)]
    return [(child, True) for child in ast.iter_child_nodes(node)]
