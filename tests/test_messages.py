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
        "keep it in a module global, filled on first use"
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


def test_every_client_has_its_cost() -> None:
    for client in CLIENTS:
        what, _, rest = messages.construction(client, [GET], [START, BUILD], False).partition(": ")
        assert what == f"{client.name}() runs on every invocation of get"
        assert re.match(r"(a new connection|new connections( and background work)?) each time; ", rest)
