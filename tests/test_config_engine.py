"""What the settings make of the engine's findings: declared clients, decorators and platforms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_conn_lint.catalog import CLIENTS, Catalog
from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.client_table import Declared, rows
from lambda_conn_lint.handlers import origins
from lambda_conn_lint.handlers.model import PLATFORMS
from lambda_conn_lint.project import Project

NOWHERE = Path("/nowhere/at/all")


def _project(files: Mapping[str, str]) -> Project:
    return Project(NOWHERE, {name: text.encode() for name, text in files.items()})


def _found(files: Mapping[str, str], told: Settings) -> list[tuple[str, int, str, str]]:
    report = check(_project(files), told)
    return [(one.filename, one.span.row, one.code, one.client) for one in report.findings]


def _clients(**declared: str | dict[str, object]) -> Settings:
    """Settings with clients; dots in their names are written as two underscores."""
    clients = []
    for name, value in declared.items():
        table = {"kind": value} if isinstance(value, str) else value
        clients.append(Declared(name.replace("__", "."), tuple(table.items())))
    return Settings(clients=tuple(clients))


def _handler(imports: str, body: str) -> str:
    return f"{imports}\n\n\ndef handler(event, context):\n    return {body}\n"


# Clients of libraries


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ("import acme.db", "acme.db.connect()"),
        ("import acme.db as adb", "adb.connect()"),
        ("from acme import db", "db.connect()"),
        ("from acme.db import connect as c", "c()"),
        ("from acme.db import *", "connect()"),
    ],
)
def test_a_declared_client_of_a_library(imports: str, body: str) -> None:
    files = {"app.py": _handler(imports, body)}
    assert _found(files, Settings()) == []
    found = _found(files, _clients(acme__db__connect="database"))
    assert found == [("app.py", 5, "LCL101", "acme.db.connect")]


KINDS = {
    "LCL101": ("database", "nosql", "cache", "search"),
    "LCL102": ("feature-flag",),
    "LCL103": ("cloud", "secrets"),
    "LCL104": ("message", "queue"),
    "LCL105": ("api", "ai", "rpc"),
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for code, kinds in KINDS.items() for kind in kinds])
def test_the_kind_decides_the_code(kind: str, code: str) -> None:
    found = _found({"app.py": _handler("import acme", "acme.make()")}, _clients(acme__make=kind))
    assert [one[2] for one in found] == [code]


def test_aliases_and_methods_of_a_declared_client() -> None:
    declared = _clients(
        acme__Client={"kind": "api", "aliases": ("acme.core.Client",)},
        acme__Client__session={"kind": "api", "call": "method"},
    )
    files = {"app.py": _handler("from acme.core import Client\n\nroot = Client()", "root.session()")}
    assert _found(files, declared) == [("app.py", 7, "LCL105", "acme.Client.session")]


def test_what_closes_a_declared_client_that_is_kept() -> None:
    text = "import acme\n\nc = acme.Client()\n\n\ndef handler(event, context):\n    c.shutdown()\n"
    declared = _clients(acme__Client={"kind": "api", "close": ("shutdown",), "after-close": "dead"})
    assert _found({"app.py": text}, declared) == [("app.py", 7, "LCL301", "acme.Client")]
    assert _found({"app.py": text}, _clients(acme__Client="api")) == []


def test_a_client_of_the_catalogue_is_changed_or_switched_off() -> None:
    files = {"app.py": _handler("import boto3\nimport redis", 'boto3.client("s3"), redis.StrictRedis()')}
    assert [one[2] for one in _found(files, Settings())] == ["LCL103", "LCL101"]
    assert [one[2] for one in _found(files, _clients(boto3__client="off"))] == ["LCL101"]
    assert [one[2] for one in _found(files, _clients(redis__StrictRedis="off"))] == ["LCL103"]
    assert [one[2] for one in _found(files, _clients(boto3__client="message"))] == ["LCL104", "LCL101"]
    assert len(_found(files, _clients(acme__nothing="off"))) == 2


def test_the_catalogue_itself_stays_as_it_is() -> None:
    files = {"app.py": _handler("import boto3", 'boto3.client("s3")')}
    assert _found(files, _clients(boto3__client="off")) == []
    assert len(_found(files, Settings())) == 1


# Clients of the project's own

DB = "import psycopg2\n\n\ndef connect():\n    return psycopg2.connect('')\n\n\nclass Pool:\n    def __init__(self):\n"
DB += "        self.connection = psycopg2.connect('')\n\n    def more(self):\n        return psycopg2.connect('')\n"


@pytest.mark.parametrize(
    ("imports", "body", "name"),
    [
        ("from mycompany.db import connect", "connect()", "mycompany.db.connect"),
        ("from mycompany import db as d", "d.connect()", "mycompany.db.connect"),
        ("import mycompany.db", "mycompany.db.connect()", "mycompany.db.connect"),
        ("from mycompany import connect as c", "c()", "mycompany.connect"),
        ("import mycompany", "mycompany.connect()", "mycompany.connect"),
        ("from mycompany import db", "db.Pool().more()", "mycompany.db.Pool"),
        ("from mycompany import db\n\n\nclass Own(db.Pool):\n    pass", "Own().more()", "mycompany.db.Pool"),
    ],
)
@pytest.mark.parametrize("root", ["", "src/", "services/a/src/"])
def test_a_declared_client_of_the_project_is_not_looked_into(root: str, imports: str, body: str, name: str) -> None:
    files = {
        f"{root}mycompany/__init__.py": "from .db import connect as connect\n",
        f"{root}mycompany/db.py": DB,
        f"{root}app.py": _handler(imports, body),
    }
    row = files[f"{root}app.py"].count("\n")
    assert {one[3] for one in _found(files, Settings())} == {"psycopg2.connect"}
    declared = _clients(**{name.replace(".", "__"): "database"})
    assert _found(files, declared) == [(f"{root}app.py", row, "LCL101", name)]


def test_a_relative_import_leads_to_it_too_and_it_may_know_no_library() -> None:
    files = {
        "mycompany/__init__.py": "",
        "mycompany/db.py": "def connect():\n    return open_socket()\n",
        "mycompany/app.py": _handler("from .db import connect", "connect()"),
    }
    assert _found(files, Settings()) == []
    found = _found(files, _clients(mycompany__db__connect="database"))
    assert found == [("mycompany/app.py", 5, "LCL101", "mycompany.db.connect")]


def test_what_keeps_a_declared_client_is_seen() -> None:
    text = "from mycompany.db import connect\n\nconn = None\n\n\ndef handler(event, context):\n    global conn\n"
    files = {
        "mycompany/db.py": DB,
        "app.py": text + "    if conn is None:\n        conn = connect()\n    return conn\n",
    }
    assert _found(files, _clients(mycompany__db__connect="database")) == []


def test_another_function_of_that_name_is_not_meant() -> None:
    files = {
        "mycompany/db.py": "def connect():\n    return 1\n",
        "other/db.py": "def connect():\n    return 2\n",
        "app.py": _handler("from other.db import connect", "connect()"),
    }
    assert _found(files, _clients(mycompany__db__connect="database")) == []


# Decorators

DECO = """\
def entry(timeout=1):
    def wrap(f):
        def inner(x):
            return f(x)
        return inner
    return wrap


