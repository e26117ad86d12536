"""Further database drivers, as far as their documentation goes: nobody has watched these against a server here."""

from __future__ import annotations

from types import ModuleType, TracebackType
from typing import Any, NamedTuple

from behaviour.fakes.base import DBAPI_ERRORS, errors, label, module
from behaviour.fakes.dbapi import Connection, Cursor, NamedRow, Row
from behaviour.fakes.recorder import Recorder
from behaviour.fakes.server import MYSQL, POSTGRESQL, Dialect


class _Driver(NamedTuple):
    package: str
    dialect: Dialect
    recloses: bool  # a second close() is as good as one
    with_exit: str


_DRIVERS = (
    _Driver("mysql.connector", MYSQL, recloses=True, with_exit="closes"),
    _Driver("MySQLdb", MYSQL, recloses=False, with_exit="closes"),
    _Driver("mariadb", MYSQL, recloses=False, with_exit="closes"),
    _Driver("pg8000", POSTGRESQL, recloses=False, with_exit="closes"),
    _Driver("redshift_connector", POSTGRESQL, recloses=False, with_exit="closes"),
    _Driver("pyodbc", POSTGRESQL, recloses=False, with_exit="ends-transaction"),
    _Driver("pymssql", POSTGRESQL, recloses=True, with_exit="closes"),
    _Driver("oracledb", POSTGRESQL, recloses=False, with_exit="closes"),
    _Driver("snowflake.connector", POSTGRESQL, recloses=True, with_exit="closes-after-transaction"),
)


class _Connection(Connection):
    recloses: bool
    with_exit: str

    def refuse_if_closed(self) -> None:
        if self._is_closed or self._is_lost:
            raise self.errors["InterfaceError"]("the connection is closed")

    def lost(self) -> Exception:
        self._is_lost = True
        return self.errors["OperationalError"]("the connection was lost")

    @property
    def open(self) -> bool:
        return not self.closed

    @property
    def closed(self) -> bool:
        return self._is_closed or self._is_lost

    def is_closed(self) -> bool:
        return self.closed

    def is_connected(self) -> bool:
        return not self.closed and not self.session.is_dead

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self.refuse_if_closed()
        self._autocommit = bool(value)

    def __setattr__(self, name: str, value: object) -> None:
        if name == "autocommit":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def ping(self, *args: object, **keywords: object) -> None:
        self.refuse_if_closed()
        self.fake_use("ping", args, keywords, lambda: self.ask(self.session.check))

    def cmd_reset_connection(self) -> bool:
        self.refuse_if_closed()
        self.ask(lambda: self.session.reset(everything=True))
        return True

    def cmd_query(self, query: str) -> dict[str, object]:
        self.fake_use("ping", (), {}, lambda: self.run(query, query))
        return {}

    def get_rows(self) -> tuple[list[tuple[int]], None]:
        return [(1,)], None

    def cursor(self, *args: object, **keywords: Any) -> _Cursor:
        self.refuse_if_closed()
        is_named = bool(keywords.get("dictionary") or keywords.get("as_dict"))
        return _Cursor(self, NamedRow if is_named else Row)

    def execute(self, query: object, *params: object) -> _Cursor:
        cursor = self.cursor()
        cursor.execute(query, params or None)
        return cursor

    def close(self) -> None:
        if self._is_closed:
            if self.recloses:
                return
            raise self.errors["InterfaceError"]("the connection is closed")
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.with_exit != "closes":
            if kind is None:
                self.commit()
            elif not self._is_lost:
                self.rollback()
        if self.with_exit != "ends-transaction":
            self.close()


class _Cursor(Cursor):
    def _executed(self) -> _Cursor:
        return self

    def refuse_if_closed(self) -> None:
        if self._is_closed:
            raise self.connection.errors["InterfaceError"]("the cursor is closed")


PACKAGES = tuple({driver.package.partition(".")[0] for driver in _DRIVERS})

_ERRORS = {driver.package: errors(driver.package, DBAPI_ERRORS) for driver in _DRIVERS}


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of these drivers, for one run."""
    found = {name: module(name) for name in ("mysql", "snowflake")}
    for driver in _DRIVERS:
        made = _module(recorder, driver)
        found[made.__name__] = made
    return found


def _module(recorder: Recorder, driver: _Driver) -> ModuleType:
    known = _ERRORS[driver.package]
    content = {
        "dialect": driver.dialect,
        "errors": known,
        "recloses": driver.recloses,
        "with_exit": driver.with_exit,
    }
    kind: Any = type("Connection", (_Connection,), content)

    def connect(*args: object, **keywords: object) -> Any:
        connection = kind(recorder, label(f"{driver.package}.connect", args, keywords))
        connection._autocommit = bool(keywords.get("autocommit"))
        return connection

    return module(driver.package, connect=connect, Connection=kind, **known)
