"""PyMySQL: dead after ``close()``, every commit and rollback asks the server, ``with`` closes without a commit."""

from __future__ import annotations

from types import ModuleType, TracebackType
from typing import Any

from behaviour.fakes.base import DBAPI_ERRORS, errors, label, module
from behaviour.fakes.dbapi import Connection, Cursor, NamedRow, Row
from behaviour.fakes.recorder import Recorder
from behaviour.fakes.server import MYSQL

_ERRORS = {"MySQLError": "", **{name: parent or "MySQLError" for name, parent in DBAPI_ERRORS.items()}}


class _PyMySQL(Connection):
    dialect = MYSQL
    errors = errors("pymysql.err", _ERRORS)

    def __init__(self, recorder: Recorder, text: str, keywords: dict[str, Any]) -> None:
        super().__init__(recorder, text)
        self._autocommit = bool(keywords.get("autocommit"))
        self._cursor_class = keywords.get("cursorclass") or _PyMySQLCursor

    def refuse_if_closed(self) -> None:
        if self._is_closed or self._is_lost:
            raise self.errors["InterfaceError"](0, "")

    def lost(self) -> Exception:
        self._is_lost = True
        return self.errors["OperationalError"](2013, "Lost connection to MySQL server during query")

    @property
    def open(self) -> bool:
        return not (self._is_closed or self._is_lost)

    @property
    def cursorclass(self) -> Any:
        return self._cursor_class

    @cursorclass.setter
    def cursorclass(self, value: Any) -> None:
        self._cursor_class = value

    def autocommit(self, value: bool) -> None:
        if bool(value) == self._autocommit:
            return
        self.refuse_if_closed()
        self.ask(self.session.check)
        if value:
            self.session.commit()
        self._autocommit = bool(value)

    def get_autocommit(self) -> bool:
        return self._autocommit

    def begin(self) -> None:
        self.refuse_if_closed()
        self.ask(self.session.begin)

    def ping(self, reconnect: bool = True) -> None:
        def ping() -> None:
            if reconnect and not self.open:
                self._is_closed = self._is_lost = False
                self._open()
            if not self.open:
                raise self.errors["Error"]("Already closed")
            if reconnect and self.session.is_dead:
                self._open()
            self.ask(self.session.check)

        self.fake_use("ping", (), {"reconnect": reconnect}, ping)

    def select_db(self, name: str) -> None:
        self.run(f"USE {name}", f"USE {name}")

    def cursor(self, cursor: Any = None) -> _PyMySQLCursor:
        made: _PyMySQLCursor = (cursor or self._cursor_class)(self)
        return made

    def close(self) -> None:
        if self._is_closed:
            raise self.errors["Error"]("Already closed")
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _PyMySQLCursor(Cursor):
    def __init__(self, connection: Connection, *, form: Any = Row) -> None:
        super().__init__(connection, form)

    def refuse_if_closed(self) -> None:
        if self._is_closed:
            raise self.connection.errors["ProgrammingError"]("Cursor closed")

    def refuse_fetch(self) -> None:
        return None


class _DictCursor(_PyMySQLCursor):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, form=NamedRow)


PACKAGES = ("pymysql",)


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of PyMySQL, for one run."""

    class BoundConnection(_PyMySQL):
        __module__ = "pymysql.connections"

        def __init__(self, *args: object, **keywords: Any) -> None:
            super().__init__(recorder, label("pymysql.connect", args, keywords), keywords)

    BoundConnection.__name__ = BoundConnection.__qualname__ = "Connection"
    classes = {
        "Cursor": _PyMySQLCursor,
        "SSCursor": _PyMySQLCursor,
        "DictCursor": _DictCursor,
        "SSDictCursor": _DictCursor,
    }
    cursors = module("pymysql.cursors", **classes)
    err = module("pymysql.err", **_PyMySQL.errors)
    constants = module("pymysql.constants", CLIENT=module("pymysql.constants.CLIENT", MULTI_STATEMENTS=1 << 16))
    connections = module("pymysql.connections", Connection=BoundConnection)
    top = module(
        "pymysql",
        connect=BoundConnection,
        Connect=BoundConnection,
        Connection=BoundConnection,
        install_as_MySQLdb=lambda: None,
        cursors=cursors,
        err=err,
        **_PyMySQL.errors,
    )
    return {each.__name__: each for each in (top, cursors, err, constants, connections)}
