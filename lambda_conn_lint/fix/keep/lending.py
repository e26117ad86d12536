"""How a function gets its connection and gives it back, and whether that can be translated to a slot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.judge.cursors import leaves
from lambda_conn_lint.fix.judge.derived import derived_names, stores
from lambda_conn_lint.fix.judge.following import following
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.managers import stays_inside
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.source.assigned import assigned_bare
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError
from lambda_conn_lint.fix.source.tree import Range, is_name, is_none, is_within
from lambda_conn_lint.fix.templates.drivers import Driver
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

_READS = frozenset({"closed", "open", "status", "info", "dsn", "autocommit", "encoding", "server_version"})


@dataclass(frozen=True)
class Loan:
    """How a function gets and gives back its connection.

    ``name`` is the variable of the connection. ``closings`` are calls that become calls of the put function. ``item``
    is the ``with`` item around the construction; ``is_lent`` tells that leaving that ``with`` gives back. ``rest`` are
    the statements that are wrapped in ``try`` and ``finally`` where the function only drops the connection. ``doubts``
    make the fix unsafe.
    """

    name: str
    closings: tuple[cst.Call, ...]
    item: cst.WithItem | None
    is_lent: bool
    rest: tuple[cst.BaseStatement, ...] = ()
    doubts: tuple[str, ...] = ()


class Place(NamedTuple):
    """The variable of a connection, the statement or ``with`` item that binds it, and its annotation."""

    name: str
    statement: cst.SimpleStatementLine | None
    item: cst.WithItem | None
    annotation: str


class Lender:
    """Examines the functions of one file that use connections."""

    def __init__(self, ground: Ground, file: SourceFile) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree

    def loan(
        self,
        call: cst.Call,
        client: Client,
        driver: Driver,
        uses: Sequence[Use],
        setup: Sequence[cst.SimpleStatementLine] = (),
    ) -> Loan:
        """The loan of the connection that ``call`` gives. Raises ``RefusalError``."""
        function = self._tree.function(call)
        if not isinstance(function, cst.FunctionDef):
            raise RefusalError("it is made where there is no name to give it back by")
        if any(True for _ in self._tree.find(function, cst.Yield)) and not self._is_manager(function):
            raise RefusalError("the function is a generator, and may stop before it gives the connection back")
        if self._is_manager(function):
            self._check_managed(function, driver)
        place = self.place(call)
        self._check_name(function, place.name, call)
        entered = self._entered(place, client, setup)
        if entered is not None:
            uses = [use for use in uses if use.kind != "entered" or use.span is not None]
            place = place._replace(item=entered)
        self._check_receivers(function, driver, place.name, uses)
        doubts = self._check_uses(function, client, uses, setup)
        self._check_writes(function, place.name, setup)
        loan = self._loan(call, function, driver, place, setup, uses)
        return replace(loan, doubts=tuple(doubts))

    def _entered(self, place: Place, client: Client, setup: Sequence[cst.SimpleStatementLine]) -> cst.WithItem | None:
        """The ``with name:`` right behind the construction that ends the connection, if there is one."""
        if place.statement is None or client.with_exit != "closes":
            return None
        block, index = self._tree.suite(place.statement)
        behind = block.body[index + 1 + len(setup) :]
        if not behind or not isinstance(around := behind[0], cst.With) or around.asynchronous is not None:
            return None
        item = around.items[0]
        return item if is_name(item.item, place.name) and item.asname is None else None

    def _is_manager(self, function: cst.FunctionDef) -> bool:
        """Whether a generator is a context manager, which runs to its end however the block is left."""
        return any(
            self._file.origins.of(decorator.decorator) == "contextlib.contextmanager"
            for decorator in function.decorators
        )

    def _check_receivers(self, function: cst.FunctionDef, driver: Driver, name: str, uses: Iterable[Use]) -> None:
        """The function knows its connection by the names that are looked at here, and by no other."""
        known = {name, *derived_names(self._file, function, name, execute_gives=driver.execute == "execute")}
        here = (self._file.path, self._tree.qualified(function))
        for use in uses:
            root = None if "(" in use.receiver else _ROOT.match(use.receiver)
            if (use.path, use.function) == here and root is not None and root[0] not in known:
                raise RefusalError(f"it goes by another name, `{use.receiver}`")

    def _check_managed(self, function: cst.FunctionDef, driver: Driver) -> None:
        """Whoever enters the context manager uses the connection, and what it gives, in the ``with`` alone."""
        callers = self._ground.callers(self._file.path, self._tree.qualified(function))
        if not callers.complete:
            raise RefusalError(f"not all callers of `{function.name.value}` can be found")
        for site in callers.calls:
            try:
                file = self._ground.file(site.path)
            except TextError as error:
                raise RefusalError(f"`{function.name.value}` is used where {error}") from error
            if not stays_inside(file, file.tree.call(site.call.span), execute_gives=driver.execute == "execute"):
                raise RefusalError(f"what `{function.name.value}` lends is used behind its `with`")

    # Where it goes

    def place(self, call: cst.Call) -> Place:
        """Where a connection goes. Raises ``RefusalError`` where it gets no name."""
        node = self._file.origins.with_closing(call)
        parent = self._tree.parent(node)
        if isinstance(parent, cst.WithItem):
            if parent.asname is None or not isinstance(parent.asname.name, cst.Name):
                raise RefusalError("it has no name to give it back by")
            around = self._tree.parent(parent)
            if isinstance(around, cst.With) and around.asynchronous is not None:
                raise RefusalError("it is entered with `async with`")
            return Place(parent.asname.name.value, None, parent, "")
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
        return Place(target.value, line, None, annotation)

    def _check_name(self, function: cst.FunctionDef, name: str, call: cst.Call) -> None:
        """The variable is the function's own, and holds this connection or nothing."""
        scope = self._file.scopes.at(function)
        if name in scope.declared:
            raise RefusalError(f"`{name}` is a variable of the module, which keeps the connection as well")
        for binding in scope.bound.get(name, ()):
            start, end = self._tree.code(self._tree.statement(binding))
            at = self._tree.code(call)[0]
            if not is_none(assigned_bare(self._tree, binding)) and not start <= at < end:
                raise RefusalError(f"`{name}` is assigned more than once")

    # What happens to it

    def _check_uses(
        self, function: cst.FunctionDef, client: Client, uses: Iterable[Use], setup: Sequence[cst.SimpleStatementLine]
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
                if not ours or (use.path, use.function) != (self._file.path, self._tree.qualified(function)):
                    raise RefusalError(f"`{use.function}` sets its `{use.name}`, which the next invocation would meet")
            elif use.kind == "entered":
                self._check_entry(use, client)
            elif use.kind == "threaded":
                raise RefusalError("it is handed to a thread or process")
            elif use.kind == "passed":
                doubts.append(f"`{use.name}` gets the connection, and may close or keep it")
            elif use.kind in _ESCAPES:
                raise RefusalError(_ESCAPES[use.kind].format(name=use.name))
        return list(dict.fromkeys(doubts))

    def _check_writes(self, function: cst.FunctionDef, name: str, setup: Sequence[cst.SimpleStatementLine]) -> None:
        """Nothing is set on the connection but in its set-up. Facts do not place assignments, so the tree is asked."""
        ours = [self._tree.code(line) for line in setup]
        if any(not is_within(self._tree.code(node), ours) for node in stores(self._file, function, name)):
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
        """A cursor holds its connection: it must not outlive the function that makes it."""
        assert use.span is not None
        facts = self._ground.facts(use.path)
        if facts is None or leaves(facts, use.function, use.span):
            raise RefusalError(f"a cursor of it leaves `{use.function}`")
        for inner in self._ground.uses(use.path, use.span):
            if inner.name.partition(".")[0] == "connection" and inner.name not in _ENDING:
                raise RefusalError(f"`{use.function}` reaches it through its cursor")
            if inner.kind in _LEAVING:
                raise RefusalError(f"a cursor of it leaves `{use.function}`")

    def _check_entry(self, use: Use, client: Client) -> None:
        if use.name == "with" and client.with_exit == "ends-transaction":
            return
        if use.path != self._file.path or use.span is None:
            raise RefusalError(f"`{use.function}` enters it, and leaving ends it")

    def _is_inside(self, use: Use, places: Iterable[Range]) -> bool:
        if use.path != self._file.path or use.span is None:
            return False
        return is_within(self._tree.place(use.span), places)

    # Giving it back

    def _loan(
        self,
        call: cst.Call,
        function: cst.FunctionDef,
        driver: Driver,
        place: Place,
        setup: Sequence[cst.SimpleStatementLine],
        uses: Sequence[Use],
    ) -> Loan:
        name, statement, item = place.name, place.statement, place.item
        closings = tuple(self._closings(call, function, name, uses))
        loads = self._loads(function, driver, name)
        if item is not None:
            around = self._tree.parent(item)
            assert isinstance(around, cst.With)
            first, last = self._tree.whole(around)
            is_ended = item.item is not call or driver.with_exit != "ends-transaction"
            ours = [(first, last), *(self._tree.code(line) for line in setup)]
            stays = all(is_within(self._tree.code(load), ours) for load in loads)
            if is_ended:
                if closings or not stays:
                    raise RefusalError(f"`{name}` is used after the `with` that ends it")
                return Loan(name, (), item, True)
            if not closings:
                if not stays:
                    raise RefusalError(f"`{name}` is used after its `with`, and never closed")
                return Loan(name, (), item, True)
            self._check_after(call, closings, loads)
            return Loan(name, closings, item, False)
        if closings:
            self._check_after(call, closings, loads)
            return Loan(name, closings, None, False)
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
        return Loan(name, (), None, False, rest)

    def _closings(
        self, call: cst.Call, function: cst.FunctionDef, name: str, uses: Iterable[Use]
    ) -> Iterator[cst.Call]:
        for use in uses:
            if use.kind != "method" or use.name != "close":
                continue
            closing = None if use.span is None else self._tree.call(use.span)
            if closing is None or self._tree.function(closing) is not function:
                raise RefusalError(f"`{use.function}` closes it")
            if not isinstance(closing.func, cst.Attribute) or not is_name(closing.func.value, name):
                raise RefusalError("what is closed cannot be told by name")
            statement = self._tree.statement(closing)
            if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) > 1:
                raise RefusalError("its `close()` shares its line with other statements")
            yield closing

    def _check_after(self, call: cst.Call, closings: Sequence[cst.Call], loads: Iterable[cst.Name]) -> None:
        """After it is given back, nothing may touch it: the original raised there, and the slot would lend it twice."""
        inside = [self._tree.code(closing) for closing in closings]
        touching = [
            self._tree.code(load)
            for load in loads
            if not self._is_test(load, closings) and not is_within(self._tree.code(load), inside)
        ]
        for closing in closings:
            others = [self._tree.code(other) for other in closings if other is not closing]
            for later in following(self._tree, closing, call):
                around = [self._tree.whole(later)]
                if any(is_within(place, around) for place in touching):
                    raise RefusalError("it is used after it has been closed")
                if any(is_within(place, around) for place in others) and self._calls_besides(later, closings):
                    raise RefusalError("it may be closed twice, and be somebody else's by then")

    def _calls_besides(self, node: cst.CSTNode, closings: Sequence[cst.Call]) -> bool:
        return any(not any(call is closing for closing in closings) for call in self._tree.find(node, cst.Call))

    def _loads(self, function: cst.FunctionDef, driver: Driver, name: str) -> list[cst.Name]:
        """Where the connection is read, or what holds it: cursors, aliases, functions that use it."""
        scope = self._file.scopes.at(function)
        derived = derived_names(self._file, function, name, execute_gives=driver.execute == "execute")
        loads = [load for other in sorted(derived) for load in scope.loads(other) if not self._is_ended(load)]
        return [*scope.loads(name), *loads]

    def _is_ended(self, load: cst.Name) -> bool:
        """Whether a cursor is closed there, which does no harm at any time."""
        parent = self._tree.parent(load)
        return isinstance(parent, cst.Attribute) and parent.attr.value == "close"

    def _is_test(self, load: cst.Name, closings: Sequence[cst.Call]) -> bool:
        """Whether a name is only looked at: ``if conn:``, ``conn is not None``; ``conn.closed`` before a closing."""
        parent = self._tree.parent(load)
        if isinstance(parent, cst.Attribute):
            return parent.attr.value in _READS and self._is_about_closing(parent, closings)
        return isinstance(
            parent, cst.If | cst.Comparison | cst.ComparisonTarget | cst.BooleanOperation | cst.UnaryOperation
        )

    def _is_about_closing(self, node: cst.CSTNode, closings: Sequence[cst.Call]) -> bool:
        """Whether a condition decides whether the connection is closed."""
        for above in self._tree.ancestors(node):
            if isinstance(above, cst.If | cst.BooleanOperation):
                around = [self._tree.code(above)]
                return any(is_within(self._tree.code(closing), around) for closing in closings)
            if not isinstance(above, cst.BaseExpression | cst.ComparisonTarget):
                return False
        return False


_ROOT = re.compile(r"\w+")
_ENDING = ("connection.commit", "connection.rollback")
_LEAVING = ("returned", "yielded", "kept", "raised", "unknown", "threaded")
_ESCAPES = {
    "returned": "`{name}` gives it back to its caller",
    "yielded": "`{name}` yields it",
    "kept": "it is kept in {name}, where it cannot be followed",
    "raised": "it leaves the function with an exception",
    "unknown": "what happens to it cannot be followed ({name})",
    "stored": "it is kept in {name}",
    "awaited": "it is awaited",
}
