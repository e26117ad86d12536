"""The formats github and rdjson, read as the programs read them that they are written for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from report.samples import APP, DB, FINDINGS, MARKED_UP, MARKUP, MARKUP_NAME, MIXED, ODD_NAME, RESOURCE, SAFE

from lambda_conn_lint.findings import Edit, Finding, Span
from lambda_conn_lint.report import github, rdjson
from lambda_conn_lint.report.model import Outcome, Style


def _commands(outcome: Outcome) -> list[tuple[str, dict[str, str], str]]:
    """The commands with their properties and messages, taken apart and unescaped as the runner does it."""
    commands = []
    for line in github.FORMAT.findings(outcome, Style()).splitlines():
        match = re.fullmatch("::(\\w+) (.*?)::(.*)", line)
        assert match is not None
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        commands.append((match[1], {key: _plain(value) for key, value in properties.items()}, _plain(match[3])))
    return commands


def _plain(text: str) -> str:
    for escape, character in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(escape, character)
    return text


def test_commands_survive_odd_names() -> None:
    commands = _commands(MARKED_UP)
    assert [properties["file"] for _, properties, _ in commands] == [ODD_NAME, MARKUP_NAME]
    level, properties, message = commands[1]
    assert level == "notice"
    assert properties == {
        "title": "LCL201 dependent-database-client",
        "file": MARKUP_NAME,
        "line": "3",
        "col": "11",
        "endLine": "3",
        "endColumn": "25",
    }
    assert message.startswith(f"{MARKUP_NAME}:3:11: LCL201 <b>**x**</b> [a](1) {{0}} %0A\\n::error::\\x1b[1m\nPath: ")


def test_columns_are_left_out_where_lines_differ() -> None:
    _, properties, _ = _commands(FINDINGS)[0]
    assert properties.keys() == {"title", "file", "line", "endLine"}
    assert (properties["line"], properties["endLine"]) == ("7", "11")


def test_messages_tell_the_way_and_the_fix_or_the_reason() -> None:
    messages = [message.split("\n") for _, _, message in _commands(MIXED)]
    assert messages[0][1:] == [
        "Path: get_order (src/app.py:5) -> boto3.resource (src/app.py:7)",
        "Fix: keep the client in _orders, which _get_orders() fills on first use",
    ]
    assert len(messages[1]) == 1
    assert messages[2][2] == "No fix: `client` may be something else by then"
    assert messages[3][2] == "Fix: keep the connection in _conn (unsafe: the callers could not all be found)"


def _diagnostics(outcome: Outcome) -> Any:
    return json.loads(rdjson.FORMAT.findings(outcome, Style()))["diagnostics"]


def _cut(text: str, found: Any) -> tuple[bytes, bytes, bytes]:
    """A text before, in and behind a range, whose columns count bytes."""
    lines = text.encode("utf-8").splitlines(keepends=True)
    first, last = (
        len(b"".join(lines[: found[end]["line"] - 1])) + found[end]["column"] - 1 for end in ("start", "end")
    )
    data = text.encode("utf-8")
    return data[:first], data[first:last], data[last:]


def test_ranges_count_bytes() -> None:
    text = "".join(MARKED_UP.lines(MARKUP_NAME))
    found = _diagnostics(MARKED_UP)[1]["location"]["range"]
    assert _cut(text, found)[1].decode("utf-8") == "redis.Redis(é)"


def test_a_fix_is_one_suggestion_that_makes_all_its_edits() -> None:
    text = "".join(MARKED_UP.lines(MARKUP_NAME))
    (suggestion,) = _diagnostics(MARKED_UP)[1]["suggestions"]
    before, _, behind = _cut(text, suggestion["range"])
    fixed = (before + suggestion["text"].encode("utf-8") + behind).decode("utf-8")
    assert fixed == 'import redis\n_日本 = {}\r\n\r\ndef händler(é, context):\r\n    日本 = [_get("é")]\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_between_edits_end_as_the_edits_do(newline: str) -> None:
    fix = SAFE._replace(edits=(Edit(Span(1, 1, 1, 1), f"a{newline}"), Edit(Span(4, 1, 4, 1), f"z{newline}")))
    (suggestion,) = _diagnostics(FINDINGS._replace(findings=(RESOURCE._replace(fix=fix),)))[0]["suggestions"]
    assert suggestion["text"] == "a\nimport boto3\nfrom orders import db\n\nz\n".replace("\n", newline)


@pytest.mark.parametrize("finding", [RESOURCE._replace(fix=SAFE), MARKUP])
def test_no_suggestion_where_the_text_is_not_known(finding: Finding) -> None:
    (diagnostic,) = _diagnostics(Outcome((finding,), {}))
    assert "suggestions" not in diagnostic
    assert diagnostic["location"]["range"]["start"] == {"line": finding.span.row}


def test_an_edit_behind_the_last_line_has_a_place() -> None:
    end = DB.count("\n") + 1
    fix = SAFE._replace(edits=(Edit(Span(7, 12, 7, 47), "x"), Edit(Span(end, 1, end, 1), "y\n")))
    connect = FINDINGS.findings[1]._replace(fix=fix)
    (suggestion,) = _diagnostics(FINDINGS._replace(findings=(connect,)))[0]["suggestions"]
    assert suggestion["range"]["end"] == {"line": end, "column": 1}
    assert suggestion["text"] == "x\ny\n"


def test_handlers_are_related_and_half_characters_are_written_out() -> None:
    related = _diagnostics(MIXED)[3]["relatedLocations"]
    assert [item["location"]["range"]["start"]["line"] for item in related] == [5, 14]
    assert [APP.splitlines()[row - 1].split("(")[0] for row in (5, 14)] == ["def get_order", "def list_orders"]
    json.dumps(_diagnostics(MARKED_UP), ensure_ascii=False).encode("utf-8")
    assert _diagnostics(MARKED_UP)[0]["location"]["path"] == ODD_NAME.replace("\udcff", "\\udcff")
