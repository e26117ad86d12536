from __future__ import annotations

import shutil
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from lambda_conn_lint.findings import Span
from lambda_conn_lint.fix.source.imports import add_import
from lambda_conn_lint.fix.source.text import Text

THREADING = "import threading"
ANY = "from typing import Any"

ORDERED = {
    "empty": "",
    "comment alone": "# note\n",
    "comment without newline": "# note",
    "docstring alone": '"""Doc."""\n',
    "docstring without newline": '"""Doc."""',
    "docstring and code": '"""Doc."""\n\nA = 1\n',
    "docstring right above code": '"""Doc."""\nA = 1\n',
    "docstring of several lines that ends like a comment": '"""Doc.\n\n# end"""\n\nA = 1\n',
    "the same above an import": '"""Doc.\n\n# end"""\nimport boto3\n',
    "docstring and function": '"""Doc."""\n\n\ndef f():\n    pass\n',
    "docstring right above a function": '"""Doc."""\ndef f():\n    pass\n',
    "docstring, far above code": '"""Doc."""\n\n\n\n\nA = 1\n',
    "docstring and decorated function": '"""Doc."""\n\n\n@d\ndef f():\n    pass\n',
    "docstring, comment and function": '"""Doc."""\n\n\n# About f.\ndef f():\n    pass\n',
    "docstring, comment apart and function": '"""Doc."""\n\n# Part one.\n\n\ndef f():\n    pass\n',
    "docstring, comment and decorated function": '"""Doc."""\n\n\n# About f.\n@d\ndef f():\n    pass\n',
    "docstring with a comment beside it": '"""Doc."""  # noqa: D400\n\nA = 1\n',
    "code alone": "A = 1\n",
    "function alone": "def f():\n    pass\n",
    "function with a comment": "# About f.\ndef f():\n    pass\n",
    "function with a licence": "# Copyright A. Author\n# All rights reserved.\ndef f():\n    pass\n",
    "blank lines first": "\n\nA = 1\n",
    "shebang and code": "#!/usr/bin/env python3\nA = 1\n",
    "shebang, cookie and function": "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\n\ndef f():\n    pass\n",
    "licence, blank, comment on the function": "# Copyright A. Author\n\n\n# About f.\ndef f():\n    pass\n",
    "form feed before the code": '"""Doc."""\n\n\x0c\nA = 1\n',
    "form feed before a function": '"""Doc."""\n\n\x0c\ndef f():\n    pass\n',
    "form feed right before a function": '"""Doc."""\n\n\n\x0cdef f():\n    pass\n',
    "dunder and code": '__all__ = ["f"]\n\n\ndef f():\n    pass\n',
    "dunder, then imports": '"""Doc."""\n\n__version__ = "1"\n\nimport os\n\nprint(os)\n',
    "future alone": "from __future__ import annotations\n",
    "future and function": "from __future__ import annotations\n\n\ndef f():\n    pass\n",
    "docstring, future and others": '"""Doc."""\n\nfrom __future__ import annotations\n\nimport boto3\n\nA = boto3\n',
    "one of the standard library": "import json\n\nA = json\n",
    "the last line": "import json",
    "one that sorts later": "import uuid\n\nA = uuid\n",
    "several": "import json\nimport os\nimport uuid\n\nA = 1\n",
    "several and from imports": (
        "import json\nimport os\nfrom collections import deque\nfrom urllib import parse\n\nA = 1\n"
    ),
    "from imports alone": "from collections import deque\nfrom urllib import parse\n\nA = 1\n",
    "third party alone": "import boto3\n\nA = 1\n",
    "third party under a licence": "# Copyright A. Author\nimport boto3\n\nA = 1\n",
    "third party under a comment of its own": "# Copyright A. Author\n\n# The SDK.\nimport boto3\n\nA = 1\n",
    "third party under a shebang": "#!/usr/bin/env python3\nimport boto3\n\nA = 1\n",
    "relative alone": "from . import a\nfrom .b import c\n\nA = 1\n",
    "all sections": (
        "from __future__ import annotations\n\nimport json\nfrom os import path\n\nimport boto3\n"
        "from redis import Redis\n"
        "\nfrom . import a\n\n\ndef f():\n    pass\n"
    ),
    "comments beside and above": (
        "import json  # noqa: F401\n\n# For later.\nimport os\nimport uuid  # isort:skip\n\n# The SDK.\n"
        "import boto3\n\nA = 1\n"
    ),
    "section headings": "# Standard library\nimport uuid\n\n# Third party\nimport boto3\n\nA = 1\n",
    "import of several lines": "from collections import (\n    OrderedDict,\n    deque,\n)\n\nimport boto3\n\nA = 1\n",
    "renamed": "import json as j\nimport uuid as u\nfrom os import path as p\n\nA = 1\n",
    "submodules": "import concurrent.futures\nimport os.path\nimport xml.dom\n\nA = 1\n",
    "capitals and digits": "from a2 import b\nfrom a10 import b\nfrom Abc import d\n\nA = 1\n",
    "imports in a guard": "import json\n\nif json:\n    import os\nelse:\n    import sys\n\nA = 1\n",
    "a guarded import first": (
        "try:\n    import unzip_requirements\nexcept ImportError:\n    pass\n\nimport json\n\nimport boto3\n\nA = 1\n"
    ),
    "a guard first, under its docstring": (
        '"""Doc."""\n\ntry:\n    import a\n    # or not\nexcept ImportError:\n    a = None\n# The SDK.\n'
        "import boto3\n\nA = 1\n"
    ),
    "guard alone": "if A:\n    import json\n",
    "path change between": (
        'import sys\n\nsys.path.insert(0, "lib")\n\nimport uuid  # noqa: E402\n\nimport boto3  # noqa: E402\n\nA = 1\n'
    ),
    "path change before all": "A = 1\n\nimport uuid  # noqa: E402\n",
    "typing that sorts later": "import json\nfrom typing import Dict, List\n\nA = 1\n",
    "typing that sorts earlier": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n",
    "typing in brackets": "from typing import (\n    Dict,\n    List,\n)\n\nA = 1\n",
    "typing in brackets, with comments": (
        "from typing import (  # noqa: F401\n    TYPE_CHECKING,  # one\n    # two\n    List,\n"
        "    cast,  # three\n)\n\nA = 1\n"
    ),
    "typing that the name ends": "from typing import (\n    TYPE_CHECKING,\n    AbstractSet,\n)\n\nA = 1\n",
    "typing renamed": "from typing import List as L\n\nA = 1\n",
    "typing as a whole": "import typing\n\nA = 1\n",
    "typing of everything": "from typing import *  # noqa: F403\n\nA = 1\n",
    "typing of much": (
        "from typing import TYPE_CHECKING, ClassVar, Dict, Generic, List, Mapping, Optional, Union\n\nA = 1\n"
    ),
    "typing beside another statement": "from typing import Dict; A = 1\n",
}

