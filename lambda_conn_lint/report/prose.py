"""What a finding says beside its message, as plain sentences for formats that have no place of their own for it."""

from __future__ import annotations

from lambda_conn_lint.findings import Finding, Fix


def explained(finding: Finding) -> list[str]:
    """The message, the way from the handler to the construction, and the fix or why there is none: a line for each."""
    way = " -> ".join(f"{step.name} ({step.filename}:{step.row})" for step in finding.path)
    return [finding.message, *([f"Path: {way}"] if way else []), *remedy(finding)]


def remedy(finding: Finding) -> list[str]:
    """One sentence about the fix, or about why there is none; nothing where neither is known."""
    if finding.fix is not None:
        return [f"Fix: {described(finding.fix)}"]
    return [f"No fix: {finding.reason}"] if finding.reason else []


def described(fix: Fix) -> str:
    """What a fix does, and what makes it unsafe."""
    return f"{fix.message} (unsafe: {fix.doubt})" if fix.doubt else fix.message
