"""LCL002: comments that silence nothing, and their removal; and what comments that do silence keep from being fixed."""

from __future__ import annotations

import ast
import io
import json
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import SimpleNamespace

import pytest
from noqa_texts import texts

from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.fix.source.text import Text
from lambda_conn_lint.rules import BY_CODE
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions
from lambda_conn_lint.unused import unused, without

Run = Callable[..., tuple[int, str, str]]

EVERY = frozenset(BY_CODE)


def _unused(text: str | bytes, *found: str, codes: Collection[str] = EVERY) -> tuple[bytes, list[Finding]]:
    """What is left of a text with findings of these codes on its first row, and what is said about it."""
    data = text.encode() if isinstance(text, str) else text
    findings = [Finding("a.py", Span(1, 1, 1, 2), code, "") for code in found]
    idle = unused("a.py", data, findings, codes)
    if not idle:
        return data, idle
    after = without(data, idle)
    again = unused("a.py", after, findings, codes)
    assert without(after, again) == after
    assert len(again) == sum(finding.fix is None for finding in idle)
    return after, idle


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a = 1  # noqa: LCL101\n", "a = 1\n", id="one"),
        pytest.param("a = 1\t# NOQA:LCL101,LCL103  \n", "a = 1\n", id="two"),
        pytest.param("a = 1  # noqa: LCL101", "a = 1", id="no newline at the end"),
        pytest.param("a = 1  # noqa: LCL101, E501\n", "a = 1  # noqa: E501\n", id="first"),
        pytest.param("a = 1  # noqa: E501, LCL101\n", "a = 1  # noqa: E501\n", id="last"),
        pytest.param("a = 1  # noqa: E501,LCL101 LCL103,W291 so\n", "a = 1  # noqa: E501,W291 so\n", id="between"),
        pytest.param("a = 1  # noqa: LCL101 because\n", "a = 1  # because\n", id="remark"),
        pytest.param("a = 1  # noqa: LCL101 - because\n", "a = 1  # because\n", id="remark after a dash"),
        pytest.param("a = 1  # why # noqa: LCL101\n", "a = 1  # why\n", id="remark before"),
        pytest.param("a = 1  # noqa: LCL101  # type: ignore\n", "a = 1  # type: ignore\n", id="another comment"),
        pytest.param("a = 1  # type: ignore # noqa: LCL101\n", "a = 1  # type: ignore\n", id="comment before"),
        pytest.param("if a:\n    # noqa: LCL101\n    b = 1\n", "if a:\n    b = 1\n", id="row of its own"),
        pytest.param("a = 1\n# noqa: LCL101", "a = 1\n", id="row of its own at the end"),
        pytest.param("a = f(  # noqa: LCL101\n    1,\n)\n", "a = f(\n    1,\n)\n", id="call"),
        pytest.param("a = f(\n    1,\n)  # noqa: LCL101\n", "a = f(\n    1,\n)\n", id="end of a call"),
        pytest.param("a = f('''\n''', 1)  # noqa: LCL101\n", "a = f('''\n''', 1)\n", id="after a multi-line string"),
        pytest.param("a = 1 + \\\n    2  # noqa: LCL101\n", "a = 1 + \\\n    2\n", id="continued line"),
        pytest.param("a = 1  # noqa: LCL101\r\nb = 2\r\n", "a = 1\r\nb = 2\r\n", id="CRLF"),
        pytest.param("a = '''\r\n'''  # noqa: LCL101\r\n", "a = '''\r\n'''\r\n", id="CRLF in a string"),
        pytest.param("a = 1\rb = 2  # noqa: LCL101\r", "a = 1\rb = 2\r", id="CR"),
        pytest.param("\ufeffa = 'é'  # noqa: LCL101\n", "\ufeffa = 'é'\n", id="byte order mark"),
        pytest.param("\x0ca = 1  # noqa: LCL101\n\x0c# noqa: LCL103\n", "\x0ca = 1\n\x0c\n", id="form feed"),
        pytest.param("a = '🙂'  # noqa: LCL101 🙂\n", "a = '🙂'  # 🙂\n", id="astral characters"),
        pytest.param("a = 1  # noqa: LCL999\n", "a = 1\n", id="no such code"),
        pytest.param("a = 1  # noqa: lcl101\n", "a = 1\n", id="codes are in capitals"),
        pytest.param("a = 1  # noqa: LCL101LCL103\n", "a = 1\n", id="no separator"),
        pytest.param("a = 1  # noqa: LCL000, LCL001\n", "a = 1\n", id="about files"),
        pytest.param("a = 1  # noqa: LCL101  # noqa: LCL103\n", "a = 1\n", id="two comments"),
        pytest.param("a = 1  # noqa: E501  # noqa: LCL103\n", "a = 1  # noqa: E501\n", id="second comment"),
        pytest.param("a = '# noqa: E501'  # noqa: LCL101\n", "a = '# noqa: E501'\n", id="a string comes first"),
        pytest.param("a = '''# noqa: E501\n'''  # noqa: LCL101\n", "a = '''# noqa: E501\n'''\n", id="a long one"),
    ],
)
def test_removed(before: str, after: str) -> None:
    left, idle = _unused(before)
    assert left == after.encode()
    assert {finding.code for finding in idle} == {"LCL002"}
    assert all(finding.fix is not None and not finding.fix.doubt for finding in idle)


