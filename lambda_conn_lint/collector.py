"""Which findings are the user's business: those in what was asked for that no comment silences, with paths as shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lambda_conn_lint.findings import Finding, Handler, Step
from lambda_conn_lint.report.model import Outcome, Source
from lambda_conn_lint.rules import INTERNAL_ERROR
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions
from lambda_conn_lint.targets import Target

_Place = TypeVar("_Place", Finding, Handler, Step)


def audible(target: Target, codes: frozenset[str]) -> Callable[[Finding, bytes], bool]:
    """Whether a finding of this project is one to report, given the bytes of its file: one of these codes, asked for,
    and not silenced by a comment."""

    def is_audible(finding: Finding, data: bytes) -> bool:
        wanted = finding.code in codes and target.wants(finding.filename)
        return wanted and not _source(data).suppressions.suppresses(finding.span.row, finding.code)

    return is_audible


class Collector:
    """Takes in the findings of one project after the other, and keeps those that are to be reported.

    What the engine could not check is kept wherever it lies: it may hide findings in the files that were asked for.
    """

    def __init__(self, cwd: Path, codes: frozenset[str]) -> None:
        self._cwd = cwd
        self._codes = codes
        self._findings: list[Finding] = []
        self._sources: dict[str, Source] = {}

    def add(self, target: Target, findings: Iterable[Finding], newer: Mapping[str, bytes] | None = None) -> None:
        """Take in the findings of one project; ``newer`` are texts of its files that it does not have itself."""
        texts: dict[str, bytes | None] = {**(newer or {})}
        is_audible = audible(target, self._codes)
        for finding in findings:
            path = finding.filename
            if path not in texts:
                texts[path] = _read(target, path)
            data = texts[path]
            if finding.code == INTERNAL_ERROR or is_audible(finding, data or b""):
                self._findings.append(as_shown(finding, target, self._cwd))
                if data is not None:
                    self._sources[target.shown(path, self._cwd)] = _source(data)

    def outcome(self) -> Outcome:
        """What was kept of everything taken in, sorted."""
        return Outcome(in_order(self._findings), self._sources)


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


def _read(target: Target, path: str) -> bytes | None:
    try:
        return target.project.read(path)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _source(data: bytes) -> Source:
    lines = read_lines(data)
    return Source(lines, Suppressions(lines))
