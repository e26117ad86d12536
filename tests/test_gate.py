"""What names can rule out: files without a part in any finding are not parsed by libcst, and no finding is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.client_table import Declared
from lambda_conn_lint.gate.constructions import may_matter, names_of
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES

NOWHERE = Path("/nowhere/at/all")
EVERYTHING = frozenset(rule.code for rule in RULES)
HANDLER = "def lambda_handler(event, context):\n    "


def codes(files: dict[str, str], settings: Settings | None = None) -> list[str]:
    overlay = {path: text.encode() for path, text in files.items()}
    settings = settings or Settings(codes=EVERYTHING)
    return sorted(finding.code for finding in check(Project(NOWHERE, overlay), settings).findings)


REUSED = [
    pytest.param("import boto3\ns3 = boto3.client('s3')\n" + HANDLER + "return s3.list_buckets()\n", id="client"),
    pytest.param(
        "import boto3\ns3 = boto3.session.Session(region_name='x').client('s3')\n" + HANDLER + "s3.list_buckets()\n",
        id="session",
    ),
    pytest.param(
        "import boto3\nclient = boto3.client('s3')\n" + HANDLER + "return client.list_buckets()\n",
        id="a variable called like a constructor",
    ),
    pytest.param(
        "import boto3\nfrom redis import Redis\ncache = Redis()\n"
        + HANDLER
        + "with open('/tmp/x') as file:\n        cache.set('x', file.read())\n",
        id="a file that is closed",
    ),
    pytest.param(
        "import boto3\n\nclass Store:\n    table = boto3.resource('dynamodb').Table('x')\n"
        "    def put(self):\n        with open('/tmp/x'):\n            self.table.put_item(Item={})\n"
        + HANDLER
        + "Store().put()\n",
        id="an attribute of a class",
    ),
    pytest.param(
        "import boto3\nclients = {name: boto3.client(name) for name in ('s3', 'sqs')}\n" + HANDLER + "clients['s3']\n",
        id="a dictionary",
    ),
]


@pytest.mark.parametrize("text", REUSED)
def test_a_file_that_reuses_its_client_is_not_parsed(text: str, parsed: list[bytes]) -> None:
    assert codes({"app.py": text}) == []
    assert parsed == []


IMPORT = "import boto3\n"
BUILT = [
    pytest.param(
        {
            "app.py": "from functools import partial\n"
            + IMPORT
            + "make = partial(boto3.client, 's3')\n"
            + HANDLER
            + "make()\n"
        },
        id="partial",
    ),
    pytest.param({"app.py": IMPORT + "make = boto3.client\n" + HANDLER + "make('s3')\n"}, id="alias"),
    pytest.param({"app.py": "from boto3 import client as c\n" + HANDLER + "c('s3')\n"}, id="import as"),
    pytest.param(
        {"own.py": "from boto3 import client as c\n", "app.py": "from own import c\n" + HANDLER + "c('s3')\n"},
        id="import as, in another file",
    ),
    pytest.param(
        {"own.py": "from boto3 import client\n", "app.py": "from own import client as c\n" + HANDLER + "c('s3')\n"},
        id="import from another file as",
    ),
    pytest.param(
        {"own.py": "from redis import *\n", "app.py": "from own import *\n" + HANDLER + "Redis()\n"},
        id="star",
    ),
    pytest.param({"app.py": IMPORT + "make = getattr(boto3, 'client')\n" + HANDLER + "make('s3')\n"}, id="getattr"),
    pytest.param(
        {"app.py": IMPORT + HANDLER + "getattr(boto3, 'cli' + 'ent' if event else 'client')('s3')\n"},
        id="getattr in the handler",
    ),
    pytest.param({"app.py": IMPORT + "make = lambda: boto3.client('s3')\n" + HANDLER + "make()\n"}, id="lambda"),
    pytest.param(
        {"app.py": IMPORT + "clients = (boto3.client(x) for x in 'ab')\n" + HANDLER + "next(clients)\n"},
        id="generator",
    ),
    pytest.param(
        {"app.py": "import redis\nclass Cache(redis.Redis):\n    pass\n" + HANDLER + "Cache()\n"}, id="subclass"
    ),
    pytest.param(
        {"app.py": IMPORT + "def use(make=boto3.client):\n    make('s3')\n" + HANDLER + "use()\n"}, id="default"
    ),
    pytest.param({"app.py": IMPORT + "MAKERS = {'s3': boto3.client}\n" + HANDLER + "MAKERS['s3']('s3')\n"}, id="table"),
    pytest.param(
        {
            "app.py": IMPORT + "from deep import one\n" + HANDLER + "one.go(boto3)\n",
            "deep/__init__.py": "",
            "deep/one.py": "from deep.two import went\n\ndef go(sdk):\n    went(sdk)\n",
            "deep/two.py": "def went(sdk):\n    sdk.client('s3')\n",
        },
        id="the package as an argument",
    ),
    pytest.param(
        {
            "app.py": "from importlib import import_module\n"
            + IMPORT
            + "helper = import_module('deep.' + 'helper')\nhelper = import_module('helper')\n"
            + HANDLER
            + "helper.work()\n",
            "helper.py": IMPORT + "\ndef work():\n    boto3.client('s3')\n",
        },
        id="import by name",
    ),
    pytest.param(
        {"app.py": IMPORT + HANDLER + "class A:\n        s3 = boto3.client('s3')\n"}, id="class in a function"
    ),
    pytest.param(
        {"app.py": IMPORT + HANDLER + "def work(s3=boto3.client('s3')):\n        pass\n    work()\n"},
        id="default of a function in a function",
    ),
]


@pytest.mark.parametrize("files", BUILT)
def test_no_way_to_a_constructor_is_ruled_out(files: dict[str, str]) -> None:
    """What the link itself makes of each is another question: it has to be asked."""
    names = names_of(catalogue())
    assert any(may_matter(text.encode(), names) for text in files.values())


@pytest.mark.parametrize(
    "files",
    [case for case in BUILT if case.id not in ("star", "getattr in the handler", "generator", "import by name")],
)
def test_what_is_built_is_found(files: dict[str, str]) -> None:
    assert codes(files) in (["LCL103"], ["LCL101"])


SHARED = "import redis\ncache = redis.Redis()\n"


@pytest.mark.parametrize(
    "body",
    [
        "cache.close()",
        "with cache:\n        pass",
        "with contextlib.closing(cache):\n        pass",
        "with own() as it:\n        pass",
        "with next(iter([cache])) as it:\n        pass",
        "with copy.copy(cache) as it:\n        pass",
        "open = own\n    with open() as it:\n        pass",
        "for open in (own,):\n        with open() as it:\n            pass",
        "contextlib.ExitStack().enter_context(cache)",
        "cache.__exit__(None, None, None)",
        "[one.close() for one in (cache,)]",
    ],
)
def test_no_way_to_close_a_client_is_ruled_out(body: str) -> None:
    text = f"import contextlib\n{SHARED}\ndef own():\n    return cache\n\n{HANDLER}{body}\n"
    assert may_matter(text.encode(), names_of(catalogue()))


def test_a_function_called_like_pythons_own_may_give_a_client() -> None:
    files = {
        "store.py": SHARED + "\ndef open():\n    return cache\n",
        "app.py": f"import redis\nfrom store import open\n{HANDLER}with open() as it:\n        it.get('x')\n",
    }
    assert codes(files) == ["LCL301"]


def test_what_other_interpreters_parse_is_not_ruled_out() -> None:
    assert may_matter(b"def f(:\n    boto3.client('s3')\n", names_of(catalogue()))


def test_rows_are_counted_as_python_counts_them() -> None:
    for newline in ("\n", "\r\n", "\r"):
        lines = [
            "import boto3",
            '"""',
            "text \f \x0b more",
            '"""',
            "",
            "@staticmethod",
            "def f():",
            "    boto3.client('s3')",
        ]
        assert may_matter(newline.join(lines).encode(), names_of(catalogue()))
        assert may_matter(
            newline.join([*lines[:5], "@boto3.client", *lines[6:7], "    pass"]).encode(), names_of(catalogue())
        )


def test_a_client_of_the_user_is_known_by_any_name() -> None:
    files = {
        "mycompany/__init__.py": "",
        "mycompany/db.py": "from mycompany.inner import make as connect\n",
        "mycompany/inner.py": "def make():\n    return object()\n",
        "app.py": "from mycompany.db import connect as c\n" + HANDLER + "c()\n",
    }
    declared = Declared("mycompany.db.connect", (("kind", "database"),))
    assert codes(files, Settings(codes=EVERYTHING, clients=(declared,))) == ["LCL101"]