def test_declared_encoding_is_kept() -> None:
    text = "# coding: latin-1\na = 'é'  # noqa: LCL101 ü\n"
    left, _ = _unused(text.encode("latin-1"))
    assert left == text.replace("noqa: LCL101 ", "").encode("latin-1")


@pytest.mark.parametrize(
    ("text", "found", "codes"),
    [
        pytest.param("a = 1  # noqa: LCL101\n", ["LCL101"], EVERY, id="it silences"),
        pytest.param("a = 1  # noqa: LCL1\n", ["LCL103"], EVERY, id="its prefix silences"),
        pytest.param("a = f(  # noqa: LCL1, LCL103\n)\n", ["LCL103"], EVERY, id="both silence"),
        pytest.param("a = '''\n'''  # noqa: LCL101\n", ["LCL101"], EVERY, id="it silences where the string starts"),
        pytest.param("a = 1  # noqa: LCL101\n", [], EVERY - {"LCL101"}, id="not looked for"),
        pytest.param("a = 1  # noqa: LCL2\n", [], EVERY - {"LCL204"}, id="not all looked for"),
        pytest.param("a = 1  # noqa\n", [], EVERY, id="blanket"),
        pytest.param("a = 1  # noqa: because LCL101\n", [], EVERY, id="blanket, for flake8"),
        pytest.param("a = 1  # noqa : LCL101\n", [], EVERY, id="blanket by a blank before the colon"),
        pytest.param("a = 1  # noqa: E501, LC101, LCLX1, XLCL101\n", [], EVERY, id="codes of others"),
        pytest.param("a = '# noqa: LCL101'\n", [], EVERY, id="string"),
        pytest.param("'''\n# noqa: LCL101\n'''\n", [], EVERY, id="docstring"),
        pytest.param("# flake8: noqa\na = 1  # noqa: LCL101\n", [], EVERY, id="silenced file"),
        pytest.param("a = 1  # noqa: LCL101, LCL002\n", [], EVERY, id="silenced itself"),
        pytest.param("a = 1  # noqa  # noqa: LCL101\n", [], EVERY, id="silenced by a blanket one"),
        pytest.param("a = (  # noqa: LCL101\n", [], EVERY, id="no Python"),
        pytest.param(b"a = '\xff'  # noqa: LCL101\n", [], EVERY, id="no text"),
    ],
)
def test_not_reported(text: str | bytes, found: list[str], codes: Collection[str]) -> None:
    assert _unused(text, *found, codes=codes)[1] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("a = 1  # noqa: LCL101  # noqa: E501\n", "would begin to silence", id="second comment"),
        pytest.param("a = 1  # noqa: LCL101  # noqa\n", "would begin to silence", id="second blanket"),
        pytest.param("a = 1  # noqa: LCL101 noqa\n", "would begin to silence", id="rest is a comment"),
        pytest.param("# noqa: LCL101 # flake8: noqa\na = 1\n", "would begin to silence", id="rest is for the file"),
        pytest.param("print 1  # noqa: LCL101\n", "this Python cannot parse the file", id="another Python"),
        pytest.param(
            "# noqa: LCL101\n# x\n# coding: latin-1\na = 'é'\n",
            "would change how the file is decoded",
            id="declaration",
        ),
    ],
)
def test_reported_and_not_removed(text: str, reason: str) -> None:
    left, idle = _unused(text)
    assert left == text.encode()
    assert [finding.fix for finding in idle] == [None] * len(idle)
    assert reason in idle[0].reason


def test_a_comment_at_the_end_of_a_call_stays_and_is_told_where_it_belongs() -> None:
    data = b"a = f(\n    1,\n)  # noqa: LCL103\n"
    finding = Finding("a.py", Span(1, 5, 3, 2), "LCL103", "")
    (idle,) = unused("a.py", data, [finding], EVERY)
    assert (idle.fix, idle.reason) == (None, "it seems to be meant for line 1, where its finding begins")
    (idle,) = unused("a.py", data, [finding._replace(code="LCL101")], EVERY)
    assert without(data, [idle]) == b"a = f(\n    1,\n)\n"


