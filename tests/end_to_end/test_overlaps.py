"""Functions that use two connections at a time, where nothing in the code says so: no row is lost, and none is kept
that would have been."""

from __future__ import annotations

import pytest
from end_to_end.drivers import Driver
from end_to_end.functions import Deploy
from end_to_end.histories import Database, Record, Step, live
from fixing import fix, fixed

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]

_HANDLER = """\
def handler(event, context):
    conn = CONNECT
    try:
        cur = conn.cursor()
        cur.execute("INSERT INTO items (n) VALUES (%s)", (event["n"],))
        for name in event["then"]:
            inner = {**event, "n": -event["n"], "then": []}
            module, _, function = name.rpartition(".")
            getattr(sys.modules[module], function)(inner, context)
        if event["end"] == "raised":
            raise LookupError(event["n"])
        cur.execute("INSERT INTO items (n) VALUES (%s)", (event["n"] + 100,))
        if event["end"] == "committed":
            conn.commit()
        cur.execute("SELECT n FROM items ORDER BY n")
        return [row[0] for row in cur.fetchall()]
    finally:
        conn.close()
"""
_OTHERS = """\
def record(event, context):
    conn = CONNECT
    try:
        cur = conn.cursor()
        cur.execute("INSERT INTO items (n) VALUES (%s)", (event["n"],))
        conn.commit()
    finally:
        conn.close()


def forget(event, context):
    conn = CONNECT
    cur = conn.cursor()
    cur.execute("INSERT INTO items (n) VALUES (%s)", (event["n"],))
    conn.close()
"""
_THREADS = """\
import os
from concurrent.futures import ThreadPoolExecutor

IMPORT


def add(n):
    conn = CONNECT
    try:
        cur = conn.cursor()
        cur.execute("INSERT INTO items (n) VALUES (%s)", (n,))
        if n % 3:
            conn.commit()
    finally:
        conn.close()


def handler(event, context):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(event["n"], event["n"] + 12)))
"""

_ONE_FILE = {"app.py": f"import os\nimport sys\n\nIMPORT\n\n\n{_HANDLER}\n\n{_OTHERS}"}
_OVER_FILES = {
    "app.py": f"import sys\n\nimport audit\nimport db\n\n\n{_HANDLER}".replace("CONNECT", "db.get_connection()"),
    "audit.py": f"import db\n\n\n{_OTHERS}".replace("CONNECT", "db.get_connection()"),
    "db.py": "import os\n\nIMPORT\n\n\ndef get_connection():\n    return CONNECT\n",
}
_PLACES = {"app": _ONE_FILE, "audit": _OVER_FILES}
"""Sources by the module that has the functions besides the handler."""


@pytest.mark.parametrize("others", _PLACES, ids=["one_file", "over_files"])
def test_hidden_second_borrower(
    driver: Driver, database: Database, deploy: Deploy, record_property: Record, others: str
) -> None:
    """Between two statements of a transaction a function that is found by its name connects, commits or forgets to."""
    record, forget, again = f"{others}.record", f"{others}.forget", "app.handler"
    invocations = [
        ([], "committed"),
        ([record], "committed"),
        ([record], "forgotten"),
        ([forget], "committed"),
        ([record], "raised"),
        ([again], "committed"),
        ([again, record, forget, record], "raised"),
        ([], "committed"),
        ([record, again], "forgotten"),
        ([forget, record], "committed"),
    ]
    events: list[Step] = []
    for number, (then, end) in enumerate(invocations, start=1):
        events += ["add", {"n": number, "then": then, "end": end}]
        if number in (3, 6):
            events.append("kill")
    written = driver.written(_PLACES[others])
    handlers = ("app.handler", f"{others}.record", f"{others}.forget")
    kept = live(deploy(fixed(written, handlers=handlers), database.environ), database, events)
    original = live(deploy(written, database.environ), database, events)
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert kept.outcome == original.outcome
    assert kept.opened < original.opened


def test_threads_of_one_invocation(driver: Driver, database: Database, deploy: Deploy, record_property: Record) -> None:
    """Each thread has the connection that it works with to itself, whether or not the fix keeps any."""
    written = driver.written({"app.py": _THREADS})
    texts, _, _ = fix(written)
    events: list[Step] = [{"n": 100 * number} for number in range(5)]
    original = live(deploy(written, database.environ), database, events)
    kept = live(deploy(texts, database.environ), database, events)
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert original.opened == 60
    assert kept.outcome == original.outcome
