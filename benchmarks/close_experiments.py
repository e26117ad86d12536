"""How each client is built and used to see what becomes of it when it has been closed: one experiment for a row."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from close_servers import (
    Servers,
    http_connections,
    memcached,
    mysql_arguments,
    mysql_connections,
    postgres_sessions,
    redis_connections,
    smtp,
)

_SECRET = "c2VjcmV0"


class Experiment(NamedTuple):
    """One row: how to build its client, how to use it, and how to count what the server sees.

    ``missing`` is what a use says where no server can be had; it is then enough that a closed client says something
    else.
    """

    make: Callable[[Any, Servers], Any]
    use: Callable[[Any], Any]
    count: Callable[[Servers], int]
    needs: str = ""
    missing: str = ""


def _nobody(servers: Servers) -> int:
    return 0


def _select(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT 1")
    cursor.fetchone()


async def _select_async(connection: Any) -> None:
    await connection.execute("SELECT 1")


def _engine_select(engine: Any) -> None:
    with engine.connect() as connection:
        connection.execute(importlib.import_module("sqlalchemy").text("SELECT 1"))


async def _engine_select_async(engine: Any) -> None:
    async with engine.connect() as connection:
        await connection.execute(importlib.import_module("sqlalchemy").text("SELECT 1"))


async def _pool_select_async(pool: Any) -> None:
    await pool.open()
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")


def _pool_select(pool: Any) -> None:
    with pool.connection() as connection:
        connection.execute("SELECT 1")


def _getconn(pool: Any) -> None:
    connection = pool.getconn()
    _select(connection)
    pool.putconn(connection)


async def _aiohttp_get(session: Any) -> None:
    async with session.get(os.environ["PROBE_URL"]) as response:
        await response.read()


def _pg(make: Callable[[Any, Servers], Any], use: Callable[[Any], Any] = _select) -> Experiment:
    return Experiment(make, use, postgres_sessions, "postgres")


def _my(make: Callable[[Any, Servers], Any]) -> Experiment:
    return Experiment(make, _select, mysql_connections, "mysql")


def _web(make: Callable[[Any, Servers], Any], use: Callable[[Any], Any]) -> Experiment:
    return Experiment(make, use, http_connections)


def _pg_url(servers: Servers, scheme: str) -> str:
    parts = dict(word.split("=", 1) for word in servers.postgres.split())
    who = parts["user"] + (":" + parts["password"] if "password" in parts else "")
    return f"{scheme}://{who}@{parts['host']}:{parts.get('port', '5432')}/{parts['dbname']}"


def _pg_arguments(servers: Servers) -> dict[str, Any]:
    parts = dict(word.split("=", 1) for word in servers.postgres.split())
    names = {"dbname": "database"}
    return {names.get(key, key): int(value) if key == "port" else value for key, value in parts.items()}


def _azure(servers: Servers) -> str:
    endpoints = ";".join(f"{service}Endpoint={servers.url}/a" for service in ("Blob", "Table", "Queue"))
    return f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={_SECRET};{endpoints}"


def _openai(make: Any, servers: Servers) -> Any:
    return make(api_key="k", base_url=servers.url, max_retries=0)


def _aws(make: Any, servers: Servers) -> Any:
    return make("sqs", endpoint_url=servers.url, region_name="x", aws_access_key_id="k", aws_secret_access_key=_SECRET)


def _launchdarkly(make: Any) -> Any:
    """A client whose flag is changed from outside while it is used."""
    config = importlib.import_module("ldclient.config").Config
    flags = importlib.import_module("ldclient.integrations.test_data").TestData.data_source()
    flags.update(flags.flag("fast").variation_for_all(False))
    client = make(config("key", update_processor_class=flags, send_events=False))
    client.source_of_flags = flags
    return client


def _toggle(client: Any) -> None:
    """Raises where a client does not see that its flag has changed."""
    context = importlib.import_module("ldclient").Context.create("user")
    flags = client.source_of_flags
    wanted = not client.variation("fast", context, None)
    flags.update(flags.flag("fast").variation_for_all(wanted))
    if client.variation("fast", context, None) is not wanted:
        raise RuntimeError("the client is told of no change any more")


def _google_storage(make: Any, servers: Servers) -> Any:
    os.environ["STORAGE_EMULATOR_HOST"] = servers.url
    return make()


def _secret_manager(make: Any) -> Any:
    package = "google.cloud.secretmanager_v1.services.secret_manager_service.transports"
    channel = importlib.import_module("grpc").insecure_channel("127.0.0.1:9")
    return make(transport=importlib.import_module(package).SecretManagerServiceGrpcTransport(channel=channel))


EXPERIMENTS: Mapping[str, Experiment] = {
    "psycopg2.connect": _pg(lambda make, at: make(at.postgres)),
    "psycopg2.pool.SimpleConnectionPool": _pg(lambda make, at: make(1, 1, at.postgres), _getconn),
    "psycopg2.pool.ThreadedConnectionPool": _pg(lambda make, at: make(1, 1, at.postgres), _getconn),
    "psycopg.connect": _pg(lambda make, at: make(at.postgres)),
    "psycopg.Connection.connect": _pg(lambda make, at: make(at.postgres)),
    "psycopg.AsyncConnection.connect": _pg(lambda make, at: make(at.postgres), _select_async),
    "psycopg_pool.ConnectionPool": _pg(lambda make, at: make(at.postgres, min_size=1, open=True), _pool_select),
    "psycopg_pool.AsyncConnectionPool": _pg(
        lambda make, at: make(at.postgres, min_size=1, open=False), _pool_select_async
    ),
    "asyncpg.connect": _pg(lambda make, at: make(_pg_url(at, "postgres")), _select_async),
    "asyncpg.create_pool": _pg(lambda make, at: make(_pg_url(at, "postgres"), min_size=1), _select_async),
    "pg8000.connect": _pg(lambda make, at: make(**_pg_arguments(at))),
    "pg8000.dbapi.connect": _pg(lambda make, at: make(**_pg_arguments(at))),
    "pg8000.native.Connection": _pg(
        lambda make, at: make(**_pg_arguments(at)), lambda connection: connection.run("SELECT 1")
    ),
    "sqlalchemy.ext.asyncio.create_async_engine": _pg(
        lambda make, at: make(_pg_url(at, "postgresql+asyncpg")), _engine_select_async
    ),
    "sqlalchemy.create_engine": _pg(lambda make, at: make(_pg_url(at, "postgresql+psycopg2")), _engine_select),
    "peewee.PostgresqlDatabase": _pg(
        lambda make, at: make(**_pg_arguments(at)), lambda database: database.execute_sql("SELECT 1")
    ),
    "pymysql.connect": _my(lambda make, at: make(**mysql_arguments(at))),
    "MySQLdb.connect": _my(lambda make, at: make(**mysql_arguments(at))),
    "mysql.connector.connect": _my(lambda make, at: make(**mysql_arguments(at))),
    "sqlite3.connect": Experiment(lambda make, at: make(":memory:"), _select, _nobody),
    "redis.Redis": Experiment(
        lambda make, at: make(port=at.redis_port), lambda client: client.ping(), redis_connections
    ),
    "redis.from_url": Experiment(
        lambda make, at: make(f"redis://127.0.0.1:{at.redis_port}"), lambda client: client.ping(), redis_connections
    ),
    "redis.asyncio.Redis": Experiment(
        lambda make, at: make(port=at.redis_port), lambda client: client.ping(), redis_connections
    ),
    "valkey.Valkey": Experiment(
        lambda make, at: make(port=at.redis_port), lambda client: client.ping(), redis_connections
    ),
    "valkey.asyncio.Valkey": Experiment(
        lambda make, at: make(port=at.redis_port), lambda client: client.ping(), redis_connections
    ),
    "pymongo.MongoClient": Experiment(
        lambda make, at: make("mongodb://127.0.0.1:9", serverSelectionTimeoutMS=50),
        lambda client: client.admin.command("ping"),
        _nobody,
        missing="connect",
    ),
    "pymongo.AsyncMongoClient": Experiment(
        lambda make, at: make("mongodb://127.0.0.1:9", serverSelectionTimeoutMS=50),
        lambda client: client.admin.command("ping"),
        _nobody,
        missing="connect",
    ),
    "neo4j.AsyncGraphDatabase.driver": Experiment(
        lambda make, at: make("bolt://127.0.0.1:9", connection_timeout=0.1),
        lambda driver: driver.verify_connectivity(),
        _nobody,
        missing="connect",
    ),
    "neo4j.GraphDatabase.driver": Experiment(
        lambda make, at: make("bolt://127.0.0.1:9", connection_timeout=0.1),
        lambda driver: driver.verify_connectivity(),
        _nobody,
        missing="connect",
    ),
    "elasticsearch.Elasticsearch": _web(lambda make, at: make(at.url), lambda client: client.info()),
    "elasticsearch.AsyncElasticsearch": _web(lambda make, at: make(at.url), lambda client: client.info()),
    "opensearchpy.OpenSearch": _web(lambda make, at: make(at.url), lambda client: client.info()),
    "requests.Session": _web(lambda make, at: make(), lambda session: session.get(os.environ["PROBE_URL"])),
    "requests.session": _web(lambda make, at: make(), lambda session: session.get(os.environ["PROBE_URL"])),
    "httpx.Client": _web(lambda make, at: make(), lambda client: client.get(os.environ["PROBE_URL"])),
    "httpx.AsyncClient": _web(lambda make, at: make(), lambda client: client.get(os.environ["PROBE_URL"])),
    "httpx2.Client": _web(lambda make, at: make(), lambda client: client.get(os.environ["PROBE_URL"])),
    "httpx2.AsyncClient": _web(lambda make, at: make(), lambda client: client.get(os.environ["PROBE_URL"])),
    "aiohttp.ClientSession": _web(lambda make, at: make(), _aiohttp_get),
    "urllib3.PoolManager": _web(lambda make, at: make(), lambda pool: pool.request("GET", os.environ["PROBE_URL"])),
    "urllib3.connection_from_url": _web(lambda make, at: make(at.url), lambda pool: pool.request("GET", "/")),
    "http.client.HTTPConnection": _web(
        lambda make, at: make("127.0.0.1", at.http.server_address[1]),
        lambda connection: (connection.request("GET", "/"), connection.getresponse().read()),
    ),
    "boto3.client": _web(_aws, lambda client: client.list_queues()),
    "openai.OpenAI": _web(_openai, lambda client: client.models.list()),
    "openai.AsyncOpenAI": _web(_openai, lambda client: client.models.list()),
    "anthropic.Anthropic": _web(_openai, lambda client: client.models.list()),
    "anthropic.AsyncAnthropic": _web(_openai, lambda client: client.models.list()),
    "azure.storage.blob.BlobServiceClient.from_connection_string": _web(
        lambda make, at: make(_azure(at), retry_total=0), lambda client: client.get_account_information()
    ),
    "azure.data.tables.TableServiceClient.from_connection_string": _web(
        lambda make, at: make(_azure(at), retry_total=0), lambda client: client.get_service_stats()
    ),
    "google.cloud.storage.Client.create_anonymous_client": _web(
        _google_storage, lambda client: list(client.list_blobs("bucket"))
    ),
    "influxdb_client.InfluxDBClient": _web(
        lambda make, at: make(at.url, token="t", org="o"), lambda client: client.ready()
    ),
    "hvac.Client": _web(lambda make, at: make(at.url), lambda client: client.secrets.kv.v2.read_configuration()),
    "grpc.insecure_channel": Experiment(
        lambda make, at: make("127.0.0.1:9"),
        lambda channel: channel.unary_unary("/a/b")(b"", timeout=1),
        _nobody,
        missing="refused",
    ),
    "google.cloud.secretmanager.SecretManagerServiceClient": Experiment(
        lambda make, at: _secret_manager(make),
        lambda client: client.access_secret_version(name="projects/p/secrets/s/versions/1", retry=None, timeout=1),
        _nobody,
        missing="refused",
    ),
    "pymemcache.Client": Experiment(
        lambda make, at: make(("127.0.0.1", memcached().server_address[1])),
        lambda client: client.version(),
        lambda at: memcached().connections,
    ),
    "pymemcache.PooledClient": Experiment(
        lambda make, at: make(("127.0.0.1", memcached().server_address[1])),
        lambda client: client.version(),
        lambda at: memcached().connections,
    ),
    "confluent_kafka.Producer": Experiment(
        lambda make, at: make({"bootstrap.servers": "127.0.0.1:9", "log_level": 0, "message.timeout.ms": 100}),
        lambda producer: producer.produce("t", b""),
        _nobody,
    ),
    "ldclient.LDClient": Experiment(lambda make, at: _launchdarkly(make), _toggle, _nobody),
    "smtplib.SMTP": Experiment(
        lambda make, at: make("127.0.0.1", smtp().server_address[1]), lambda session: session.noop(), _nobody
    ),
}
"""By the name of the row."""