@pytest.mark.parametrize(
    ("comment", "message", "action"),
    [
        ("# noqa: LCL101, LCL103", "nothing to silence on this line for LCL101, LCL103", "Remove the comment"),
        ("# noqa: LCL101, E5", "nothing to silence on this line for LCL101", "Take LCL101 out of the comment"),
        ("# noqa: LCL9", "there is no rule LCL9", "Remove the comment"),
        (
            "# noqa: LCL103 # noqa: LCL101",
            "only the first noqa of a line counts, so that LCL101 silences nothing here",
            "Take LCL101 out of the comment",
        ),
    ],
)
def test_messages_and_places(comment: str, message: str, action: str) -> None:
    text = f"é = 1  {comment}\n"
    _, (finding,) = _unused(text, *(["LCL103"] if "# noqa: LCL103" in comment else []))
    assert finding.message == message
    assert Text(text.encode()).slice(finding.span) == comment
    assert finding.fix is not None
    assert finding.fix.message == action


def test_what_others_are_silenced_by_stays() -> None:
    """Of texts of all kinds, no other code may be silenced before and not after, or after and not before."""
    removed = refused = 0
    for text in texts():
        data = text.encode("latin-1", "ignore") if "latin-1" in text else text.encode()
        after, idle = _unused(data, "LCL103")
        removed += any(finding.fix is not None for finding in idle)
        refused += any(finding.fix is None for finding in idle)
        if after != data:
            assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(data))
        rows, rows_after = read_lines(data), read_lines(after)
        if len(rows) == len(rows_after):
            silent, silent_after = Suppressions(rows), Suppressions(rows_after)
            for row in range(1, len(rows) + 1):
                for code in ("E501", "X1"):
                    assert silent.suppresses(row, code) is silent_after.suppresses(row, code), (text, after, row, code)
    assert removed > 300
    assert refused > 20


# On the command line

SILENCED = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")  # noqa: LCL103
    return s3.list_buckets()  # noqa: LCL103
"""


def test_off_unless_selected(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(SILENCED)
    assert run() == (0, "No findings.\n", "")
    for option in (["--extend-select", "LCL002"], ["--select", "ALL"]):
        status, out, err = run(*option, "--output-format", "json")
        (row,) = json.loads(out)
        assert (status, err, row["code"], row["location"]["row"]) == (1, "", "LCL002", 6)
        assert row["fix"]["applicability"] == "safe"


def test_a_run_that_does_not_look_for_a_code_says_nothing_of_it(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(SILENCED)
    assert run("--select", "LCL002")[0] == 0
    assert run("--select", "LCL002,LCL103", "--per-file-ignores", "app.py:LCL103")[0] == 0
    assert run("--select", "LCL002,LCL103", "--per-file-ignores", "app.py:LCL002")[0] == 0
    assert run("--select", "LCL002,LCL103", "--exclude", "app.py")[0] == 0
    assert run("--select", "LCL002,LCL103")[0] == 1


def test_statistics_count_them(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(SILENCED)
    assert "LCL002" in run("--select", "ALL", "--statistics")[1]


def test_fix_removes_them_and_nothing_else(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(SILENCED)
    assert run("--extend-select", "LCL002", "--diff")[0] == 1
    assert (folder / "app.py").read_text() == SILENCED
    assert run("--extend-select", "LCL002", "--fix") == (0, "Fixed 1 finding in 1 file, 0 remaining.\n", "")
    assert (folder / "app.py").read_text() == SILENCED.replace("buckets()  # noqa: LCL103", "buckets()")
    assert run("--extend-select", "LCL002", "--fix") == (0, "No findings.\n", "")


def test_files_without_clients_and_outside_of_handlers_are_looked_at(folder: Path, run: Run) -> None:
    (folder / "plain.py").write_text("a = 1  # noqa: LCL101\n")
    (folder / "other.py").write_text("b = 1  # noqa: LCL101\n")
    assert run("--extend-select", "LCL002", "--fix", "plain.py")[:2] == (0, "Fixed 1 finding in 1 file, 0 remaining.\n")
    assert (folder / "plain.py").read_text() == "a = 1\n"
    assert (folder / "other.py").read_text() == "b = 1  # noqa: LCL101\n"


def test_after_the_fix_of_the_construction(folder: Path, run: Run) -> None:
    """The comment on a construction for another code moves along, and one in a row of its own goes with its row."""
    text = SILENCED.replace('"s3")  # noqa: LCL103', '"s3")  # noqa: LCL101, E501\n    # noqa: LCL103')
    (folder / "app.py").write_text(text)
    status, out, _ = run("--extend-select", "LCL002", "--fix", "--show-fixes")
    assert (status, out.splitlines()[-1]) == (0, "Fixed 4 findings in 1 file, 0 remaining.")
    fixed = (folder / "app.py").read_text()
    assert '        _s3 = boto3.client("s3")  # noqa: E501\n' in fixed
    assert fixed.endswith("    s3 = _get_s3()\n    return s3.list_buckets()\n")
    assert run("--extend-select", "LCL002")[:2] == (0, "No findings.\n")


def test_positions_of_what_remains_are_those_of_the_new_text(folder: Path, run: Run) -> None:
    text = "# noqa: LCL101\nimport sqlite3\n\n\ndef handler(event, context):\n    sqlite3.connect('x').close()\n"
    (folder / "app.py").write_text(text)
    status, out, _ = run("--extend-select", "LCL002", "--fix")
    assert status == 1
    assert out.startswith("app.py:5:5: LCL101 ")


def test_unfixable_ones_are_reported(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(SILENCED)
    status, out, _ = run("--extend-select", "LCL002", "--fix", "--unfixable", "LCL002")
    assert (status, (folder / "app.py").read_text()) == (1, SILENCED)
    assert "no fix: LCL002 is not among the codes to fix" in out


def test_standard_input(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a = 1  # noqa: LCL101\n")))
    assert run("--extend-select", "LCL002", "--fix", "-") == (0, "a = 1\n", "Fixed 1 finding in 1 file, 0 remaining.\n")


def test_nothing_is_said_where_findings_may_be_missing(folder: Path, run: Run) -> None:
    """The handler is in a file that cannot be parsed, so that nobody knows what it reaches."""
    (folder / "app.py").write_text("import boto3, lib\n\n\ndef handler(event, context):\n    lib.make(\n")
    (folder / "lib.py").write_text("import boto3\n\n\ndef make():\n    return boto3.client('s3')  # noqa: LCL103\n")
    (folder / "free.py").write_text("import boto3\n\na = boto3.client('s3')  # noqa: LCL103\n")
    status, out, _ = run("--extend-select", "LCL002", "--ignore", "LCL001", "--output-format", "json")
    assert status == 1
    assert [row["filename"] for row in json.loads(out)] == ["free.py"]


# What is silenced is not fixed

LENT = """\
import psycopg2


