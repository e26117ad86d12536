"""What a Django project says in strings: its settings, and the tables of URLs that others include by name.

The files are read with ``ast``, as far as texts and lists of them go; no code runs, and libcst is not imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from lambda_conn_lint.gate.syntax import last_name, own_nodes, parsed
from lambda_conn_lint.link.modules import Modules

_SETTINGS_MODULE = re.compile(rb"DJANGO_SETTINGS_MODULE[\"'](?:\s*,|\s*\]\s*=)\s*[\"']([\w.]+)[\"']")
_ADDING = frozenset({"append", "extend", "insert"})
_COPYING = frozenset({"list", "set", "sorted", "tuple"})

Strings = frozenset[str]
_NONE: Strings = frozenset()


class Table(NamedTuple):
    """What one table of URLs includes: modules by their dotted names, and whether those are all."""

    includes: Strings
    is_open: bool


class DjangoFiles:
    """The settings and tables of URLs of one project; ``read`` gives the bytes of a file, none where it has none."""

    def __init__(self, modules: Modules, read: Callable[[str], bytes]) -> None:
        self._modules = modules
        self._read = read
        self._variables: dict[str, dict[str, Strings]] = {}

    def settings_named(self, path: str) -> list[str]:
        """The files of the settings that a file sets the environment's variable to."""
        named = (match[1].decode() for match in _SETTINGS_MODULE.finditer(self._read(path)))
        return [file for file in (self._file(path, dotted) for dotted in named) if file]

    def middlewares(self, settings: str) -> list[tuple[str, str]]:
        """The project's own middlewares that settings name, as files and names in them."""
        found = []
        for dotted in sorted(self._strings(settings).get("MIDDLEWARE", _NONE)):
            module, _, name = dotted.rpartition(".")
            file = self._file(settings, module) if module else ""
            if file:
                found.append((file, name))
        return found

    def tables(self, settings: str) -> list[str] | None:
        """The tables of URLs from the root that settings name, with those that include leads to by a text.

        ``None`` where that cannot be told, or where one is included by a name that is worked out.
        """
        pending = [self._file(settings, dotted) for dotted in self._strings(settings).get("ROOT_URLCONF", _NONE)]
        if not pending or not all(pending):
            return None
        found: dict[str, None] = {}
        while pending:
            path = pending.pop()
            if path in found:
                continue
            found[path] = None
            table = self._table(path)
            if table.is_open:
                return None
            pending += filter(None, (self._file(path, dotted) for dotted in sorted(table.includes)))
        return list(found)

    def _file(self, path: str, dotted: str) -> str:
        module = self._modules.absolute(path, dotted)
        return "" if module is None else module.path

    def _table(self, path: str) -> Table:
        tree = parsed(self._read(path))
        if tree is None:
            return Table(_NONE, True)
        variables = self._strings(path)
        bound = {name for node in own_nodes(tree) for name in _bound(node)}
        includes: set[str] = set()
        is_open = False
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and last_name(node.func) == "include" and node.args:
                what = node.args[0]
                if isinstance(what, ast.Tuple) and what.elts:
                    what = what.elts[0]
                includes |= _value(what, variables)
                is_known = isinstance(what, ast.Constant | ast.List | ast.Attribute)
                is_open = is_open or not (is_known or (isinstance(what, ast.Name) and what.id in bound))
        return Table(frozenset(includes), is_open)

    # Settings

    def _strings(self, path: str) -> Mapping[str, Strings]:
        """The texts that a module's variables may hold, singly or in a list, also those that it imports."""
        if path not in self._variables:
            variables = self._variables[path] = {}  # what modules see of it that it imports itself
            tree = parsed(self._read(path))
            if tree is not None:
                certain = frozenset(tree.body)
                for node in own_nodes(tree):
                    self._run(path, node, variables, is_certain=node in certain)
        return self._variables[path]

    def _run(self, path: str, node: ast.AST, variables: dict[str, Strings], *, is_certain: bool) -> None:
        if isinstance(node, ast.ImportFrom):
            self._import(path, node, variables)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            value = _value(node.value, variables)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    before = _NONE if is_certain else variables.get(target.id, _NONE)
                    variables[target.id] = before | value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
            variables[name] = variables.get(name, _NONE) | _value(node.value, variables)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            self._call(node, node.func, variables)

    def _call(self, node: ast.Call, function: ast.Attribute, variables: dict[str, Strings]) -> None:
        if isinstance(function.value, ast.Name) and function.attr in _ADDING:
            name = function.value.id
            for argument in node.args:
                variables[name] = variables.get(name, _NONE) | _value(argument, variables)

    def _import(self, path: str, node: ast.ImportFrom, variables: dict[str, Strings]) -> None:
        module = self._modules.named(path, node.level, node.module or "")
        if module is None:
            return
        there = self._strings(module.path) if module.path else {}
        for alias in node.names:
            inner = self._modules.submodule(module, alias.name)
            if alias.name == "*":
                variables.update(there)
            elif alias.name in there:
                variables[alias.asname or alias.name] = there[alias.name]
            elif inner is not None and inner.path:
                prefix = alias.asname or alias.name
                variables.update({f"{prefix}.{name}": value for name, value in self._strings(inner.path).items()})


def _value(node: ast.AST, variables: Mapping[str, Strings]) -> Strings:
    """The texts in an expression of texts and lists of them."""
    found: set[str] = set()
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant):
            found.update((node.value,) if isinstance(node.value, str) else ())
        elif isinstance(node, ast.Name):
            found |= variables.get(node.id, _NONE)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= variables.get(f"{node.value.id}.{node.attr}", _NONE)
        else:
            pending += _parts(node)
    return frozenset(found)


def _parts(node: ast.AST) -> list[ast.expr]:
    """The expressions of which each may give a part of a list."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return node.elts
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.Call) and last_name(node.func) in _COPYING:
        return node.args
    return []


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that imports and plain assignments bind."""
    if isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
