"""``show handlers`` for people and as JSON."""

from __future__ import annotations

import json

from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.report.handlers import as_json, as_text, open_ends

SIGNATURE = Evidence("signature", "handler(event, context)", "strong")
TEMPLATE = Evidence("sam", "Fn in a.yaml:8", "certain")
LATER = Handler("orders/app.py", 12, 1, "handler", "aws", (SIGNATURE, TEMPLATE))
EARLIER = Handler("main.py", 3, 1, "Böt.__call__", "unknown", (SIGNATURE,))
LOST = Declaration("sam", "template.yaml", 31, "Report", "report.handler", problem="CodeUri is on S3")
BROKEN = Unreadable("infra/serverless.yml", "line 4: found character that cannot start any token")

LOST_LINE = "template.yaml:31: the code of Report (report.handler) was not found: CodeUri is on S3"
BROKEN_LINE = "infra/serverless.yml: could not be read: line 4: found character that cannot start any token"


def test_people_read_a_block_per_handler_with_the_strongest_evidence_first() -> None:
    assert as_text([LATER, EARLIER], [], []).splitlines() == [
        "main.py:3: Böt.__call__ (platform unknown)",
        "  signature: handler(event, context) (strong)",
        "orders/app.py:12: handler (aws)",
        "  sam: Fn in a.yaml:8 (certain)",
        "  signature: handler(event, context) (strong)",
        "",
        "2 handlers.",
    ]


def test_what_was_not_found_and_not_read_is_said_with_the_reason() -> None:
    text = as_text([EARLIER], [LOST], [BROKEN])
    assert f"\n\nOpen ends:\n  {LOST_LINE}\n  {BROKEN_LINE}\n\n" in text
    assert text.endswith("\n1 handler, 1 declared function without code, 1 unreadable file.\n")


def test_nothing_at_all_is_said_too() -> None:
    assert as_text([], [], []) == "No handlers found.\n"


def test_a_declared_function_without_any_handler_is_still_listed() -> None:
    assert as_text([], [LOST], []).splitlines() == [
        "No handlers found.",
        "",
        "Open ends:",
        f"  {LOST_LINE}",
        "",
        "0 handlers, 1 declared function without code.",
    ]


def test_what_looks_like_a_handler_and_does_not_count_is_listed_with_the_reason() -> None:
    left_out = [LeftOut("b.py", 2, "run", "a reason"), LeftOut("a.py", 7, "run", "another")]
    assert as_text([], [], [], left_out).splitlines() == [
        "No handlers found.",
        "",
        "Left out (--handlers all counts them too):",
        "  a.py:7: run: another",
        "  b.py:2: run: a reason",
        "",
        "0 handlers.",
    ]


def test_how_a_function_is_run_stands_beside_its_platform() -> None:
    handler = LATER._replace(traits=("durable", "snap-start"))
    assert as_text([handler], [], []).startswith("orders/app.py:12: handler (aws, durable, snap-start)\n")
    assert json.loads(as_json([handler]))[0]["traits"] == ["durable", "snap-start"]


def test_open_ends_are_single_lines_that_a_terminal_does_not_act_upon() -> None:
    lines = open_ends([LOST._replace(name="a\x1b[31m", handler="")], [BROKEN._replace(manifest="a\nb.yml")])
    assert lines == [
        r"template.yaml:31: the code of a\x1b[31m (handler unknown) was not found: CodeUri is on S3",
        r"a\nb.yml: could not be read: line 4: found character that cannot start any token",
    ]


def test_json_is_an_ascii_list_in_the_order_of_the_files() -> None:
    text = as_json([LATER, EARLIER])
    assert text.isascii()
    listed = json.loads(text)
    assert [(one["filename"], one["name"]) for one in listed] == [
        ("main.py", "Böt.__call__"),
        ("orders/app.py", "handler"),
    ]
    assert listed[1] == {
        "filename": "orders/app.py",
        "line": 12,
        "name": "handler",
        "platform": "aws",
        "traits": [],
        "evidence": [
            {"kind": "sam", "detail": "Fn in a.yaml:8", "strength": "certain"},
            {"kind": "signature", "detail": "handler(event, context)", "strength": "strong"},
        ],
    }


def test_json_of_nothing_is_an_empty_list() -> None:
    assert as_json([]) == "[]\n"
