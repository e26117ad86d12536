"""An AWS endpoint of the test run's own: moto's server, behind a proxy that counts."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from urllib.request import Request, urlopen

from end_to_end.servers.programs import HOST, Program, driver, free_port, private_folder
from end_to_end.servers.proxy import CountingProxy


class Aws:
    """A running endpoint. ``environ`` is what a deployed function finds, and more: the way here, made-up keys."""

    def __init__(self, port: int, proxy: CountingProxy) -> None:
        self.environ = {
            "AWS_ENDPOINT_URL": f"http://{HOST}:{proxy.port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        self._proxy = proxy
        self._direct = f"http://{HOST}:{port}"

    def opened(self) -> int:
        """Connections that were accepted so far."""
        return self._proxy.opened

    def reset(self, bucket: str) -> None:
        """Forget all data, and make an empty bucket."""
        urlopen(Request(f"{self._direct}/moto-api/reset", method="POST"), timeout=5).close()
        urlopen(Request(f"{self._direct}/{bucket}", method="PUT"), timeout=5).close()

    def kill(self) -> None:
        """Cut every connection."""
        self._proxy.drop()


@contextlib.contextmanager
def start_aws() -> Iterator[Aws]:
    """moto's server. ``NotInstalledError`` if it is not installed."""
    driver("moto")
    driver("flask")  # what moto[server] brings besides
    with private_folder() as folder:
        port = free_port()
        program = Program(
            [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)],
            folder / "log",
            lambda: urlopen(f"http://{HOST}:{port}/moto-api/", timeout=5).close(),
        )
        try:
            program.start()
            proxy = CountingProxy(port)
            try:
                yield Aws(port, proxy)
            finally:
                proxy.close()
        finally:
            program.stop()
