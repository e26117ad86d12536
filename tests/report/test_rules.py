from __future__ import annotations

import json
import re

import pytest

from lambda_conn_lint.catalog import CLIENTS
from lambda_conn_lint.report.rules import as_markdown, page, render
from lambda_conn_lint.rules import BY_CODE, RULES, Rule
from lambda_conn_lint.rules.examples import EXAMPLES

FILE = BY_CODE["LCL001"]
QUEUE = BY_CODE["LCL204"]
CLOSED = BY_CODE["LCL301"]


def test_text() -> None:
    assert render([FILE], as_json=False) == (
        "# unparsable-file (LCL001)\n"
        "\n"
        "On by default. There is no fix.\n"
        "\n"
        "## What it says\n"
        "\n"
        "A file that a handler may be in, or may reach, is not valid Python and was not checked.\n"
        "\n"
        "## Why it matters\n"
        "\n"
        "Findings in it, and in what it calls, may be missing; all other files are still checked.\n"
        "\n"
        "## What to do\n"
        "\n"
        "Mend the syntax error, or leave the file out with `--exclude`.\n"
        "\n"
        "## Example\n"
        "\n"
        f"```python\n{EXAMPLES['LCL001'].bad}```\n"
        "\n"
        "## Options\n"
        "\n"
        "- `--exclude`: leave out files and folders that fit, besides the usual ones\n"
    )


def test_rules_stand_in_the_given_order() -> None:
    text = render([QUEUE, FILE], as_json=False)
    assert text.startswith("# dependent-message-client (LCL204)\n\nOff by default.")
    assert text.endswith("\n\n" + render([FILE], as_json=False))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_lines_fit_a_terminal_except_for_addresses(rule: Rule) -> None:
    wide = [line for line in as_markdown(rule).splitlines() if len(line) > 88]
    assert all("https://" in line for line in wide)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_markdown_is_sound(rule: Rule) -> None:
    text = page(rule)
    assert text.count("```") % 2 == 0
    outside = re.sub(r"^```python\n(?:.*\n)*?```$", "", text, flags=re.MULTILINE)
    headings = re.findall(r"^#+ .*$", outside, re.MULTILINE)
    assert len(set(headings)) == len(headings)
    widths = {line.replace("\\|", "").count("|") for line in outside.splitlines() if line.startswith("|")}
    assert len(widths) <= 1


def test_what_the_fix_takes_is_said_beside_the_example() -> None:
    assert "`--fix` makes this of it:" in as_markdown(BY_CODE["LCL103"])
    assert "`--fix --unsafe-fixes` makes this of it:" in as_markdown(BY_CODE["LCL105"])


def test_reasons_stand_under_what_they_mean() -> None:
    text = as_markdown(CLOSED)
    refusals, _, doubts = text.partition("\n## When there is no fix\n")[2].partition("\n## When the fix is unsafe\n")
    assert "- **What closes the client cannot simply go.**" in refusals
    assert "\n  - what closes it does something else as well\n" in refusals
    assert "\n  - later invocations find it closed today, and will use it\n" in doubts


def test_pages_have_a_row_for_each_constructor() -> None:
    for digit in range(1, 6):
        rule = BY_CODE[f"LCL10{digit}"]
        rows = re.findall(r"^\| `([\w.]+)` \|", page(rule), re.MULTILINE)
        assert sorted(rows) == sorted(client.name for client in CLIENTS if client.kind in rule.kinds)
        assert "\n|" not in as_markdown(rule)


def test_a_row_tells_what_the_catalogue_knows() -> None:
    assert (
        "\n| `psycopg2.connect` | psycopg2-binary | at once | yes | ends the transaction | `close()` | "
        "Leaving 'with' ends the transaction and keeps the connection open. |\n"
    ) in page(BY_CODE["LCL101"])
    assert "\n| `redis.Redis` | `close()` | connects again |\n" in page(CLOSED)
    assert "\n| `smtplib.SMTP` | standard library |" in page(BY_CODE["LCL105"])


def test_dependent_rules_point_to_the_table_of_the_others() -> None:
    assert "They are those of [LCL104](LCL104.md)." in page(QUEUE)


def test_options_of_the_configuration_alone_are_told_from_flags() -> None:
    text = as_markdown(CLOSED)
    assert "- `--fix-style`: keep clients in a module global" in text
    assert "- `clients`, in the configuration: " in text


def test_json() -> None:
    (row,) = json.loads(render([QUEUE], as_json=True))
    assert row == {
        "code": "LCL204",
        "name": "dependent-message-client",
        "summary": QUEUE.summary,
        "default": False,
        "fixable": True,
        "why": QUEUE.why,
        "help": QUEUE.help,
        "explanation": as_markdown(QUEUE),
        "url": None,
    }
