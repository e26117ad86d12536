"""psycopg2, as it was seen to behave against a running PostgreSQL."""

from __future__ import annotations

import types
from collections.abc import Iterable
from types import ModuleType, TracebackType
from typing import Any

from behaviour.fakes.base import DBAPI_ERRORS, errors, label, module
from behaviour.fakes.dbapi import Composed, Connection, Cursor, NamedRow, Row
from behaviour.fakes.postgresql import FAILED, LOST, SQL, states_of
from behaviour.fakes.recorder import Recorder
from behaviour.fakes.server import POSTGRESQL


class _Psycopg2(Connection):
    """``with`` ends the transaction and leaves the connection open; ``closed`` says 2 only after an error."""

    dialect = POSTGRESQL
    errors = errors("psycopg2", DBAPI_ERRORS)
    states = states_of("psycopg2", errors)
    needs_transaction_to_end = True

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._is_entered = False

    def refuse_if_closed(self) -> None:
        if self._is_closed or self._is_lost:
            raise self.errors["InterfaceError"]("connection already closed")

    def lost(self) -> Exception:
        self._is_lost = True
        return self.errors["OperationalError"](LOST)

    def failed(self) -> Exception:
        return self.states["InFailedSqlTransaction"](FAILED)

    def refused(self, message: str) -> Exception:
        return self.states["SyntaxError"](message)

    def is_autocommit(self) -> bool:
        return self._autocommit and not self._is_entered

    @property
    def closed(self) -> int:
        return 1 if self._is_closed else 2 if self._is_lost else 0

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self._configure(value)

    def _configure(self, autocommit: bool) -> None:
        self.refuse_if_closed()
        if self.session.in_transaction:
            raise self.errors["ProgrammingError"]("set_session cannot be used inside a transaction")
        self._autocommit = bool(autocommit)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith(("_", "fake_")) and name not in {"autocommit", "isolation_level", "cursor_factory"}:
            raise AttributeError(f"'psycopg2.extensions.connection' object has no attribute {name!r}")
        if name == "autocommit":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def set_session(self, *, autocommit: bool | None = None, **settings: object) -> None:
        self._configure(self._autocommit if autocommit is None else autocommit)
        self.fake_set.update({name: repr(value) for name, value in settings.items()})

    def set_isolation_level(self, level: int | None) -> None:
        self.refuse_if_closed()
        self.session.rollback()
        self._autocommit = level == 0
        self.fake_set["isolation_level"] = repr(level)

    def set_client_encoding(self, encoding: str) -> None:
        self.fake_set["encoding"] = encoding

    def reset(self) -> None:
        def reset() -> None:
            self.session.reset()
            self._autocommit = False
            for name in ("isolation_level", "readonly", "deferrable"):
                self.fake_set.pop(name, None)

        self.refuse_if_closed()
        self.ask(reset)

    def get_transaction_status(self) -> int:
        if self._is_closed or self._is_lost:
            return 4
        return 3 if self.session.has_failed else 2 if self.session.in_transaction else 0

    @property
    def status(self) -> int:
        return 2 if self.session.in_transaction else 1

    @property
    def info(self) -> Any:
        return types.SimpleNamespace(transaction_status=self.get_transaction_status(), dbname="shop")

    def cursor(self, name: str | None = None, cursor_factory: Any = None, **keywords: object) -> _Psycopg2Cursor:
        self.refuse_if_closed()
        factory = cursor_factory or self.__dict__.get("cursor_factory") or _Psycopg2Cursor
        made: _Psycopg2Cursor = factory(self)
        return made

    def __enter__(self) -> _Psycopg2:
        self.refuse_if_closed()
        if self._is_entered:
            raise self.errors["ProgrammingError"]("the connection cannot be re-entered recursively")
        self._is_entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_entered = False
        if kind is None:
            self.commit()
        else:
            self.rollback()


class _Psycopg2Cursor(Cursor):
    def __init__(self, connection: Connection, *, form: Any = Row) -> None:
        super().__init__(connection, form)

    def _executed(self) -> None:
        return None

    @property
    def closed(self) -> bool:
        return self._is_closed or bool(self.connection._is_closed)

    def refuse_if_closed(self) -> None:
        if self.closed:
            raise self.connection.errors["InterfaceError"]("cursor already closed")

    def refuse_fetch(self) -> None:
        if self.closed or self.connection._is_lost:
            raise self.connection.errors["InterfaceError"]("cursor already closed")

    def mogrify(self, query: str, params: object = None) -> bytes:
        return f"{query} with {params}".encode()

    def copy_expert(self, sql: str, file: object) -> None:
        self.fake_use("copy_expert", (sql,), {}, lambda: self._execute(sql, None))


class _DictCursor(_Psycopg2Cursor):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, form=NamedRow)


def _psycopg2(recorder: Recorder) -> list[ModuleType]:
    class connection(_Psycopg2):  # noqa: N801 - the library's own name
        __module__ = "psycopg2.extensions"

        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label("psycopg2.extensions.connection", args, keywords))

    def connect(*args: object, **keywords: Any) -> _Psycopg2:
        made = _Psycopg2(recorder, label("psycopg2.connect", args, keywords))
        if keywords.get("cursor_factory") is not None:
            made.cursor_factory = keywords["cursor_factory"]
        return made

    def execute_values(cursor: Cursor, sql: str, rows: Iterable[object], **_: object) -> None:
        cursor.execute(sql, list(rows))

    def execute_batch(cursor: Cursor, sql: str, rows: Iterable[object], **_: object) -> None:
        cursor.executemany(sql, rows)

    known = _Psycopg2.errors
    extras = module(
        "psycopg2.extras",
        RealDictCursor=_DictCursor,
        DictCursor=_DictCursor,
        NamedTupleCursor=_Psycopg2Cursor,
        execute_values=execute_values,
        execute_batch=execute_batch,
        Json=lambda value: Composed(f"Json({value!r})"),
        register_uuid=lambda *args: None,
        register_hstore=lambda *args: None,
        register_default_jsonb=lambda *args, **keywords: None,
    )
    extensions = module(
        "psycopg2.extensions",
        connection=connection,
        cursor=_Psycopg2Cursor,
        ISOLATION_LEVEL_AUTOCOMMIT=0,
        ISOLATION_LEVEL_READ_COMMITTED=1,
        ISOLATION_LEVEL_REPEATABLE_READ=2,
        ISOLATION_LEVEL_SERIALIZABLE=3,
        STATUS_READY=1,
        STATUS_IN_TRANSACTION=2,
        TRANSACTION_STATUS_IDLE=0,
        TRANSACTION_STATUS_INTRANS=2,
        TRANSACTION_STATUS_INERROR=3,
        TRANSACTION_STATUS_UNKNOWN=4,
        register_type=lambda *args: None,
        AsIs=lambda value: Composed(f"AsIs({value!r})"),
        **known,
    )
    return [
        module("psycopg2", connect=connect, **known),
        extensions,
        extras,
        module("psycopg2.errors", **_Psycopg2.states),
        module("psycopg2.sql", **SQL),
    ]


PACKAGES = ("psycopg2",)


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of the driver, for one run."""
    return {each.__name__: each for each in _psycopg2(recorder)}
