from __future__ import annotations

import re

import pytest
from report.samples import (
    CLEAN,
    CONNECT,
    FINDINGS,
    FIXES,
    GET,
    LIST,
    NOT_CHECKED,
    ODD_NAMES,
    PATCHED,
    RESOURCE,
    SAFE,
    UNSAFE,
)

from lambda_conn_lint.findings import Fix, Span
from lambda_conn_lint.report.excerpt import excerpt
from lambda_conn_lint.report.model import Outcome, Style
from lambda_conn_lint.report.paint import Paint
from lambda_conn_lint.report.text import FORMAT, statistics

FINDINGS_TEXT = """\
src/app.py:7:13: LCL103 boto3.resource() runs on every invocation
   7 |     table = boto3.resource(
     |             ^^^^^^^^^^^^^^^
   8 |         "dynamodb",
   9 |         region_name='''
  10 |     eu-west-1''',
 ... |
  get_order          src/app.py:5
  -> boto3.resource  src/app.py:7

src/db.py:7:12: LCL101 psycopg2.connect() runs on every invocation
  7 |     return psycopg2.connect(os.environ["DSN"])
    |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  get_order              src/app.py:5
  -> connect             src/app.py:6
  -> psycopg2.connect    src/db.py:7
  also from list_orders  src/app.py:14
  no fix: the connection is closed by its callers

Found 2 findings in 2 files.
"""

FIXES_TEXT = FINDINGS_TEXT.replace(
    "  -> boto3.resource  src/app.py:7\n",
    "  -> boto3.resource  src/app.py:7\n"
    "  fix: keep the client in _orders, which _get_orders() fills on first use\n"
    "  tests that patch the constructor: tests/test_app.py:12\n",
).replace(
    "  no fix: the connection is closed by its callers\n\nFound 2 findings in 2 files.\n",
    "  fix: keep the connection in _conn (unsafe: the callers could not all be found)\n"
    "\n"
    "Found 2 findings in 2 files.\n"
    "1 fixable with `--fix`, 1 more with `--unsafe-fixes`.\n",
)

NOT_CHECKED_TEXT = """\
src/broken.py:2:5: LCL001 cannot be parsed: invalid syntax
  2 |     x = = 1
    |     ^

src/gone.py:1:1: LCL000 KeyError: 'x'

Found 2 findings in 2 files.
"""

ODD_NAMES_TEXT = r"""
a b/\x1b[31m\n\u202e\udcff é.py:1:7: LCL105 httpx.Client() runs on every invocation
  1 | 日本    \x1bx=Client()
    |               ^^^^^^^
  Ünïcode.handler  a b/\x1b[31m\n\u202e\udcff é.py:1
  -> httpx.Client  a b/\x1b[31m\n\u202e\udcff é.py:1

Found 1 finding in 1 file.
"""[1:]


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        pytest.param(CLEAN, "No findings.\n", id="clean"),
        pytest.param(FINDINGS, FINDINGS_TEXT, id="findings"),
        pytest.param(FIXES, FIXES_TEXT, id="fixes"),
        pytest.param(NOT_CHECKED, NOT_CHECKED_TEXT, id="not checked"),
        pytest.param(ODD_NAMES, ODD_NAMES_TEXT, id="odd names"),
    ],
)
def test_findings(outcome: Outcome, text: str) -> None:
    assert FORMAT.findings(outcome, Style()) == text


@pytest.mark.parametrize(("outcome", "text"), [(FINDINGS, FINDINGS_TEXT), (FIXES, FIXES_TEXT)])
def test_colours_change_nothing_else(outcome: Outcome, text: str) -> None:
    coloured = FORMAT.findings(outcome, Style(colour=True))
    assert "\x1b[1;31mLCL101\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text


