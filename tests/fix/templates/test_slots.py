"""The text of a slot, and what its functions do where no server can be brought to it (see ``end_to_end/slots``)."""

from __future__ import annotations

import ast
import gc
import itertools
import subprocess
import sys
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambda_conn_lint.catalog import CLIENTS
from lambda_conn_lint.fix.templates.accessor import Building, Style
from lambda_conn_lint.fix.templates.drivers import DRIVERS, Driver, driver_of, error_of
from lambda_conn_lint.fix.templates.slots import Slot, can_reset, lend, take_and_put


def _slot(module: str, **changes: Any) -> Slot:
    driver = driver_of(f"{module}.connect")
    assert driver is not None
    return replace(Slot(driver, Building(f"{module}.connect(**OPTIONS)"), error_of(driver, module)), **changes)


def test_text_for_psycopg2() -> None:
    building = Building(
        "psycopg2.connect(\n    dsn,\n)",
        before=("dsn = secret()",),
        after=("connection.set_session()",),
        subject="connection",
    )
    slot = _slot("psycopg2", building=building, error="pg.Error", indent="  ", quote="'", take="_take", put="_put")
    assert take_and_put(slot).split("\n") == [
        "_conn = None",
        "",
        "",
        "def _take():",
        '  """Take the idle connection, if it is alive, or make a new one."""',
        "  global _conn",
        "  connection, _conn = _conn, None",
        "  if connection is not None:",
        "    try:",
        "      connection.autocommit = True  # so that no transaction begins",
        "      connection.cursor().execute('SELECT 1')",
        "      connection.autocommit = False",
        "    except pg.Error:",
        "      connection.close()",
        "      connection = None",
        "  if connection is None:",
        "    dsn = secret()",
        "    connection = psycopg2.connect(",
        "        dsn,",
        "    )",
        "    connection.set_session()",
        "  return connection",
        "",
        "",
        "def _put(connection):",
        '  """End the transaction, as close() does, but keep the connection."""',
        "  global _conn",
        "  try:",
        "    connection.rollback()",
        "    idle = connection.get_transaction_status() == 0",
        "  except pg.Error:",
        "    idle = False",
        "  if idle and _conn is None:",
        "    _conn = connection",
        "  elif connection is not _conn:",
        "    connection.close()",
    ]


def test_text_in_the_cached_style_with_a_lock_and_annotations() -> None:
    slot = _slot("pymysql", style="cached", variable="_idle", lock="_lock", annotation="Connection[Cursor]")
    assert take_and_put(slot).split("\n") == [
        '_idle: "list[Connection[Cursor]]" = []',
        "_lock = threading.Lock()",
        "",
        "",
        'def _take_conn() -> "Connection[Cursor]":',
        '    """Take the idle connection, if it is alive, or make a new one."""',
        "    with _lock:",
        "        conn = _idle.pop() if _idle else None",
        "    if conn is not None:",
        "        try:",
        "            conn.rollback()",
        "        except pymysql.Error:",
        "            if conn.open:",
        "                conn.close()",
        "            conn = None",
        "    if conn is None:",
        "        conn = pymysql.connect(**OPTIONS)",
        "    return conn",
        "",
        "",
        'def _put_conn(conn: "Connection[Cursor]") -> None:',
        '    """End the transaction, as close() does, but keep the connection."""',
        "    try:",
        "        conn.rollback()",
        "        idle = True",
        "    except pymysql.Error:",
        "        idle = False",
        "    with _lock:",
        "        if idle and not _idle:",
        "            _idle.append(conn)",
        "        elif conn not in _idle and conn.open:",
        "            conn.close()",
    ]


def test_text_with_a_full_reset_repeats_the_set_up() -> None:
    building = Building("psycopg2.connect(DSN)", after=("conn.autocommit = True",))
    lines = take_and_put(_slot("psycopg2", building=building, autocommit=True, is_reset_full=True)).split("\n")
    assert lines[lines.index("    if conn is None:") :][:4] == [
        "    if conn is None:",
        "        conn = psycopg2.connect(DSN)",
        "    conn.autocommit = True",
        "    return conn",
    ]
    assert lines[lines.index("def _put_conn(conn):") :][1:5] == [
        '    """Reset the session, as close() does, but keep the connection."""',
        "    global _conn",
        "    try:",
        "        conn.reset()",
    ]


def test_text_of_the_context_managers() -> None:
    slot = _slot("psycopg", annotation="psycopg.Connection[Any]", contextmanager="contextmanager")
    assert lend(slot, "closes-after-transaction").split("\n") == [
        "@contextmanager",
        'def _lent_conn() -> "Iterator[psycopg.Connection[Any]]":',
        '    """Lend a connection for a with block, which is one transaction."""',
        "    conn = _take_conn()",
        "    try:",
        "        yield conn",
        "        if not conn.closed:",
        "            conn.commit()",
        "    finally:",
        "        _put_conn(conn)",
    ]
    assert lend(_slot("pymysql"), "closes").split("\n") == [
        "@contextlib.contextmanager",
        "def _lent_conn():",
        '    """Lend a connection for a with block."""',
        "    conn = _take_conn()",
        "    try:",
        "        yield conn",
        "    finally:",
        "        _put_conn(conn)",
    ]
    assert lend(_slot("psycopg2"), "ends-transaction") == ""


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.module)
def test_every_driver_gives_python_within_79_columns(driver: Driver) -> None:
    values = itertools.product((False, True, None), (False, driver.resets), ("global", "cached"), ("", "_lock"))
    for autocommit, is_reset_full, style, lock in values:
        slot = _slot(driver.module, autocommit=autocommit, is_reset_full=is_reset_full, style=style, lock=lock)
        text = f"{take_and_put(slot)}\n\n\n{lend(slot, driver.with_exit)}\n"
        ast.parse(text)
        assert max(map(len, text.split("\n"))) <= 79
        assert "{" not in text


