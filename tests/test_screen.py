"""What is read from bytes alone must hold all that a parser would find: more is slow, less is a miss."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from corpus import Sample, named, samples

from lambda_conn_lint.catalog import CLIENTS, catalogue
from lambda_conn_lint.facts.lower import facts_of
from lambda_conn_lint.handlers import origins
from lambda_conn_lint.handlers.signature import has_shape, is_documented
from lambda_conn_lint.import_statements import imports_in
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen

Import = tuple[int, str, tuple[str, ...]]  # dots, module, names


def screen(text: str | bytes, *packages: str) -> Screen:
    """The screen of a project with one file, ``app.py``; ``packages`` are those that clients come from."""
    data = text if isinstance(text, bytes) else text.encode()
    return Screen(Project(Path("/nowhere/at/all"), {"app.py": data}), packages or catalogue().sources)


def has_handler(text: str) -> bool:
    return screen(text).has_handler("app.py")


# Imports


def found(data: bytes) -> set[Import]:
    return {(one.level, one.module, one.names) for one in imports_in(data)}


def expected(data: bytes) -> set[Import]:
    imports: set[Import] = set()
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Import):
            imports.update((0, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imports.add((node.level, node.module or "", tuple(alias.name for alias in node.names)))
    return imports


@pytest.mark.parametrize("source", named(samples()))
def test_imports_of_the_standard_library(source: Sample) -> None:
    # Docstrings and comments may look like imports, so there may be more.
    assert not expected(source.data) - found(source.data)


IMPORTS = {
    "plain": "import a, b.c as d, e\nimport f\n",
    "from": "from a import b, c as d\nfrom e.f import *\n",
    "relative": "from . import a\nfrom .b import c\nfrom ... import d\nfrom ...e.f import g\n",
    "relative without a space": "from .import a\nfrom.b import c\n",
    "brackets": "from a import (b, c as d)\nfrom e import (\n    f,\n    g as h,\n)\nfrom i import(j)\n",
    "brackets with comments": "from a import (  # b, c\n    # d\n    e,  # f\n    g,\n)\n",
    "brackets with comments that have brackets": "from a import (  # all (of) them\n    b,  # :)\n    c,\n)\n",
    "bracket on the next line": "from a import (\n    b\n    as c,\n    d\n)\n",
    "bracket after a continued line": "from a import \\\n    (b,\n     c)\n",
    "continued": "import a, \\\n    b as c, \\\n    d\nfrom e import f, \\\n    g\n",
    "continued before the names": "from a import \\\n    b, c\nimport \\\n    d\n",
    "continued before the word import": "from a.b \\\n    import c, d\n",
    "continued after the word from": "from \\\n    a import b\n",
    "comments": "import a  # , b\nfrom c import d  # , e\n",
    "indented": "if x:\n    import a\n    try:\n        from b import c\n    except E:\n        import d\n",
    "statements on a line": "import a; import b;import c\nx = 1; import d; y = 2\n",
    "from after other statements": "import a; from b import c\nx = 1; from d import (e,\n f)\n",
    "from before other statements": "from a import b; from c import d; import e\nfrom f import (g); import h\n",
    "after a colon": "if x: import a\ntry: from b import c\nexcept E: import d\nclass A: import e; from f import g\n",
    "module with the word in its name": "import importlib, imports\nfrom reimport import imported\n",
    "module with the word in its name and brackets": "from importlib.x import (\n    a,\n    b,\n)\n",
    "module with the word in its name before others": (
        "from important import a; import b\nimport important; from c import d\n"
    ),
    "tabs": "import\ta\nfrom\tb\timport\tc ,\td\n",
    "spaces around dots": "from a . b import c\nfrom . . d import e\n",
    "not ascii": "import größe.maß\nfrom änder.ung import x\nfrom y import überall\n",
    "byte order mark": "\ufeffimport a\n",
    "form feed": "\x0cimport a\n\x0cfrom b import c\n",
    "no final newline": "import a\nfrom b import c",
    "after a docstring": '"""doc"""; import a\n',
    "in a function": "def f(): import a\n\nasync def g():\n    from b import c\n    return c\n",
    "calls and names beside": "reimport(); import a\nimport_x = importer\nfrom b import c\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", IMPORTS.values(), ids=IMPORTS)
def test_imports(text: str, newline: str) -> None:
    data = text.replace("\n", newline).encode()
    assert not expected(data) - found(data)


@pytest.mark.parametrize(
    "text",
    ["x = 'import a'\n", "reimport(a)\n", "# import a\n", "important = a\nx = important\n", ""],
)
def test_no_imports(text: str) -> None:
    assert found(text.encode()) == set()


def test_imports_by_string() -> None:
    data = b"a = importlib.import_module('b.c')\nd = __import__(\"e\")\nf = import_module(name)\n"
    assert found(data) == {(0, "b.c", ()), (0, "e", ())}


@pytest.mark.parametrize(
    "text",
    [
        "from a import (b,\n c",
        "import a, \\",
        "import",
        "from a import",
        "from a import (",
        "import \\\n",
        "\\\nimport",
    ],
)
def test_unfinished_statements_end_with_the_file(text: str) -> None:
    script = (
        f"from lambda_conn_lint.import_statements import imports_in; print(len(list(imports_in({text.encode()!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=10)
    assert int(done.stdout) <= 1


# Clients and platforms


@pytest.mark.parametrize("name", sorted({client.name for client in CLIENTS}))
def test_every_style_of_import_of_a_client_shows(name: str) -> None:
    module, _, last = name.rpartition(".")
    if catalogue().by_name[name].call in {"method", "classmethod", "staticmethod"}:
        module, _, last = module.rpartition(".")
    parent, _, inner = module.rpartition(".")
    styles = [f"import {module}", f"import {module} as x", f"from {module} import {last}", f"import os, {module}"]
    if parent:
        styles.append(f"from {parent} import {inner} as x")
    assert [style for style in styles if not screen(style + "\n").has_clients] == []


@pytest.mark.parametrize(
    "text", ["import json\n", "import redistribute\n", "x = 'boto3'\n", "# import boto3\n", "from .redis import x\n"]
)
def test_files_without_clients(text: str) -> None:
    assert not screen(text).has_clients


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import boto3\n", True),
        ("from botocore.config import Config\n", True),
        ("from google.cloud import storage\n", True),
        ("import azure.functions as func\n", True),
        ("from azure import functions\n", True),
        ("from aws_lambda_powertools.utilities import parameters\n", True),
        ("import functions_framework\n", True),
        ("import google.auth\n", False),
        ("import azure.identity\n", False),
        ("import redis\n", False),
        ("import boto3_helpers\n", False),
    ],
)
def test_signs_of_a_serverless_project(text: str, expected: bool) -> None:
    assert screen(text).is_serverless is expected


def test_unreadable_files_show_nothing(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("import redis\n")
    (tmp_path / "gone.py").write_text("import redis\n")
    project = Project(tmp_path)
    (tmp_path / "gone.py").unlink()
    screened = Screen(project, {"redis"})
    assert [path for path in project.python if screened.has_client(path)] == ["here.py"]
    assert not screened.has_handler("gone.py")


# Signs of handlers


EVENTS = ("event", "evt", "events", "data", "_", "__", "_event", "event_", "EVENT", "Event")
CONTEXTS = (
    "context", "ctx", "lambda_context", "lambdacontext", "lambdaContext", "_", "__", "_context", "context_", "__ctx__",
    "CONTEXT", "Context", "LambdaContext", "_lambda_context",
)  # fmt: skip
LAYOUTS = {
    "plain": "def {name}({event}, {context}):\n    return 1\n",
    "async": "async def {name}({event}, {context}):\n    return 1\n",
    "annotated": "def {name}({event}: dict[str, Any], {context}: object) -> dict:\n    return 1\n",
    "annotated as text": "def {name}({event}: 'Dict[str, Any]', {context}: \"x.Y\" = None) -> 'dict':\n    return 1\n",
    "defaults": "def {name}({event}=None, {context}=None):\n    return 1\n",
    "default that is a call": "def {name}({event}=dict(), {context}=None):\n    return 1\n",
    "annotation that is a call": "def {name}({event}: A[dict, f(1)], {context}: g()):\n    return 1\n",
    "lines": "def {name}(\n    {event},\n    {context},\n):\n    return 1\n",
    "lines with comments": "def {name}(\n    {event},  # what (happened)\n    {context},  # where\n):\n    return 1\n",
    "tight": "def {name}({event},{context}):return 1\n",
    "spacious": "def  {name} ( {event} , {context} ) :\n    return 1\n",
    "positional only": "def {name}({event}, {context}, /):\n    return 1\n",
    "further": "def {name}({event}, {context}, db=None, *args, **kwargs):\n    return 1\n",
    "keyword only": "def {name}({event}, {context}, *, db=None):\n    return 1\n",
    "type parameters": "def {name}[T]({event}: T, {context}) -> T:\n    return 1\n",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_shape_of_a_handler_shows(layout: str) -> None:
    missed = []
    tried = 0
    for name, event, context in product(("lambda_handler", "handler", "process", "größe"), EVENTS, CONTEXTS):
        if event != context:
            text = layout.format(name=name, event=event, context=context)
            (function,) = facts_of(text.encode()).functions
            if has_shape(function) and (is_documented(name) or not function.is_async):
                tried += 1
                missed += [] if has_handler(text) else [text]
    assert tried > 200
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "handler = make(work)\n",
        "lambda_handler = work\n",
        "handler: Callable = Mangum(app)\n",
        "handler, other = pair()\n",
        "first = handler = make()\n",
        "if x:\n    handler = lambda a, b: 1\n",
        "from work import run as handler\n",
        "from work import handler\n",
        "from work import (\n    a,\n    lambda_handler,\n)\n",
        "import work.handler as lambda_handler\n",
    ],
)
def test_every_way_to_bind_a_documented_name_shows(text: str) -> None:
    assert has_handler(text)


ANNOTATED = {
    "powertools context": (
        "from aws_lambda_powertools.utilities.typing import LambdaContext",
        "def run(e, c: LambdaContext): pass",
    ),
    "powertools context by module": (
        "from aws_lambda_powertools.utilities import typing as t",
        "def run(e, c: t.LambdaContext): pass",
    ),
    "typing context": ("from aws_lambda_typing.context import Context", "def run(e, c: Context): pass"),
    "typing context by module": ("from aws_lambda_typing import context as x", "def run(e, c: x.Context): pass"),
    "typing package": ("import aws_lambda_typing as alt", "def run(e, c: alt.context.Context): pass"),
    "runtime context": (
        "from awslambdaric.lambda_context import LambdaContext",
        "def run(e, c: 'LambdaContext'): pass",
    ),
    "context package": ("from aws_lambda_context import LambdaContext as L", "def run(e, c: L): pass"),
    "event class": (
        "from aws_lambda_powertools.utilities.data_classes import SQSEvent",
        "def run(e: SQSEvent, _c): pass",
    ),
    "typing event": ("from aws_lambda_typing.events import SQSEvent", "def run(e: SQSEvent, ctx): pass"),
    "typing events by module": ("from aws_lambda_typing import events", "def run(e: events.SQSEvent, _c): pass"),
    "azure request": ("import azure.functions as func", "def main(req: func.HttpRequest): pass"),
    "azure from": ("from azure import functions as func", "def main(req: func.HttpRequest): pass"),
    "azure class": ("from azure.functions import TimerRequest", "def main(timer: TimerRequest): pass"),
}


@pytest.mark.parametrize(("statement", "function"), ANNOTATED.values(), ids=ANNOTATED)
def test_every_annotation_of_a_handler_shows(statement: str, function: str) -> None:
    assert has_handler(f"{statement}\n\n\n{function}\n")


@pytest.mark.parametrize("origin", origins.ORIGINS, ids=lambda origin: origin.prefix)
def test_every_framework_shows(origin: origins.Origin) -> None:
    package = origin.prefix.removesuffix(".")
    parent, _, last = package.rpartition(".")
    styles = [f"import {package}", f"import {package} as x", f"from {package} import y", f"import os, {package} as z"]
    if parent:
        styles.append(f"from {parent} import {last}")
    missed = [style for style in styles if not has_handler(f"{style}\n\n\n@x.y\ndef work(job):\n    return 1\n")]
    assert missed == []


@pytest.mark.parametrize("package", ["fastapi", "flask", "starlette"])
def test_routes_are_no_sign_by_themselves(package: str) -> None:
    assert not has_handler(f"import {package}\n\n\n@x.get('/')\ndef read(): pass\n")


@pytest.mark.parametrize("adapter", origins.ADAPTERS)
def test_adapters_show(adapter: str) -> None:
    text = f"import {adapter}\n\n\n@x.get('/')\ndef read(): pass\n"
    assert list(screen(text).adapters) == ["app.py"]
    assert list(screen(f"# {adapter}\n").adapters) == []


@pytest.mark.parametrize(
    "text", ["", "def work(job):\n    return 1\n", "x = 1\n", "def add(a, b):\n    return a + b\n"]
)
def test_files_without_a_sign_of_a_handler(text: str) -> None:
    assert not has_handler(text)


@pytest.mark.parametrize(
    "text",
    [
        "class App:\n    @staticmethod\n    def run(event, context):\n        pass\n",
        "def outer():\n    def run(event, context):\n        pass\n    return run\n",
        "def run(event, context, job):\n    pass\n",
        "def run(event, context, *, job):\n    pass\n",
        "async def run(event, context):\n    pass\n",
        "def run(_, __):\n    pass\n",
        "def run(data):\n    send(data, context)\n",
        '"""\ndef run(event, context): pass\n"""\n',
        "def run(job):\n    handler = job\n    return handler\n",
        "class App:\n    handler = run\n",
        "add(handler=run)\n",
        "def run(handler, context): pass\n",
        "def run():\n    from work import handler\n",
        "from xml.sax import handler\n",
        "from logging import *\nlambda_handler\n",
        "with open(x) as handle: pass\n",
        "x = [f for handlers in y]\nhandlers = x\n",
        "class MyLambdaContext: pass\n",
        "class handler:\n    pass\n",
    ],
)
def test_what_only_looks_like_a_handler_shows_nothing(text: str) -> None:
    assert not has_handler(text)


@pytest.mark.parametrize(
    "text",
    [
        "def run(event, context): print 'Python 2'\n",
        "def setup():\n    global handler\n    handler = make()\n",
        "(first, handler) = pair()\n",
        "@made\nclass handler:\n    pass\n",
        "@made\nclass lambda_handler(App): pass\n",
        "print(handler := make())\n",
        "with make() as  handler:\n    pass\n",
        "from work import (\n    a,  # the :)\n    handler,\n)\n",
        "from work import a, \\\n    handler\n",
        "try:\n    from work import lambda_handler\nexcept ImportError:\n    pass\n",
        "try:\n    def run(event, context): pass\nfinally:\n    pass\n",
        "if 1:\n    class A: pass\n    def run(data, _): pass\n",
        "def run(\n    # all of it\n    event  # what\n    : dict,\n    context  # where\n    = None,\n): pass\n",
        "def run(event=f(1, 2), *, context=None): pass\ndef lambda_handler(_, _c, context=1): pass\nhandler = run\n",
    ],
)
def test_unusual_ways_to_define_a_handler_show(text: str) -> None:
    assert has_handler(text)


@pytest.mark.parametrize(
    "text",
    [
        "class App:\n    @staticmethod\n    def run(event, context):\n        pass\n",
        "def outer(\n    x,\n):\n    if x:\n        # wrapped\n\n        def run(event, context):\n            pass\n",
        "class App:\n    '''It's.'''\n\n    handler = run\n",
        "def outer():\n\tfrom work import handler\n",
        "async  def outer(handler=None): pass\n",
        "def run(event):\n    pass\n\ndef other(a, context):\n    pass\n",
        "def outer():\n# not indented\n    handler = make()\n",
    ],
)
def test_what_belongs_to_a_function_or_a_class_is_seen_without_a_parse(text: str) -> None:
    assert not screen(text).shows_handler("app.py")


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    usage = '''\ndef run():\n    pass'''\n    handler = make()\nfinally:\n    pass\n",
        "if x:\n    def other(): pass\n    handler = make()\n",
        "if x:\n    pass\nelse:\n    try:\n        def run(event, context): pass\n    finally:\n        pass\n",
        "handlers = (\n    handler := make(),\n)\n",
        "class A: pass\rhandler = make()\r",
        "class A:\r\n    handler = 1\r\n\r\nhandler = make()\r\n",
        "def other(a=[\n    1,\n]): pass\n\nif a:\n    handler = make()\n",
        "def set_up(f=lambda event, context: 1):\n    global handler\n    handler = f\n",
        "class A:\n" + "    handler = 1\n" * 200 + "if x:\n    handler = make()\n",
        "def run(\n    event: 'what def was called with',\n    # def run(\n    context,\n): pass\n",
    ],
)
def test_what_belongs_to_the_module_is_seen_however_it_is_written(text: str) -> None:
    assert has_handler(text)


def test_a_private_function_that_leaves_out_what_comes_before_a_context_is_a_callback() -> None:
    assert not has_handler("def _on_error(_, context): pass\n")
    assert has_handler("def _on_order(event, _): pass\n")
    assert has_handler("def on_order(_, context): pass\n")


def test_a_shape_without_a_name_counts_where_it_may() -> None:
    named, free = "def lambda_handler(event, context): pass\n", "def run(event, context): pass\n"
    assert screen(named).has_handler("app.py", is_named=True)
    assert not screen(free).has_handler("app.py", is_named=True)
    assert screen(free).has_handler("app.py")


@pytest.mark.parametrize("packages", [["re"], ["re", "redis", "redis_om"], ["größe", "größen", "x" * 3000]])
def test_names_of_packages_may_begin_alike(packages: list[str]) -> None:
    for name in packages:
        assert screen(f"import os, {name}\n", *packages).has_clients
        assert screen(f"from {name} import a\n", *packages).has_clients
        assert not screen(f"import os, {name}s_\nfrom {name}_x import {name}\n", *packages).has_clients


@pytest.mark.parametrize(
    "text",
    [
        "x = 1; import redis\n",
        "if x: import redis\n",
        "\timport redis\n",
        "import os, \\\n    redis\n",
        "x = 1 \nimport redis\n",
        "from os import path; import redis\n",
        "from a import b\n\n  import redis\n",
    ],
)
def test_imports_of_clients_after_other_text_show(text: str) -> None:
    assert screen(text, "redis").has_clients


def test_every_file_is_read_once_for_all_that_is_asked_of_every_file(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text("import redis\n")
    read: list[str] = []

    class Counted(Project):
        def read(self, path: str) -> bytes:
            read.append(path)
            return super().read(path)

    screened = Screen(Counted(tmp_path), {"redis"})
    assert screened.has_clients
    assert not screened.is_serverless
    assert (list(screened.adapters), list(screened.frameworks), screened.programs) == ([], [], [])
    assert not screened.has_handler("a.py")
    assert read == ["a.py", "b.py", "c.py"]
