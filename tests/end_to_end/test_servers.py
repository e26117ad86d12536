"""The servers themselves: they count, end connections and come back, or else the other tests prove nothing."""

from __future__ import annotations

import pytest
from end_to_end.servers.aws import Aws
from end_to_end.servers.mariadb import MariaDB
from end_to_end.servers.postgres import Postgres
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