UNORDERED = {
    "no order": "import sys, os\nimport boto3\nimport json\nfrom typing import List, Dict\nA = 1\n",
    "forms by turns": "import json\nfrom os import path\nimport sys\nfrom uuid import uuid4\n\nA = 1\n",
    "from imports first": "from os import path\nfrom uuid import uuid4\nimport json\nimport zlib\n\nA = 1\n",
    "blank lines between forms": "import json\nimport os\n\nfrom uuid import uuid4\n\nA = 1\n",
    "no blank lines": '"""Doc."""\nfrom __future__ import annotations\nimport boto3\ndef f():\n    pass\n',
    "several to a row in brackets": "from typing import (Dict, List,\n                    Tuple)\n\nA = 1\n",
    "brackets on a line": "from typing import (Dict, List)\n\nA = 1\n",
    "goes on after a backslash": "from typing import Dict, \\\n    List\n\nA = 1\n",
    "two on a line": "import json; import uuid\nimport boto3\n",
}


def added(source: str, statement: str) -> str:
    text = Text(source.encode())
    wrapper = MetadataWrapper(cst.parse_module(text.clean), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)

    def span_of(node: cst.CSTNode) -> Span:
        start, end = places[node].start, places[node].end
        return Span(start.line, start.column + 1, end.line, end.column + 1)

    edit = add_import(text, wrapper.module, span_of, statement)
    return source if edit is None else text.apply([edit]).decode()


def parameters(shapes: dict[str, str]) -> list[object]:
    return [pytest.param(source, id=name) for name, source in shapes.items()]


