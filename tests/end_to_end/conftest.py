"""Servers for the tests of this folder: one of each kind a run, started when the first test asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest
from end_to_end.drivers import DRIVERS, Driver
from end_to_end.functions import Deploy, Function
from end_to_end.histories import Database
from end_to_end.servers.aws import Aws, start_aws
from end_to_end.servers.mariadb import MariaDB, start_mariadb
from end_to_end.servers.postgres import Postgres, start_postgres
from end_to_end.servers.programs import NotInstalledError
from end_to_end.servers.redis import Redis, start_redis

_Server = TypeVar("_Server")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    yield from _served(start_postgres())


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    yield from _served(start_mariadb())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    yield from _served(start_redis())


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    yield from _served(start_aws())


@pytest.fixture(params=DRIVERS, ids=[driver.name for driver in DRIVERS])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver of a SQL database that is installed."""
    chosen: Driver = request.param
    pytest.importorskip(chosen.module)
    return chosen


@pytest.fixture
def database(driver: Driver, request: pytest.FixtureRequest) -> Database:
    """The server that the driver is for."""
    found: Database = request.getfixturevalue(driver.server)
    return found


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """Turns sources into functions, which end with the test."""
    functions: list[Function] = []

    def deployed(sources: Mapping[str, str], environ: Mapping[str, str]) -> Function:
        functions.append(Function(sources, tmp_path / str(len(functions)), environ))
        return functions[-1]

    yield deployed
    for function in functions:
        function.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many connections the servers saw, before and after the fix."""
    counts = [
        (report.nodeid.rpartition("/")[2], value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == "connections"
    ]
    if counts:
        terminalreporter.section("connections opened, as the servers counted them: original -> fixed")
        width = max(len(name) for name, _ in counts)
        for name, value in counts:
            terminalreporter.write_line(f"{name:{width}}  {value}")


def _served(started: contextlib.AbstractContextManager[_Server]) -> Iterator[_Server]:
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(started)
        except NotInstalledError as missing:
            pytest.skip(str(missing))
        yield server
