"""What stays the same of a finding while lines move, for programs that tell new findings from old ones."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.fingerprint import normalised


class Identity(NamedTuple):
    """What tells one finding of a file from the others; none of it changes when lines move.

    ``text`` is the normalised construction, empty for what is said of a whole file. ``ordinal`` counts from 0 the
    findings of the file that are alike in code and text.
    """

    code: str
    text: str
    ordinal: int

    def digest(self, path: str = "") -> str:
        """A digest in hexadecimal digits, of the path as well where one is given."""
        content = "\0".join((path, self.code, self.text, str(self.ordinal)))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def identities(findings: Iterable[Finding], lines_of: Callable[[str], Sequence[str]]) -> list[Identity]:
    """The identity of each finding, which are sorted; ``lines_of`` gives the lines of a file, as far as it has any."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found: list[Identity] = []
    for finding in findings:
        text = normalised(text_of(lines_of(finding.filename), finding.span)) if finding.client else ""
        key = (finding.filename, finding.code, text)
        found.append(Identity(finding.code, text, seen[key]))
        seen[key] += 1
    return found


def text_of(lines: Sequence[str], span: Span) -> str:
    """What a span covers, of a file's lines with their newlines; empty where it lies outside of them."""
    if not 1 <= span.row <= len(lines):
        return ""
    covered = list(lines[span.row - 1 : span.end_row])
    if span.end_row <= len(lines):
        covered[-1] = covered[-1][: span.end_column - 1]
    covered[0] = covered[0][span.column - 1 :]
    return "".join(covered)