def ruff(sources: dict[str, str], folder: Path) -> dict[str, list[str]]:
    """The codes that ruff reports with its default settings, by name of the source."""
    program = shutil.which("ruff") or shutil.which("ruff", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("ruff is not installed")
    for name, source in sources.items():
        (folder / f"{name}.py").write_bytes(source.encode())
    arguments = ["--isolated", "--no-cache", "--select=I,E402,F", "--ignore=F401,F821", "--output-format=concise"]
    run = subprocess.run([program, "check", *arguments, "."], cwd=folder, capture_output=True, text=True, check=False)
    codes: dict[str, list[str]] = {name: [] for name in sources}
    assert run.returncode in (0, 1), run.stderr
    for line in run.stdout.splitlines():
        if ".py:" in line:
            place, code, *_ = line.split()
            codes[place.partition(".py:")[0]].append(code)
    return codes


@pytest.mark.subprocess
@pytest.mark.parametrize(
    "statement",
    [
        THREADING,
        ANY,
        "import functools",
        "import asyncio",
        "import zoneinfo",
        "from contextlib import contextmanager",
        "from collections.abc import Iterator",
        "import botocore.config",
        "from aws_xray_sdk.core import patch_all as patch",
    ],
)
def test_ruff_finds_nothing_new(statement: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    shapes = {name.replace(" ", "_"): source for name, source in (ORDERED | UNORDERED).items()}
    was = ruff(shapes, before)
    changed = ruff({name: added(source, statement) for name, source in shapes.items()}, after)

    assert {name: codes for name, codes in changed.items() if not set(codes) <= set(was[name])} == {}


@pytest.mark.parametrize("source", parameters(ORDERED | UNORDERED))
@pytest.mark.parametrize("statement", [THREADING, ANY, "import botocore.config"])
def test_the_rest_stays(source: str, statement: str) -> None:
    result = added(source, statement)

    compile(result, "<file>", "exec")
    assert added(result, statement) == result
    assert result.endswith("\n") == source.endswith("\n") or not source
    for part, start, end, _, _ in SequenceMatcher(None, source, result, autojunk=False).get_opcodes():
        assert part in ("equal", "insert") or not source[start:end].strip() or "ClassVar" in source
    crlf = added(source.replace("\n", "\r\n"), statement)
    assert crlf == result.replace("\n", "\r\n") or "\n" not in source


@pytest.mark.parametrize(
    ("shape", "statement", "expected"),
    [
        ("empty", THREADING, "import threading\n"),
        ("docstring alone", THREADING, '"""Doc."""\n\nimport threading\n'),
        ("docstring without newline", THREADING, '"""Doc."""\n\nimport threading'),
        ("docstring and function", THREADING, '"""Doc."""\n\nimport threading\n\n\ndef f():\n    pass\n'),
        ("docstring, far above code", THREADING, '"""Doc."""\n\nimport threading\n\nA = 1\n'),
        ("the same above an import", THREADING, '"""Doc.\n\n# end"""\nimport threading\n\nimport boto3\n'),
        ("function with a comment", THREADING, "import threading\n\n\n# About f.\ndef f():\n    pass\n"),
        (
            "function with a licence",
            THREADING,
            "# Copyright A. Author\n# All rights reserved.\n\nimport threading\n\n\ndef f():\n    pass\n",
        ),
        ("shebang and code", THREADING, "#!/usr/bin/env python3\n\nimport threading\n\nA = 1\n"),
        ("form feed before the code", THREADING, '"""Doc."""\n\nimport threading\n\x0c\nA = 1\n'),
        ("future alone", THREADING, "from __future__ import annotations\n\nimport threading\n"),
        ("the last line", THREADING, "import json\nimport threading"),
        ("several", THREADING, "import json\nimport os\nimport threading\nimport uuid\n\nA = 1\n"),
        (
            "several and from imports",
            THREADING,
            (
                "import json\nimport os\nimport threading\nfrom collections import deque\nfrom urllib import parse\n"
                "\nA = 1\n"
            ),
        ),
        (
            "several and from imports",
            ANY,
            (
                "import json\nimport os\nfrom collections import deque\nfrom typing import Any\n"
                "from urllib import parse\n\n"
                "A = 1\n"
            ),
        ),
        (
            "third party under a shebang",
            THREADING,
            "#!/usr/bin/env python3\nimport threading\n\nimport boto3\n\nA = 1\n",
        ),
        (
            "third party under a comment of its own",
            THREADING,
            "# Copyright A. Author\n\nimport threading\n\n# The SDK.\nimport boto3\n\nA = 1\n",
        ),
        (
            "section headings",
            THREADING,
            "# Standard library\nimport threading\nimport uuid\n\n# Third party\nimport boto3\n\nA = 1\n",
        ),
        (
            "a guarded import first",
            THREADING,
            (
                "try:\n    import unzip_requirements\nexcept ImportError:\n    pass\n\nimport json\n"
                "import threading\n\nimport boto3\n\nA = 1\n"
            ),
        ),
        (
            "a guard first, under its docstring",
            THREADING,
            (
                '"""Doc."""\n\ntry:\n    import a\n    # or not\nexcept ImportError:\n    a = None\n'
                "import threading\n\n# The SDK.\n"
                "import boto3\n\nA = 1\n"
            ),
        ),
        ("guard alone", THREADING, "import threading\n\nif A:\n    import json\n"),
        (
            "path change between",
            THREADING,
            (
                'import sys\nimport threading\n\nsys.path.insert(0, "lib")\n\nimport uuid  # noqa: E402\n\n'
                "import boto3  # noqa: E402\n\nA = 1\n"
            ),
        ),
        ("path change before all", THREADING, "import threading\n\nA = 1\n\nimport uuid  # noqa: E402\n"),
        ("typing that sorts later", ANY, "import json\nfrom typing import Any, Dict, List\n\nA = 1\n"),
        (
            "typing that sorts earlier",
            ANY,
            "from typing import TYPE_CHECKING, Any\n\nif TYPE_CHECKING:\n    import json\n",
        ),
        ("typing in brackets", ANY, "from typing import (\n    Any,\n    Dict,\n    List,\n)\n\nA = 1\n"),
        (
            "typing in brackets, with comments",
            ANY,
            (
                "from typing import (  # noqa: F401\n    TYPE_CHECKING,  # one\n    Any,\n    # two\n    List,\n"
                "    cast,  # three\n)\n\n"
                "A = 1\n"
            ),
        ),
        (
            "typing that the name ends",
            ANY,
            "from typing import (\n    TYPE_CHECKING,\n    AbstractSet,\n    Any,\n)\n\nA = 1\n",
        ),
        (
            "typing of much",
            ANY,
            (
                "from typing import (\n    TYPE_CHECKING,\n    Any,\n    ClassVar,\n    Dict,\n    Generic,\n"
                "    List,\n    Mapping,\n"
                "    Optional,\n    Union,\n)\n\nA = 1\n"
            ),
        ),
        ("typing renamed", ANY, "from typing import Any\nfrom typing import List as L\n\nA = 1\n"),
        ("no order", ANY, "import sys, os\nimport boto3\nimport json\nfrom typing import Any, List, Dict\nA = 1\n"),
        (
            "forms by turns",
            THREADING,
            "import json\nfrom os import path\nimport sys\nimport threading\nfrom uuid import uuid4\n\nA = 1\n",
        ),
        (
            "from imports first",
            THREADING,
            "from os import path\nfrom uuid import uuid4\nimport json\nimport threading\nimport zlib\n\nA = 1\n",
        ),
        (
            "blank lines between forms",
            THREADING,
            "import json\nimport os\nimport threading\n\nfrom uuid import uuid4\n\nA = 1\n",
        ),
        (
            "no blank lines",
            THREADING,
            '"""Doc."""\nfrom __future__ import annotations\n\nimport threading\n\nimport boto3\ndef f():\n    pass\n',
        ),
    ],
)
def test_where_it_is_put(shape: str, statement: str, expected: str) -> None:
    assert added((ORDERED | UNORDERED)[shape], statement) == expected


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        pytest.param("import threading\n", THREADING, id="alone"),
        pytest.param("import os, threading\n", THREADING, id="in a list"),
        pytest.param("a = 1; import threading\n", THREADING, id="beside a statement"),
        pytest.param("a = 1\n\nimport threading\n", THREADING, id="below code"),
        pytest.param("from typing import (\n    Any,\n    Dict,\n)\n", ANY, id="in brackets"),
        pytest.param("import os.path as p\n", "import os.path as p", id="renamed"),
        pytest.param("from .a import b as c\n", "from .a import b as c", id="relative and renamed"),
    ],
)
def test_what_is_there_is_not_added(source: str, statement: str) -> None:
    assert added(source, statement) == source


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        pytest.param("import threading as t\n", THREADING, id="renamed"),
        pytest.param("import os.path\n", "import os", id="a submodule"),
        pytest.param("from threading import Lock\n", THREADING, id="one name of it"),
        pytest.param("from typing import Any as A\n", ANY, id="a name renamed"),
        pytest.param("from .typing import Any\n", ANY, id="a module of the package"),
        pytest.param("if a:\n    import threading\n", THREADING, id="in a guard"),
        pytest.param("def f():\n    import threading\n", THREADING, id="in a function"),
    ],
)
def test_something_like_it_is_not_it(source: str, statement: str) -> None:
    assert statement in added(source, statement).splitlines()


@pytest.mark.parametrize("statement", ["x = 1", "import a, b", "from a import *", "import a; import b"])
def test_one_import_is_asked_for(statement: str) -> None:
    with pytest.raises(ValueError, match="not one import"):
        added("", statement)
