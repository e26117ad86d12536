"""What the fakes of database drivers share: a connection is a session at the server, a cursor runs statements in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from behaviour.fakes.base import Fake
from behaviour.fakes.recorder import Recorder, arguments, show
from behaviour.fakes.server import Dialect, Result, Session, SessionDead, StatementRefused, TransactionFailed

T = TypeVar("T")
Self = TypeVar("Self", bound="Connection")
Keeper = TypeVar("Keeper", bound="Cursor")

Errors = Mapping[str, type[Exception]]


class Row(tuple[object, ...]):
    """A row that can also be read by any column's name."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        return f"column {key} of {tuple(self)!r}" if isinstance(key, str) else super().__getitem__(key)


class NamedRow(dict[str, object]):
    """A row as a dictionary: it has every column."""

    def __init__(self, values: Iterable[object]) -> None:
        super().__init__(zip(("n", "text"), values, strict=False))

    def __missing__(self, key: str) -> object:
        return f"column {key} of {dict(self)!r}"

    def get(self, key: str, default: object = None) -> object:
        return self[key]


class Connection(Fake):
    """A connection of a driver; subclasses say what their driver refuses, and with which errors."""

    dialect: ClassVar[Dialect]
    errors: ClassVar[Errors]
    needs_transaction_to_end: ClassVar[bool] = False  # ending no transaction asks the server nothing

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._session: Session | None = None
        self._is_closed = False
        self._is_lost = False
        self._autocommit = False
        self.fake_construct(self._open)

    def _open(self) -> None:
        self._session = self.fake_recorder.server.connect(self.fake_label, self.dialect)

    def __del__(self) -> None:
        # Dropped: the server ends the session as if it were closed.
        session = self.__dict__.get("_session")
        if session is not None:
            session.end(silent=True)

    # For cursors and subclasses

    @property
    def session(self) -> Session:
        assert self._session is not None
        return self._session

    def fake_state(self) -> str:
        carried = [f"autocommit={self._autocommit}"]
        if self._session is not None:
            carried += [value for _, value in sorted(self._session.settings.items())]
        return "; ".join(filter(None, [", ".join(carried), super().fake_state()]))

    def fake_failure(self) -> BaseException:
        if self._session is None:
            return self.errors["OperationalError"]("injected")
        self._session.fail()
        return self.errors["IntegrityError"]("injected")

    def refuse_if_closed(self) -> None:
        """Raises what the driver raises for a connection that was closed or lost."""
        raise NotImplementedError

    def lost(self) -> Exception:
        """The error for a server that does not answer any more; the connection takes note."""
        raise NotImplementedError

    def failed(self) -> Exception:
        """The error for a statement after one that failed."""
        return self.errors["InternalError"]("the transaction has failed")

    def refused(self, message: str) -> Exception:
        """The error for a statement that the server does not take."""
        return self.errors["ProgrammingError"](message)

    def run(self, statement: str, text: str) -> Result:
        """Send a statement; raises errors of the driver."""
        self.refuse_if_closed()
        return self.ask(lambda: self.session.execute(statement, text, autocommit=self.is_autocommit()))

    def is_autocommit(self) -> bool:
        return self._autocommit

    def ask(self, act: Callable[[], T]) -> T:
        """Have the server do something, with its refusals as errors of the driver."""
        try:
            return act()
        except SessionDead:
            raise self.lost() from None
        except TransactionFailed:
            raise self.failed() from None
        except StatementRefused as error:
            raise self.refused(str(error)) from None

    # The driver's interface

    def commit(self) -> None:
        self.fake_control("commit", self.session.commit)

    def rollback(self) -> None:
        self.fake_control("rollback", self.session.rollback)

    def fake_control(self, name: str, act: Callable[[], None]) -> None:
        """End the transaction, on record."""

        def end() -> None:
            self.refuse_if_closed()
            if self.session.in_transaction or not self.needs_transaction_to_end:
                self.ask(act)

        call = f"{self.fake_label}.{name}()"
        self.fake_recorder.control(call, self.fake_state(), self.fake_number, self.fake_failure, end)

    def close(self) -> None:
        self.fake_close("close")
        self._is_closed = True
        self.session.end(silent=self.session.is_dead)

    def __enter__(self: Self) -> Self:
        return self


class Cursor(Fake):
    """A cursor: the statements of a program go through one."""

    def __init__(self, connection: Connection, form: Callable[[tuple[object, ...]], object] = Row) -> None:
        super().__init__(connection.fake_recorder, f"{connection.fake_label}.cursor()", connection)
        self.connection = connection
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.description: list[tuple[object, ...]] | None = None
        self.arraysize = 1
        self.fake_set.clear()
        self._form = form
        self._rows: list[tuple[object, ...]] | None = None
        self._is_closed = False

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def fake_failure(self) -> BaseException:
        return self.connection.fake_failure()

    def refuse_if_closed(self) -> None:
        """Raises what the driver raises for a cursor that was closed."""
        raise NotImplementedError

    def no_rows(self) -> Exception:
        """The error for a fetch without a query."""
        return self.connection.errors["ProgrammingError"]("no results to fetch")

    def execute(self, query: object, params: Any = None, **keywords: object) -> Any:
        args = (query,) if params is None else (query, params)
        self.fake_use("execute", args, keywords, lambda: self._execute(query, params))
        return self._executed()

    def executemany(self, query: object, many: Iterable[Any]) -> Any:
        every = list(many)
        self.fake_use(
            "executemany", (query, every), {}, lambda: [self._execute(query, each) for each in every] and None
        )
        return self._executed()

    def _executed(self) -> Any:
        return self.rowcount

    def callproc(self, name: str, params: Iterable[object] = ()) -> Any:
        given = tuple(params)
        self.fake_use("callproc", (name, given), {}, lambda: self._execute(f"CALL {name}", given))
        return given

    def _execute(self, query: object, params: Any) -> tuple[object, ...] | None:
        self.refuse_if_closed()
        sql = query.decode() if isinstance(query, bytes) else str(query)
        text = sql if params is None else f"{sql} with {show(params)}"
        result = self.connection.run(sql, text)
        self._rows = [tuple(row) for row in result.rows] if result.affected != 0 and result.rows else None
        self.rowcount, self.lastrowid = result.affected, result.last_id
        self.description = [("n",), ("text",)] if self._rows is not None else None
        return tuple(self._rows) if self._rows is not None else None

    def refuse_fetch(self) -> None:
        """Raises what the driver raises for a fetch that cannot be."""
        self.refuse_if_closed()

    def fetchone(self) -> Any:
        rows = self._fetch(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return self._fetch(size)

    def fetchall(self) -> list[Any]:
        return self._fetch(None)

    def _fetch(self, size: int | None) -> list[Any]:
        self.refuse_fetch()
        if self._rows is None:
            raise self.no_rows()
        taken, self._rows = self._rows[:size], [] if size is None else self._rows[size:]
        return [self._form(row) for row in taken]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        self._is_closed = True

    def __enter__(self: Keeper) -> Keeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Composed:
    """SQL made of parts (``sql.SQL("...").format(...)``): known by its text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def format(self, *args: object, **keywords: object) -> Composed:
        return Composed(f"{self._text} ({arguments(args, keywords)})" if args or keywords else self._text)

    def __repr__(self) -> str:
        return self._text
