"""What belongs to a session: settings of the site stay, those of an invocation go where the driver can reset it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from end_to_end.servers.postgres import Postgres
from end_to_end.slots.generated import Module, Server, only, run, serving

pytestmark = pytest.mark.servers


def test_what_autocommit_was_it_is(server: Server) -> None:
    """Also under autocommit, a transaction that was begun by SQL does not stay open."""
    by_attribute = server.driver.module != "pymysql"
    for arguments in () if server.driver.module == "psycopg2" else (", autocommit=True",):
        for known in (True, None):
            with Module(server, arguments=arguments, autocommit=known) as module:
                _check_autocommit(server, module, True)
    for value in (True, False):
        after = f"conn.autocommit = {value}" if by_attribute else f"conn.autocommit({value})"
        with Module(server, after=(after,), autocommit=value) as module:
            _check_autocommit(server, module, value)


def _check_autocommit(server: Server, module: Module, value: bool) -> None:
    for _ in range(3):
        server.running.query("DELETE FROM slots")
        with module.lent() as conn:
            run(conn, "INSERT INTO slots VALUES (1)")
            assert bool(server.running.query("SELECT n FROM slots")) == value
            if value:
                run(conn, "BEGIN")
                run(conn, "INSERT INTO slots VALUES (2)")
        assert server.running.transactions() == []
        assert server.running.query("SELECT n FROM slots") == ([(1,)] if value else [])
    if not (value and server.driver.module == "psycopg2"):  # which closes what it cannot roll back
        assert server.sessions(1) == 1


_RESETTING = ("psycopg2", "psycopg", "mysql.connector")

_DIRT = {
    True: (
        "SET search_path TO pg_catalog",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SELECT pg_advisory_lock(7)",
        "CREATE TEMP TABLE mine (n INT)",
        "PREPARE mine AS SELECT 1",
        "LISTEN mine",
        "DECLARE mine CURSOR WITH HOLD FOR SELECT 1",
        "SET ROLE pg_monitor",
    ),
    False: (
        "SET @mine = 1",
        "SET SESSION sql_mode = 'ANSI'",
        "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "DO GET_LOCK('mine', 0)",
        "CREATE TEMPORARY TABLE mine (n INT)",
        "PREPARE mine FROM 'SELECT 1'",
    ),
}
_STATE = {
    True: (
        "SHOW search_path",
        "SHOW default_transaction_read_only",
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
        "SELECT count(*) FROM pg_class WHERE relname = 'mine'",
        "SELECT count(*) FROM pg_prepared_statements WHERE name = 'mine'",
        "SELECT count(*) FROM pg_listening_channels()",
        "SELECT count(*) FROM pg_cursors WHERE name = 'mine'",
        "SELECT current_user",
    ),
    False: (
        "SELECT @mine",
        "SELECT @@sql_mode",
        "SELECT @@tx_isolation",
        "SELECT IS_USED_LOCK('mine') IS NULL",
        "SELECT count(*) FROM mine",
        "EXECUTE mine",
    ),
}


def _state(conn: Any, sql: str) -> object:
    try:
        return run(conn, sql)
    except Exception as error:
        conn.rollback()
        return type(error).__name__


def _soil(server: Server, module: Module, dirt: str) -> None:
    conn = module.take()
    run(conn, dirt)
    conn.commit()
    module.put(conn)


@only(*_RESETTING)
def test_a_full_reset_leaves_nothing_of_the_session(server: Server) -> None:
    before = server.running.opened()
    with Module(server, is_reset_full=True) as module:
        for dirt, sql in zip(_DIRT[server.is_postgres], _STATE[server.is_postgres], strict=True):
            with module.lent() as conn:
                clean = _state(conn, sql)
            _soil(server, module, dirt)
            with module.lent() as conn:
                assert _state(conn, sql) == clean, dirt
        assert server.running.opened() - before == 1
        assert server.running.transactions() == []


def test_without_a_reset_it_would_stay(server: Server) -> None:
    """Without which the test above would prove nothing."""
    for dirt, sql in zip(_DIRT[server.is_postgres], _STATE[server.is_postgres], strict=True):
        with Module(server) as module:
            with module.lent() as conn:
                clean = _state(conn, sql)
            _soil(server, module, dirt)
            with module.lent() as conn:
                assert _state(conn, sql) != clean, dirt


_SET_UP = (
    (
        "psycopg2",
        ("conn.set_client_encoding('LATIN1')", "conn.set_session(isolation_level='SERIALIZABLE', readonly=True)"),
        ("SHOW client_encoding", "SHOW transaction_isolation", "SHOW transaction_read_only"),
    ),
    (
        "psycopg",
        ("conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE", "conn.read_only = True"),
        ("SHOW transaction_isolation", "SHOW transaction_read_only"),
    ),
    (
        "mysql.connector",
        ("conn.set_charset_collation('latin1')", "conn.time_zone = '+03:00'"),
        ("SELECT @@character_set_client", "SELECT @@time_zone", "SELECT @@autocommit", "SELECT DATABASE()"),
    ),
)


@pytest.mark.parametrize(("server", "after", "asked"), _SET_UP, indirect=["server"])
@pytest.mark.parametrize("is_reset_full", [False, True])
def test_what_the_site_set_up_stays(
    server: Server, after: tuple[str, ...], asked: tuple[str, ...], is_reset_full: bool
) -> None:
    with Module(server) as plain, plain.lent() as conn:
        otherwise = [run(conn, sql) for sql in asked]
    seen = []
    with Module(server, after=after, is_reset_full=is_reset_full) as module:
        for _ in range(3):
            with module.lent() as conn:
                seen.append([run(conn, sql) for sql in asked])
        assert server.sessions(1) == 1
    assert seen == [seen[0]] * 3
    assert all(here != there for here, there in zip(seen[0][: len(after)], otherwise, strict=False))


@pytest.mark.parametrize("chooses_prepared", [False, True])
def test_psycopg_keeps_no_statement_prepared(postgres: Postgres, chooses_prepared: bool) -> None:
    """A change of the table would break it, as it does where the author himself has chosen when to prepare."""
    psycopg = pytest.importorskip("psycopg")
    postgres.query("CREATE TABLE wide (n INT)")
    with Module(serving("psycopg", postgres), chooses_prepared=chooses_prepared) as module:
        for _ in range(8):
            with module.lent() as conn:
                run(conn, "SELECT * FROM wide")
                conn.commit()
        postgres.query("ALTER TABLE wide ADD COLUMN m INT")
        with module.lent() as conn, contextlib.ExitStack() as stack:
            if chooses_prepared:
                stack.enter_context(pytest.raises(psycopg.errors.FeatureNotSupported))
            run(conn, "SELECT * FROM wide")
    postgres.query("DROP TABLE wide")
