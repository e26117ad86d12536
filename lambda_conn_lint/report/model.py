"""What a format is given, and what it has to be able to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    ``findings`` are sorted, and all paths in them are as the user should see them; where files were fixed, they are
    those that remain. ``sources`` has an entry for every file in them that could be read. ``fixed`` are the findings
    that are gone, their positions those of the text that they were found in. ``warnings`` are about the run itself,
    and no part of a report.
    """

    findings: tuple[Finding, ...]
    sources: Mapping[str, Source]
    fixed: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()

    def lines(self, filename: str) -> Sequence[str]:
        """The lines of a file with their newlines; none where they are not known."""
        source = self.sources.get(filename)
        return source.lines if source is not None else ()


class Style(NamedTuple):
    """How it is to look: colours by terminal sequences or none, a closing summary, and the fixes made by file."""

    colour: bool = False
    summary: bool = True
    fixes: bool = False


class Format(NamedTuple):
    """One output format: the whole document for the findings, and for how many there are by code.

    ``statistics`` is none for a format of which other programs expect places in files.
    """

    findings: Callable[[Outcome, Style], str]
    statistics: Callable[[Outcome, Style], str] | None = None


class Count(NamedTuple):
    """How often a code was found."""

    code: str
    name: str
    times: int


def counts(findings: Iterable[Finding]) -> list[Count]:
    """The codes of the findings, the most frequent first, equally frequent ones by code."""
    counted = Counter(finding.code for finding in findings)
    return [
        Count(code, BY_CODE[code].name, times)
        for code, times in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
