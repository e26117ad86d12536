"""SQLAlchemy engines that are made on every invocation, before and after the fix, on PostgreSQL with two drivers."""

from __future__ import annotations

import pytest
from end_to_end.functions import Deploy
from end_to_end.histories import Record, Step, live, steps
from end_to_end.servers.postgres import Postgres
from end_to_end.sources import with_work
from fixing import fixed

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]

INVOCATIONS = 200
FEWER = 40
"""For all but one shape: SQLAlchemy asks a server many things when an engine's first connection is opened."""

_WORK = """\
conn.execute(text("INSERT INTO items (n) VALUES (:n)"), {"n": event["n"]})
if event["end"] == "raised":
    raise LookupError(event["n"])
if event["end"] == "refused":
    conn.execute(text("INSERT INTO nowhere (n) VALUES (1)"))
if event["end"] == "killed":
    conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
if event["end"] == "committed":
    conn.commit()
rows = conn.execute(text("SELECT n FROM items WHERE n >= :n ORDER BY n"), {"n": event["n"] - 5}).scalars().all()
"""
_DISPOSED = """\
import os

from sqlalchemy import create_engine, text


def handler(event, context):
    engine = create_engine(os.environ["DB_URL"])
    with engine.connect() as conn:
        WORK
    engine.dispose()
    return list(rows)
"""
_FINALLY = """\
import os

import sqlalchemy as sa
from sqlalchemy import text


def handler(event, context):
    engine = sa.create_engine(os.environ["DB_URL"], pool_size=1)
    try:
        with engine.connect() as conn:
            WORK
        return list(rows)
    finally:
        engine.dispose()
"""
_DROPPED = """\
import os

from sqlalchemy import create_engine, text


def handler(event, context):
    engine = create_engine(
        os.environ["DB_URL"],
        connect_args={"connect_timeout": 5},  # seconds
    )
    with engine.connect() as conn:
        WORK
        return list(rows)
"""
_CHAINED = """\
import os

from sqlalchemy import create_engine, text


def handler(event, context):
    with create_engine(os.environ["DB_URL"]).connect() as conn:
        WORK
    return list(rows)
"""
_SESSION = """\
import os

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session


def get_engine():
    url = os.environ["DB_URL"]
    return create_engine(url)


def handler(event, context):
    with Session(get_engine()) as conn:
        WORK
    return list(rows)
"""
_MAKER = """\
import db
from sqlalchemy import text


def handler(event, context):
    conn = db.new_session()
    try:
        WORK
        return list(rows)
    finally:
        conn.close()
"""
_DB = """\
import os

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker


def new_session():
    engine = create_engine(os.environ["DB_URL"])
    make = sessionmaker(bind=engine)
    return make()
"""
_CLASS = """\
import os

from sqlalchemy import create_engine, text


class Items:
    def __init__(self):
        self.engine = create_engine(os.environ["DB_URL"], pool_pre_ping=True)

    def add(self, event):
        with self.engine.connect() as conn:
            WORK
        return list(rows)


def handler(event, context):
    return Items().add(event)
"""
SHAPES: dict[str, dict[str, str]] = {
    "disposed": {"app.py": _DISPOSED},
    "finally": {"app.py": _FINALLY},
    "dropped": {"app.py": _DROPPED},
    "chained": {"app.py": _CHAINED},
    "session": {"app.py": _SESSION},
    "maker": {"app.py": _MAKER, "db.py": _DB},
    "class": {"app.py": _CLASS},
}


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    pytest.importorskip("sqlalchemy")
    name: str = request.param
    return name


@pytest.fixture
def sources(shape: str) -> dict[str, str]:
    """Source texts by path."""
    return {path: with_work(text, _WORK) for path, text in SHAPES[shape].items()}


@pytest.fixture(params=["psycopg2", "psycopg"])
def environ(postgres: Postgres, request: pytest.FixtureRequest) -> dict[str, str]:
    pytest.importorskip(request.param)
    return {"DB_URL": f"postgresql+{request.param}://{postgres.address}"}


def test_connections_are_opened_once(
    shape: str,
    sources: dict[str, str],
    environ: dict[str, str],
    postgres: Postgres,
    deploy: Deploy,
    record_property: Record,
) -> None:
    """Of many invocations that end well, with and without a commit, all but the first find a connection."""
    invocations = INVOCATIONS if shape == "disposed" else FEWER
    events: list[Step] = [{"n": n, "end": ("committed", "forgotten")[n % 2]} for n in range(invocations)]
    texts = fixed(sources)
    original = live(deploy(sources, environ), postgres, events, look=False)
    kept = live(deploy(texts, environ), postgres, events, look=False)
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert (original.opened, kept.opened) == (invocations, 1)
    assert kept.outcome == original.outcome


def test_every_end_of_an_invocation_is_what_it_was(
    sources: dict[str, str], environ: dict[str, str], postgres: Postgres, deploy: Deploy, record_property: Record
) -> None:
    """Errors, lost connections, forgotten commits and other clients' rows: the next invocation sees what it saw."""
    ends = [
        *("committed", "forgotten", "raised", "committed", "refused", "committed", "killed", "committed", "kill"),
        *("committed", "kill", "forgotten", "kill", "raised", "kill", "killed", "refused", "restart", "committed"),
    ]
    texts = fixed(sources)
    original = live(deploy(sources, environ), postgres, steps(*ends))
    kept = live(deploy(texts, environ), postgres, steps(*ends))
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert original.left_open == [0] * len(original.answers)
    assert kept.outcome == original.outcome
    assert original.opened == len(original.answers)
    assert kept.opened <= 1 + sum(end in ("killed", "kill", "restart") for end in ends)
