"""psycopg (3), as it was seen to behave against a running PostgreSQL."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from types import ModuleType, TracebackType
from typing import Any

from behaviour.fakes.base import DBAPI_ERRORS, errors, label, module
from behaviour.fakes.dbapi import Composed, Connection, Cursor, NamedRow, Row
from behaviour.fakes.postgresql import FAILED, SQL, states_of
from behaviour.fakes.recorder import Recorder
from behaviour.fakes.server import POSTGRESQL


def _dict_row(values: tuple[object, ...]) -> object:
    return NamedRow(values)


def _tuple_row(values: tuple[object, ...]) -> object:
    return Row(values)


class _TransactionStatus(IntEnum):
    IDLE = 0
    ACTIVE = 1
    INTRANS = 2
    INERROR = 3
    UNKNOWN = 4


class _Psycopg(Connection):
    """``with`` ends the transaction and closes; ``transaction()`` forbids ending it by hand."""

    dialect = POSTGRESQL
    errors = errors("psycopg", DBAPI_ERRORS)
    states = states_of("psycopg", errors)
    needs_transaction_to_end = True

    def __init__(self, recorder: Recorder, text: str, autocommit: bool, row_factory: Any) -> None:
        super().__init__(recorder, text)
        self._autocommit = autocommit
        self._row_factory = row_factory or _tuple_row
        self._transactions = 0

    def refuse_if_closed(self) -> None:
        if self._is_closed or self._is_lost:
            raise self.errors["OperationalError"](f"the connection is {'closed' if self._is_closed else 'lost'}")

    def lost(self) -> Exception:
        self._is_lost = True
        return self.states["AdminShutdown"]("terminating connection due to administrator command")

    def failed(self) -> Exception:
        return self.states["InFailedSqlTransaction"](FAILED)

    def refused(self, message: str) -> Exception:
        return self.states["SyntaxError"](message)

    @property
    def closed(self) -> bool:
        return self._is_closed or self._is_lost

    @property
    def broken(self) -> bool:
        return self._is_lost

    @property
    def row_factory(self) -> Any:
        return self._row_factory

    @row_factory.setter
    def row_factory(self, value: Any) -> None:
        self._row_factory = value

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self.set_autocommit(value)

    def set_autocommit(self, value: bool) -> None:
        self.refuse_if_closed()
        if self._transactions:
            why = "connection.transaction() context in progress"
            raise self.errors["ProgrammingError"](f"can't change 'autocommit' now: {why}")
        if self.session.in_transaction:
            status = "INERROR" if self.session.has_failed else "INTRANS"
            why = f"connection in transaction status {status}"
            raise self.errors["ProgrammingError"](f"can't change 'autocommit' now: {why}")
        self._autocommit = value

    def __setattr__(self, name: str, value: object) -> None:
        if name in {"autocommit", "prepare_threshold"}:  # nothing that a program could see of itself
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def is_autocommit(self) -> bool:
        return self._autocommit and not self._transactions

    @property
    def info(self) -> Any:
        if self.closed:
            status = _TransactionStatus.UNKNOWN
        elif self.session.has_failed:
            status = _TransactionStatus.INERROR
        else:
            status = _TransactionStatus.INTRANS if self.session.in_transaction else _TransactionStatus.IDLE
        return types.SimpleNamespace(transaction_status=status, dbname="shop")

    def commit(self) -> None:
        self._refuse_in_transaction("commit")
        super().commit()

    def rollback(self) -> None:
        self._refuse_in_transaction("rollback")
        super().rollback()

    def _refuse_in_transaction(self, name: str) -> None:
        if self._transactions:
            raise self.errors["ProgrammingError"](f"Explicit {name}() forbidden within a Transaction context.")

    def cursor(self, name: str = "", *, row_factory: Any = None, **keywords: object) -> _PsycopgCursor:
        self.refuse_if_closed()
        return _PsycopgCursor(self, row_factory or self._row_factory)

    def execute(self, query: object, params: Any = None, **keywords: object) -> _PsycopgCursor:
        cursor = self.cursor()
        cursor.execute(query, params, **keywords)
        return cursor

    @contextmanager
    def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> Iterator[_Psycopg]:
        self.refuse_if_closed()
        is_outer = not self.session.in_transaction
        self._transactions += 1
        try:
            self.ask(self.session.begin)
            yield self
        except BaseException:
            self._transactions -= 1
            if is_outer and not self.closed:
                with suppress(self.errors["OperationalError"]):
                    super().rollback()
            raise
        self._transactions -= 1
        if is_outer and not self._is_closed:
            if force_rollback:
                super().rollback()
            else:
                super().commit()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.closed:
            return
        if kind is None:
            self.commit()
        else:
            with suppress(Exception):
                self.rollback()
        self.close()


class _PsycopgCursor(Cursor):
    def __init__(self, connection: Connection, form: Any) -> None:
        super().__init__(connection, form)

    def _executed(self) -> _PsycopgCursor:
        return self

    def refuse_if_closed(self) -> None:
        if self._is_closed:
            raise self.connection.errors["InterfaceError"]("the cursor is closed")

    def no_rows(self) -> Exception:
        return self.connection.errors["ProgrammingError"]("no result available")


def _psycopg(recorder: Recorder) -> list[ModuleType]:
    def opened(name: str) -> Any:
        def connect(*args: object, autocommit: bool = False, row_factory: Any = None, **keywords: object) -> _Psycopg:
            if autocommit:
                keywords["autocommit"] = autocommit
            if row_factory is not None:
                keywords["row_factory"] = row_factory
            return _Psycopg(recorder, label(name, args, keywords), autocommit, row_factory)

        return connect

    class BoundConnection(_Psycopg):
        """The class that programs name; its objects come from ``connect``."""

        connect = staticmethod(opened("psycopg.Connection.connect"))

    BoundConnection.__name__ = BoundConnection.__qualname__ = "Connection"
    BoundConnection.__module__ = "psycopg"
    known = _Psycopg.errors
    return [
        module(
            "psycopg", connect=opened("psycopg.connect"), Connection=BoundConnection, Cursor=_PsycopgCursor, **known
        ),
        module("psycopg.errors", **known, **_Psycopg.states),
        module("psycopg.rows", dict_row=_dict_row, tuple_row=_tuple_row),
        module("psycopg.sql", **SQL),
        module("psycopg.types"),
        module("psycopg.types.json", Json=lambda value: Composed(f"Json({value!r})")),
    ]


PACKAGES = ("psycopg",)


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of the driver, for one run."""
    return {each.__name__: each for each in _psycopg(recorder)}
