"""The readers of configuration files: what stands in our table, and in which row."""

from __future__ import annotations

import configparser
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_conn_lint import configfile
from lambda_conn_lint.configfile import BrokenError, ini, toml
from lambda_conn_lint.configfile.model import Lines

tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

TOML = '''\
# [tool.lambda-conn-lint] in a comment
[project]
name = "x"
description = """
[tool.lambda-conn-lint]
select = ["no"]
"""
when = 1979-05-27 07:32:00

[tool . "lambda-conn-lint"]   # a comment
select = [
    "LCL1",  # ] "

    "LCL2", 'LCL3', [
        "deep" ]
]
'fix' = true
per-file-ignores = { "a]#.py" = ["LCL1"], "b" = [ "x",
  "y"] }
clients."mycompany.db.connect".kind = "sql"
clients . 'a.b' = "off"
"\\u0065xclude" = """
a = 1
""\\""""
[[tool.other]]
x = 1
[tool.lambda-conn-lint.clients."c.d"]
kind = \'\'\'
x\'\'\'
"with-exit" = "none"
[[tool.other]]
lambda-conn-lint.x = 3
'''


def test_rows_in_toml() -> None:
    values, rows = toml.parse(TOML.encode())
    assert values is not None
    assert set(values) == {"select", "fix", "per-file-ignores", "clients", "exclude"}
    assert {place: row for place, row in rows.items() if place} == {
        ("select",): 11,
        ("select", 0): 12,
        ("select", 1): 14,
        ("select", 2): 14,
        ("select", 3): 14,
        ("select", 3, 0): 15,
        ("fix",): 17,
        ("per-file-ignores",): 18,
        ("per-file-ignores", "a]#.py"): 18,
        ("per-file-ignores", "a]#.py", 0): 18,
        ("per-file-ignores", "b"): 18,
        ("per-file-ignores", "b", 0): 18,
        ("per-file-ignores", "b", 1): 19,
        ("clients",): 20,
        ("clients", "mycompany.db.connect"): 20,
        ("clients", "mycompany.db.connect", "kind"): 20,
        ("clients", "a.b"): 21,
        ("exclude",): 22,
        ("clients", "c.d"): 27,
        ("clients", "c.d", "kind"): 28,
        ("clients", "c.d", "with-exit"): 30,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[tool.lambda-conn-lint]\n", True),
        ("\ufeff[tool.lambda-conn-lint]\r\nfix = true\r\n", True),
        ("[ tool . 'lambda-conn-lint' ]", True),
        ("[tool.lambda-conn-lint.clients]", True),
        ('[tool]\nlambda-conn-lint = {fix = true}\n"x" = 1', True),
        ('[tool]\n"lambda-conn-lint".fix = true', True),
        ("tool.lambda-conn-lint.fix = true", True),
        ("tool = {lambda-conn-lint = {fix = true}}", True),
        ("[tool.ruff]\n", False),
        ('[project]\ndependencies = ["lambda-conn-lint==1", "x"]', False),
        ('[tool.poetry.group.dev.dependencies]\nlambda-conn-lint = "^1"', False),
        ("# [tool.lambda-conn-lint]", False),
        ("[tool.lambda-conn-lint-plus]", False),
        ('[project]\nname = "lambda-conn-lint"', False),
        ("[tool.lambda-conn-lint]\nfix = \n", True),
        ("[tool.ruff]\nx = \nlambda-conn-lint = 1", False),
        ("x = \n# [tool.lambda-conn-lint]", False),
        ("x = \n[tool.lambda-conn-lint-plus]", False),
        ("[tool.lambda_conn_lint_plus]", False),
        ("[tool.setuptools.package-data]\nlambda_conn_lint = ['py.typed']", False),
    ],
)
def test_which_files_hold_the_table(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8", newline="")
    assert (configfile.table_in(tmp_path) is not None) is found


@pytest.mark.parametrize(
    ("text", "row", "message"),
    [
        (b"[tool.lambda-conn-lint]\nfix = \n", 2, "not valid TOML: "),
        (b"[tool.lambda-conn-lint]\nx = 1\nx = 2\n", 3, "not valid TOML: "),
        (b"[tool.lambda-conn-lint]\nexclude = ['\xff']\n", 2, "not valid UTF-8"),
        (b"[tool]\nlambda-conn-lint = 3\n", 2, "has to be a table"),
        (b"\n[[tool.lambda-conn-lint]]\nfix = true\n", 2, "has to be a table"),
        (b"[tool.lambda-conn-lint\nfix = true\n", 1, "not valid TOML: "),
        (b"\xff[tool.lambda-conn-lint]\n", 1, "not valid UTF-8"),
        (
            b"\n[tool.lambda_conn_lint]\nfix = true\n",
            2,
            "[tool.lambda_conn_lint] is never read: the table is [tool.lam",
        ),
        (b"[ tool . 'lambda_conn_lint'.clients]\n", 1, "is never read"),
    ],
)
def test_broken_toml(tmp_path: Path, text: bytes, row: int, message: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text)
    path = configfile.table_in(tmp_path)
    assert path is not None, "a table that cannot be read is still meant to be there"
    with pytest.raises(BrokenError) as caught:
        configfile.read(path)
    assert caught.value.row == row
    assert message in str(caught.value)


def test_deeply_nested_toml_is_an_error_and_no_crash() -> None:
    text = b"[tool.lambda-conn-lint]\nx = " + b"[" * 20_000 + b"]" * 20_000
    with pytest.raises(BrokenError, match="nested too deeply"):
        toml.parse(text)


_KEYS = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9_-]{1,8}\Z"),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6),
)
_STRINGS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), _STRINGS, st.just(1.5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=8,
)


