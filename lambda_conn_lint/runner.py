"""The ring around the engine for the command line: given paths in, what to report out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.findings import Finding, Handler, Step
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.options import Options, UsageError
from lambda_conn_lint.report.model import Outcome, Source
from lambda_conn_lint.rules import INTERNAL_ERROR
from lambda_conn_lint.selection import select
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions
from lambda_conn_lint.targets import STDIN, Target, find_stdin_target, find_targets

Progress: TypeAlias = Callable[[int, int], None]

_Place = TypeVar("_Place", Finding, Handler, Step)


def targets(options: Options, cwd: Path, read_stdin: Callable[[], bytes]) -> list[Target]:
    """What to check: the given paths, the working directory where none is given, or standard input.

    Raises ``UsageError`` and ``MissingPathError``.
    """
    exclude, force_exclude, filename = options.exclude, options.force_exclude, options.stdin_filename
    if STDIN not in options.paths and filename is None:
        return find_targets(options.paths or (".",), cwd, exclude=exclude, force_exclude=force_exclude)
    if options.paths not in ((), (STDIN,)):
        raise UsageError("standard input ('-', --stdin-filename) cannot be checked together with other paths")
    return find_stdin_target(read_stdin(), filename, cwd, exclude=exclude, force_exclude=force_exclude)


def settings(options: Options) -> Settings:
    """What the engine has to know. Raises ``UnknownSelectorError``."""
    codes = select(options.select, options.ignore, options.extend_select)
    return Settings(handler_patterns=options.handler_pattern, codes=codes)


def run(targets: Sequence[Target], settings: Settings, cwd: Path, progress: Progress | None) -> Outcome:
    """Check every project as a whole, and keep the findings that are asked for and not silenced by a comment.

    What the engine could not check is kept wherever it lies: it may hide findings in the files that were asked for.
    """
    findings: list[Finding] = []
    sources: dict[str, Source] = {}
    for target in targets:
        report = check(target.project, settings, progress)
        wanted = [f for f in report.findings if f.code == INTERNAL_ERROR or target.wants(f.filename)]
        for filename, in_file in groupby(wanted, key=lambda finding: finding.filename):
            source = _source(target, filename)
            audible = [finding for finding in in_file if not _is_silenced(finding, source)]
            findings += (_as_shown(finding, target, cwd) for finding in audible)
            if audible and source is not None:
                sources[target.shown(filename, cwd)] = source
    return Outcome(tuple(sorted(findings)), sources)


class Known(NamedTuple):
    """What is known of handlers: those in what was asked for, and what the projects' deployment files leave open."""

    handlers: list[Handler]
    unresolved: list[Declaration]
    unreadable: list[Unreadable]


def known_handlers(targets: Sequence[Target], settings: Settings, cwd: Path) -> Known:
    """The handlers of every project, with all paths as the user should see them."""
    known = Known([], [], [])
    for target in targets:
        found, open_ends = handlers(target.project, settings)
        known.handlers.extend(_moved(handler, target, cwd) for handler in found if target.wants(handler.filename))
        for item in open_ends:
            manifest = target.shown(item.manifest, cwd)
            if isinstance(item, Unreadable):
                known.unreadable.append(item._replace(manifest=manifest))
            else:
                known.unresolved.append(item._replace(manifest=manifest))
    return known


def _source(target: Target, filename: str) -> Source | None:
    try:
        data = target.project.read(filename)
    except OSError:
        return None
    lines = read_lines(data)
    return Source(lines, Suppressions(lines))


def _is_silenced(finding: Finding, source: Source | None) -> bool:
    if source is None or finding.code == INTERNAL_ERROR:
        return False
    return source.suppressions.suppresses(finding.span.row, finding.code)


def _as_shown(finding: Finding, target: Target, cwd: Path) -> Finding:
    return _moved(finding, target, cwd)._replace(
        handlers=tuple(_moved(handler, target, cwd) for handler in finding.handlers),
        path=tuple(_moved(step, target, cwd) for step in finding.path),
    )


def _moved(place: _Place, target: Target, cwd: Path) -> _Place:
    return place._replace(filename=target.shown(place.filename, cwd))
