"""The drivers of SQL databases that handlers are written for, and the shapes in which handlers use a connection.

A shape is the source of one or more modules, with words in capitals: ``IMPORT``, ``CONNECT`` and ``AUTOCOMMIT`` are the
driver's, ``WORK`` is what every handler does with its connection (``conn``) and its event, at the indentation of the
word. What it does is to add a row, to end as ``event["end"]`` says, and to return the rows that it then sees.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from end_to_end.sources import with_work


class Driver(NamedTuple):
    """One client library: what stands for its words, how a connection ends itself, and which server it is for."""

    module: str
    server: str  # the fixture
    connect: str
    kill: str
    autocommit: str = "conn.autocommit = True"

    @property
    def name(self) -> str:
        return self.module.replace(".", "_")

    def written(self, sources: dict[str, str]) -> dict[str, str]:
        """Sources with the words replaced."""
        return {path: self._written(text) for path, text in sources.items()}

    def _written(self, text: str) -> str:
        words = {
            "IMPORT": f"import {self.module}",
            "AUTOCOMMIT": self.autocommit,
            "CONNECT": self.connect,
            "END_CONNECTION": self.kill,
        }
        return re.sub("|".join(words), lambda found: words[found[0]], with_work(text, _WORK))


_POSTGRES_KILL = "SELECT pg_terminate_backend(pg_backend_pid())"
_MYSQL_ARGUMENTS = (
    '(host=os.environ["DB_HOST"], port=int(os.environ["DB_PORT"]), user=os.environ["DB_USER"],'
    ' database=os.environ["DB_NAME"], ssl_disabled=True)'
)
DRIVERS = (
    Driver("psycopg2", "postgres", 'psycopg2.connect(os.environ["DSN"])', _POSTGRES_KILL),
    Driver("psycopg", "postgres", 'psycopg.connect(os.environ["DSN"])', _POSTGRES_KILL),
    Driver("pymysql", "mariadb", f"pymysql.connect{_MYSQL_ARGUMENTS}", "KILL CONNECTION_ID()", "conn.autocommit(True)"),
    Driver("mysql.connector", "mariadb", f"mysql.connector.connect{_MYSQL_ARGUMENTS}", "KILL CONNECTION_ID()"),
)

ENDS = ("committed", "forgotten", "raised", "refused", "killed")
"""How an invocation can end: with a commit, without one, by an error of its own, of its SQL, or of its connection."""

_WORK = """\
cur = conn.cursor()
cur.execute("INSERT INTO items (n) VALUES (%s)", (event["n"],))
if event["end"] == "raised":
    raise LookupError(event["n"])
if event["end"] == "refused":
    cur.execute("INSERT INTO nowhere (n) VALUES (1)")
if event["end"] == "killed":
    cur.execute("END_CONNECTION")
if event["end"] == "committed":
    conn.commit()
cur.execute("SELECT n FROM items WHERE n > %s ORDER BY n", (event["n"] - 5,))
rows = [row[0] for row in cur.fetchall()]
"""

_PLAIN = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    WORK
    conn.close()
    return rows
"""
_FINALLY = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    try:
        WORK
        return rows
    finally:
        conn.close()
"""
_WITH = """\
import os

IMPORT


def handler(event, context):
    with CONNECT as conn:
        WORK
    return rows
"""
_CLOSING = """\
import os
from contextlib import closing

IMPORT


def handler(event, context):
    with closing(CONNECT) as conn:
        WORK
    return rows
"""
_DROPPED = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    WORK
    return rows
"""
_IF_CONNECTED = """\
import os

IMPORT


def handler(event, context):
    conn = None
    try:
        conn = CONNECT
        WORK
        return rows
    finally:
        if conn:
            conn.close()
"""
_AUTOCOMMIT = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    AUTOCOMMIT
    try:
        WORK
        return rows
    finally:
        conn.close()
"""
_TWO_SITES = """\
import os

IMPORT


def handler(event, context):
    return at_once(event) if event["n"] % 2 else together(event)


def at_once(event):
    conn = CONNECT
    AUTOCOMMIT
    try:
        WORK
    finally:
        conn.close()
    return rows


def together(event):
    conn = CONNECT
    try:
        WORK
    finally:
        conn.close()
    return rows
"""
_TWO_EXITS = """\
import os

IMPORT


def handler(event, context):
    conn = CONNECT
    if event["n"] < 0:
        conn.close()
        return None
    WORK
    if event["n"] == 0:
        conn.close()
        return rows
    conn.close()
    return rows
"""
_HELPER = """\
import os

IMPORT


def get_connection():
    return CONNECT


def handler(event, context):
    conn = get_connection()
    try:
        WORK
        return rows
    finally:
        conn.close()
"""
_OTHER_FILE = """\
import db


def handler(event, context):
    conn = db.get_connection()
    try:
        WORK
        return rows
    finally:
        conn.close()
"""
_DB = """\
import os

IMPORT


def get_connection():
    return CONNECT
"""
_MANAGER = """\
import os
from contextlib import contextmanager

IMPORT


@contextmanager
def connection():
    conn = CONNECT
    try:
        yield conn
    finally:
        conn.close()


def handler(event, context):
    with connection() as conn:
        WORK
    return rows
"""
_CLASS = """\
import os

IMPORT


class Items:
    def __init__(self):
        self.conn = CONNECT

    def add(self, event):
        conn = self.conn
        WORK
        return rows

    def close(self):
        self.conn.close()


def handler(event, context):
    items = Items()
    try:
        return items.add(event)
    finally:
        items.close()
"""

TWO_SITES = {"app.py": _TWO_SITES}
"""Two connections that are set up differently, so that neither may be taken for the other."""

SHAPES: dict[str, dict[str, str]] = {
    "plain": {"app.py": _PLAIN},
    "finally": {"app.py": _FINALLY},
    "with": {"app.py": _WITH},
    "closing": {"app.py": _CLOSING},
    "dropped": {"app.py": _DROPPED},
    "if_connected": {"app.py": _IF_CONNECTED},
    "two_exits": {"app.py": _TWO_EXITS},
    "autocommit": {"app.py": _AUTOCOMMIT},
    "helper": {"app.py": _HELPER},
    "other_file": {"app.py": _OTHER_FILE, "db.py": _DB},
    "manager": {"app.py": _MANAGER},
}

REFUSED: dict[str, dict[str, str]] = {
    "class": {"app.py": _CLASS},
}
"""Shapes in which nobody can tell who gives the connection back."""
