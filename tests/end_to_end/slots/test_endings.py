"""What one invocation leaves unfinished ends with it, as it did when its connection was closed."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import pytest
from end_to_end.slots.generated import Module, Server, run

pytestmark = pytest.mark.servers


def test_a_failed_statement_leaves_nothing(server: Server) -> None:
    with Module(server) as module:
        for _ in range(3):
            conn = module.take()
            run(conn, "INSERT INTO slots VALUES (1)")
            with pytest.raises(Exception, match="no_such_table"):
                run(conn, "SELECT * FROM no_such_table")
            module.put(conn)
            assert module.idle is conn
            assert server.running.transactions() == []
        with module.lent() as conn:
            assert run(conn, "SELECT n FROM slots") == []


def test_only_what_was_committed_stays(server: Server) -> None:
    with Module(server) as module:
        with module.lent() as conn:
            run(conn, "INSERT INTO slots VALUES (1)")
            conn.commit()
            run(conn, "INSERT INTO slots VALUES (2)")
        assert server.running.transactions() == []
        assert server.running.query("SELECT n FROM slots") == [(1,)]
        with contextlib.suppress(ZeroDivisionError), module.lent() as conn:
            run(conn, "INSERT INTO slots VALUES (3)")
            raise ZeroDivisionError
        assert server.running.transactions() == []
        assert server.running.query("SELECT n FROM slots") == [(1,)]


def test_what_others_commit_is_seen_next_time(server: Server) -> None:
    with Module(server) as module:
        for n in range(3):
            with module.lent() as conn:
                assert len(run(conn, "SELECT n FROM slots")) == n
                server.running.query(f"INSERT INTO slots VALUES ({n})")
        server.running.query("INSERT INTO slots VALUES (3)")
        with module.lent() as conn:
            assert len(run(conn, "SELECT n FROM slots")) == 4


def test_a_transaction_of_who_has_put_it_back_does_not_reach_the_next(server: Server) -> None:
    with Module(server) as module:
        conn = module.take()
        module.put(conn)
        run(conn, "INSERT INTO slots VALUES (1)")
        with module.lent() as other:
            assert run(other, "SELECT n FROM slots") == []
            other.commit()
        assert server.running.query("SELECT n FROM slots") == []
        assert server.running.transactions() == []
        conn = None


@pytest.mark.parametrize(
    "sql", ["SELECT 5, {sleep}(0.3)", "INSERT INTO slots SELECT 1 FROM (SELECT {sleep}(0.3)) AS late"]
)
def test_a_query_that_was_interrupted_does_not_reach_the_next_one(server: Server, sql: str) -> None:
    """A time limit of the program's own: a signal whose handler raises in the middle of the driver's work."""

    class TooLateError(Exception):
        pass

    def ring(*_: object) -> None:
        raise TooLateError

    sql = sql.format(sleep="pg_sleep" if server.is_postgres else "SLEEP")
    with Module(server) as module:
        module.put(module.take())
        conn = module.take()
        cursor = conn.cursor()
        former = signal.signal(signal.SIGALRM, ring)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(TooLateError):
                cursor.execute(sql)
            module.put(conn)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)
        for number in (6, 7):
            with module.lent() as conn:
                assert run(conn, f"SELECT {number}, n FROM slots UNION SELECT {number}, 0") == [(number, 0)]
        assert server.running.transactions() == []


def _refuse(conn: Any) -> object:
    run(conn, "INSERT INTO slots VALUES (3)")
    raise ZeroDivisionError


def _break_at_commit(conn: Any) -> None:
    run(conn, "CREATE TABLE later (n INT UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    run(conn, "INSERT INTO later VALUES (1), (1)")


def _swallow(conn: Any) -> None:
    with contextlib.suppress(Exception):
        run(conn, "SELECT * FROM no_such_table")


_WORK: dict[str, Callable[[Any], object]] = {
    "rows": lambda conn: run(conn, "INSERT INTO slots VALUES (1)"),
    "committed": lambda conn: (run(conn, "INSERT INTO slots VALUES (1)"), conn.commit()),
    "rolled back": lambda conn: (run(conn, "INSERT INTO slots VALUES (1)"), conn.rollback()),
    "exception": _refuse,
    "StopIteration": lambda conn: next(iter(())),
    "failed statement": lambda conn: run(conn, "SELECT * FROM no_such_table"),
    "failed statement, swallowed": _swallow,
    "closed": lambda conn: (run(conn, "INSERT INTO slots VALUES (1)"), conn.close()),
    "closed, exception": lambda conn: (conn.close(), _refuse(conn)),
    "commit fails": _break_at_commit,
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # psycopg's own, if a commit fails
@pytest.mark.parametrize(
    ("server", "work"),
    [
        *(("psycopg", work) for work in _WORK),
        *(("pymysql", work) for work in _WORK if work not in ("closed", "closed, exception", "commit fails")),
        *(("mysql.connector", work) for work in _WORK if work != "commit fails"),
    ],
    indirect=["server"],
)
def test_with_ends_as_the_originals_does(server: Server, work: str) -> None:
    seen = []
    with Module(server) as module:
        module.put(module.take())
        for enter in (module.connect, module.lent_work):
            server.running.query("DELETE FROM slots")
            error: BaseException | None = None
            try:
                with enter() as conn:
                    _WORK[work](conn)
            except Exception as caught:
                error = caught.with_traceback(None)
            context = error and error.__context__
            assert server.running.transactions() == []
            seen.append((repr(error), repr(context), server.running.query("SELECT n FROM slots")))
            with module.lent() as conn:
                assert run(conn, "SELECT 6") == [(6,)]
    assert seen[0] == seen[1]


def _stream(conn: Any) -> object:
    stream = conn.cursor().stream("SELECT generate_series(1, 100000)")
    next(stream)
    return stream


def _copy_out(conn: Any) -> object:
    copy = conn.cursor().copy("COPY (SELECT generate_series(1, 100000)) TO STDOUT")
    copy.__enter__().read()
    return copy


def _copy_in(conn: Any) -> object:
    copy = conn.cursor().copy("COPY slots FROM STDIN")
    copy.__enter__().write("1\n")
    return copy


def _pipeline(conn: Any) -> object:
    pipeline = conn.pipeline()
    pipeline.__enter__()
    conn.execute("INSERT INTO slots VALUES (1)")
    return pipeline


def _two_phase(conn: Any) -> None:
    conn.tpc_begin(conn.xid(1, "slots", "1"))
    run(conn, "INSERT INTO slots VALUES (1)")


def _in_transaction_block(conn: Any) -> object:
    block = conn.transaction()
    block.__enter__()
    run(conn, "INSERT INTO slots VALUES (1)")
    return block


def _unread(conn: Any) -> object:
    cursor = conn.cursor()
    cursor.execute("SELECT 1 UNION SELECT 2")
    return cursor


def _named_cursor(conn: Any) -> object:
    cursor = conn.cursor("named")
    cursor.execute("SELECT generate_series(1, 100000)")
    cursor.fetchone()
    return cursor


_UNFINISHED = (
    *(("psycopg", work) for work in (_stream, _copy_out, _copy_in, _pipeline, _in_transaction_block)),
    *(("psycopg", work) for work in (_two_phase, _named_cursor)),
    *(("psycopg2", work) for work in (_two_phase, _named_cursor)),
    *(("mysql.connector", work) for work in (_unread,)),
)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # psycopg's own, for what was left
@pytest.mark.parametrize(("server", "begin"), _UNFINISHED, indirect=["server"])
def test_work_that_was_left_in_the_middle_does_not_reach_the_next(
    server: Server, begin: Callable[[Any], object]
) -> None:
    with Module(server) as module:
        conn = module.take()
        left = begin(conn)
        module.put(conn)
        assert server.running.transactions() == []
        with module.lent() as other:
            assert run(other, "SELECT 6") == [(6,)]
            assert run(other, "SELECT n FROM slots") == []
        del left
