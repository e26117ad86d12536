"""One construction of a database connection: whether a slot can keep it, and how the function gives it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.drivers import Driver, driver_of
from lambda_conn_lint.fix.ground import Ground, SourceFile
from lambda_conn_lint.fix.slice import RefusalError, Slice, Slicer
from lambda_conn_lint.fix.tree import Range
from lambda_conn_lint.fix.uses.model import Use

_HARMLESS = frozenset(
    {
        "cursor", "commit", "rollback", "execute", "executemany", "ping", "escape", "escape_string", "literal",
        "mogrify", "is_connected", "get_dsn_parameters", "get_parameter_status", "get_transaction_status",
        "get_backend_pid", "insert_id", "affected_rows", "begin", "transaction", "pipeline", "tpc_begin", "query",
        "cancel", "thread_id", "get_server_info", "get_host_info", "show_warnings",
    }
)  # fmt: skip
"""Methods that leave the connection as it was once its transaction has ended."""

_READS = frozenset({"closed", "open", "status", "info", "dsn", "autocommit", "encoding", "server_version", "notices"})
_SESSION = re.compile(
    r"\s*(SET\s(?!.*\bTRANSACTION\b)(?!LOCAL\b)|RESET\b|LISTEN\b|PREPARE\b|DECLARE\b.*\bWITH\s+HOLD|LOAD\b|USE\b|"
    r"CREATE\s+(LOCAL\s+|GLOBAL\s+)?TEMP|LOCK\s+TABLES|FLUSH\s+TABLES|HANDLER\b)"
    r"|.*\b(pg_(try_)?advisory_lock(_shared)?|set_config|GET_LOCK|CREATE\s+TEMP(ORARY)?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""SQL whose effect on a session lasts beyond its transaction."""


@dataclass(frozen=True)
class Loan:
    """How a function gets and gives back its connection.

    ``closings`` are calls that become calls of the put function. ``item`` is the ``with`` item around the construction;
    ``is_lent`` tells that leaving that ``with`` gives back. ``rest`` are the statements that are wrapped in ``try`` and
    ``finally`` where the function only drops the connection.
    """

    closings: tuple[cst.Call, ...]
    item: cst.WithItem | None
    is_lent: bool
    rest: tuple[cst.BaseStatement, ...]


@dataclass(frozen=True)
class TakenCandidate:
    """A connection that a slot can keep. ``autocommit`` is ``None`` where it is only known when the program runs."""

    call: cst.Call
    client: Client
    driver: Driver
    module: str
    name: str
    annotation: str
    slice: Slice
    setup: tuple[cst.SimpleStatementLine, ...]
    autocommit: bool | None
    loan: Loan
    changes_session: bool
    doubts: tuple[str, ...]


