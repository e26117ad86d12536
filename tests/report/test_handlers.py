"""``show handlers`` for people and as JSON."""

from __future__ import annotations

import json

from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.report.handlers import render

SIGNATURE = Evidence("signature", "(event, context)", "strong")
TEMPLATE = Evidence("sam", "Fn in a.yaml:8", "certain")
LATER = Handler("orders/app.py", 12, 1, "handler", "aws", (SIGNATURE, TEMPLATE))
EARLIER = Handler("main.py", 3, 1, "Böt.__call__", "google", (SIGNATURE,))
LOST = Declaration("sam", "template.yaml", 31, "Report", "report.handler", problem="CodeUri is on S3")
BROKEN = Unreadable("infra/serverless.yml", "line 4: found character that cannot start any token")


def test_people_read_a_line_per_handler_with_the_strongest_evidence_first() -> None:
    text = render([LATER, EARLIER], [], [], as_json=False)
    assert text.splitlines() == [
        "main.py:3         Böt.__call__  google  signature: (event, context) (strong)",
        "orders/app.py:12  handler       aws     sam: Fn in a.yaml:8 (certain); signature: (event, context) (strong)",
        "",
        "2 handlers.",
    ]


def test_what_was_not_found_and_not_read_is_said_with_the_reason() -> None:
    text = render([EARLIER], [LOST], [BROKEN], as_json=False)
    assert "  template.yaml:31  Report  report.handler  CodeUri is on S3\n" in text
    assert "  infra/serverless.yml  line 4: found character that cannot start any token\n" in text
    assert text.endswith("\n1 handler, 1 declared function without code, 1 unreadable file.\n")


def test_nothing_at_all_is_said_too() -> None:
    assert render([], [], [], as_json=False) == "No handlers found.\n"


def test_a_declared_function_without_any_handler_is_still_listed() -> None:
    text = render([], [LOST], [], as_json=False)
    assert text.startswith("No handlers found.\n\nDeclared, but the code was not found:\n")
    assert "CodeUri is on S3" in text
    assert text.endswith("0 handlers, 1 declared function without code.\n")


def test_a_very_long_path_does_not_push_the_other_lines_apart() -> None:
    long = LATER._replace(filename="a" * 200 + ".py")
    short = render([long, EARLIER], [], [], as_json=False).splitlines()[1]
    assert len(short.split("Böt")[0]) < 80


def test_json_is_a_list_of_the_handlers_in_the_order_of_the_files() -> None:
    listed = json.loads(render([LATER, EARLIER], [LOST], [BROKEN], as_json=True))
    assert [one["filename"] for one in listed] == ["main.py", "orders/app.py"]
    assert listed[1] == {
        "filename": "orders/app.py",
        "line": 12,
        "name": "handler",
        "platform": "aws",
        "evidence": [
            {"kind": "sam", "detail": "Fn in a.yaml:8", "strength": "certain"},
            {"kind": "signature", "detail": "(event, context)", "strength": "strong"},
        ],
    }


def test_what_a_terminal_would_act_upon_is_escaped() -> None:
    text = render([], [LOST._replace(name="a\x1b[31m")], [BROKEN._replace(manifest="a\nb.yml")], as_json=False)
    assert "\x1b" not in text
    assert "  a\\nb.yml  line 4" in text


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render([], [LOST], [BROKEN], as_json=True)) == []
