"""The catalogue agrees with itself: what can be known of its rows without the libraries."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from lambda_conn_lint.catalog import CLIENTS, Catalog, Client, catalogue
from lambda_conn_lint.catalog.left_out import LEFT_OUT
from lambda_conn_lint.catalog.lookup import MEMBERS
from lambda_conn_lint.catalog.model import Kind
from lambda_conn_lint.import_statements import imports_in
from lambda_conn_lint.report.clients import render
from lambda_conn_lint.rules import code_for

DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
COLUMNS_OF_CHOICE = (
    "kind",
    "call",
    "awaits",
    "loop_bound",
    "thread_safe",
    "connects",
    "with_exit",
    "after_close",
    "fix",
)

each_row = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


def test_every_spelling_belongs_to_one_row() -> None:
    spellings = [name for client in CLIENTS for name in (client.name, *client.aliases)]
    assert len(spellings) == len(set(spellings))
    assert set(spellings) <= set(catalogue().by_name)


def test_a_spelling_of_two_rows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"acme\.Client is claimed by acme\.Client and by acme\.make"):
        Catalog([Client("acme.Client", "http", "acme"), Client("acme.make", "http", "acme", aliases=("acme.Client",))])


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_table_of_a_kind_holds_its_rows(kind: str) -> None:
    table = importlib.import_module(f"lambda_conn_lint.catalog.{kind.replace('-', '_')}")
    assert table.CLIENTS
    assert {client.kind for client in table.CLIENTS} == {kind}
    assert [client for client in CLIENTS if client.kind == kind] == list(table.CLIENTS)


@each_row
def test_columns(client: Client) -> None:
    hints = get_type_hints(Client)
    for column in COLUMNS_OF_CHOICE:
        assert getattr(client, column) in get_args(hints[column]), column
    for name in (client.name, *client.aliases, *filter(None, [client.returns])):
        assert DOTTED_NAME.fullmatch(name)
    for name in (*client.close, *client.flush):
        assert all(part.isidentifier() for part in name.split("."))
    assert not set(client.close) & set(client.flush)
    assert not client.note or (client.note.endswith(".") and "\n" not in client.note and len(client.note) <= 110)
    assert re.fullmatch(r"(\d[\w.]*)?", client.verified)


@each_row
def test_the_standard_library_needs_no_distribution(client: Client) -> None:
    removed = {"telnetlib"}  # since Python 3.13
    package = client.name.partition(".")[0]
    assert (client.distribution == "") == (package in sys.stdlib_module_names | removed)


@pytest.mark.filterwarnings("ignore:'telnetlib' is deprecated")
@pytest.mark.parametrize("name", sorted(name for name, row in catalogue().by_name.items() if not row.distribution))
def test_names_of_the_standard_library_resolve(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    if module == "telnetlib" and sys.version_info >= (3, 13):
        pytest.skip("gone from the standard library")
    assert callable(pkgutil.resolve_name(f"{module}:{attribute}"))


@each_row
def test_a_fix_is_offered_only_where_its_accessor_can_hold(client: Client) -> None:
    if client.fix == "none":
        return
    assert client.awaits == "no"
    assert client.loop_bound == "no"
    assert not client.sets_global or client.fix == "shared"
    assert client.verified, "nobody has seen this name resolve"
    if client.fix == "taken":
        assert client.kind == "sql"
        assert not client.pool
        assert "close" in client.close
        assert client.with_exit != "none"
        assert client.after_close == "dead", "what revives needs no slot"


@each_row
def test_what_cannot_be_closed_has_no_fate(client: Client) -> None:
    if client.after_close != "unknown":
        assert client.close or client.with_exit == "closes"
        assert not client.sets_global, "its value is no client"


@each_row
def test_how_the_client_is_reached(client: Client) -> None:
    if client.awaits in ("async-with", "await-or-async-with"):
        assert client.with_exit != "not-a-context-manager"
    if client.sets_global:
        assert client.call != "method"
        assert not client.light


@each_row
def test_members_stand_on_a_known_class(client: Client) -> None:
    by_name = catalogue().by_name
    owners = {row.name.rpartition(".")[0] for row in CLIENTS if row.call == "method"}
    given = {row.returns for row in CLIENTS}
    if client.call == "method":
        owner = client.name.rpartition(".")[0]
        assert owner in given or (owner in by_name and by_name[owner].call == "class")
        assert owner not in by_name or by_name[owner].name == owner, "the owner is spelled by an alias"
        assert catalogue().method(owner, client.name.rpartition(".")[2]) is client
    if client.returns:
        assert client.returns in owners


def test_what_is_left_out_has_no_row() -> None:
    assert not set(LEFT_OUT) & set(catalogue().by_name)
    assert all(DOTTED_NAME.fullmatch(name) for name in LEFT_OUT)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


def test_a_member_follows_the_aliases_of_its_class() -> None:
    catalog = catalogue()
    assert catalog.canonical("boto3.Session.client") == "boto3.session.Session.client"
    assert catalog.by_name["redis.StrictRedis.from_url"].name == "redis.Redis.from_url"
    assert catalog.canonical("boto3.Session.get_credentials") == "boto3.session.Session.get_credentials"
    assert catalog.canonical("acme.Client") == "acme.Client"
    assert catalog.method("boto3.Session", "client") is catalog.by_name["boto3.session.Session.client"]
    assert catalog.method("boto3.Session", "get_credentials") is None
    assert catalog.method("boto3", "client") is None, "a function of a module is no method"


def test_what_a_client_gives_is_below_it() -> None:
    catalog = catalogue()
    assert catalog.is_below_client("psycopg2.connect.cursor.fetchall")
    assert not catalog.is_below_client("psycopg2.connect"), "that is the client itself"
    assert not catalog.is_below_client("os.environ.get")


def test_rows_can_be_added() -> None:
    own = Client("acme.db.open_pool", "sql", "acme", call="function")
    catalog = Catalog([*CLIENTS, own])
    assert catalog.by_name["acme.db.open_pool"] is own
    assert "acme" in catalog.sources
    assert catalog.clients[: len(CLIENTS)] == CLIENTS


def imported_from(client: Client, name: str) -> str:
    """The module of a spelling: what is left of a member's class or of the object that holds a bound method."""
    return name.rsplit(".", 2 if client.call in MEMBERS or client.call == "bound-method" else 1)[0]


