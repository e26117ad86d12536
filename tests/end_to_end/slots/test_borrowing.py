"""A connection is kept, proven alive, replaced where it is dead, and never shared."""

from __future__ import annotations

import gc
import threading
import time
import warnings
from typing import Literal

import pytest
from end_to_end.servers.trips import TripCounter
from end_to_end.slots.generated import Module, Server, only, run

pytestmark = pytest.mark.servers


@pytest.fixture(params=["global", "cached"])
def style(request: pytest.FixtureRequest) -> Literal["global", "cached"]:
    return "global" if request.param == "global" else "cached"


def test_invocations_share_one_connection(server: Server, style: Literal["global", "cached"]) -> None:
    with Module(server, style=style, variable="_idle") as module:
        before = server.running.opened()
        seen = set()
        for n in range(200):
            conn = module.take()
            seen |= {run(conn, server.identity)[0]}
            run(conn, f"INSERT INTO slots VALUES ({n})")
            conn.commit()
            module.put(conn)
        assert len(seen) == 1
        assert server.running.opened() - before == 1
        assert server.running.query("SELECT count(*) FROM slots") == [(200,)]
        assert server.running.transactions() == []


def test_a_connection_killed_between_invocations_is_replaced(server: Server) -> None:
    with Module(server) as module:
        module.put(module.take())
        for end in (server.running.kill, server.running.restart):
            end()
            before = server.running.opened()
            for _ in range(3):
                with module.lent() as conn:
                    assert run(conn, "SELECT 1") == [(1,)]
            assert server.running.opened() - before == 1


def test_a_connection_killed_in_use_is_not_kept(server: Server) -> None:
    with Module(server) as module:
        conn = module.take()
        run(conn, "INSERT INTO slots VALUES (1)")
        server.running.kill()
        module.put(conn)
        assert module.idle is None
        conn = module.take()
        assert run(conn, "SELECT n FROM slots") == []
        server.running.kill()
        with pytest.raises(eval(f"{server.driver.module}.Error", module.names)):
            run(conn, "SELECT n FROM slots")
        module.put(conn)
        assert module.idle is None
        with module.lent() as conn:
            assert run(conn, "SELECT n FROM slots") == []


def test_the_error_of_connecting_is_the_drivers_own(server: Server) -> None:
    with Module(server) as module:
        module.put(module.take())
        server.running.kill()
        good = dict(server.options)
        server.options.update(dict.fromkeys(server.options, "no such thing") | {"port": 1})
        with pytest.raises(Exception, match=r".") as direct:
            module.connect()
        with pytest.raises(Exception, match=r".") as raised:
            module.take()
        server.options.clear()
        server.options.update(good)
        assert repr(raised.value) == repr(direct.value)
        assert repr(raised.value.__context__) == repr(direct.value.__context__)
        with module.lent() as conn:
            assert run(conn, "SELECT 1") == [(1,)]


@only("pymysql")
def test_a_server_that_says_nothing_costs_one_time_limit(server: Server) -> None:
    with (
        TripCounter(int(server.running.environ["DB_PORT"])) as counter,
        Module(server.behind(counter, read_timeout=0.3)) as module,
    ):
        module.put(module.take())
        counter.silence()
        started = time.monotonic()
        with module.lent() as conn:
            assert run(conn, "SELECT 1") == [(1,)]
        assert 0.3 <= time.monotonic() - started < 2
        assert counter.connections == 2


def test_round_trips(server: Server) -> None:
    """One to find the connection alive, and none to put it back, but for the ROLLBACK that some drivers always send."""
    with TripCounter(int(server.running.environ["DB_PORT"])) as counter, Module(server.behind(counter)) as module:
        module.put(module.take())
        for sql in ("SELECT 1", "INSERT INTO slots VALUES (1)"):
            before = counter.trips
            conn = module.take()
            taken = counter.trips
            run(conn, sql)
            conn.commit()
            used = counter.trips
            module.put(conn)
            assert taken - before == (2 if server.driver.module == "mysql.connector" else 1)
            assert counter.trips - used == (0 if server.is_postgres else 1)
        assert counter.connections == 1


def test_borrowers_at_one_time_have_connections_of_their_own(server: Server) -> None:
    with Module(server) as module:
        with module.lent() as conn:
            first = run(conn, server.identity)
            conn.commit()
        outer = module.take()
        run(outer, "INSERT INTO slots VALUES (1)")
        inner = module.take()
        assert run(outer, server.identity) == first != run(inner, server.identity)
        run(inner, "INSERT INTO slots VALUES (2)")
        module.put(inner)  # rolls its own row back, not the other one's
        outer.commit()
        module.put(outer)
        assert server.running.query("SELECT n FROM slots") == [(1,)]
        assert server.running.transactions() == []
        assert server.sessions(1) == 1


def test_threads_never_share(server: Server, style: Literal["global", "cached"]) -> None:
    held: set[int] = set()
    shared: list[int] = []
    guard = threading.Lock()
    with Module(server, style=style, variable="_idle", lock="_conn_lock") as module:

        def work() -> None:
            for n in range(30):
                with module.lent() as conn:
                    with guard:
                        shared.extend({id(conn)} & held)
                        held.add(id(conn))
                    run(conn, f"INSERT INTO slots VALUES ({n})")
                    conn.commit()
                    with guard:
                        held.discard(id(conn))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shared == []
        assert server.running.query("SELECT count(*) FROM slots") == [(120,)]
        assert server.sessions(1) == 1


def test_a_connection_that_is_not_put_back_ends(server: Server) -> None:
    with Module(server) as module:
        conn = module.take()
        run(conn, "INSERT INTO slots VALUES (1)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # which the original gives as well
            del conn
            gc.collect()
        assert server.sessions(0) == 0
        assert server.running.query("SELECT n FROM slots") == []
        with module.lent() as conn:
            assert run(conn, "SELECT 1") == [(1,)]


def test_putting_back_raises_nothing_and_never_shares(server: Server) -> None:
    with Module(server) as module:
        conn = module.take()
        module.put(conn)
        module.put(conn)
        first = module.take()
        second = module.take()
        assert first is conn
        assert second is not conn
        module.put(second)
        module.put(second)
        assert module.idle is second
        first.close()
        module.put(first)
        module.put(first)
        assert module.idle is second

        taken = module.take()
        taken.close()
        module.put(taken)
        with module.lent() as conn:
            assert run(conn, "SELECT 1") == [(1,)]
        module.idle.close()
        with module.lent() as conn:
            assert run(conn, "SELECT 1") == [(1,)]
        assert server.sessions(1) == 1
