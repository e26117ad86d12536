"""Sources in, what the fix makes of them out: for tests that care about the program and not about the edits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambda_conn_lint.check import Settings
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.rounds import Choice, fix_project
from lambda_conn_lint.project import Project

_TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
"""
_FUNCTION = """\
  Function{number}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Runtime: python3.12
      Handler: {handler}
"""


def fixed(
    sources: Mapping[str, str], *, unsafe: bool = False, handlers: Iterable[str] = ("app.handler",)
) -> dict[str, str]:
    """The same files after ``--fix`` (and ``--unsafe-fixes``) on a project of just these, deployed by a SAM template.

    ``sources`` are texts by project-relative path, ``handlers`` what the template declares. Findings that are left and
    fixes that were not kept fail the test with their reasons.
    """
    changed, remaining, failed = fix(sources, unsafe=unsafe, handlers=handlers)
    left = [f"{finding.filename}:{finding.span.row}: {finding.message}: {_why(finding)}" for finding in remaining]
    left += [f"{path}: {why}" for path, why in failed.items()]
    assert not left, "\n".join(["not fixed:", *left])
    return changed


def fix(
    sources: Mapping[str, str], *, unsafe: bool = False, handlers: Iterable[str] = ("app.handler",)
) -> tuple[dict[str, str], tuple[Finding, ...], Mapping[str, str]]:
    """All texts after the fix, the findings that are left, and why fixes were not kept (by path)."""
    functions = [_FUNCTION.format(number=number, handler=handler) for number, handler in enumerate(handlers)]
    overlay = {path: text.encode() for path, text in sources.items()}
    overlay["template.yaml"] = "".join([_TEMPLATE, *functions]).encode()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), overlay)
        outcome = fix_project(project, Settings(), Choice(unsafe=unsafe), lambda findings, content: findings)
    texts = {path: outcome.changes[path].decode() if path in outcome.changes else sources[path] for path in sources}
    return texts, outcome.remaining, outcome.failed


def _why(finding: Finding) -> str:
    return finding.fix.doubt if finding.fix is not None else finding.reason
