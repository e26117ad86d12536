from __future__ import annotations

import re

import pytest
from report.samples import CLEAN, CONNECT, FINDINGS, GET, LIST, NOT_CHECKED, ODD_NAMES

from lambda_conn_lint.findings import Span
from lambda_conn_lint.report.excerpt import excerpt
from lambda_conn_lint.report.model import Outcome, Style
from lambda_conn_lint.report.paint import Paint
from lambda_conn_lint.report.text import FORMAT

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
        pytest.param(NOT_CHECKED, NOT_CHECKED_TEXT, id="not checked"),
        pytest.param(ODD_NAMES, ODD_NAMES_TEXT, id="odd names"),
    ],
)
def test_findings(outcome: Outcome, text: str) -> None:
    assert FORMAT.findings(outcome, Style()) == text


def test_colours_change_nothing_else() -> None:
    coloured = FORMAT.findings(FINDINGS, Style(colour=True))
    assert "\x1b[1;31mLCL101\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == FINDINGS_TEXT


def test_without_summary() -> None:
    assert FORMAT.findings(CLEAN, Style(summary=False)) == ""
    assert FORMAT.findings(FINDINGS, Style(summary=False)) == FINDINGS_TEXT.removesuffix(
        "\nFound 2 findings in 2 files.\n"
    )


def test_statistics() -> None:
    many = FINDINGS._replace(findings=(*FINDINGS.findings, *[CONNECT] * 9))
    assert FORMAT.statistics(many, Style()) == (
        "10\tLCL101\tdatabase-client-in-handler\n 1\tLCL103\tcloud-client-in-handler\nFound 11 findings in 2 files.\n"
    )


def test_statistics_of_nothing() -> None:
    assert FORMAT.statistics(CLEAN, Style()) == "No findings.\n"
    assert FORMAT.statistics(CLEAN, Style(summary=False)) == ""


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
