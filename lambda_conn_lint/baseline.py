"""The baseline: findings that a project has got used to, counted by file, code and text of the construction.

Lines do not count, so that findings are told again after their code has moved or was formatted. Where more of them are
found than are written down, all of them are reported: nothing tells which one is new. Only constructions and closings
of clients can be written down; that a file could not be checked cannot.

On disk it is JSON, made to be read in a review: ``{"version": 1, "findings": {path: {code: {text: count}}}}``, sorted,
paths relative to the project's root.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from lambda_conn_lint.findings import Finding

DEFAULT = ".lambda-conn-lint-baseline.json"
"""The name of the file in the project's root that is used where no other one is named."""

_VERSION = 1


class BaselineError(Exception):
    """A baseline that cannot be read; the text names the file and says what is wrong with it."""


class Entry(NamedTuple):
    """What is counted: findings with this code in this file, whose text is this when normalised."""

    path: str
    code: str
    text: str


Counts: TypeAlias = Mapping[Entry, int]


class Stale(NamedTuple):
    """An entry that counts more than there is."""

    entry: Entry
    counted: int
    found: int


def entries(findings: Iterable[Finding], lines: Sequence[str]) -> dict[Finding, Entry]:
    """The entry of each finding of one file that can have one; ``lines`` are the file's, with their newlines."""
    from lambda_conn_lint.fingerprint import normalised
    from lambda_conn_lint.report.fingerprint import text_of

    return {
        finding: Entry(finding.filename, finding.code, normalised(text_of(lines, finding.span)))
        for finding in findings
        if finding.client
    }


def beyond(counts: Counts, findings: Sequence[Finding], lines: Sequence[str]) -> list[Finding]:
    """Those findings of one file that the baseline does not cover."""
    if not counts or not findings:
        return list(findings)
    known = entries(findings, lines)
    found = Counter(known.values())
    return [f for f in findings if f not in known or found[known[f]] > counts.get(known[f], 0)]


def stale(counts: Counts, found: Counts, covers: Callable[[Entry], bool]) -> list[Stale]:
    """The entries that count more than was found, sorted; ``covers`` tells which entries' findings were looked for."""
    return [
        Stale(entry, count, found.get(entry, 0))
        for entry, count in sorted(counts.items())
        if covers(entry) and count > found.get(entry, 0)
    ]


def rewritten(counts: Counts, found: Counts, covers: Callable[[Entry], bool]) -> dict[Entry, int]:
    """The counts with what was found in place of what was looked for."""
    kept = {entry: count for entry, count in counts.items() if not covers(entry)}
    return {**kept, **{entry: max(count, kept.get(entry, 0)) for entry, count in found.items()}}


def pruned(counts: Counts, stale: Iterable[Stale]) -> dict[Entry, int]:
    """The counts without what is stale in them."""
    left = {**counts, **{one.entry: one.found for one in stale}}
    return {entry: count for entry, count in left.items() if count}


def load(path: Path, shown: str) -> dict[Entry, int]:
    """The counts in a file, which the user knows as ``shown``. Raises ``BaselineError``."""
    import json

    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"{shown}: the baseline cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{shown}: the baseline is no JSON: {error}") from None
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > _VERSION:
        raise BaselineError(f"{shown}: the baseline has version {version}, which a newer lambda_conn_lint has written")
    if version != _VERSION or isinstance(version, bool):
        raise BaselineError(f'{shown}: the baseline lacks "version": {_VERSION}')
    try:
        return dict(_counts(document.get("findings")))
    except _ShapeError as error:
        raise BaselineError(f"{shown}: the baseline is damaged: {error}") from None


def rendered(counts: Counts) -> bytes:
    """The content of the file for these counts."""
    import json

    findings: dict[str, dict[str, dict[str, int]]] = {}
    for (path, code, text), count in sorted(counts.items()):
        findings.setdefault(path, {}).setdefault(code, {})[text] = count
    text = json.dumps({"version": _VERSION, "findings": findings}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")  # names that are no text are escaped as JSON escapes them


class _ShapeError(Exception):
    """What is not where it has to be."""


def _counts(findings: object) -> Iterator[tuple[Entry, int]]:
    for path, codes in _table(findings, "findings"):
        for code, texts in _table(codes, path):
            for text, count in _table(texts, f"{path}, {code}"):
                if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                    raise _ShapeError(f"{path}, {code}, {text}: {count!r} is no count")
                yield Entry(path, code, text), count


def _table(value: object, where: str) -> Iterable[tuple[str, object]]:
    if not isinstance(value, dict):
        raise _ShapeError(f"{where}: there is no table")
    return value.items()
