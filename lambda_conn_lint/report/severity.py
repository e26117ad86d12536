"""How bad a finding is, in the words of each format."""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.rules import BY_CODE, SHARED_CLIENT_CLOSED


class Severity(NamedTuple):
    """One degree, by the name that it has in each format; ``problem`` is GitHub's own one for a rule in SARIF."""

    json: str
    sarif: str
    problem: str
    github: str
    gitlab: str
    rdjson: str


ERROR = Severity("error", "error", "error", "error", "major", "ERROR")
WARNING = Severity("warning", "warning", "warning", "warning", "minor", "WARNING")
NOTE = Severity("info", "note", "recommendation", "notice", "info", "INFO")


def severity_of(code: str) -> Severity:
    """An error is what breaks the run or the next invocation, a warning what costs time, a note what is off unless
    selected."""
    rule = BY_CODE[code]
    if rule.about_run or code == SHARED_CLIENT_CLOSED:
        return ERROR
    return WARNING if rule.default else NOTE
