"""Every format, with nothing to say, findings of all sorts, files that could not be checked, and odd names.

What each writes is in ``golden``, a folder for each case. After a format has been changed on purpose, this command
writes the files anew, to be read before they are kept::

    REWRITE_GOLDEN=1 python -m pytest tests/report/test_golden.py

What SARIF says of the rules is left out there: it is the same in every document, and changes with the rules' texts.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from report.samples import CLEAN, MARKED_UP, MIXED, NOT_CHECKED

from lambda_conn_lint.report import FORMATS, load
from lambda_conn_lint.report.model import Outcome, Style

GOLDEN = Path(__file__).parent / "golden"
CASES = {"clean": CLEAN, "findings": MIXED, "unparsable": NOT_CHECKED, "odd": MARKED_UP}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("case", "outcome"), CASES.items(), ids=CASES)
def test_findings(name: str, case: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_conn_lint.report.sarif.__version__", "1.2.3")
    written = _without_rules(load(name).findings(outcome, Style()))
    path = GOLDEN / case / f"{name}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_encoded(written))
    assert _encoded(written) == path.read_bytes()


def test_nothing_else_is_kept() -> None:
    kept = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.*")}
    assert kept == {f"{case}/{name}.txt" for case in CASES for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("outcome", CASES.values(), ids=CASES)
def test_colours_and_summary_are_for_people(name: str, outcome: Outcome) -> None:
    findings = load(name).findings
    plain = findings(outcome, Style())
    if name in {"text", "concise"}:
        assert plain.startswith(findings(outcome, Style(summary=False)))
        assert plain != findings(outcome, Style(summary=False))
    else:
        assert findings(outcome, Style(colour=True, summary=False, fixes=True)) == plain


@pytest.mark.parametrize("name", FORMATS)
def test_statistics(name: str) -> None:
    statistics = load(name).statistics
    if name == "json-lines":
        assert statistics is not None
        assert [json.loads(line)["code"] for line in statistics(MIXED, Style()).splitlines()] == [
            "LCL001",
            "LCL101",
            "LCL103",
            "LCL301",
        ]
        assert statistics(CLEAN, Style()) == ""
    elif name == "concise":
        assert statistics is load("text").statistics
    else:
        assert (statistics is not None) == (name in {"text", "json"})


def _encoded(text: str) -> bytes:
    """As the command writes it to a file."""
    return text.encode("utf-8", "backslashreplace")


def _without_rules(text: str) -> str:
    if '"rules": [' not in text:
        return text
    document = json.loads(text)
    driver = document["runs"][0]["tool"]["driver"]
    driver["rules"] = [rule["id"] for rule in driver["rules"]]
    return json.dumps(document, indent=2) + "\n"