def imports(client: Client, name: str) -> Iterator[str]:
    """Every usual way of importing what is needed to spell a row."""
    module = imported_from(client, name)
    first = name[len(module) + 1 :].partition(".")[0]
    parent, _, last = module.rpartition(".")
    yield f"import {module}"
    yield f"import {module} as short"
    yield f"import os, {module} as short"
    yield f"from {module} import {first}"
    yield f"from {module} import (\n    {first} as short,\n)"
    if parent:
        yield f"from {parent} import {last}"
        yield f"from {parent} import other, {last} as short"


def sources_in(line: str) -> set[str]:
    """The packages of the catalogue that the screen sees in an import statement."""
    return {name for one in imports_in(line.encode()) for name in one.packages()} & catalogue().sources


@pytest.mark.parametrize("name", sorted(catalogue().by_name))
def test_every_import_shows_its_source(name: str) -> None:
    for line in imports(catalogue().by_name[name], name):
        assert sources_in(line), line


@pytest.mark.parametrize(
    "line",
    [
        "import json, os",
        "from azure.functions import HttpRequest",
        "import google.protobuf",
        "from aws_lambda_powertools import Logger",
        "from aws_lambda_powertools.utilities.typing import LambdaContext",
        "from records_of_orders import databases",
        "import boto3_stubs",
    ],
)
def test_other_imports_show_none(line: str) -> None:
    assert not sources_in(line)


def test_the_list_for_people_names_each_row() -> None:
    lines = render(CLIENTS, as_json=False).splitlines()
    assert lines[-1] == f"{len(CLIENTS)} constructors"
    assert lines[0] == "LCL101 cache"
    row = next(number for number, line in enumerate(lines) if line.startswith("  psycopg2.connect "))
    assert lines[row] == "  psycopg2.connect  (psycopg2-binary)"
    assert lines[row + 1].strip() == catalogue().by_name["psycopg2.connect"].note
    assert "      also boto3.Session" in lines
    assert "  smtplib.SMTP  (standard library)" in lines


def test_the_list_for_programs_has_every_column() -> None:
    rows = json.loads(render(CLIENTS, as_json=True))
    assert [row["name"] for row in rows] == [
        client.name for client in sorted(CLIENTS, key=lambda client: (code_for(client.kind), client.kind, client.name))
    ]
    assert all(set(row) == {"code", *Client._fields} for row in rows)