def test_fixes_doubts_and_refusals_look_different() -> None:
    refused = FORMAT.findings(FINDINGS, Style(colour=True))
    fixes = FORMAT.findings(FIXES, Style(colour=True))
    assert "\n  \x1b[1mno fix:\x1b[0m the connection" in refused
    assert "\n  \x1b[32mfix:\x1b[0m keep the client" in fixes
    assert " (\x1b[33munsafe:\x1b[0m the callers" in fixes


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ("a", "a.py:1"),
        ("aab", "a.py:1, b.py:3"),
        ("abc", "a.py:1, b.py:2, c.py:3"),
        ("abccd", "a.py:1, b.py:2, c.py:3 and in 1 more file"),
        ("abcde", "a.py:1, b.py:2, c.py:3 and in 2 more files"),
    ],
)
def test_the_first_place_in_each_of_three_patching_tests(files: str, shown: str) -> None:
    patched = tuple(PATCHED._replace(filename=f"{name}.py", row=row) for row, name in enumerate(files, start=1))
    finding = RESOURCE._replace(fix=SAFE._replace(affects_tests=patched))
    assert FORMAT.findings(Outcome((finding,), {}), Style(summary=False)).endswith(f"constructor: {shown}\n")


def test_what_a_fix_says_is_printable() -> None:
    odd = UNSAFE._replace(message="a\x1b[1m", doubt="b\nc", affects_tests=(PATCHED._replace(filename="\x07.py"),))
    text = FORMAT.findings(Outcome((CONNECT._replace(fix=odd),), {}), Style(summary=False))
    assert text.endswith("  fix: a\\x1b[1m (unsafe: b\\nc)\n  tests that patch the constructor: \\x07.py:12\n")


@pytest.mark.parametrize(
    ("fixes", "said"),
    [
        ([SAFE], "1 fixable with `--fix`.\n"),
        ([SAFE, SAFE, UNSAFE], "2 fixable with `--fix`, 1 more with `--unsafe-fixes`.\n"),
        ([UNSAFE, None], "1 fixable with `--fix --unsafe-fixes`.\n"),
        ([None], ""),
    ],
)
def test_summary_tells_how_many_are_fixable(fixes: list[Fix | None], said: str) -> None:
    findings = tuple(CONNECT._replace(fix=fix) for fix in fixes)
    last = FORMAT.findings(Outcome(findings, {}), Style()).rpartition(" in 1 file.\n")[2]
    assert last == said


FIXED = Outcome((CONNECT,), {}, (RESOURCE, CONNECT, CONNECT, RESOURCE._replace(filename="src/db.py")))


def test_summary_after_fixing() -> None:
    text = FORMAT.findings(FIXED, Style())
    assert text.endswith("callers\n\nFixed 4 findings in 2 files, 1 remaining.\n")
    assert FORMAT.findings(FIXED._replace(findings=()), Style()) == "Fixed 4 findings in 2 files, 0 remaining.\n"
    assert statistics(FIXED, Style()) == (
        "1\tLCL101\tdatabase-client-in-handler\nFixed 4 findings in 2 files, 1 remaining.\n"
    )


def test_fixes_are_counted_by_file_and_code() -> None:
    fixes = (
        "Fixed in src/app.py:\n"
        "  1\tLCL103\tcloud-client-in-handler\n"
        "Fixed in src/db.py:\n"
        "  2\tLCL101\tdatabase-client-in-handler\n"
        "  1\tLCL103\tcloud-client-in-handler\n"
    )
    done = "Fixed 4 findings in 2 files, 0 remaining.\n"
    assert FORMAT.findings(FIXED._replace(findings=()), Style(fixes=True)) == f"{fixes}\n{done}"
    assert f"callers\n\n{fixes}\nFixed 4" in FORMAT.findings(FIXED, Style(fixes=True))
    assert FORMAT.findings(FIXED._replace(findings=()), Style(fixes=True, summary=False)) == ""
    assert FORMAT.findings(CLEAN, Style(fixes=True)) == "No findings.\n"