def _quoted(text: str, style: int) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in _escaped(text))
    if style == 1 and "'" not in text and text.isprintable():
        return f"'{text}'"
    return f'"""\n{escaped}"""' if style == 2 else f'"{escaped}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _written(value: Any, draw: st.DrawFn) -> str:
    """One of the ways in which a value may be written."""
    space = draw(st.sampled_from(["", " ", "\n", " # ] } ' \"\n  "]))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value, draw(st.integers(0, 2)))
    if isinstance(value, list):
        return "[" + space + f",{space}".join(_written(item, draw) for item in value) + space + "]"
    if isinstance(value, dict):
        pairs = (f"{_quoted(key, 0)} = {_written(item, draw)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return str(value)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """TOML documents with our table among others, in many spellings."""
    lines = ["[tool.'lambda-conn-lint'] # x" if draw(st.booleans()) else '["tool" . lambda-conn-lint]']
    for key, value in draw(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5)).items():
        written = _written(value, draw)
        lines += [
            draw(st.sampled_from(["", "# 'a = [", "  "])),
            f"  {_quoted(key, draw(st.integers(0, 1)))} = {written}",
        ]
    return "\n".join(lines) + "\n"


@settings(deadline=None, max_examples=60)
@given(documents())
def test_every_key_and_item_of_a_valid_document_is_located(text: str) -> None:
    """Cutting a document at the row of a key leaves the key in the rest, and everything before it in the head."""
    values, rows = toml.parse(text.encode())
    assert values is not None

    def places(value: Any, place: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield (*place, key)
                yield from places(inner, (*place, key))
        if isinstance(value, list):
            for index, inner in enumerate(value):
                yield (*place, index)
                yield from places(inner, (*place, index))

    assert set(rows) == {(), *places(values, ())}
    lines = text.split("\n")
    for key in values:
        head = "\n".join(lines[: rows[(key,)] - 1])
        assert tomllib.loads(head)["tool"]["lambda-conn-lint"].keys() == set(list(values)[: list(values).index(key)])


INI = """\
[metadata]
description = x
    [lambda-conn-lint]
[lambda-conn-lint]
# comment
Select = LCL1, LCL2
ignore:
    LCL3
    ; comment

    LCL4,
fix=on
   more

[lambda-conn-lint:clients]
mycompany.db.Pool = database
[lambda-conn-lint:clients:mycompany.db.connect]
kind = database
[flake8]
fix = 1
"""


def test_setup_cfg() -> None:
    values, rows = ini.parse(INI.encode())
    assert values == {
        "Select": Lines(((6, "LCL1, LCL2"),)),
        "ignore": Lines(((8, "LCL3"), (11, "LCL4,"))),
        "fix": Lines(((12, "on"), (13, "more"))),
        "clients": {
            "mycompany.db.Pool": Lines(((16, "database"),)),
            "mycompany.db.connect": {"kind": Lines(((18, "database"),))},
        },
    }
    assert rows[("clients", "mycompany.db.connect")] == 17
    assert rows[("clients", "mycompany.db.connect", "kind")] == 18
    assert rows[("ignore",)] == 7


@pytest.mark.parametrize(
    ("text", "row", "message"),
    [
        ("[lambda-conn-lint]\nfix\n", 2, "'fix' is not of the form 'key = value'"),
        ("[lambda-conn-lint]\nfix = 1\nfix: 0\n", 3, "'fix' is set a second time"),
        ("[lambda-conn-lint]\n[x]\n[lambda-conn-lint]\n", 3, "section [lambda-conn-lint] stands here a second time"),
        ("[lambda-conn-lint]\nclients = x\n[lambda-conn-lint:clients]\n", 3, "'clients' is set a second time"),
        ("[lambda-conn-lint]\n= 3\n", 2, "is not of the form"),
        ("[x]\n[lambda_conn_lint]\nfix = 1\n", 2, "never read: the section is [lambda-conn-lint]"),
        ("[tool:lambda-conn-lint]\nfix = 1\n", 1, "never read: the section is [lambda-conn-lint]"),
        ("[lambda_conn_lint:clients:x.y]\nfix = 1\n", 1, "never read: the section is [lambda-conn-lint]"),
    ],
)
def test_broken_setup_cfg(text: str, row: int, message: str) -> None:
    with pytest.raises(BrokenError) as caught:
        ini.parse(text.encode())
    assert (caught.value.row, message in str(caught.value)) == (row, True)


_INI_LINES = st.lists(
    st.sampled_from(
        ["key = a", "key2: b = c", "  more", "    deeper", "", "# comment", "  ; comment", "k3 =", "k4=x:y", "k 5 = d"]
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=100)
@given(_INI_LINES)
def test_setup_cfg_is_read_as_by_configparser(lines: list[str]) -> None:
    text = "\n".join(["[other]", "x = 1", "[lambda-conn-lint]", *lines, "[more]", "y = 2"]) + "\n"
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep the case of keys
    try:
        parser.read_string(text)
        expected = {
            key: [line for line in map(str.strip, value.split("\n")) if line]
            for key, value in parser.items("lambda-conn-lint")
        }
    except configparser.Error:
        expected = None
    try:
        values, _ = ini.parse(text.encode())
        assert values is not None
        found = {key: [line for _, line in value.lines] for key, value in values.items()}
    except BrokenError:
        found = None
    assert found == expected
