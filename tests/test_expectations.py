"""The marker parser is strict and the comparison is exact: a typo must not turn an expectation off."""

from __future__ import annotations

import pytest
from expectations import Case, Marker, MarkerError, call_rows, differences, docstring, read_markers

from lambda_conn_lint.findings import Finding, Span, Step

SOURCE = 'def handler(event, context):\n    return boto3.client("s3")  # expect: LCL103 via handler -> Repo.save\n'


def case(text: str) -> Case:
    return Case("reach/app.py", "reach", None, {"app.py": text.encode()})


def finding(row: int, code: str, *stations: str) -> Finding:
    path = tuple(Step("app.py", row, 1, name) for name in (*stations, "boto3.client"))
    return Finding("app.py", Span(row, 12, row, 30), code, "message", path=path)


def test_a_marker_has_verdict_codes_and_path() -> None:
    assert read_markers("app.py", SOURCE) == [Marker("app.py", 2, "expect", ("LCL103",), ("handler", "Repo.save"))]


def test_a_marker_may_list_several_codes() -> None:
    (marker,) = read_markers("app.py", "a, b = f(), g()  # expect: LCL103, LCL101\n")
    assert marker.codes == ("LCL103", "LCL101")
    assert marker.via == ()


def test_markers_in_strings_are_text() -> None:
    assert read_markers("app.py", 'text = "f()  # expect: LCL103"\n') == []


def test_ordinary_comments_are_no_markers() -> None:
    assert read_markers("app.py", "call()  # the one that stays silent\n") == []


@pytest.mark.parametrize(
    "comment",
    [
        "# expect LCL103",
        "# expect: LCL13",
        "# expect: LCL103 ",
        "# expects: LCL103",
        "# expected: LCL103",
        "#expect: LCL103",
        "# Expect: LCL103",
        "# expect: LCL103 via",
        "# expect: LCL103 via a->b",
        "# expect: LCL103 through a",
        "# expect: LCL103,LCL101",
        "# expect: LCL103  # why",
        "# ok: lcl103",
        "# ok:",
        "# ok: LCL103 via handler",
        "# todo LCL103",
        "# TODO: read this later",
        "# LCL103 stands here",
    ],
)
def test_whatever_resembles_a_marker_must_be_one(comment: str) -> None:
    with pytest.raises(MarkerError, match=r"app\.py:1"):
        read_markers("app.py", f"call(){' ' * 2}{comment}.\n" if comment.endswith(" ") else f"call()  {comment}\n")


def test_a_marker_on_a_line_of_its_own_is_an_error() -> None:
    with pytest.raises(MarkerError, match="line of a call"):
        read_markers("app.py", "# expect: LCL103\ncall()\n")


def test_call_rows_are_where_the_expression_starts() -> None:
    assert call_rows("x = (\n    a.b()\n    .c(\n        1\n    )\n)\ny = 1\n") == {2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""Says it."""\nx = 1\n', "Says it."),
        ('# first\n\n"""Says it."""\n', "Says it."),
        ("import os\n", ""),
        ("", ""),
    ],
)
def test_the_docstring_is_the_first_thing(text: str, expected: str) -> None:
    assert docstring(text) == expected


def test_equal_is_no_difference() -> None:
    assert differences(case(SOURCE), [finding(2, "LCL103", "handler", "Repo.save")]) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], "missed: app.py:2 LCL103"),
        ([finding(2, "LCL203", "handler", "Repo.save")], "missed: app.py:2 LCL103"),
        ([finding(2, "LCL103", "handler")], "path: app.py:2 LCL103"),
        ([finding(2, "LCL103", "handler", "Repo.save")] * 2, "second finding: app.py:2 LCL103"),
        ([finding(2, "LCL103", "handler", "Repo.save"), finding(1, "LCL101", "handler")], "false alarm"),
    ],
)
def test_every_deviation_is_a_difference(found: list[Finding], says: str) -> None:
    problems = differences(case(SOURCE), found)
    assert any(says in problem for problem in problems), problems


def test_a_code_twice_wants_two_findings() -> None:
    twice = case('s3, sqs = boto3.client("s3"), boto3.client("sqs")  # expect: LCL103, LCL103\n')
    assert differences(twice, [finding(1, "LCL103")] * 2) == []
    assert len(differences(twice, [finding(1, "LCL103")])) == 1


def test_nothing_may_stand_on_a_tempting_line() -> None:
    tempting = case("client = connect()  # ok: LCL101\n")
    assert differences(tempting, []) == []
    assert "tempting" in differences(tempting, [finding(1, "LCL101")])[0]
    assert "tempting" in differences(tempting, [finding(1, "LCL201")])[0]


def test_a_known_miss_that_is_mended_says_so() -> None:
    missed = case("client = connect()  # todo: LCL101\n")
    assert differences(missed, []) == []
    assert "to be an expect" in differences(missed, [finding(1, "LCL101")])[0]


def test_a_known_false_alarm_that_is_mended_says_so() -> None:
    alarm = case("client = connect()  # todo-ok: LCL101\n")
    assert differences(alarm, [finding(1, "LCL101")]) == []
    assert "to be an ok" in differences(alarm, [])[0]
