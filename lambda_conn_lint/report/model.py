"""What a format is given, and what it has to be able to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from lambda_conn_lint.findings import Finding
from lambda_conn_lint.rules import BY_CODE
from lambda_conn_lint.suppress import Suppressions


class Source(NamedTuple):
    """The text of a file that has findings: its lines with their newlines, and the suppressions in them."""

    lines: list[str]
    suppressions: Suppressions


class Outcome(NamedTuple):
    """What one run has to say.

    ``findings`` are sorted, and all paths in them are as the user should see them. ``sources`` has an entry for every
    file in them that could be read.
    """

    findings: tuple[Finding, ...]
    sources: Mapping[str, Source]


class Style(NamedTuple):
    """How it is to look: colours by terminal sequences or none, with or without a closing summary."""

    colour: bool = False
    summary: bool = True


class Format(NamedTuple):
    """One output format: the whole document for the findings, and for how many there are by code."""

    findings: Callable[[Outcome, Style], str]
    statistics: Callable[[Outcome, Style], str]


class Count(NamedTuple):
    """How often a code was found."""

    code: str
    name: str
    times: int


def counts(outcome: Outcome) -> list[Count]:
    """The codes found, the most frequent first, equally frequent ones by code."""
    counted = Counter(finding.code for finding in outcome.findings)
    return [
        Count(code, BY_CODE[code].name, times)
        for code, times in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
