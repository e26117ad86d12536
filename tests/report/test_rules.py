from __future__ import annotations

import json

from lambda_conn_lint.report.rules import render
from lambda_conn_lint.rules import BY_CODE

FILE = BY_CODE["LCL001"]
QUEUE = BY_CODE["LCL204"]


def test_text() -> None:
    assert render([FILE], as_json=False) == (
        "LCL001 unparsable-file (on by default)\n"
        "\n"
        "A file that a handler may be in, or may reach, is not valid Python and was not checked.\n"
        "\n"
        "Findings in it, and in what it calls, may be missing; all other files are still checked.\n"
        "\n"
        "Mend the syntax error, or leave the file out with --exclude.\n"
    )


def test_rules_are_blocks_in_the_given_order() -> None:
    text = render([QUEUE, FILE], as_json=False)
    assert text.startswith("LCL204 dependent-message-client (off by default)\n\nA queue or stream client is built")
    assert text.endswith("\n\n" + render([FILE], as_json=False))
    assert max(map(len, text.splitlines())) <= 88


def test_json() -> None:
    (row,) = json.loads(render([QUEUE], as_json=True))
    assert row == {
        "code": "LCL204",
        "name": "dependent-message-client",
        "summary": QUEUE.summary,
        "default": False,
        "why": QUEUE.why,
        "help": QUEUE.help,
    }
