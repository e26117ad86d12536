"""What a handler leaves in its session (settings, locks, temporary tables) is gone in the next invocation."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from end_to_end.drivers import DRIVERS, Driver
from end_to_end.functions import Deploy
from end_to_end.histories import Database, Record, Step, live
from fixing import fix

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]


class State(NamedTuple):
    """A statement that changes the session, and a query that shows whether it was."""

    change: str
    look: str


STATES = {
    "postgres": {
        "setting": State("SET statement_timeout = '77s'", "SHOW statement_timeout"),
        "after_comment": State("/* reports */ SET statement_timeout = '77s'", "SHOW statement_timeout"),
        "after_statement": State("SELECT 1; SET statement_timeout = '77s'", "SHOW statement_timeout"),
        "by_function": State("SELECT set_config('statement_timeout', '77s', false)", "SHOW statement_timeout"),
        "read_only": State(
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SHOW default_transaction_read_only"
        ),
        "role": State("SET ROLE pg_monitor", "SELECT current_user"),
        "search_path": State("SET search_path TO pg_catalog", "SHOW search_path"),
        "advisory_lock": State(
            "SELECT pg_advisory_lock(42)", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        ),
        "temporary_table": State(
            "CREATE TEMP TABLE scratch (n INTEGER)", "SELECT count(*) FROM pg_class WHERE relname = 'scratch'"
        ),
        "selected_into": State(
            "SELECT 1 AS n INTO TEMP scratch", "SELECT count(*) FROM pg_class WHERE relname = 'scratch'"
        ),
        "cursor": State("DECLARE kept CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*) FROM pg_cursors"),
        "prepared": State("PREPARE plan AS SELECT 1", "SELECT count(*) FROM pg_prepared_statements"),
        "listen": State("LISTEN orders", "SELECT count(*) FROM pg_listening_channels()"),
    },
    "mariadb": {
        "setting": State("SET SESSION sql_mode = 'ANSI'", "SELECT @@SESSION.sql_mode"),
        "isolation": State("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "SELECT @@SESSION.tx_isolation"),
        "variable": State("SET @total = 5", "SELECT @total"),
        "assigned_variable": State("SELECT @total := 5", "SELECT @total"),
        "selected_into": State("SELECT 5 INTO @total", "SELECT @total"),
        "database": State("USE information_schema", "SELECT DATABASE()"),
        "table_lock": State("LOCK TABLES items WRITE", "SELECT 1"),
        "named_lock": State("SELECT GET_LOCK('orders', 1)", "SELECT IS_USED_LOCK('orders') IS NULL"),
        "temporary_table": State("CREATE TEMPORARY TABLE scratch (n INTEGER)", "SELECT 1"),
    },
}
_CASES = [(driver, name) for driver in DRIVERS for name in STATES[driver.server]]
_WITH_RESET = frozenset({"psycopg2", "psycopg"})

_SOURCE = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    try:
        cur = conn.cursor()
        cur.execute("LOOK")
        found = cur.fetchone()
        cur.execute("CHANGE")
        if cur.description:
            cur.fetchall()
        conn.commit()
        cur.execute("LOOK")
        return [found[0], cur.fetchone()[0]]
    finally:
        conn.close()
"""


@pytest.mark.parametrize(
    ("driver", "name"), _CASES, ids=[f"{driver.name}-{name}" for driver, name in _CASES], indirect=["driver"]
)
def test_session_is_as_new(
    driver: Driver, database: Database, deploy: Deploy, record_property: Record, name: str
) -> None:
    """A driver that is sure to reset its session keeps the connection; without that the file stays as it is."""
    state = STATES[driver.server][name]
    written = driver.written({"app.py": _SOURCE.replace("CHANGE", state.change).replace("LOOK", state.look)})
    texts, remaining, _ = fix(written)
    is_kept = driver.module in _WITH_RESET
    assert (texts != written, not remaining) == (is_kept, is_kept)

    events: list[Step] = [{}, {}, {}, "kill", {}, {}]
    original = live(deploy(written, database.environ), database, events)
    kept = live(deploy(texts, database.environ), database, events)
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert {answer.error for answer in original.answers} == {""}
    assert kept.outcome == original.outcome
    assert kept.opened == (2 if is_kept else 5)
