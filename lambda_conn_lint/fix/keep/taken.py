"""One construction of a database connection: whether a slot can keep it, and who borrows from that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.judge.following import may_fall_off
from lambda_conn_lint.fix.judge.globals import is_set_anywhere
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.holding import is_certain
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.judge.sessions import may_change_session, sets_own_settings
from lambda_conn_lint.fix.judge.slice import Slice, Slicer, brought_by
from lambda_conn_lint.fix.keep.lending import Lender, Loan, Place
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import is_name
from lambda_conn_lint.fix.templates.drivers import Driver, driver_of
from lambda_conn_lint.fix.uses.model import Use


@dataclass(frozen=True)
class Borrower:
    """A call of the function that gives the connection, and what becomes of it there."""

    call: cst.Call
    loan: Loan


@dataclass(frozen=True)
class TakenCandidate:
    """A connection that a slot can keep. ``autocommit`` is ``None`` where it is only known when the program runs.

    ``loan`` is that of the function around the construction. Where that function gives the connection to its callers
    instead, there is none; ``borrowers`` are its callers in this file.
    """

    call: cst.Call
    client: Client
    driver: Driver
    module: str
    name: str
    annotation: str
    slice: Slice
    setup: tuple[cst.SimpleStatementLine, ...]
    autocommit: bool | None
    loan: Loan | None
    borrowers: tuple[Borrower, ...]
    changes_session: bool
    doubts: tuple[str, ...]


class TakenExaminer:
    """Examines connections of one file."""

    def __init__(self, ground: Ground, file: SourceFile, slicer: Slicer) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree
        self._slicer = slicer
        self._lender = Lender(ground, file)

    def examine(self, call: cst.Call, client: Client, uses: Sequence[Use]) -> TakenCandidate:
        """Raises ``RefusalError`` where the connection cannot be kept."""
        driver = driver_of(client.name)
        if driver is None:
            raise RefusalError(f"no slot is known for the connections of `{client.distribution}`")
        function = self._tree.function(call)
        is_given = isinstance(function, cst.FunctionDef) and self._is_given(function, call)
        is_returned = isinstance(self._tree.parent(call), cst.Return)
        place = Place("conn", None, None, "") if is_returned else self._lender.place(call)
        setup = tuple(self._setup(place.statement, place.name, driver))
        loan = None
        borrowers: tuple[Borrower, ...] = ()
        if is_given:
            assert isinstance(function, cst.FunctionDef)
            self._check_keeping(function, uses)
            self._check_returns(function, call, place.name)
            borrowers = self._borrowers(function, client, driver, uses)
            doubts = [doubt for borrower in borrowers for doubt in borrower.loan.doubts]
        else:
            loan = self._lender.loan(call, client, driver, uses, setup)
            doubts = list(loan.doubts)
        parts = [part for line in setup for part in brought_by(line)]
        sliced = self._slicer.slice_whole(call, [part for part in parts if not is_name(part, place.name)])
        if sliced.imports:
            raise RefusalError("its driver, or what its arguments are made from, is imported inside the function")
        paths = self._paths(uses)
        return TakenCandidate(
            call,
            client,
            driver,
            self._module(call, driver),
            place.name,
            place.annotation,
            sliced,
            setup,
            self._autocommit(call, setup),
            loan,
            borrowers,
            may_change_session(self._ground, paths),
            (*doubts, *self._own_settings(paths)),
        )

    def _paths(self, uses: Iterable[Use]) -> set[str]:
        """The files in which the connection or one of its cursors is used."""
        paths = {self._file.path}
        for use in uses:
            paths.add(use.path)
            if use.kind == "method" and use.span is not None:
                paths.update(inner.path for inner in self._ground.uses(use.path, use.span))
        return paths

    def _own_settings(self, paths: Iterable[str]) -> list[str]:
        if not sets_own_settings(self._ground, paths):
            return []
        return ["SQL in the file sets settings of its own, which no reset unsets again"]

    # Functions that give a connection to their callers

    def _is_given(self, function: cst.FunctionDef, call: cst.Call) -> bool:
        """Whether a top-level function returns the connection."""
        if not isinstance(self._tree.parent(function), cst.Module) or function.asynchronous is not None:
            return False
        if isinstance(self._tree.parent(call), cst.Return):
            return True
        name = self._lender.place(call).name
        return any(
            self._tree.function(found) is function and found.value is not None and is_name(found.value, name)
            for found in self._tree.find(function, cst.Return)
        )

    def _check_keeping(self, function: cst.FunctionDef, uses: Iterable[Use]) -> None:
        """The function keeps the connection nowhere itself: there it would be in use and in the slot at once."""
        for use in uses:
            is_here = (use.path, use.function) == (self._file.path, function.name.value)
            if is_here and use.kind in ("stored", "kept", "threaded", "unknown", "yielded", "raised"):
                raise RefusalError(f"it is kept in {use.name}, and would be there and in the slot at the same time")

    def _check_returns(self, function: cst.FunctionDef, call: cst.Call, name: str) -> None:
        """Whoever gives back what the function returned must have got the connection."""
        returns = [found for found in self._tree.find(function, cst.Return) if self._tree.function(found) is function]
        gives = [found.value is call or (found.value is not None and is_name(found.value, name)) for found in returns]
        is_sure = all(
            found.value is call or (found.value is not None and is_certain(self._file, found.value))
            for found in returns
        )
        bindings = self._file.scopes.module.bound[function.name.value]
        if (
            not is_sure
            or function.decorators
            or len(bindings) != 1
            or is_set_anywhere(self._ground, function.name.value)
        ):
            raise RefusalError(f"`{function.name.value}` may give back something else as well")
        if not all(gives) or may_fall_off(self._file, function.body):
            raise RefusalError(f"`{function.name.value}` may give back something else than the connection")

    def _borrowers(
        self, function: cst.FunctionDef, client: Client, driver: Driver, uses: Sequence[Use]
    ) -> tuple[Borrower, ...]:
        """The callers in this file that can give the connection back. Raises ``RefusalError`` if nobody at all can.

        A caller that is left as it is closes or drops a connection of its own, as before.
        """
        name = function.name.value
        if self._ground.is_handler(self._file.path, name):
            raise RefusalError("it is what the handler returns")
        found: list[Borrower] = []
        for site in self._ground.callers(self._file.path, name).calls:
            call = self._tree.call(site.call.span) if site.path == self._file.path else None
            if call is not None:
                borrower = self._borrower(call, client, driver)
                if borrower is not None:
                    found.append(borrower)
        sure = tuple(borrower for borrower in found if not borrower.loan.doubts)
        if not found and not any(use.path != self._file.path and use.name in client.close for use in uses):
            raise RefusalError(f"no caller of `{name}` gives it back in a way that can be followed")
        return sure or tuple(found)

    def _borrower(self, call: cst.Call, client: Client, driver: Driver) -> Borrower | None:
        span = self._tree.span(self._tree.code(call))
        try:
            loan = self._lender.loan(call, client, driver, self._ground.uses(self._file.path, span))
        except RefusalError:
            return None
        return Borrower(call, loan)

    def _module(self, call: cst.Call, driver: Driver) -> str:
        """The expression that names the driver in this file; "" where it has to be imported."""
        node: cst.BaseExpression = call.func
        while True:
            if self._file.origins.of(node) == driver.module:
                return self._tree.slice(node)
            if not isinstance(node, cst.Attribute):
                return ""
            node = node.value

    # Set-up

    def _setup(
        self, statement: cst.SimpleStatementLine | None, name: str, driver: Driver
    ) -> Iterator[cst.SimpleStatementLine]:
        """The statements right behind the construction that prepare the connection."""
        if statement is None:
            return
        block, index = self._tree.suite(statement)
        for line in block.body[index + 1 :]:
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
                return
            small = line.body[0]
            is_ours = (isinstance(small, cst.Assign) and self._sets(small, name)) or (
                isinstance(small, cst.Expr)
                and isinstance(small.value, cst.Call)
                and self._prepares(small.value, name, driver)
            )
            if not is_ours:
                return
            if not all(self._slicer.is_movable(part) for part in brought_by(line) if not is_name(part, name)):
                return
            yield line

    def _sets(self, assignment: cst.Assign, name: str) -> bool:
        return all(
            isinstance(target.target, cst.Attribute) and is_name(target.target.value, name)
            for target in assignment.targets
        )

    def _prepares(self, call: cst.Call, name: str, driver: Driver) -> bool:
        if isinstance(call.func, cst.Attribute) and is_name(call.func.value, name):
            return call.func.attr.value.startswith(("set_", "register", "add_", "select_db", "autocommit"))
        origin = self._file.origins.of(call.func)
        return origin.startswith(f"{driver.module}.") and origin.rpartition(".")[2].startswith("register")

    def _autocommit(self, call: cst.Call, setup: Iterable[cst.SimpleStatementLine]) -> bool | None:
        value: bool | None = False
        for argument in call.args:
            if argument.keyword is not None and argument.keyword.value == "autocommit":
                value = _boolean(argument.value)
            elif argument.star == "**":
                value = None
        for line in setup:
            small = line.body[0]
            if isinstance(small, cst.Assign):
                target = small.targets[0].target
                if isinstance(target, cst.Attribute) and target.attr.value == "autocommit":
                    value = _boolean(small.value)
            elif re.search("autocommit|isolation_level", self._tree.slice(small)):
                value = None
        return value


def _boolean(node: cst.BaseExpression) -> bool | None:
    if isinstance(node, cst.Name) and node.value in ("True", "False"):
        return node.value == "True"
    return None
