"""Modules that hold a generated slot, and what the server of their connections shows."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from end_to_end.servers.mariadb import MariaDB
from end_to_end.servers.postgres import Postgres
from end_to_end.servers.trips import TripCounter

from lambda_conn_lint.fix.templates.accessor import Building
from lambda_conn_lint.fix.templates.drivers import Driver, driver_of, error_of
from lambda_conn_lint.fix.templates.slots import Slot, lend, take_and_put

ON_POSTGRES = ("psycopg2", "psycopg")
ON_MARIADB = ("pymysql", "mysql.connector")


def only(*modules: str) -> pytest.MarkDecorator:
    """A test for these drivers alone."""
    return pytest.mark.parametrize("server", modules, indirect=True)


@dataclass(frozen=True)
class Server:
    """One driver, the server that it talks to, and the arguments by which it gets there."""

    driver: Driver
    running: Postgres | MariaDB
    options: dict[str, Any]

    @property
    def is_postgres(self) -> bool:
        return isinstance(self.running, Postgres)

    @property
    def identity(self) -> str:
        """SQL for the number of the session."""
        return "SELECT pg_backend_pid()" if self.is_postgres else "SELECT CONNECTION_ID()"

    def behind(self, counter: TripCounter, **options: Any) -> Server:
        """The same server as it is seen through a proxy, with further arguments."""
        through: dict[str, Any]
        if self.is_postgres:
            through = {name: f"{value} port={counter.port}" for name, value in self.options.items()}
        else:
            through = {**self.options, "port": counter.port}
        return replace(self, options={**through, **options})

    def sessions(self, expected: int) -> int:
        """How many sessions clients have open. The server gets a moment to see those end that are more."""
        sql = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            if self.is_postgres
            else "SELECT count(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root'"
        )
        deadline = time.monotonic() + 2
        while (found := int(self.running.query(sql)[0][0])) > expected and time.monotonic() < deadline:
            time.sleep(0.01)
        return found


def serving(module: str, running: Postgres | MariaDB) -> Server:
    """A driver on a server that runs; the test is skipped where the driver is not installed."""
    pytest.importorskip(module)
    driver = driver_of(f"{module}.connect")
    assert driver is not None
    if isinstance(running, Postgres):
        return Server(driver, running, {"conninfo" if module == "psycopg" else "dsn": running.dsn})
    options = {"host": "DB_HOST", "user": "DB_USER", "database": "DB_NAME"}
    values: dict[str, Any] = {name: running.environ[variable] for name, variable in options.items()}
    values["port"] = int(running.environ["DB_PORT"])
    return Server(driver, running, values)


class Module:
    """A module that consists of a slot's functions; use it in ``with``, which closes the idle connection.

    ``after`` are set-up statements, ``arguments`` further ones in the source of the construction; the others are the
    slot's own.
    """

    def __init__(self, server: Server, after: tuple[str, ...] = (), arguments: str = "", **slot: Any) -> None:
        driver = server.driver
        self._building = Building(f"{driver.module}.connect(**OPTIONS{arguments})", after=after)
        self._slot = replace(Slot(driver, self._building, error_of(driver, driver.module)), **slot)
        parts = ["import contextlib", "import threading", f"import {driver.module}"]
        parts += [take_and_put(self._slot), lend(self._slot, "closes")]
        if driver.with_exit == "closes-after-transaction":
            parts.append(lend(replace(self._slot, lent="_lent_work"), driver.with_exit))
        self.names: dict[str, Any] = {"OPTIONS": server.options}
        exec(compile("\n".join(parts), "generated.py", "exec"), self.names)

    def take(self) -> Any:
        return self.names["_take_conn"]()

    def put(self, conn: Any) -> None:
        self.names["_put_conn"](conn)

    def lent(self) -> AbstractContextManager[Any]:
        lent: AbstractContextManager[Any] = self.names["_lent_conn"]()
        return lent

    def lent_work(self) -> AbstractContextManager[Any]:
        """What stands for the driver's own ``with``, where that closes the connection."""
        lent: AbstractContextManager[Any] = self.names.get("_lent_work", self.names["_lent_conn"])()
        return lent

    def connect(self) -> Any:
        """A connection as the original makes it."""
        return eval(self._building.expression, self.names)

    @property
    def idle(self) -> Any:
        """The connection in the slot, or ``None``."""
        held = self.names[self._slot.variable]
        return (held[0] if held else None) if self._slot.style == "cached" else held

    def __enter__(self) -> Module:
        return self

    def __exit__(self, *_: object) -> None:
        if self.idle is not None:
            self.idle.close()


def run(conn: Any, sql: str) -> list[tuple[Any, ...]]:
    """Execute a statement; its rows, or none."""
    cursor = conn.cursor()
    try:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        cursor.close()