def connect():
    return psycopg2.connect("dbname=shop"){}
"""

BORROWER = """\
import db


def handler(event, context):
    conn = db.connect()
    try:
        with conn.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone()[0]
    finally:
        conn.close(){}
"""

TWICE = """\
import psycopg2


def first_handler(event, context):
    conn = psycopg2.connect("dbname=shop"){}
    try:
        return conn.get_dsn_parameters()
    finally:
        conn.close()


def other_handler(event, context):
    conn = psycopg2.connect("dbname=shop")
    try:
        return conn.get_dsn_parameters()
    finally:
        conn.close()
"""


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)


def test_closings_of_a_silenced_connection_stay(folder: Path, run: Run) -> None:
    _write(folder, db=LENT.format("  # noqa: LCL101"), app=BORROWER.format(""))
    assert run("--fix", "--unsafe-fixes") == (0, "No findings.\n", "")
    assert (folder / "db.py").read_text() == LENT.format("  # noqa: LCL101")
    assert (folder / "app.py").read_text() == BORROWER.format("")


@pytest.mark.parametrize("how", ["comment", "settings", "file"])
def test_a_silenced_closing_in_another_file_stays(folder: Path, run: Run, how: str) -> None:
    borrower = BORROWER.format("  # noqa: LCL301" if how == "comment" else "")
    borrower = f"# flake8: noqa\n{borrower}" if how == "file" else borrower
    _write(folder, db=LENT.format(""), app=borrower)
    settings = ["--per-file-ignores", "app.py:LCL301"] if how == "settings" else []
    assert run("--fix", *settings)[:2] == (0, "Fixed 1 finding in 1 file, 0 remaining.\n")
    assert "release_conn" in (folder / "db.py").read_text()
    assert (folder / "app.py").read_text() == borrower
    assert run("--fix", *settings) == (0, "No findings.\n", "")


def test_a_closing_in_the_baseline_stays(folder: Path, run: Run) -> None:
    _write(folder, db=LENT.format(""), app=BORROWER.format(""))
    assert run("--fix", "db.py")[0] == 0
    run("baseline", "write")
    assert "LCL301" in (folder / ".lambda-conn-lint-baseline.json").read_text()
    assert run("--fix") == (0, "No findings.\n", "")
    assert (folder / "app.py").read_text() == BORROWER.format("")


def test_of_two_equal_connections_only_the_reported_one_is_kept(folder: Path, run: Run) -> None:
    _write(folder, app=TWICE.format("  # noqa: LCL101"))
    assert run("--fix")[:2] == (0, "Fixed 1 finding in 1 file, 0 remaining.\n")
    first, other = TWICE.format("  # noqa: LCL101").split("\n\n\n")[1:]
    fixed = (folder / "app.py").read_text()
    assert first in fixed
    assert other.rstrip() not in fixed
    assert run("--fix") == (0, "No findings.\n", "")
