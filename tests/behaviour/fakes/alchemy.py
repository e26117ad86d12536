"""SQLAlchemy: an engine with a pool of connections, their transactions, and sessions.

A connection that waits in the pool may have died; ``pool_pre_ping`` finds out before it is handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from behaviour.fakes.base import Fake, label, module
from behaviour.fakes.dbapi import Row
from behaviour.fakes.recorder import Recorder, show
from behaviour.fakes.server import POSTGRESQL, Result, Session, SessionDead, StatementRefused, TransactionFailed


def _error(name: str, parent: type[Exception]) -> type[Exception]:
    return type(name, (parent,), {"__module__": "sqlalchemy.exc"})


SQLAlchemyError = _error("SQLAlchemyError", Exception)
DBAPIError = _error("DBAPIError", SQLAlchemyError)
OperationalError = _error("OperationalError", DBAPIError)
ProgrammingError = _error("ProgrammingError", DBAPIError)
IntegrityError = _error("IntegrityError", DBAPIError)
InternalError = _error("InternalError", DBAPIError)
ResourceClosedError = _error("ResourceClosedError", SQLAlchemyError)


class Text:
    """``text("SELECT ...")``."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def bindparams(self, **values: object) -> Text:
        return Text(f"{self.sql} with {show(values)}")

    def __str__(self) -> str:
        return self.sql

    def __repr__(self) -> str:
        return f"text({self.sql!r})"


class Rows:
    """What a statement gives."""

    def __init__(self, result: Result) -> None:
        self._rows = [Row(row) for row in result.rows]
        self.rowcount = result.affected

    def fetchone(self) -> Row | None:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[Row]:
        taken, self._rows = self._rows, []
        return taken

    first = one = one_or_none = fetchone
    all = fetchall

    def scalar(self) -> object:
        row = self.fetchone()
        return row[0] if row is not None else None

    scalar_one = scalar_one_or_none = scalar

    def scalars(self) -> Rows:
        return self

    def mappings(self) -> Rows:
        return self

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())

    def __repr__(self) -> str:
        return f"rows {self._rows!r}"


class Engine(Fake):
    """A pool: at most one idle connection of it is ever needed here."""

    fake_error = OperationalError

    def __init__(self, recorder: Recorder, text: str, keywords: dict[str, Any]) -> None:
        super().__init__(recorder, text)
        self._pings = bool(keywords.get("pool_pre_ping"))
        self._keeps = "NullPool" not in show(keywords.get("poolclass"))
        self._idle: list[Session] = []
        self.fake_construct(lambda: None)

    def __del__(self) -> None:
        for session in self.__dict__.get("_idle", ()):
            session.end(silent=True)

    def fake_check_out(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if not (self._pings and session.is_dead):
                return session
        return self.fake_recorder.server.connect(self.fake_label, POSTGRESQL)

    def fake_check_in(self, session: Session) -> None:
        if self._keeps and not session.is_dead:
            session.rollback()
            self._idle.append(session)
        else:
            session.end(silent=session.is_dead)

    def connect(self) -> Connection:
        return Connection(self)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self.connect() as connection, connection.begin():
            yield connection

    def raw_connection(self) -> Connection:
        return Connection(self)

    def dispose(self) -> None:
        for session in self._idle:
            session.end()
        self._idle = []
        self.fake_close("dispose")


class _Statements(Fake):
    """What connections and sessions share."""

    fake_error = IntegrityError

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine.fake_recorder, f"{engine.fake_label}.{name}", engine)
        self._engine = engine
        self._session: Session | None = None

    def __del__(self) -> None:
        session = self.__dict__.get("_session")
        if session is not None:
            self._engine.fake_check_in(session)

    def fake_session(self) -> Session:
        if self._session is None:
            self._session = self._engine.fake_check_out()
        return self._session

    def fake_failure(self) -> BaseException:
        if self._session is not None:
            self._session.fail()
        return IntegrityError("injected")

    def fake_ask(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except SessionDead:
            raise OperationalError("server closed the connection unexpectedly") from None
        except TransactionFailed:
            raise InternalError("current transaction is aborted") from None
        except StatementRefused as error:
            raise ProgrammingError(str(error)) from None

    def execute(self, statement: object, params: Any = None, **keywords: object) -> Rows:
        args = (statement,) if params is None else (statement, params)
        text = f"{statement}" if params is None else f"{statement} with {show(params)}"

        def run() -> Rows:
            session = self.fake_session()
            return Rows(self.fake_ask(lambda: session.execute(str(statement), text, autocommit=False)))

        return self.fake_use("execute", args, keywords, run)

    def scalar(self, statement: object, params: Any = None) -> object:
        return self.execute(statement, params).scalar()

    def commit(self) -> None:
        self._end("commit", lambda session: session.commit())

    def rollback(self) -> None:
        self._end("rollback", lambda session: session.rollback())

    def _end(self, name: str, act: Callable[[Session], None]) -> None:
        def end() -> None:
            session = self._session
            if session is not None and session.in_transaction and not (name == "rollback" and session.is_dead):
                self.fake_ask(lambda: act(session))

        call = f"{self.fake_label}.{name}()"
        self.fake_recorder.control(call, self.fake_state(), self.fake_number, self.fake_failure, end)

    @contextmanager
    def begin(self) -> Iterator[Any]:
        try:
            yield self
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._engine.fake_check_in(session)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


class Connection(_Statements):
    """Takes a connection from the pool at once, and refuses work after ``close()``."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "connect()")
        self._is_closed = False
        self.fake_session()

    def fake_session(self) -> Session:
        if self._is_closed:
            raise ResourceClosedError("This Connection is closed")
        return super().fake_session()

    @property
    def closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        super().close()
        self._is_closed = True


class OrmSession(_Statements):
    """Takes a connection at its first statement, and can be used again after ``close()``."""

    def __init__(self, bind: Engine, **keywords: object) -> None:
        super().__init__(bind, "session()")

    def add(self, instance: object) -> None:
        self.fake_use("add", (instance,), {}, lambda: None)
        self.execute(Text(f"INSERT {show(instance)}"))

    def flush(self) -> None:
        return None

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with super().begin():
            yield self


PACKAGES = ("sqlalchemy",)


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of SQLAlchemy, for one run."""

    def create_engine(*args: object, **keywords: Any) -> Engine:
        # A check before use may be added: it changes nothing but what is done about a dead connection.
        shown = {name: value for name, value in keywords.items() if name != "pool_pre_ping"}
        return Engine(recorder, label("sqlalchemy.create_engine", args, shown), keywords)

    def sessionmaker(bind: Engine | None = None, **settings: object) -> Callable[..., OrmSession]:
        def make(**keywords: Any) -> OrmSession:
            engine = keywords.pop("bind", bind)
            assert engine is not None
            return OrmSession(engine)

        return make

    class NullPool:
        """No connection is kept."""

    exc = module(
        "sqlalchemy.exc",
        **{
            each.__name__: each
            for each in (SQLAlchemyError, DBAPIError, OperationalError, ProgrammingError, IntegrityError, InternalError)
        },
    )
    engine = module("sqlalchemy.engine", Engine=Engine, Connection=Connection, create_engine=create_engine)
    orm = module("sqlalchemy.orm", Session=OrmSession, sessionmaker=sessionmaker)
    pool = module("sqlalchemy.pool", NullPool=NullPool)
    top = module("sqlalchemy", create_engine=create_engine, text=Text, Engine=Engine, exc=exc, NullPool=NullPool)
    return {each.__name__: each for each in (top, exc, engine, orm, pool)}
