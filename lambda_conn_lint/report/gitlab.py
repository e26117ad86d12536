"""Findings as a code quality report of GitLab, which tells new ones from old ones by their fingerprints.

A fingerprint does not change when lines move. GitLab shows only one of several that are equal, so no two are. Source:
GitLab's documentation, ``ci/testing/code_quality.md``.
"""

from __future__ import annotations

from lambda_conn_lint.findings import Finding
from lambda_conn_lint.report.documents import document
from lambda_conn_lint.report.fingerprint import Identity, identities
from lambda_conn_lint.report.model import Format, Outcome, Style
from lambda_conn_lint.report.severity import severity_of


def _findings(outcome: Outcome, style: Style) -> str:
    found = zip(outcome.findings, identities(outcome.findings, outcome.lines), strict=True)
    return document([_violation(finding, identity) for finding, identity in found])


def _violation(finding: Finding, identity: Identity) -> dict[str, object]:
    return {
        "description": f"{finding.code} {finding.message}",
        "check_name": finding.code,
        "fingerprint": identity.digest(finding.filename),
        "severity": severity_of(finding.code).gitlab,
        "location": {
            "path": finding.filename,
            "lines": {"begin": finding.span.row, "end": finding.span.end_row},
        },
    }


FORMAT = Format(_findings)
