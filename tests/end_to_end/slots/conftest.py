"""The drivers, each on its server."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from end_to_end.slots.generated import ON_MARIADB, ON_POSTGRES, Server, serving


@pytest.fixture(params=[*ON_POSTGRES, *ON_MARIADB])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A driver and its server, which has no client but the test and an empty table ``slots`` with one column ``n``."""
    running = request.getfixturevalue("postgres" if request.param in ON_POSTGRES else "mariadb")
    server = serving(request.param, running)
    running.query("CREATE TABLE slots (n INT)")
    running.kill()
    yield server
    gc.collect()
    left = server.sessions(0)
    running.kill()
    running.query("DROP TABLE slots")
    assert left == 0, "the test left connections open"
