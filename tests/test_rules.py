from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from lambda_conn_lint.catalog.model import Kind
from lambda_conn_lint.rules import BY_CODE, RULES, Rule, code_for

ROOT = Path(__file__).parent.parent


def test_codes_are_those_that_are_built() -> None:
    built = ["LCL000", "LCL001", *(f"LCL10{n}" for n in range(1, 6)), *(f"LCL20{n}" for n in range(1, 6)), "LCL301"]
    assert [rule.code for rule in RULES] == built
    assert list(BY_CODE) == built


def test_dependent_codes_alone_are_off_by_default() -> None:
    assert [rule.code for rule in RULES if not rule.default] == [f"LCL20{n}" for n in range(1, 6)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_records_are_written_for_people(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    for text in (rule.summary, rule.why, rule.help):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("sql", "LCL101"),
        ("nosql", "LCL101"),
        ("cache", "LCL101"),
        ("search", "LCL101"),
        ("feature-flag", "LCL102"),
        ("cloud-sdk", "LCL103"),
        ("secrets", "LCL103"),
        ("queue", "LCL104"),
        ("http", "LCL105"),
        ("rpc", "LCL105"),
        ("ai", "LCL105"),
        ("mail", "LCL105"),
        ("observability", "LCL105"),
    ],
)
def test_kind_has_its_code(kind: Kind, code: str) -> None:
    assert code_for(kind) == code
    assert code_for(kind, dependent=True) == code.replace("LCL1", "LCL2")


def test_every_kind_has_a_code() -> None:
    assert {code_for(kind) for kind in get_args(Kind)} == {f"LCL10{n}" for n in range(1, 6)}


def test_readme_has_a_row_for_every_rule() -> None:
    rows = re.findall(
        r"^\| (LCL\d{3}) \| ([a-z-]+) \| .* \| (on|off) \|$",
        ROOT.joinpath("README.md").read_text(encoding="utf-8"),
        re.M,
    )
    assert rows == [(rule.code, rule.name, "on" if rule.default else "off") for rule in RULES]


def test_changelog_names_every_rule() -> None:
    text = re.sub(r"(LCL\d\d)(\d) to\s+LCL\d\d(\d)", _range, ROOT.joinpath("CHANGELOG.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"LCL\d{3}", text)) == set(BY_CODE)


def _range(match: re.Match[str]) -> str:
    return " ".join(f"{match[1]}{digit}" for digit in range(int(match[2]), int(match[3]) + 1))