def test_without_summary() -> None:
    assert FORMAT.findings(CLEAN, Style(summary=False)) == ""
    assert FORMAT.findings(FINDINGS, Style(summary=False)) == FINDINGS_TEXT.removesuffix(
        "\nFound 2 findings in 2 files.\n"
    )


def test_statistics() -> None:
    many = FINDINGS._replace(findings=(*FINDINGS.findings, *[CONNECT] * 9))
    assert statistics(many, Style()) == (
        "10\tLCL101\tdatabase-client-in-handler\n 1\tLCL103\tcloud-client-in-handler\nFound 11 findings in 2 files.\n"
    )


def test_statistics_of_nothing() -> None:
    assert statistics(CLEAN, Style()) == "No findings.\n"
    assert statistics(CLEAN, Style(summary=False)) == ""


@pytest.mark.parametrize(("others", "last"), [(4, "1 more handler"), (5, "2 more handlers")])
def test_three_of_many_handlers_are_named(others: int, last: str) -> None:
    handlers = tuple(LIST._replace(row=row) for row in range(20, 20 + others))
    finding = CONNECT._replace(handlers=(*handlers, GET), reason="")
    assert FORMAT.findings(Outcome((finding,), {}), Style(summary=False)).endswith(
        "  also from list_orders  src/app.py:20\n"
        "  also from list_orders  src/app.py:21\n"
        "  also from list_orders  src/app.py:22\n"
        f"  and from {last}\n"
    )


def test_a_very_long_name_pushes_its_own_line_only() -> None:
    long = CONNECT.path[1]._replace(name="x" * 100)
    lines = FORMAT.findings(Outcome((CONNECT._replace(path=(CONNECT.path[0], long)),), {}), Style()).splitlines()
    assert lines[1] == "  " + "get_order".ljust(60) + "  src/app.py:5"
    assert lines[2] == "  -> " + "x" * 100 + "  src/app.py:6"


@pytest.mark.parametrize(
    ("line", "span", "shown", "marks"),
    [
        pytest.param("x" * 100, Span(1, 1, 1, 101), "x" * 100, "^" * 100, id="fits"),
        pytest.param("x" * 101, Span(1, 1, 1, 102), "x" * 100 + "...", "^" * 100, id="cut at the end"),
        pytest.param(
            "a" * 60 + "b" * 10 + "c" * 200,
            Span(1, 61, 1, 71),
            "..." + "a" * 20 + "b" * 10 + "c" * 70 + "...",
            " " * 23 + "^" * 10,
            id="cut at both ends",
        ),
        pytest.param(
            "a" * 190 + "b" * 10,
            Span(1, 191, 1, 201),
            "..." + "a" * 20 + "b" * 10,
            " " * 23 + "^" * 10,
            id="cut before",
        ),
        pytest.param("日" * 60, Span(1, 2, 1, 3), "日" * 50 + "...", "  ^^", id="wide characters"),
        pytest.param("e\u0301 = f()", Span(1, 6, 1, 9), "e\u0301 = f()", "    ^^^", id="combining characters"),
        pytest.param("x", Span(1, 2, 1, 2), "x", " ^", id="an empty span gets one caret"),
    ],
)
def test_excerpt_is_clipped_and_aligned(line: str, span: Span, shown: str, marks: str) -> None:
    assert list(excerpt([line + "\n"], span, Paint(False))) == [f"  1 | {shown}", f"    | {marks}"]


@pytest.mark.parametrize("row", [0, 3])
def test_no_excerpt_outside_the_file(row: int) -> None:
    assert list(excerpt(["a\n", "b\n"], Span(row, 1, row, 2), Paint(False))) == []


def test_excerpt_ends_with_the_file() -> None:
    assert list(excerpt(["a(\n", "b\n"], Span(1, 1, 9, 1), Paint(False)))[-2:] == ["  2 | b", "... |"]