class TakenExaminer:
    """Examines connections of one file."""

    def __init__(self, ground: Ground, file: SourceFile, slicer: Slicer) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree
        self._slicer = slicer

    def examine(self, call: cst.Call, client: Client, uses: Sequence[Use]) -> TakenCandidate:
        """Raises ``RefusalError`` where the connection cannot be kept."""
        driver = driver_of(client.name)
        if driver is None:
            raise RefusalError(f"no slot is known for the connections of `{client.distribution}`")
        function = self._tree.function(call)
        if not isinstance(function, cst.FunctionDef):
            raise RefusalError("it is made where there is no name to give it back by")
        if any(True for _ in self._tree.find(function, cst.Yield)):
            raise RefusalError("the function is a generator, and may stop before it gives the connection back")
        name, statement, item, annotation = self._place(call)
        self._check_name(function, name, call)
        setup = tuple(self._setup(statement, name, driver))
        doubts = self._check_uses(call, client, uses, setup)
        loan = self._loan(call, function, driver, name, statement, item, setup, uses)
        parts = [part for line in setup for part in _parts(line)]
        sliced = self._slicer.slice_whole(call, [part for part in parts if not self._is_name(part, name)])
        if sliced.imports:
            raise RefusalError("its driver, or what its arguments are made from, is imported inside the function")
        return TakenCandidate(
            call,
            client,
            driver,
            self._module(call, driver),
            name,
            annotation,
            sliced,
            setup,
            self._autocommit(call, setup),
            loan,
            self._changes_session(uses),
            tuple(doubts),
        )

    # Where it goes

    def _place(self, call: cst.Call) -> tuple[str, cst.SimpleStatementLine | None, cst.WithItem | None, str]:
        """The variable, the statement or ``with`` item that binds it, and its annotation."""
        node: cst.CSTNode = call
        parent = self._tree.parent(call)
        if isinstance(parent, cst.Arg):
            around = self._tree.parent(parent)
            if isinstance(around, cst.Call) and self._file.origins.of(around.func) == "contextlib.closing":
                node, parent = around, self._tree.parent(around)
        if isinstance(parent, cst.WithItem):
            if parent.asname is None or not isinstance(parent.asname.name, cst.Name):
                raise RefusalError("it has no name to give it back by")
            around = self._tree.parent(parent)
            if isinstance(around, cst.With) and around.asynchronous is not None:
                raise RefusalError("it is entered with `async with`")
            return parent.asname.name.value, None, parent, ""
        target: cst.BaseExpression | None = None
        annotation = ""
        if node is call and isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
        elif node is call and isinstance(parent, cst.AnnAssign):
            target, annotation = parent.target, self._tree.slice(parent.annotation.annotation)
        if isinstance(target, cst.Attribute):
            raise RefusalError(f"`{self._tree.slice(target)}` keeps it, and who gives it back cannot be told")
        line = None if parent is None else self._tree.parent(parent)
        if not isinstance(target, cst.Name) or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            raise RefusalError("it has no name to give it back by")
        return target.value, line, None, annotation

    def _check_name(self, function: cst.FunctionDef, name: str, call: cst.Call) -> None:
        """The variable is the function's own, and holds this connection or nothing."""
        scope = self._file.scopes.at(function)
        if name in scope.declared:
            raise RefusalError(f"`{name}` is a variable of the module, which keeps the connection as well")
        for binding in scope.bound.get(name, ()):
            start, end = self._tree.code(self._tree.statement(binding))
            at = self._tree.code(call)[0]
            around = self._tree.parent(binding)
            assignment = None if around is None else self._tree.parent(around)
            is_nothing = (
                isinstance(assignment, cst.Assign)
                and isinstance(assignment.value, cst.Name)
                and assignment.value.value == "None"
            )
            if not is_nothing and not start <= at < end:
                raise RefusalError(f"`{name}` is assigned more than once")

    def _module(self, call: cst.Call, driver: Driver) -> str:
        """The expression that names the driver in this file; "" where it has to be imported."""
        node: cst.BaseExpression = call.func
        while True:
            if self._file.origins.of(node) == driver.module:
                return self._tree.slice(node)
            if not isinstance(node, cst.Attribute):
                return ""
            node = node.value

    # What happens to it

    def _check_uses(
        self, call: cst.Call, client: Client, uses: Iterable[Use], setup: Sequence[cst.SimpleStatementLine]
    ) -> list[str]:
        doubts: list[str] = []
        ours = [self._tree.code(line) for line in setup]
        for use in uses:
            if self._is_inside(use, ours):
                continue
            if use.kind == "method":
                self._check_method(use, client)
            elif use.kind == "read" and use.name.partition(".")[0] not in _READS:
                raise RefusalError(f"`{use.function}` takes `{use.name}` out of it, which cannot be followed")
            elif use.kind == "write":
                if not ours or use.path != self._file.path:
                    raise RefusalError(f"`{use.function}` sets its `{use.name}`, which the next invocation would meet")
            elif use.kind == "entered":
                self._check_entry(use, client)
            elif use.kind == "threaded":
                raise RefusalError("it is handed to a thread or process")
            elif use.kind == "passed":
                doubts.append(f"`{use.name}` gets the connection, and may close or keep it")
            elif use.kind in _ESCAPES:
                raise RefusalError(_ESCAPES[use.kind].format(name=use.name))
        if any(use.kind == "write" for use in uses):
            self._check_writes(uses, setup)
        return list(dict.fromkeys(doubts))

    def _check_writes(self, uses: Iterable[Use], setup: Sequence[cst.SimpleStatementLine]) -> None:
        """Facts do not place assignments, so the set-up must account for all of them."""
        writes = sum(use.kind == "write" for use in uses)
        if writes > sum(isinstance(line.body[0], cst.Assign) for line in setup):
            raise RefusalError("it is changed after it has been set up, which the next invocation would meet")

    def _check_method(self, use: Use, client: Client) -> None:
        if use.name in client.close:
            if use.path != self._file.path:
                raise RefusalError(f"`{use.function}` in {use.path} closes it")
            return
        if use.name not in _HARMLESS:
            raise RefusalError(f"`{use.function}` calls `{use.name}()` on it, which the next invocation would meet")
        if use.name in ("cursor", "execute", "transaction") and use.span is not None:
            self._check_derived(use)

    def _check_derived(self, use: Use) -> None:
        """A cursor holds its connection: it must not outlive the function."""
        assert use.span is not None
        for inner in self._ground.uses(use.path, use.span):
            if inner.kind in ("returned", "yielded", "kept", "raised", "unknown", "threaded"):
                raise RefusalError(f"a cursor of it leaves `{use.function}`")

    def _check_entry(self, use: Use, client: Client) -> None:
        if use.name == "with" and client.with_exit == "ends-transaction":
            return
        if use.path != self._file.path or use.span is None:
            raise RefusalError(f"`{use.function}` enters it, and leaving ends it")

    def _is_inside(self, use: Use, places: Iterable[Range]) -> bool:
        if use.path != self._file.path or use.span is None:
            return False
        start, end = self._tree.place(use.span)
        return any(first <= start and end <= last for first, last in places)

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
            if not all(self._slicer.is_movable(part) for part in _parts(line) if not self._is_name(part, name)):
                return
            yield line

    def _sets(self, assignment: cst.Assign, name: str) -> bool:
        return all(
            isinstance(target.target, cst.Attribute) and self._is_name(target.target.value, name)
            for target in assignment.targets
        )

    def _prepares(self, call: cst.Call, name: str, driver: Driver) -> bool:
        if isinstance(call.func, cst.Attribute) and self._is_name(call.func.value, name):
            return call.func.attr.value.startswith(("set_", "register", "add_", "select_db", "autocommit"))
        origin = self._file.origins.of(call.func)
        return origin.startswith(f"{driver.module}.") and origin.rpartition(".")[2].startswith("register")

    @staticmethod
    def _is_name(node: cst.BaseExpression, name: str) -> bool:
        return isinstance(node, cst.Name) and node.value == name

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

    def _changes_session(self, uses: Iterable[Use]) -> bool:
        """Whether SQL in the files that use the connection changes more than a transaction."""
        for path in {self._file.path, *(use.path for use in uses)}:
            facts = self._ground.facts(path)
            for node in m.descendants(facts) if facts is not None else ():
                if isinstance(node, m.Literal) and isinstance(node.value, str) and _SESSION.match(node.value):
                    return True
        return False

    # Giving it back

    def _loan(
        self,
        call: cst.Call,
        function: cst.FunctionDef,
        driver: Driver,
        name: str,
        statement: cst.SimpleStatementLine | None,
        item: cst.WithItem | None,
        setup: Sequence[cst.SimpleStatementLine],
        uses: Sequence[Use],
    ) -> Loan:
        closings = tuple(self._closings(call, function, name, uses))
        loads = self._file.scopes.at(function).loads(name)
        if item is not None:
            around = self._tree.parent(item)
            assert isinstance(around, cst.With)
            first, last = self._tree.whole(around)
            is_ended = item.item is not call or driver.with_exit != "ends-transaction"
            stays = all(first <= self._tree.code(load)[0] < last for load in loads)
            if is_ended:
                if closings or not stays:
                    raise RefusalError(f"`{name}` is used after the `with` that ends it")
                return Loan((), item, True, ())
            if not closings:
                if not stays:
                    raise RefusalError(f"`{name}` is used after its `with`, and never closed")
                return Loan((), item, True, ())
            self._check_after(call, closings, loads)
            return Loan(closings, item, False, ())
        if closings:
            self._check_after(call, closings, loads)
            return Loan(closings, None, False, ())
        assert statement is not None
        block, index = self._tree.suite(statement)
        if not isinstance(block, cst.IndentedBlock):
            raise RefusalError("it is dropped in a block of one line")
        rest = tuple(block.body[index + 1 + len(setup) :])
        if not rest:
            raise RefusalError(f"`{name}` is dropped at once")
        start, end = self._tree.whole(rest[0])[0], self._tree.whole(rest[-1])[1]
        ours = [(start, end), *(self._tree.code(line) for line in setup)]
        for load in loads:
            at = self._tree.code(load)[0]
            if not any(first <= at < last for first, last in ours):
                raise RefusalError(f"`{name}` is used outside of the block that it is made in, and never closed")
        return Loan((), None, False, rest)

    def _closings(
        self, call: cst.Call, function: cst.FunctionDef, name: str, uses: Iterable[Use]
    ) -> Iterator[cst.Call]:
        for use in uses:
            if use.kind != "method" or use.name != "close":
                continue
            closing = None if use.span is None else self._tree.call(use.span)
            if closing is None or self._tree.function(closing) is not function:
                raise RefusalError(f"`{use.function}` closes it")
            if not isinstance(closing.func, cst.Attribute) or not self._is_name(closing.func.value, name):
                raise RefusalError("what is closed cannot be told by name")
            yield closing

    def _check_after(self, call: cst.Call, closings: Sequence[cst.Call], loads: Iterable[cst.Name]) -> None:
        """After it is given back, nothing may touch it: the original raised there, and the slot would lend it twice."""
        inside = [self._tree.code(closing) for closing in closings]
        touching = [
            self._tree.code(load)
            for load in loads
            if not self._is_test(load) and not _is_within(self._tree.code(load), inside)
        ]
        for closing in closings:
            for following in self._following(closing, call):
                if any(_is_within(place, [self._tree.whole(following)]) for place in touching):
                    raise RefusalError("it is used after it has been closed")

    def _is_test(self, load: cst.Name) -> bool:
        """Whether a name is only looked at: ``if conn:``, ``conn is not None``, ``conn.closed``."""
        parent = self._tree.parent(load)
        if isinstance(parent, cst.Attribute):
            return parent.attr.value in _READS
        return isinstance(
            parent, cst.If | cst.Comparison | cst.ComparisonTarget | cst.BooleanOperation | cst.UnaryOperation
        )

    def _following(self, node: cst.CSTNode, call: cst.Call) -> Iterator[cst.CSTNode]:
        """Code that may run after the statement that holds a node, while the variable still holds the connection."""
        made_at = self._tree.code(call)
        current: cst.CSTNode = self._tree.statement(node)
        may_raise = False
        while not isinstance(current, cst.FunctionDef):
            block = self._tree.parent(current)
            assert block is not None
            if isinstance(block, cst.IndentedBlock | cst.SimpleStatementSuite):
                body = list(block.body)
                index = next(number for number, other in enumerate(body) if other is current)
                behind = body[index + 1 :]
                yield from behind
                may_raise = may_raise or any(True for other in behind for _ in self._tree.find(other, cst.Call))
                if behind and _ends(behind[-1]):
                    yield from self._around(current, may_raise)
                    return
            elif isinstance(block, cst.Try | cst.TryStar):
                yield from _clauses(block, current, may_raise)
            elif isinstance(block, cst.For | cst.While) and not _is_within(made_at, [self._tree.whole(block)]):
                yield block.body
            current = block

    def _around(self, node: cst.CSTNode, may_raise: bool) -> Iterator[cst.CSTNode]:
        """What runs on the way out of the function."""
        current = node
        for above in self._tree.ancestors(node):
            if isinstance(above, cst.FunctionDef):
                return
            if isinstance(above, cst.Try | cst.TryStar):
                yield from _clauses(above, current, may_raise, is_leaving=True)
            current = above


