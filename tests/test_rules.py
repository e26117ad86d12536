from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import get_args

import pytest
import sentences

from lambda_conn_lint.catalog.model import Kind
from lambda_conn_lint.cli import main
from lambda_conn_lint.options import Options
from lambda_conn_lint.rules import BY_CODE, RULES, Rule, code_for, model
from lambda_conn_lint.rules import reasons as named
from lambda_conn_lint.rules.examples import EXAMPLES
from lambda_conn_lint.rules.explanations import explanation

ROOT = Path(__file__).parent.parent
GROUPS = tuple(group for group in vars(named).values() if isinstance(group, model.Group))


def test_codes_are_those_that_are_built() -> None:
    constructions = [*(f"LCL10{n}" for n in range(1, 6)), *(f"LCL20{n}" for n in range(1, 6))]
    built = ["LCL000", "LCL001", "LCL002", *constructions, "LCL301"]
    assert [rule.code for rule in RULES] == built
    assert list(BY_CODE) == built


def test_unused_suppressions_and_dependent_codes_alone_are_off_by_default() -> None:
    assert [rule.code for rule in RULES if not rule.default] == ["LCL002", *(f"LCL20{n}" for n in range(1, 6))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_records_are_written_for_people(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    for text in (rule.summary, rule.why, rule.help, *explanation(rule).fix):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text
        assert text.count("`") % 2 == 0


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


def test_rules_about_clients_know_their_kinds() -> None:
    for rule in RULES:
        assert all(code_for(kind, dependent=not rule.default) == rule.code for kind in rule.kinds)
        assert bool(rule.kinds) == rule.code.startswith(("LCL1", "LCL2"))


def test_pages_have_an_address_as_soon_as_their_folder_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "PAGES", "")
    assert BY_CODE["LCL101"].url is None
    monkeypatch.setattr(model, "PAGES", "https://docs.example.com/rules/")
    assert BY_CODE["LCL101"].url == "https://docs.example.com/rules/LCL101.md"


def test_changelog_names_every_rule() -> None:
    text = re.sub(r"(LCL\d\d)(\d) to\s+LCL\d\d(\d)", _range, ROOT.joinpath("CHANGELOG.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"LCL\d{3}", text)) == set(BY_CODE)


def _range(match: re.Match[str]) -> str:
    return " ".join(f"{match[1]}{digit}" for digit in range(int(match[2]), int(match[3]) + 1))


# What explains a rule


@pytest.mark.parametrize("code", EXAMPLES)
def test_bad_code_has_a_finding_of_its_rule_and_of_no_other(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path, EXAMPLES[code].bad, "--output-format", "json") == 1
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)] == [code]


@pytest.mark.parametrize("code", [code for code, example in EXAMPLES.items() if example.good])
def test_good_code_is_what_the_fix_makes_of_the_bad_code(code: str, tmp_path: Path) -> None:
    example = EXAMPLES[code]
    file = tmp_path / "app.py"
    if example.is_unsafe:
        assert _run(tmp_path, example.bad, "--fix") == 1
        assert file.read_text() == example.bad
    assert _run(tmp_path, example.bad, "--fix", *["--unsafe-fixes"] * example.is_unsafe) == 0
    assert file.read_text() == example.good


def test_every_rule_with_a_fix_has_an_example_of_it() -> None:
    assert {rule.code for rule in RULES if explanation(rule).fix} == {
        code for code, example in EXAMPLES.items() if example.good
    }


def _run(folder: Path, text: str, *options: str) -> int:
    """The command with every rule on a project that holds just this text, as ``app.py``."""
    (folder / "app.py").write_text(text)
    return main(["--isolated", "--select", "ALL", *options, os.fspath(folder)])


def test_what_is_said_of_fixes_is_all_that_they_can_say() -> None:
    sentences_named = {sentence for group in GROUPS for sentence in group.sentences}
    assert sentences_named - sentences.all_texts() == set(), "no fix says this"
    assert sentences.reasons() - sentences_named == set(), "this reason is in no group of rules/reasons.py"
    assert sentences.doubts() - sentences_named == set(), "this doubt is in no group of rules/reasons.py"


def test_every_group_explains_a_rule_and_none_says_what_another_one_does() -> None:
    used = {group for rule in RULES for group in (*explanation(rule).refusals, *explanation(rule).doubts)}
    assert used == set(GROUPS)
    every = [sentence for group in GROUPS for sentence in group.sentences]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_options_exist_and_references_are_addresses(rule: Rule) -> None:
    said = explanation(rule)
    assert set(said.options) <= set(Options.__dataclass_fields__)
    assert all(reference.url.startswith("https://") for reference in said.references)
