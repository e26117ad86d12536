"""Which findings are the user's business: those in what was asked for that nothing silences, with paths as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lambda_conn_lint import baseline
from lambda_conn_lint.baseline import Counts, Entry, Stale
from lambda_conn_lint.findings import Finding, Handler, Step
from lambda_conn_lint.handlers.model import Unreadable
from lambda_conn_lint.report.model import Outcome, Source
from lambda_conn_lint.rules import BY_CODE, INTERNAL_ERROR
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions
from lambda_conn_lint.targets import Target, shown

_Place = TypeVar("_Place", Finding, Handler, Step)


class Audible:
    """Gives those of the findings in one file, which has these bytes, that are to be reported: asked for, and silenced
    neither by the settings nor by a comment nor by the baseline.

    ``counts`` is the project's baseline.
    """

    def __init__(self, target: Target, counts: Counts) -> None:
        self._target = target
        self.counts = counts

    def __call__(self, findings: Sequence[Finding], data: bytes) -> list[Finding]:
        return baseline.beyond(self.counts, self.but_for_baseline(findings, data), _source(data).lines)

    def but_for_baseline(self, findings: Iterable[Finding], data: bytes) -> list[Finding]:
        """Those that would be reported if there was no baseline."""
        target, suppressions = self._target, _source(data).suppressions
        return [
            finding
            for finding in findings
            if finding.code in target.codes
            and target.wants(finding.filename)
            and not target.ignores(finding.filename, finding.code)
            and not (_is_python(finding.filename) and suppressions.suppresses(finding.span.row, finding.code))
        ]

    def but_baselined(self, findings: Sequence[Finding], data: bytes) -> Sequence[Finding]:
        """All but those that the baseline silences, for a linter that sees to comments itself."""
        if not self.counts:
            return findings
        heard = self.but_for_baseline(findings, data)
        silenced = set(heard) - set(baseline.beyond(self.counts, heard, _source(data).lines))
        return [finding for finding in findings if finding not in silenced]

    def entries(self, findings: Iterable[Finding], data: bytes) -> Counter[Entry]:
        """What the baseline has to count for none of them to be reported."""
        heard = self.but_for_baseline(findings, data)
        return Counter(baseline.entries(heard, _source(data).lines).values())

    def stale(self, found: Counts, unchecked: Collection[str]) -> list[Stale]:
        """What the baseline counts, and was looked for and not found."""
        return baseline.stale(self.counts, found, lambda entry: self.covers(entry, unchecked))

    def covers(self, entry: Entry, unchecked: Collection[str]) -> bool:
        """Whether this run tells if an entry still holds; ``unchecked`` are files in which findings may be missing.

        It does not for what was not asked for or is excluded; it does for files that are gone.
        """
        target, path, code = self._target, entry.path, entry.code
        is_looked_for = code in target.codes or code not in BY_CODE
        project = target.project
        is_looked_at = project.has(path) or path in project.manifests or not project.exists(path)
        return is_looked_for and is_looked_at and target.wants(path) and path not in unchecked


def known(target: Target, cwd: Path) -> Counts:
    """The baseline of a project; nothing where none is named and the usual file is not there.

    Raises ``BaselineError``.
    """
    file, options = target.baseline, target.options
    if not options.use_baseline or (options.baseline is None and not file.is_file()):
        return {}
    return baseline.load(file, shown(file, cwd))


class Collector:
    """Takes in the findings of one project after the other, and keeps those that are to be reported.

    What the engine could not check is kept wherever it lies: it may hide findings in the files that were asked for.
    """

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._findings: list[Finding] = []
        self._sources: dict[str, Source] = {}
        self._warnings: list[str] = []

    def add(
        self,
        target: Target,
        findings: Iterable[Finding],
        newer: Mapping[str, bytes] | None = None,
        unchecked: Collection[str] = (),
    ) -> None:
        """Take in the findings of one project.

        ``newer`` are texts of its files that it does not have itself; in ``unchecked`` files, findings may be missing.
        """
        audible = Audible(target, known(target, self._cwd))
        found: Counter[Entry] = Counter()
        for path, data, in_file in by_file(target, findings, newer or {}):
            heard = audible(in_file, data or b"")
            kept = [finding for finding in in_file if finding.code == INTERNAL_ERROR or finding in heard]
            self._findings += (as_shown(finding, target, self._cwd) for finding in kept)
            if kept and data is not None:
                source = _source(data)
                if not _is_python(path):  # what silences findings in inline code is the engine's business
                    source = source._replace(suppressions=Suppressions(()))
                self._sources[target.shown(path, self._cwd)] = source
            if audible.counts:
                found += audible.entries(in_file, data or b"")
        stale = audible.stale(found, unchecked)
        if stale:
            entries = "1 entry has" if len(stale) == 1 else f"{len(stale)} entries have"
            hint = "'lambda-conn-lint baseline check' lists them, 'baseline prune' takes them out"
            self._warnings.append(
                f"{shown(target.baseline, self._cwd)}: {entries} more findings than there are; {hint}"
            )

    def warn(self, target: Target, unreadable: Iterable[Unreadable]) -> None:
        """Take in which deployment files of a project could not be read: handlers that they name may be unknown."""
        for one in unreadable:
            path = target.shown(one.manifest, self._cwd)
            self._warnings.append(f"{path}: the deployment file could not be read: {one.problem}")

    def outcome(self) -> Outcome:
        """What was kept of everything taken in, sorted."""
        # What keeps a file from being checked is said by each project that the file is part of.
        return Outcome(in_order(dict.fromkeys(self._findings)), self._sources, warnings=tuple(self._warnings))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by where they stand, then by code."""
    return tuple(sorted(findings, key=lambda finding: finding[:4]))


def as_shown(finding: Finding, target: Target, cwd: Path) -> Finding:
    """The finding with all paths in it as the user should see them."""
    fix = finding.fix
    return moved(finding, target, cwd)._replace(
        handlers=tuple(moved(handler, target, cwd) for handler in finding.handlers),
        path=tuple(moved(step, target, cwd) for step in finding.path),
        fix=fix and fix._replace(affects_tests=tuple(moved(test, target, cwd) for test in fix.affects_tests)),
    )


def moved(place: _Place, target: Target, cwd: Path) -> _Place:
    """A value with a project-relative ``filename``, with that as the user should see it."""
    return place._replace(filename=target.shown(place.filename, cwd))


def by_file(
    target: Target, findings: Iterable[Finding], newer: Mapping[str, bytes], paths: Iterable[str] = ()
) -> Iterator[tuple[str, bytes | None, list[Finding]]]:
    """These files and those that have findings, each with its bytes, unless it cannot be read, and its findings.

    ``newer`` are texts of the project's files that it does not have itself.
    """
    grouped: dict[str, list[Finding]] = {path: [] for path in paths}
    for finding in findings:
        grouped.setdefault(finding.filename, []).append(finding)
    for path, in_file in grouped.items():
        try:
            data: bytes | None = newer[path] if path in newer else target.project.read(path)
        except OSError:
            data = None
        yield path, data, in_file


def _is_python(path: str) -> bool:
    return path.endswith(".py")


@lru_cache(maxsize=64)
def _source(data: bytes) -> Source:
    lines = read_lines(data)
    return Source(lines, Suppressions(lines))
