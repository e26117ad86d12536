"""Clients that live on and are closed all the same: the closing goes, or becomes a giving back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.findings import Edit
from lambda_conn_lint.fix.edits.loans import given_back
from lambda_conn_lint.fix.edits.patch import Patch
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.holding import is_certain
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.keep.lending import Lender
from lambda_conn_lint.fix.source.assigned import assigned_bare
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.imports import add_import
from lambda_conn_lint.fix.templates.drivers import driver_of
from lambda_conn_lint.link.closed import Closed


class ClosingExaminer:
    """Examines closings of one file."""

    def __init__(self, ground: Ground, file: SourceFile) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree
        self._lender = Lender(ground, file)

    def examine(self, closing: cst.Call, closed: Closed) -> Patch:
        """What takes the place of a closing. Raises ``RefusalError``."""
        if closed.client.fix == "shared":
            return self._left_open(closing, closed.client)
        if closed.client.fix != "taken" or not closed.releaser:
            raise RefusalError(
                "it cannot simply stay open, since its transaction has to end with the invocation"
                if closed.client.kind == "sql"
                else f"leaving what `{closed.client.name}` gives open has not been shown to be right"
            )
        return self._given_back(closing, closed)

    def _left_open(self, closing: cst.Call, client: Client) -> Patch:
        expression = self._tree.parent(closing)
        if isinstance(expression, cst.BooleanOperation) and expression.right is closing:
            expression = self._tree.parent(expression) if isinstance(expression.operator, cst.And) else None
        line = None if expression is None else self._tree.parent(expression)
        is_statement = isinstance(expression, cst.Expr) and isinstance(line, cst.SimpleStatementLine)
        if not is_statement or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            raise RefusalError("what closes it does something else as well")
        if not isinstance(closing.func, cst.Attribute) or not is_certain(self._file, closing.func.value):
            raise RefusalError("other things than this client may be closed there")
        if client.flush:
            raise RefusalError(f"closing it delivers what it holds; `{client.flush[0]}()` may be needed instead")
        changes = tuple(self._file.layout.without(line, {id(line)}))
        doubts = ("later invocations find it closed today, and will use it",) if client.after_close == "dead" else ()
        return Patch(line, changes, (), doubts, "Leave the client open for the next invocation")

    def _given_back(self, closing: cst.Call, closed: Closed) -> Patch:
        source = self._source(closing)
        driver = driver_of(closed.client.name)
        if driver is None:
            raise RefusalError(f"no slot is known for the connections of `{closed.client.distribution}`")
        uses = self._ground.uses(self._file.path, self._tree.span(self._tree.code(source)))
        loan = self._lender.loan(source, closed.client, driver, uses)
        if loan.is_lent:
            raise RefusalError("leaving its `with` closes it; take it without one, and give it back")
        name, imports = self._releaser(source, closed.releaser, closed.lender)
        changes = tuple(given_back(self._file, loan, name))
        return Patch(source, changes, tuple(imports), loan.doubts, f"Give the connection back with `{name}()`")

    def _source(self, closing: cst.Call) -> cst.Call:
        """The call that gave the connection which is closed."""
        function = self._tree.function(closing)
        receiver = closing.func.value if isinstance(closing.func, cst.Attribute) else None
        if isinstance(receiver, cst.Name) and isinstance(function, cst.FunctionDef):
            for binding in self._file.scopes.at(function).bound.get(receiver.value, ()):
                value = assigned_bare(self._tree, binding)
                if isinstance(value, cst.Call):
                    return value
        raise RefusalError("where it was taken cannot be told from the function that closes it")

    def _releaser(self, source: cst.Call, name: str, lender: str) -> tuple[str, Iterator[Edit]]:
        """How this file calls the function that gives back, and the import that this needs.

        ``lender`` is the file that defines it: modules that hand on the one function do not hand on the other.
        """
        function = source.func
        module = self._file.origins.of(function).rpartition(".")[0]
        if lender != self._file.path and self._ground.module_path(self._file.path, module or ".") != lender:
            raise RefusalError("it is taken through a module that does not give it back")
        if isinstance(function, cst.Attribute):
            return f"{self._tree.slice(function.value)}.{name}", iter(())
        origin = self._file.origins.of(function)
        module = origin.rpartition(".")[0]
        if not isinstance(function, cst.Name) or not module:
            if name in self._file.scopes.module.bound:
                return name, iter(())
            raise RefusalError("it is taken with a function that is not imported by its name")
        home = self._file.scopes.home(function)
        if home is not self._file.scopes.module:
            raise RefusalError("the function that gives it is imported inside the function")
        if name in self._file.scopes.identifiers:
            raise RefusalError(f"`{name}` is another thing in this file")
        dots = len(origin) - len(origin.lstrip("."))
        source_module = module if module.strip(".") else "." * dots
        edit = add_import(
            self._file.text,
            self._tree.module,
            lambda node: self._tree.span(self._tree.code(node)),
            f"from {source_module} import {name}",
        )
        return name, iter(() if edit is None else (edit,))
