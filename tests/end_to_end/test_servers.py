"""The servers themselves: they count, end connections and come back, or else the other tests prove nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.servers.aws import Aws
from end_to_end.servers.mariadb import MariaDB
from end_to_end.servers.postgres import Postgres
from end_to_end.servers.programs import HOST, free_port, settled
from end_to_end.servers.redis import Redis

pytestmark = pytest.mark.servers


def test_postgres_counts_and_tells_what_is_open(postgres: Postgres) -> None:
    psycopg = pytest.importorskip("psycopg")
    before = postgres.opened()
    connections = [psycopg.connect(postgres.dsn) for _ in range(3)]
    assert postgres.opened() - before == 3

    connections[0].execute("SELECT pg_advisory_lock(7)")
    assert [state for state, _ in postgres.transactions()] == ["idle in transaction"]
    assert ("advisory", "ExclusiveLock") in postgres.locks()

    postgres.kill()
    assert postgres.transactions() == postgres.locks() == []
    for connection in connections:
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()

    with psycopg.connect(postgres.dsn) as connection:
        postgres.restart()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert postgres.query("SELECT 2") == [(2,)]


def test_mariadb_counts_and_tells_what_is_open(mariadb: MariaDB) -> None:
    pymysql = pytest.importorskip("pymysql")
    options = {"host": mariadb.environ["DB_HOST"], "port": int(mariadb.environ["DB_PORT"]), "user": "root"}
    mariadb.query("CREATE TABLE counted (n INT) ENGINE=InnoDB")
    before = mariadb.opened()
    connections = [pymysql.connect(**options, database="app") for _ in range(3)]
    assert mariadb.opened() - before == 3

    with connections[0].cursor() as cursor:
        cursor.execute("INSERT INTO counted VALUES (1)")
        cursor.execute("SELECT GET_LOCK('counted', 1)")
    connections[1].query("SELECT n FROM counted")
    assert len(mariadb.transactions()) == 2
    assert len(mariadb.lock_holders("counted")) == 1

    mariadb.kill()
    assert mariadb.transactions() == []
    assert mariadb.lock_holders("counted") == mariadb.query("SELECT n FROM counted") == []
    for connection in connections:
        with pytest.raises(pymysql.Error):
            connection.ping(reconnect=False)

    mariadb.restart()
    assert mariadb.query("SELECT n FROM counted") == []
    mariadb.query("DROP TABLE counted")


def test_redis_counts_and_comes_back(redis_server: Redis) -> None:
    redis = pytest.importorskip("redis")
    before = redis_server.opened()
    for _ in range(3):
        with redis.Redis.from_url(redis_server.environ["REDIS_URL"]) as client:
            client.set("counted", "1")
    assert redis_server.opened() - before == 3
    redis_server.restart()
    assert redis_server.client.get("counted") == "1"


def test_aws_counts(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3 = pytest.importorskip("boto3")
    for name, value in aws.environ.items():
        monkeypatch.setenv(name, value)
    before = aws.opened()
    clients = [boto3.session.Session().client("sqs") for _ in range(3)]
    for client in clients * 4:
        assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert aws.opened() - before == 3
    aws.kill()
    assert clients[0].list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert aws.opened() - before == 4
    for client in clients:
        client.close()


_KILLED = """
import os, signal, socket, sys
from pathlib import Path
from end_to_end.servers.programs import Program

folder, host, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
command = [sys.executable, "-m", "http.server", "--bind", host, str(port)]
Program(command, folder / "log", lambda: socket.create_connection((host, port), timeout=1).close()).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_server_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", _KILLED, str(tmp_path), HOST, str(port)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], env={**os.environ, "PYTHONPATH": "."}, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert "port" in (tmp_path / "log").read_text()

    def listening() -> list[int]:
        with socket.socket() as probe:
            return [port] if probe.connect_ex((HOST, port)) == 0 else []

    assert settled(listening, 10) == []