_ESCAPES = {
    "returned": "`{name}` gives it back to its caller",
    "yielded": "`{name}` yields it",
    "kept": "it is kept in {name}, where it cannot be followed",
    "raised": "it leaves the function with an exception",
    "unknown": "what happens to it cannot be followed ({name})",
    "stored": "it is kept in {name}",
    "awaited": "it is awaited",
}


def _parts(line: cst.SimpleStatementLine) -> list[cst.BaseExpression]:
    small = line.body[0]
    if isinstance(small, cst.Assign):
        return [small.value]
    assert isinstance(small, cst.Expr)
    assert isinstance(small.value, cst.Call)
    return [argument.value for argument in small.value.args]


def _boolean(node: cst.BaseExpression) -> bool | None:
    if isinstance(node, cst.Name) and node.value in ("True", "False"):
        return node.value == "True"
    return None


def _is_within(place: Range, places: Iterable[Range]) -> bool:
    return any(first <= place[0] and place[1] <= last for first, last in places)


def _ends(statement: cst.CSTNode) -> bool:
    """Whether nothing runs behind a statement: it leaves the function."""
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], cst.Return | cst.Raise)


def _clauses(
    around: cst.Try | cst.TryStar, inside: cst.CSTNode, may_raise: bool, *, is_leaving: bool = False
) -> Iterator[cst.CSTNode]:
    """The clauses of a ``try`` that may run after one of its blocks."""
    if inside is around.body:
        if may_raise:
            yield from around.handlers
        if around.orelse is not None and not is_leaving:
            yield around.orelse
    if around.finalbody is not None and inside is not around.finalbody:
        yield around.finalbody
