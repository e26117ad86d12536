from __future__ import annotations

import re

import pytest

from lambda_conn_lint import messages
from lambda_conn_lint.catalog import CLIENTS, catalogue
from lambda_conn_lint.findings import Handler, Step

GET = Handler("app.py", 1, 1, "get", "aws", ())
PUT = Handler("other.py", 1, 1, "get", "aws", ())
START = Step("app.py", 1, 1, "get")
CONNECT = Step("app.py", 2, 5, "Store.connect")
BUILD = Step("store.py", 9, 5, "psycopg2.connect")
PSYCOPG2 = catalogue().by_name["psycopg2.connect"]


def test_in_the_handler_itself() -> None:
    assert messages.construction(PSYCOPG2, [GET], [START, BUILD], False) == (
        "psycopg2.connect() runs on every invocation of get: a new connection each time; "
        "keep it for the next invocation, which has to find it alive and outside a transaction"
    )


@pytest.mark.parametrize(
    ("handlers", "who"),
    [([GET], "get"), ([GET, PUT], "get and 1 more handler"), ([GET, PUT, PUT], "get and 2 more handlers")],
)
def test_in_a_helper(handlers: list[Handler], who: str) -> None:
    text = messages.construction(PSYCOPG2, handlers, [START, CONNECT, BUILD], False)
    assert text.startswith(f"psycopg2.connect() in Store.connect runs on every invocation of {who}: ")


def test_dependent() -> None:
    assert messages.construction(PSYCOPG2, [GET], [START, BUILD], True) == (
        "psycopg2.connect() runs on every invocation of get, with arguments that change with it; "
        "if few values recur, keep one client for each, never one for all"
    )


CLOSE = Step("store.py", 12, 9, "close")
LEAVE = Step("app.py", 5, 10, "with")


def test_closing_in_the_handler_itself() -> None:
    assert messages.closing(PSYCOPG2, "close", [GET], [START, CLOSE], "") == (
        "close() ends what psycopg2.connect() made for all invocations of get: the next one finds it closed; "
        "leave it open, and end its transaction"
    )


def test_closing_by_with_in_a_helper() -> None:
    text = messages.closing(catalogue().by_name["psycopg.connect"], "with", [GET, PUT], [START, CONNECT, LEAVE], "")
    assert text == (
        "leaving with in Store.connect ends what psycopg.connect() made for all invocations of get and 1 more handler: "
        "the next one finds it closed; leave it open, and end its transaction"
    )


@pytest.mark.parametrize(
    ("client", "advice"),
    [
        ("ldclient.LDClient", "leave it open, and call flush()"),
        ("asyncpg.connect", "leave it open, on an event loop that lives as long"),
        ("pymongo.MongoClient", "leave it open"),
        ("psycopg_pool.ConnectionPool", "leave it open"),
        ("smtplib.SMTP", "leave it open, or empty what keeps it"),
    ],
)
def test_what_to_do_instead_of_closing(client: str, advice: str) -> None:
    text = messages.closing(catalogue().by_name[client], "close", [GET], [START, CLOSE], "")
    assert text.endswith(f": the next one finds it closed; {advice}")


def test_closing_what_connects_again() -> None:
    text = messages.closing(catalogue().by_name["redis.Redis"], "close", [GET], [START, CLOSE], "")
    assert text.endswith(": each one connects again, so keeping it saves nothing; leave it open")


def test_closing_what_was_taken_from_a_slot() -> None:
    text = messages.closing(PSYCOPG2, "close", [GET], [START, CLOSE], "release_connection")
    assert text.endswith(": the next one connects again; give it back with release_connection() instead")


GLOBAL = "keep it in a module global, filled on first use"
TRANSACTION = "keep it for the next invocation, which has to find it alive and outside a transaction"
ONE_LOOP = "keep it in a module global, and one event loop for all invocations"
LOOP = "it belongs to its event loop, so keep one loop for all invocations, and the client with it"
SERVER = "if you keep it, see before each use that the server has not ended it"
ONCE = "call it once per process, at module level or under a test of a global"


@pytest.mark.parametrize(
    ("client", "advice"),
    [
        ("pymysql.connect", f"a new connection each time; {TRANSACTION}"),
        ("sqlite3.connect", f"a new connection each time; {TRANSACTION}"),
        ("sqlalchemy.create_engine", f"new connections each time; {GLOBAL}"),
        ("psycopg2.pool.ThreadedConnectionPool", f"a new connection each time; {GLOBAL}"),
        ("redis.Redis", f"new connections each time; {GLOBAL}"),
        ("redis.asyncio.Redis", f"new connections each time; {ONE_LOOP}"),
        ("pymongo.MongoClient", f"new connections and background work each time; {GLOBAL}"),
        ("mongoengine.connect", f"new connections and background work each time; {ONCE}"),
        ("boto3.client", f"new connections each time; {GLOBAL}"),
        ("hvac.Client", f"new connections each time; {GLOBAL}"),
        ("ldclient.LDClient", f"a new connection each time; {GLOBAL}"),
        ("ldclient.set_config", f"new connections each time; {ONCE}"),
        ("confluent_kafka.Producer", f"new connections and background work each time; {GLOBAL}"),
        ("confluent_kafka.Consumer", f"new connections and background work each time; {SERVER}"),
        ("pika.BlockingConnection", f"a new connection each time; {SERVER}"),
        ("requests.Session", f"new connections each time; {GLOBAL}"),
        ("aiohttp.ClientSession", f"new connections each time; {LOOP}"),
        ("httpx.AsyncClient", f"new connections each time; {ONE_LOOP}"),
        ("http.client.HTTPSConnection", f"new connections each time; {SERVER}"),
        ("grpc.insecure_channel", f"new connections each time; {GLOBAL}"),
        ("openai.OpenAI", f"new connections each time; {GLOBAL}"),
        ("smtplib.SMTP", f"a new connection each time; {SERVER}"),
        ("sentry_sdk.init", f"new connections each time; {ONCE}"),
    ],
)
def test_advice_is_what_the_client_stands(client: str, advice: str) -> None:
    text = messages.construction(catalogue().by_name[client], [GET], [START, BUILD], False)
    assert text == f"{client}() runs on every invocation of get: {advice}"


def test_every_client_has_its_cost() -> None:
    for client in CLIENTS:
        what, _, rest = messages.construction(client, [GET], [START, BUILD], False).partition(": ")
        assert what == f"{client.name}() runs on every invocation of get"
        assert re.match(r"(a new connection|new connections( and background work)?) each time; ", rest)
