"""A MariaDB or MySQL server of the test run's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from end_to_end.servers.programs import (
    HOST,
    NotInstalledError,
    Program,
    driver,
    free_port,
    on_system,
    private_folder,
    run,
    settled,
    unprivileged,
)

_OTHERS = "FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root'"
_USER = "root"


class MariaDB:
    """A running server with a database ``app``; ``address`` is the part of a URL behind the driver's name.

    ``environ`` is what a deployed function finds. ``query`` runs SQL for the test, on a connection of its own that is
    kept open.
    """

    def __init__(self, port: int, program: Program) -> None:
        self.address = f"{_USER}@{HOST}:{port}/app"
        self.environ = {"DB_HOST": HOST, "DB_PORT": str(port), "DB_USER": _USER, "DB_NAME": "app"}
        self._port = port
        self._program = program
        self._monitor: Any = None
        self._not_counted = 0

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement and commit it; its rows, or none."""
        if self._monitor is None:
            self._monitor = driver("pymysql").connect(host=HOST, port=self._port, user=_USER, autocommit=True)
            self.query("CREATE DATABASE IF NOT EXISTS app")
            self.query("USE app")
            self.query("SET lock_wait_timeout = 3, innodb_lock_wait_timeout = 3")  # what a handler holds is a failure
        with self._monitor.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def opened(self) -> int:
        """Connections that were attempted since the server's first start; a restart adds none of the test's own."""
        return int(self.query("SHOW GLOBAL STATUS LIKE 'Connections'")[0][1]) - self._not_counted

    def kill(self) -> None:
        """End every client's connection but the test's own, and wait until they are gone."""
        for (connection,) in self.query(f"SELECT id {_OTHERS}"):
            with contextlib.suppress(driver("pymysql").Error):  # it may have ended in the meantime
                self.query(f"KILL {connection}")
        settled(lambda: self.query(f"SELECT id {_OTHERS}"))

    def restart(self) -> None:
        """End every connection by stopping the server, and start it again."""
        opened = self.opened()
        self.close()
        self._program.start()
        self._not_counted += self.opened() - opened

    def transactions(self) -> list[str]:
        """One line for each transaction that stays open, a mere snapshot of an earlier read included."""
        return settled(self._transactions)

    def _transactions(self) -> list[str]:
        ((_, _, status),) = self.query("SHOW ENGINE INNODB STATUS")  # the table innodb_trx is renewed too seldom
        return [line for line in status.splitlines() if line.startswith("---TRANSACTION") and ", ACTIVE" in line]

    def lock_holders(self, name: str) -> list[tuple[Any, ...]]:
        """The connection that stays holding a named lock, if any."""
        return settled(lambda: self.query(f"SELECT id {_OTHERS} AND id = IS_USED_LOCK('{name}')"))

    def close(self) -> None:
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            monitor.close()
        self._program.stop()


@contextlib.contextmanager
def start_mariadb() -> Iterator[MariaDB]:
    """A server from the system. ``NotInstalledError`` if it is not there."""
    server, install = on_system("mariadbd", "mysqld"), on_system("mariadb-install-db", "mysql_install_db")
    if server is None:
        raise NotInstalledError("no MariaDB: neither mariadbd nor mysqld on this system")
    connect = driver("pymysql").connect
    with private_folder() as folder:
        data, port = folder / "data", free_port()
        user = [] if unprivileged() is None else [f"--user={_USER}"]  # it wants to hear that root is meant
        if install is None:
            run([str(server), "--no-defaults", "--initialize-insecure", f"--datadir={data}", *user])
        else:
            quick = ["--skip-test-db", "--auth-root-authentication-method=normal", "--rpm"]  # or it sets owners in /usr
            run([str(install), "--no-defaults", f"--datadir={data}", *quick, *user])
        program = Program(
            [
                str(server),
                "--no-defaults",
                f"--datadir={data}",
                f"--bind-address={HOST}",
                f"--port={port}",
                f"--socket={folder / 'socket'}",
                f"--pid-file={folder / 'pid'}",
                "--skip-name-resolve",
                "--max-connections=400",  # an engine that is forgotten keeps its own until the garbage collector comes
                "--innodb-flush-log-at-trx-commit=0",
                *user,
            ],
            folder / "log",
            lambda: connect(host=HOST, port=port, user=_USER).close(),
        )
        mariadb = MariaDB(port, program)
        try:
            program.start()
            yield mariadb
        finally:
            mariadb.close()
