"""Hand-made outcomes that every output format is shown with."""

from __future__ import annotations

from lambda_conn_lint.findings import Edit, Evidence, Finding, Fix, Handler, Span, Step
from lambda_conn_lint.report.model import Outcome, Source
from lambda_conn_lint.suppress import Suppressions

DB = """\
import os

import psycopg2


def connect():
    return psycopg2.connect(os.environ["DSN"])
"""

APP = """\
import boto3
from orders import db


def get_order(event, context):
    conn = db.connect()
    table = boto3.resource(
        "dynamodb",
        region_name='''
    eu-west-1''',
    ).Table("orders")


def list_orders(event, context):
    conn = db.connect()
"""

CACHE = """\
import redis

client = None


def cached(key):
    global client
    if client is None:
        client = redis.Redis()
    value = client.get(key)
    client.close()
    return value
"""

GET = Handler("src/app.py", 5, 1, "get_order", "aws", (Evidence("sam", "GetOrder in template.yaml:7", "certain"),))
LIST = Handler("src/app.py", 14, 1, "list_orders", "aws", ())

CONNECT = Finding(
    "src/db.py",
    Span(7, 12, 7, 47),
    "LCL101",
    "psycopg2.connect() runs on every invocation",
    "psycopg2.connect",
    (GET, LIST),
    (
        Step("src/app.py", 5, 1, "get_order"),
        Step("src/app.py", 6, 12, "connect"),
        Step("src/db.py", 7, 12, "psycopg2.connect"),
    ),
    reason="the connection is closed by its callers",
)
RESOURCE = Finding(
    "src/app.py",
    Span(7, 13, 11, 6),
    "LCL103",
    "boto3.resource() runs on every invocation",
    "boto3.resource",
    (GET,),
    (Step("src/app.py", 5, 1, "get_order"), Step("src/app.py", 7, 13, "boto3.resource")),
)
PATCHED = Step("tests/test_app.py", 12, 10, "patch")
SAFE = Fix(
    "keep the client in _orders, which _get_orders() fills on first use",
    (Edit(Span(7, 13, 11, 6), "_get_orders()"), Edit(Span(14, 1, 14, 1), "_orders = None\n")),
    affects_tests=(PATCHED,),
)
UNSAFE = Fix(
    "keep the connection in _conn",
    (Edit(Span(7, 12, 7, 47), "_take_conn()"),),
    doubt="the callers could not all be found",
)
UNPARSABLE = Finding("src/broken.py", Span(2, 5, 2, 6), "LCL001", "cannot be parsed: invalid syntax")
CLOSED = Finding(
    "src/cache.py",
    Span(11, 5, 11, 19),
    "LCL301",
    "redis.Redis() is kept in `client`, and closed in cached on every invocation of list_orders",
    "redis.Redis",
    (LIST,),
    (
        Step("src/app.py", 14, 1, "list_orders"),
        Step("src/app.py", 15, 12, "cached"),
        Step("src/cache.py", 11, 5, "client.close"),
    ),
    reason="`client` may be something else by then",
)
INTERNAL = Finding("src/gone.py", Span(1, 1, 1, 1), "LCL000", "KeyError: 'x'")

ODD_NAME = "a b/\x1b[31m\n\u202e\udcff é.py"
ODD = Finding(
    ODD_NAME,
    Span(1, 7, 1, 14),
    "LCL105",
    "httpx.Client() runs on every invocation",
    "httpx.Client",
    (),
    (Step(ODD_NAME, 1, 1, "Ünïcode.handler"), Step(ODD_NAME, 1, 7, "httpx.Client")),
)
MARKUP_NAME = "a b/100%, é:x.py"
MARKUP = Finding(
    MARKUP_NAME,
    Span(3, 11, 3, 25),
    "LCL201",
    "<b>**x**</b> [a](1) {0} %0A\n::error::\x1b[1m",
    "redis.Redis",
    (Handler(MARKUP_NAME, 2, 1, "händler", "aws", ()),),
    (Step(MARKUP_NAME, 2, 1, "händler"), Step(MARKUP_NAME, 3, 11, "redis.Redis")),
    Fix(
        "keep it in {x}, which `_get()` fills",
        (Edit(Span(2, 1, 2, 1), "_日本 = {}\r\n\r\n"), Edit(Span(3, 11, 3, 25), '_get("é")')),
        doubt="100% [sure](2)\nis nobody",
    ),
)


def _source(text: str) -> Source:
    lines = text.splitlines(keepends=True)
    return Source(lines, Suppressions(lines))


CLEAN = Outcome((), {})
FINDINGS = Outcome((RESOURCE, CONNECT), {"src/app.py": _source(APP), "src/db.py": _source(DB)})
FIXES = FINDINGS._replace(
    findings=(RESOURCE._replace(fix=SAFE), CONNECT._replace(fix=UNSAFE, reason="")),
)
NOT_CHECKED = Outcome((UNPARSABLE, INTERNAL), {"src/broken.py": _source("def f(:\n    x = = 1\n")})
ODD_NAMES = Outcome((ODD,), {ODD_NAME: _source("日本\t\x1bx=Client()\n")})
MIXED = Outcome(
    (
        RESOURCE._replace(fix=SAFE),
        UNPARSABLE,
        CLOSED,
        CONNECT._replace(fix=UNSAFE, reason=""),
    ),
    {**FINDINGS.sources, "src/broken.py": NOT_CHECKED.sources["src/broken.py"], "src/cache.py": _source(CACHE)},
)
MARKED_UP = ODD_NAMES._replace(
    findings=(ODD, MARKUP),
    sources={
        **ODD_NAMES.sources,
        MARKUP_NAME: _source("import redis\ndef händler(é, context):\n    日本 = [redis.Redis(é)]\n"),
    },
)
