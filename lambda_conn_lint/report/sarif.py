"""Findings as SARIF 2.1.0, for GitHub's code scanning and other programs that collect results of many tools.

Paths are relative to ``SRCROOT``, the working directory, whose place is left out so that equal findings give equal
documents on every machine. Files that could not be checked are both results and notifications of a run that did not
succeed: who reads only one of the two still hears of them. The key of the partial fingerprint is our own; GitHub's
action computes ``primaryLocationLineHash`` itself, and complains of other values. Source: the SARIF 2.1.0 standard with
errata 01; GitHub's documentation, ``sarif-support-for-code-scanning.md``; github/codeql-action, ``fingerprints.ts``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from lambda_conn_lint import __version__
from lambda_conn_lint.findings import Finding, Fix, Handler, Span, Step
from lambda_conn_lint.report.documents import document
from lambda_conn_lint.report.fingerprint import Identity, identities, text_of
from lambda_conn_lint.report.model import Format, Outcome, Style
from lambda_conn_lint.report.prose import described, remedy
from lambda_conn_lint.report.sarif_rules import INDEX, descriptors
from lambda_conn_lint.report.severity import severity_of
from lambda_conn_lint.rules import BY_CODE

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
_FINGERPRINT = "lambdaConnLint/v1"


def _findings(outcome: Outcome, style: Style) -> str:
    artifacts = _Artifacts()
    found = zip(outcome.findings, identities(outcome.findings, outcome.lines), strict=True)
    results = [_result(finding, identity, outcome.lines(finding.filename), artifacts) for finding, identity in found]
    run = {
        "tool": {
            "driver": {"name": "lambda-conn-lint", "semanticVersion": __version__, "rules": descriptors()},
        },
        "invocations": [_invocation(outcome.findings, artifacts)],
        "originalUriBaseIds": {_ROOT: {"description": _message("The working directory of the run.")}},
        "artifacts": artifacts.listed(),
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


class _Artifacts:
    """The files that the document speaks of, in the order in which they are first named."""

    def __init__(self) -> None:
        self._indices: dict[str, int] = {}

    def location(self, filename: str) -> dict[str, object]:
        index = self._indices.setdefault(filename, len(self._indices))
        return {**_address(filename), "index": index}

    def listed(self) -> list[dict[str, object]]:
        return [{"location": _address(filename), "sourceLanguage": "python"} for filename in self._indices]


def _address(filename: str) -> dict[str, object]:
    """A reference below the root, where a colon would be taken for the end of a scheme; or a ``file:`` URI."""
    path = Path(filename)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(os.fsencode(filename), safe="/"), "uriBaseId": _ROOT}


def _invocation(findings: Iterable[Finding], artifacts: _Artifacts) -> dict[str, object]:
    notifications = [
        {
            "level": severity_of(finding.code).sarif,
            "message": _message(finding.message),
            "locations": [_location(finding.filename, _region(finding.span), artifacts)],
            "associatedRule": _rule(finding.code),
        }
        for finding in findings
        if BY_CODE[finding.code].about_run
    ]
    return {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}


def _result(finding: Finding, identity: Identity, lines: Sequence[str], artifacts: _Artifacts) -> dict[str, object]:
    region = _region(finding.span)
    snippet = text_of(lines, finding.span)
    if snippet:
        region["snippet"] = {"text": snippet}
    rule = _rule(finding.code)
    result = {
        "ruleId": rule["id"],
        "ruleIndex": rule["index"],
        "level": severity_of(finding.code).sarif,
        "message": _message("\n".join([finding.message, *remedy(finding)])),
        "locations": [_location(finding.filename, region, artifacts)],
        "partialFingerprints": {_FINGERPRINT: identity.digest()},
    }
    if finding.path:
        result["codeFlows"] = [_code_flow(finding.path, artifacts)]
    if finding.handlers:
        result["relatedLocations"] = [
            {"id": number, **_station(handler, f"reached from handler {handler.name}", artifacts)}
            for number, handler in enumerate(finding.handlers)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.filename, finding.fix, artifacts)]
    return result


def _code_flow(path: Iterable[Step], artifacts: _Artifacts) -> dict[str, object]:
    return {"threadFlows": [{"locations": [{"location": _station(step, step.name, artifacts)} for step in path]}]}


def _fix(filename: str, fix: Fix, artifacts: _Artifacts) -> dict[str, object]:
    replacements = [{"deletedRegion": _region(span), "insertedContent": {"text": text}} for span, text in fix.edits]
    return {
        "description": _message(described(fix)),
        "artifactChanges": [{"artifactLocation": artifacts.location(filename), "replacements": replacements}],
        "properties": {"applicability": fix.applicability},
    }


def _rule(code: str) -> dict[str, object]:
    return {"id": code, "index": INDEX[code]}


def _station(station: Handler | Step, text: str, artifacts: _Artifacts) -> dict[str, object]:
    region: dict[str, object] = {"startLine": station.row, "startColumn": station.column}
    return {**_location(station.filename, region, artifacts), "message": _message(text)}


def _location(filename: str, region: dict[str, object], artifacts: _Artifacts) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": artifacts.location(filename), "region": region}}


def _region(span: Span) -> dict[str, object]:
    return {
        "startLine": span.row,
        "startColumn": span.column,
        "endLine": span.end_row,
        "endColumn": span.end_column,
    }


def _message(text: str) -> dict[str, object]:
    """Braces stand for placeholders in a message, unless they are doubled."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


FORMAT = Format(_findings)
