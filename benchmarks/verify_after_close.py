"""Prove the catalogue's column ``after_close`` on installed libraries and loopback servers.

    python benchmarks/verify_after_close.py
    python benchmarks/verify_after_close.py --postgres "host=127.0.0.1 dbname=postgres user=postgres"
    python benchmarks/verify_after_close.py --mysql user:password@127.0.0.1:3306/test

Builds each client, uses it, ends it by each of the methods of its row (and by ``with``, where leaving that closes), and
uses it again. An error is "dead", a new connection at the server "reconnects", and neither "works". HTTP and Redis
servers are brought along; whatever needs a database is left out without its option, and so is every library that is not
installed. Exits with 1 if a row says something else than what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import os
import socket
import sys
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from close_experiments import EXPERIMENTS, Experiment
from close_servers import HttpHandler, HttpServer, LineServer, RedisHandler, Servers, serve

from lambda_conn_lint.catalog import catalogue


class Tried(NamedTuple):
    """What became of a client that was ended in one way."""

    how: str
    seen: str
    detail: str


async def _settle(value: Any) -> Any:
    return await value if inspect.isawaitable(value) and not hasattr(value, "__aenter__") else value


async def _made(experiment: Experiment, callee: Any, servers: Servers) -> Any:
    """The client; what can be awaited or entered is awaited, unless it is a client already."""
    made = experiment.make(callee, servers)
    if inspect.iscoroutine(made) or (inspect.isawaitable(made) and type(made).__name__ == "Pool"):
        return await made
    return made


async def _try(experiment: Experiment, client: Any) -> str:
    """Use a client: nothing, or what went wrong."""
    try:
        await _settle(experiment.use(client))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


async def _end(client: Any, how: str) -> None:
    if how != "with":
        target = client
        for part in how.split("."):
            target = getattr(target, part)
        await _settle(target())
    elif hasattr(client, "__aenter__"):
        async with client:
            pass
    else:
        with client:
            pass


async def _tried(name: str, how: str, servers: Servers) -> Tried:
    module, _, attribute = name.rpartition(".")
    try:
        callee = getattr(importlib.import_module(module), attribute)
    except ImportError:
        outer, _, inner = module.rpartition(".")
        callee = getattr(getattr(importlib.import_module(outer), inner), attribute)
    experiment = EXPERIMENTS[name]
    client = await _made(experiment, callee, servers)
    first = await _try(experiment, client)
    if bool(first) != bool(experiment.missing) or experiment.missing not in first.lower():
        return Tried(how, "?", f"before: {first or 'nothing'}")
    before = experiment.count(servers)
    own = experiment.count(servers) - before  # asking a database counts as well
    try:
        await _end(client, how)
    except RuntimeError as error:  # of clients that refuse to be entered when they have been used before
        return Tried(how, "dead", f"at once: {error}")
    before = experiment.count(servers)
    second = await _try(experiment, client)
    await asyncio.sleep(0.6 if experiment.needs == "postgres" else 0)
    more = experiment.count(servers) - before - own
    if second and (not experiment.missing or experiment.missing not in second.lower()):
        return Tried(how, "dead", second.splitlines()[0][:90])
    return Tried(how, "reconnects" if more > 0 else "?" if experiment.missing else "works", "")


def _ways(name: str) -> Iterator[str]:
    row = catalogue().by_name[name]
    yield from row.close
    if row.with_exit == "closes":
        yield "with"


def verify(name: str, servers: Servers) -> Iterator[tuple[bool, str]]:
    """Every way of ending one row's client: a line to print, with whether the row is wrong."""
    expected = catalogue().by_name[name].after_close
    if EXPERIMENTS[name].needs and not getattr(servers, EXPERIMENTS[name].needs):
        yield False, f"{name}: needs --{EXPERIMENTS[name].needs}"
        return
    for how in _ways(name):
        try:
            tried = asyncio.run(_tried(name, how, servers))
        except ImportError as error:
            yield False, f"{name}: {error}"
            return
        except Exception as error:
            tried = Tried(how, "?", f"{type(error).__name__}: {error}")
        yield tried.seen not in (expected, "?"), f"{name} {how}: {tried.seen}, row says {expected} {tried.detail}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="rows; all that there are experiments for by default")
    parser.add_argument("--postgres", default="", help="a connection string of a PostgreSQL server")
    parser.add_argument("--mysql", default="", help="user:password@host:port/database of a MySQL or MariaDB server")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    socket.setdefaulttimeout(10)
    servers = Servers(
        serve(HttpServer(("127.0.0.1", 0), HttpHandler)),
        serve(LineServer(("127.0.0.1", 0), RedisHandler)),
        options.postgres,
        options.mysql,
    )
    os.environ["PROBE_URL"] = servers.url
    failures = 0
    for name in options.names or EXPERIMENTS:
        for failed, line in verify(name, servers):
            failures += failed
            print(f"{'FAIL' if failed else '    '} {line}", flush=True)
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
