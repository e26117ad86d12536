"""The last gate before a new text is written: it parses, compiles, has lost its findings and gained none."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Sequence

from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.source.text import Text, TextError
from lambda_conn_lint.fix.source.tree import Tree
from lambda_conn_lint.rules import SHARED_CLIENT_CLOSED


def problem(
    before: bytes,
    after: bytes,
    findings_before: Sequence[Finding],
    findings_after: Sequence[Finding],
    fixed: Sequence[Finding],
    lent: Collection[str],
) -> str | None:
    """What is wrong with a fixed file, as a sentence for people; none if nothing is.

    ``findings_before`` and ``findings_after`` are all that the check says of the file, silenced or not; ``fixed`` are
    those that must be gone. ``lent`` are the clients that fixes of this round keep, in whatever file.
    """
    try:
        Tree(Text(after))
    except TextError as error:
        return f"the fixed text was not kept: {error}"
    if _compiles(before) and not _compiles(after):
        return "the fixed text was not kept: Python does not compile it"
    expected = Counter(_kind(finding) for finding in findings_before) - Counter(_kind(finding) for finding in fixed)
    # A function that now lends from a slot makes findings of the callers that go on closing what it gives them.
    found = Counter(
        _kind(finding)
        for finding in findings_after
        if finding.code != SHARED_CLIENT_CLOSED or finding.client not in lent
    )
    if found - expected:
        code, client = min(found - expected)
        return f"the fixed text was not kept: it still has {code} for {client or 'the file'}"
    return None


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.client


def _compiles(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "<fixed>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
