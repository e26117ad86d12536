"""Whether what the functions of a file do can be a finding, by the names that stand in it.

A client that is built per invocation is built by a call in some function, and so is one closed. The last name of the
callee is the catalogue's, unless a value has carried the constructor there from elsewhere. So a file whose functions
never speak of such a name, and which lets no constructor out as a value, has no part in any finding; what it calls in
other files is those files' affair. Calls by module code run once and count for nothing.

Most files are decided by their words alone, before any parse, and of the others only the statements with such a word
are looked at.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lambda_conn_lint.catalog import Catalog
from lambda_conn_lint.gate.syntax import FUNCTIONS, last_name, parsed

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

_DEFINITIONS = (*FUNCTIONS, ast.Lambda, ast.GeneratorExp)  # the last runs when somebody iterates over it
_WITH = (ast.With, ast.AsyncWith)
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")  # fields that hold statements, or what holds them
_WORD = re.compile(rb"[A-Za-z_]\w*")
_BEFORE_WITH = (b"", b"async")


class Names(NamedTuple):
    """What a finding cannot do without.

    ``constructors`` are the last names of constructors and what reaches anything without a name, ``words`` these and
    the names by which clients are closed; ``spelled`` are the words as they stand in a file.
    """

    constructors: frozenset[str]
    words: frozenset[str]
    spelled: frozenset[bytes]


def names_of(catalog: Catalog) -> Names:
    """The names that matter for the clients of a catalogue."""
    closers = {name.rpartition(".")[2] for client in catalog.clients for name in client.close}
    constructors = frozenset(name.rpartition(".")[2] for name in catalog.by_name) | _REFLECTIVE
    words = constructors | closers | _LEAVING
    return Names(constructors, words, frozenset(word.encode() for word in words))


def may_matter(data: bytes, names: Names) -> bool:
    """Whether a file with these bytes may have a part in a finding, because of what itself says."""
    rows = list(_rows(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), names))
    if not rows:
        return False
    module = parsed(data)
    return module is None or _File(module, names, rows).may_matter()


def _rows(data: bytes, names: Names) -> Iterator[int]:
    """The rows, in order, in which a word that matters stands or a ``with`` begins, be it in a comment or a string."""
    row, counted = 1, 0
    for found in _WORD.finditer(data):
        word = found[0]
        if word not in names.spelled:
            if word != b"with":
                continue
            before = data[data.rfind(b"\n", 0, found.start()) + 1 : found.start()]
            if before.strip() not in _BEFORE_WITH:
                continue
        row += data.count(b"\n", counted, found.start())
        counted = found.start()
        yield row


class _File:
    """``rows`` are those in which a word that matters stands."""

    def __init__(self, module: ast.Module, names: Names, rows: Sequence[int]) -> None:
        self._module = module
        self._names = names
        self._rows = rows
        self._spoken: set[str] = set(_REFLECTIVE)  # free names that stand for one of the words

    def may_matter(self) -> bool:
        return any(map(self._lets_out, _imports(self._module))) or self._speaks_of_clients()

    def _lets_out(self, statement: ast.ImportFrom) -> bool:
        """Take in an import; whether it gives a constructor a name by which other files may not know it."""
        for alias in statement.names:
            if alias.name == "*":
                self._spoken |= self._names.words
            elif alias.name in self._names.words:
                bound = alias.asname or alias.name
                self._spoken.add(bound)
                if bound not in self._names.words:
                    return True
        return False

    def _speaks_of_clients(self) -> bool:
        """Whether a function speaks of a client, or module code of a constructor that it does not call."""
        pending: list[tuple[ast.AST, bool]] = [(self._module, False)]
        while pending:
            node, is_inside = pending.pop()
            if isinstance(node, ast.stmt) and not self._has_word(node):
                continue
            if self._names_client(node, is_inside):
                return True
            if isinstance(node, ast.Call) and not is_inside:
                pending.extend((child, False) for child in _given(node))
            elif isinstance(node, _DEFINITIONS):
                pending.extend(_parts(node, is_inside))
            else:
                pending.extend((child, is_inside) for child in ast.iter_child_nodes(node))
        return False

    def _has_word(self, statement: ast.stmt) -> bool:
        first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])
        index = bisect_left(self._rows, first)
        return index < len(self._rows) and self._rows[index] <= (statement.end_lineno or first)

    def _names_client(self, node: ast.AST, is_inside: bool) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._spoken and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Attribute):
            words = self._names.words if is_inside else self._names.constructors
            return node.attr in words and isinstance(node.ctx, ast.Load)
        return is_inside and isinstance(node, _WITH) and any(self._may_close(item.context_expr) for item in node.items)

    def _may_close(self, entered: ast.expr) -> bool:
        """Whether leaving ``with`` may end a client: a file that was opened is none."""
        is_open = isinstance(entered, ast.Call) and isinstance(entered.func, ast.Name) and entered.func.id == "open"
        return not is_open or self._binds_open

    @cached_property
    def _binds_open(self) -> bool:
        """Whether ``open`` may be another function than Python's own."""
        return any("open" in _bound(node) for node in ast.walk(self._module))


def _bound(node: ast.AST) -> Sequence[str | None]:
    """Names that a node binds; a star may bind any."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return ("open",) if node.name == "*" else (node.asname, node.name)
    if isinstance(node, ast.MatchAs | ast.MatchStar):
        return (node.name,)
    return (node.rest,) if isinstance(node, ast.MatchMapping) else ()


def _imports(module: ast.Module) -> Iterator[ast.ImportFrom]:
    """The statements that take names from other modules, in whatever block."""
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ImportFrom):
            yield node
        for field in _BLOCKS:
            pending.extend(getattr(node, field, ()))


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """What a call by module code is made of, but for the dotted name of what it calls, if that is what it says."""
    root = _root(call.func)
    if not isinstance(root, ast.Name):
        yield root
    if last_name(call.func) in _REFLECTIVE:
        yield call.func
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _root(expression: ast.expr) -> ast.expr:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression


def _parts(node: ast.AST, is_inside: bool) -> Iterable[tuple[ast.AST, bool]]:
    """What a function is made of: only its body runs when it is called."""
    if isinstance(node, FUNCTIONS):
        body: set[ast.AST] = set(node.body)
        return [(child, is_inside or child in body) for child in ast.iter_child_nodes(node)]
    if isinstance(node, ast.Lambda):
        return [(node.args, is_inside), (node.body, True)]
    return [(child, True) for child in ast.iter_child_nodes(node)]
