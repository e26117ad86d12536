"""The fakes refuse what their libraries refuse, as it was seen on the libraries themselves, against running servers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from behaviour.fakes.library import library
from behaviour.fakes.recorder import Recorder
from behaviour.importing import StandIns, importable

_LIBRARIES = "psycopg2 psycopg pymysql sqlalchemy redis pymongo httpx requests elasticsearch kafka boto3"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    with importable({}, [""], library(made, _LIBRARIES), StandIns(frozenset(), importlib.import_module)):
        yield made


def _connect(driver: str) -> Any:
    return importlib.import_module(driver).connect("dbname=shop")


def _name(act: Callable[[], object]) -> str:
    """The class of what is raised, or "fine"."""
    try:
        act()
    except Exception as error:
        return type(error).__name__
    return "fine"


_Steps = dict[str, Callable[[Any, Any, Callable[[], object]], object]]

_STEPS: _Steps = {
    "autocommit in a transaction": lambda c, cur, kill: (cur.execute("SELECT 1"), c.__setattr__("autocommit", True)),
    "autocommit on a dead one": lambda c, cur, kill: (kill(), c.__setattr__("autocommit", True)),
    "autocommit on a closed one": lambda c, cur, kill: (c.close(), c.__setattr__("autocommit", True)),
    "after an error": lambda c, cur, kill: (_name(lambda: cur.execute("broken")), cur.execute("SELECT 1")),
    "after an error and a rollback": lambda c, cur, kill: (
        _name(lambda: cur.execute("broken")),
        c.rollback(),
        cur.execute("SELECT 1"),
    ),
    "commit after an error": lambda c, cur, kill: (_name(lambda: cur.execute("broken")), c.commit()),
    "statement on a dead one": lambda c, cur, kill: (kill(), cur.execute("SELECT 1")),
    "rollback of nothing on a dead one": lambda c, cur, kill: (kill(), c.rollback()),
    "rollback on a dead one": lambda c, cur, kill: (cur.execute("SELECT 1"), kill(), c.rollback()),
    "commit on a dead one": lambda c, cur, kill: (cur.execute("SELECT 1"), kill(), c.commit()),
    "rollback after the loss is known": lambda c, cur, kill: (
        kill(),
        _name(lambda: cur.execute("SELECT 1")),
        c.rollback(),
    ),
    "close of a dead one": lambda c, cur, kill: (kill(), _name(lambda: cur.execute("SELECT 1")), c.close()),
    "second close": lambda c, cur, kill: (c.close(), c.close()),
    "rollback on a closed one": lambda c, cur, kill: (c.close(), c.rollback()),
    "cursor of a closed one": lambda c, cur, kill: (c.close(), c.cursor()),
    "statement on a closed one": lambda c, cur, kill: (c.close(), cur.execute("SELECT 1")),
    "fetch from a closed one": lambda c, cur, kill: (cur.execute("SELECT 1"), c.close(), cur.fetchone()),
    "fetch without a query": lambda c, cur, kill: cur.fetchone(),
    "statement on a closed cursor": lambda c, cur, kill: (cur.close(), cur.execute("SELECT 1")),
    "with on a closed one": lambda c, cur, kill: (c.close(), c.__enter__()),
    "close within with": lambda c, cur, kill: (c.__enter__(), c.close(), c.__exit__(None, None, None)),
    "with within with": lambda c, cur, kill: (c.__enter__(), c.__enter__()),
    "loss within with": lambda c, cur, kill: (
        c.__enter__(),
        cur.execute("SELECT 1"),
        kill(),
        c.__exit__(None, None, None),
    ),
    "use after with": lambda c, cur, kill: (c.__enter__(), c.__exit__(None, None, None), cur.execute("SELECT 1")),
}
"""What is tried on a connection ``c`` and a cursor of it; ``kill`` ends the session at the server."""

_SEEN = {
    "autocommit in a transaction": ("ProgrammingError", "ProgrammingError"),
    "autocommit on a dead one": ("fine", "fine"),
    "autocommit on a closed one": ("InterfaceError", "OperationalError"),
    "after an error": ("InFailedSqlTransaction", "InFailedSqlTransaction"),
    "after an error and a rollback": ("fine", "fine"),
    "commit after an error": ("fine", "fine"),
    "statement on a dead one": ("OperationalError", "AdminShutdown"),
    "rollback of nothing on a dead one": ("fine", "fine"),
    "rollback on a dead one": ("OperationalError", "AdminShutdown"),
    "commit on a dead one": ("OperationalError", "AdminShutdown"),
    "rollback after the loss is known": ("InterfaceError", "OperationalError"),
    "close of a dead one": ("fine", "fine"),
    "second close": ("fine", "fine"),
    "rollback on a closed one": ("InterfaceError", "OperationalError"),
    "cursor of a closed one": ("InterfaceError", "OperationalError"),
    "statement on a closed one": ("InterfaceError", "OperationalError"),
    "fetch from a closed one": ("InterfaceError", "fine"),
    "fetch without a query": ("ProgrammingError", "ProgrammingError"),
    "statement on a closed cursor": ("InterfaceError", "InterfaceError"),
    "with on a closed one": ("InterfaceError", "fine"),
    "close within with": ("InterfaceError", "fine"),
    "with within with": ("ProgrammingError", "fine"),
    "loss within with": ("OperationalError", "AdminShutdown"),
    "use after with": ("fine", "OperationalError"),
}
"""What psycopg2 2.9.13 and psycopg 3.3.9 did in these cases with PostgreSQL."""


@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_postgresql_drivers_do_what_was_seen(driver: str, step: str, recorder: Recorder) -> None:
    connection = _connect(driver)
    cursor = connection.cursor()
    seen = _name(lambda: _STEPS[step](connection, cursor, recorder.server.kill))
    assert seen == _SEEN[step][driver == "psycopg"]


def test_a_kept_mysql_transaction_reads_the_past(recorder: Recorder) -> None:
    connection = importlib.import_module("pymysql").connect(host="db")
    cursor = connection.cursor()
    seen = []
    for _ in range(2):
        cursor.execute("SELECT n FROM t")
        seen.append(cursor.fetchone()[0])
        recorder.server.write_elsewhere()
    connection.rollback()
    cursor.execute("SELECT n FROM t")
    assert [*seen, cursor.fetchone()[0]] == [0, 0, 2]


def test_pymysql_closes_once_and_asks_the_server_at_every_end(recorder: Recorder) -> None:
    pymysql = importlib.import_module("pymysql")
    connection = pymysql.connect(host="db")
    recorder.server.kill()
    assert _name(connection.rollback) == "OperationalError"
    assert _name(connection.rollback) == "InterfaceError"
    connection.close()
    assert _name(connection.close) == "Error"
    assert _name(lambda: connection.ping(reconnect=False)) == "Error"
    connection.ping()
    assert _name(connection.rollback) == "fine"
    with pymysql.connect(host="db") as lent:
        lent.cursor().execute("INSERT INTO t VALUES (1)")
    assert not lent.open
    assert not recorder.server.committed


def test_a_dropped_connection_ends_its_transaction(recorder: Recorder) -> None:
    connection = _connect("psycopg2")
    connection.cursor().execute("INSERT INTO t VALUES (1)")
    assert recorder.server.open_transactions() == ["psycopg2.connect('dbname=shop')"]
    del connection
    assert not recorder.server.sessions
    assert not recorder.server.committed


def test_psycopg_transaction_ends_by_itself_alone(recorder: Recorder) -> None:
    connection = _connect("psycopg")
    with connection.transaction():
        connection.execute("INSERT INTO t VALUES (1)")
        assert _name(connection.commit) == "ProgrammingError"
        assert _name(lambda: setattr(connection, "autocommit", True)) == "ProgrammingError"
    assert len(recorder.server.committed) == 1


def test_settings_end_with_the_transaction_that_made_them(recorder: Recorder) -> None:
    connection = _connect("psycopg2")
    cursor = connection.cursor()
    cursor.execute("SET search_path TO a")
    connection.rollback()
    assert "search_path" not in connection.fake_state()
    cursor.execute("SET search_path TO a")
    connection.commit()
    assert "search_path" in connection.fake_state()
    connection.reset()
    assert "search_path" not in connection.fake_state()


@pytest.mark.parametrize(
    ("module", "make", "use", "refusal"),
    [
        ("pymongo", lambda m: m.MongoClient(), lambda c: c["db"]["t"].find_one(), "InvalidOperation"),
        ("httpx", lambda m: m.Client(), lambda c: c.get("https://example.com"), "RuntimeError"),
        ("httpx", lambda m: m.Client(), lambda c: c.__enter__(), "RuntimeError"),
        ("elasticsearch", lambda m: m.Elasticsearch("http://es"), lambda c: c.search(index="t"), "ConnectionError"),
        ("kafka", lambda m: m.KafkaProducer(), lambda c: c.send("t", b"1"), "RuntimeError"),
        ("redis", lambda m: m.Redis(), lambda c: c.get("k"), "fine"),
        ("requests", lambda m: m.Session(), lambda c: c.get("https://example.com"), "fine"),
        ("boto3", lambda m: m.client("s3"), lambda c: c.list_buckets(), "fine"),
    ],
)
def test_what_a_closed_client_still_does(
    module: str, make: Callable[[Any], Any], use: Callable[[Any], object], refusal: str, recorder: Recorder
) -> None:
    client = make(importlib.import_module(module))
    assert _name(lambda: use(client)) == "fine"
    client.close()
    assert _name(lambda: use(client)) == refusal
    assert [event.call for event in recorder.events if event.kind.value == "close"]


def test_a_pool_hands_a_dead_connection_out_unless_it_pings(recorder: Recorder) -> None:
    alchemy = importlib.import_module("sqlalchemy")
    for pings, outcome in ((False, "OperationalError"), (True, "fine")):
        engine = alchemy.create_engine("postgresql://db/shop", pool_pre_ping=pings)
        for _ in range(2):
            with engine.connect() as connection:
                seen = _name(lambda: connection.execute(alchemy.text("SELECT n FROM t")))
            recorder.server.kill()
        assert seen == outcome
        assert not recorder.server.open_transactions()