def test_every_connection_that_can_be_taken_has_a_driver() -> None:
    taken = {client.name: driver_of(client.name) for client in CLIENTS if client.fix == "taken"}
    assert [name for name, driver in taken.items() if driver is None] == []
    assert driver_of("psycopg2.connect") is not driver_of("psycopg.connect")
    assert driver_of("psycopg2_other.connect") is None


def test_set_up_that_needs_a_name_of_new_connections_alone_rules_out_a_reset() -> None:
    before = ("import json as reader", "role = reader.loads(secret())['role']")
    for after, possible in (
        ((), True),
        (("conn.autocommit = MODE",), True),
        (("conn.set_session(role)",), False),
        (("reader.dump(conn)",), False),
    ):
        slot = _slot("psycopg2", building=Building("psycopg2.connect()", before, after), is_reset_full=True)
        assert can_reset(slot) is possible
        if not possible:
            with pytest.raises(ValueError, match="cannot be reset"):
                take_and_put(slot)
    assert not can_reset(_slot("pymysql"))


class _Fake:
    """A driver: ``fails`` holds what the next calls of ``rollback`` raise."""

    class Error(Exception):
        pass

    def __init__(self) -> None:
        self.fails: list[BaseException] = []
        self.calls: list[str] = []
        self.made: list[weakref.ref[Any]] = []

    def connect(self) -> Any:
        fake = self

        class Connection:
            open = True

            def rollback(self) -> None:
                fake.calls.append("rollback")
                if fake.fails:
                    raise fake.fails.pop(0)

            def close(self) -> None:
                assert self.open, "closed twice"
                fake.calls.append("close")
                self.open = False

        conn = Connection()
        self.made.append(weakref.ref(conn))
        self.calls.append("connect")
        return conn


def _module(fake: _Fake, **changes: Any) -> dict[str, Any]:
    slot = _slot("pymysql", building=Building("pymysql.connect()"), **changes)
    names: dict[str, Any] = {"pymysql": fake}
    exec(compile(take_and_put(slot), "generated.py", "exec"), names)
    return names


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("style", ["global", "cached"])
def test_a_connection_is_forgotten_where_the_program_is_interrupted(
    interruption: type[BaseException], style: str
) -> None:
    for interrupted in ("_take_conn", "_put_conn"):
        fake = _Fake()
        names = _module(fake, style=style)
        conn = names["_take_conn"]()
        if interrupted == "_take_conn":
            names["_put_conn"](conn)
        fake.fails = [interruption()]
        with pytest.raises(interruption):
            names[interrupted](*([conn] if interrupted == "_put_conn" else []))
        assert names["_conn"] in (None, [])
        del conn
        gc.collect()
        assert fake.made[0]() is None
        names["_put_conn"](names["_take_conn"]())
        assert fake.calls.count("connect") == 2


def test_a_rollback_that_fails_is_not_told() -> None:
    fake = _Fake()
    names = _module(fake)
    conn = names["_take_conn"]()
    fake.fails = [fake.Error()]
    names["_put_conn"](conn)
    names["_put_conn"](conn)  # which finds it closed
    assert fake.calls == ["connect", "rollback", "close", "rollback"]


@pytest.mark.subprocess
def test_types_are_clean(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "driver.pyi").write_text(
        "from typing import Any, Generic, TypeVar\n"
        "Row = TypeVar('Row')\n"
        "class Error(Exception): ...\n"
        "class Cursor:\n"
        "    def execute(self, query: str) -> object: ...\n"
        "class Info:\n"
        "    @property\n"
        "    def transaction_status(self) -> Any: ...\n"
        "class Connection(Generic[Row]):\n"
        "    autocommit: bool\n"
        "    closed: bool\n"
        "    open: bool\n"
        "    prepare_threshold: int | None\n"
        "    info: Info\n"
        "    def cursor(self) -> Cursor: ...\n"
        "    def execute(self, query: str) -> Cursor: ...\n"
        "    def commit(self) -> None: ...\n"
        "    def rollback(self) -> None: ...\n"
        "    def reset(self) -> None: ...\n"
        "    def get_transaction_status(self) -> int: ...\n"
        "    def close(self) -> None: ...\n"
        "def connect() -> Connection[tuple[Any, ...]]: ...\n"
    )
    files = []
    styles: tuple[Style, ...] = ("global", "cached")
    for module, style, lock in itertools.product(("psycopg2", "psycopg", "pymysql"), styles, ("", "_lock")):
        annotation = "driver.Connection[tuple[Any, ...]]"
        slot = _slot(module, building=Building("driver.connect()"), error="driver.Error", annotation=annotation)
        slot = replace(slot, style=style, lock=lock, is_reset_full=slot.driver.resets)
        imports = "import contextlib\nimport threading\nfrom collections.abc import Iterator\nfrom typing import Any\n"
        path = tmp_path / f"{module}_{style}{lock}.py"
        path.write_text(f"{imports}\nimport driver\n\n{take_and_put(slot)}\n\n\n{lend(slot, 'closes')}\n")
        files.append(path.name)
    options = ["--strict", "--warn-unreachable", "--python-version", "3.10", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *files], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == f"Success: no issues found in {len(files)} source files\n"