def plain(f):
    return f


def keep(f):
    def inner(*a):
        return store(f, a)
    return inner
"""
DECORATORS = {"lib/__init__.py": "", "lib/deco.py": DECO}


@pytest.mark.parametrize(
    ("imports", "decorator", "name"),
    [
        ("from acme import entry", "entry", "acme.entry"),
        ("import acme as a", "a.entry(timeout=3)", "acme.entry"),
        ("from lib.deco import plain as p", "p", "lib.deco.plain"),
        ("from lib import deco", "deco.entry(timeout=4)", "lib.deco.entry"),
        ("from .lib.deco import entry", "entry()", "lib.deco.entry"),
    ],
)
def test_decorators_that_make_handlers(imports: str, decorator: str, name: str) -> None:
    text = f"import boto3\n{imports}\n\n\n@{decorator}\ndef work(item):\n    return boto3.client('s3')\n"
    files = {**DECORATORS, "jobs.py": text}
    assert _found(files, Settings()) == []
    assert handlers(_project(files), Settings())[0] == ()
    told = Settings(handler_decorators=frozenset({name}))
    assert _found(files, told) == [("jobs.py", 7, "LCL103", "boto3.client")]
    (handler,) = handlers(_project(files), told)[0]
    assert (handler.name, handler.platform) == ("work", "unknown")
    assert [(one.kind, one.detail, one.strength) for one in handler.evidence] == [("decorator", name, "certain")]


@pytest.mark.parametrize(
    ("imports", "decorator", "name"),
    [
        ("from acme import keep", "keep", "acme.keep"),
        ("import acme", "acme.keep(ttl=3)", "acme.keep"),
        ("from lib.deco import keep as k", "k", "lib.deco.keep"),
        ("from lib.deco import entry", "entry(3)", "lib.deco.entry"),
    ],
)
def test_decorators_that_memoise(imports: str, decorator: str, name: str) -> None:
    text = f"import boto3\n{imports}\n\n\n@{decorator}\ndef client(key):\n    return boto3.client('s3')\n\n\n"
    files = {**DECORATORS, "app.py": text + "def handler(event, context):\n    return client('k')\n"}
    if name != "lib.deco.keep":  # what hands its function to the unknown is taken to call it at some time
        assert _found(files, Settings()) == [("app.py", 7, "LCL103", "boto3.client")]
    assert _found(files, Settings(memoising_decorators=frozenset({name}))) == []


# Platforms


def test_platforms() -> None:
    files = {
        "g.py": "import boto3\nimport functions_framework\n\n\n@functions_framework.http\ndef go(request):\n"
        "    return boto3.client('s3')\n",
        "a.py": _handler("import boto3", "boto3.client('sqs')"),
    }
    places = [("a.py", 5), ("g.py", 7)]
    assert [one[:2] for one in _found(files, Settings())] == places
    assert [one[:2] for one in _found(files, Settings(platforms=frozenset({"google"})))] == places
    assert [one[:2] for one in _found(files, Settings(platforms=frozenset({"aws"})))] == places[:1]
    found = handlers(_project(files), Settings(platforms=frozenset({"azure"})))[0]
    assert [one.platform for one in found] == ["unknown"]


def test_every_platform_that_a_handler_can_have_can_be_named() -> None:
    assert {origin.platform for origin in (*origins.ORIGINS, *origins.WEB_APPLICATIONS)} <= set(PLATFORMS)


# Rows


def test_a_declared_client_takes_its_names_from_others() -> None:
    declared = _clients(acme__A={"kind": "api", "aliases": ("redis.StrictRedis",)})
    changed = Catalog(rows(CLIENTS, declared.clients)).by_name
    assert changed["redis.StrictRedis"].name == "acme.A"
    assert changed["redis.Redis"].name == "redis.Redis"


def test_what_the_catalogue_knows_cannot_be_made_shareable() -> None:
    declared = _clients(
        psycopg2__connect={"kind": "database", "fix": "shared"},
        boto3__client={"kind": "cloud", "fix": "none"},
        acme__A={"kind": "api", "fix": "shared"},
    )
    by_name = Catalog(rows(CLIENTS, declared.clients)).by_name
    assert [by_name[name].fix for name in ("psycopg2.connect", "boto3.client", "acme.A")] == ["taken", "none", "shared"]


_NAMES = sorted({*(row.name for row in CLIENTS[:40]), *(alias for row in CLIENTS[:40] for alias in row.aliases)})
_DECLARED = st.builds(
    lambda name, kind, aliases, call: Declared(name, (("kind", kind), ("aliases", aliases), ("call", call))),
    st.sampled_from([*_NAMES, "a.B", "a.B.m", "c.D", "c.D.m"]),
    st.sampled_from(["sql", "off", "cache"]),
    st.lists(st.sampled_from([*_NAMES, "a.B", "c.D", "c.D.m"]), max_size=2).map(tuple),
    st.sampled_from(["class", "function", "method", "classmethod"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_DECLARED, max_size=5))
def test_whatever_is_declared_makes_a_catalogue(declared: list[Declared]) -> None:
    by_name = Catalog(rows(CLIENTS[:40], declared)).by_name
    if not any(dict(one.values)["kind"] == "off" for one in declared):
        assert {one.name for one in declared} <= by_name.keys()
