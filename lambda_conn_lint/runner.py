"""The ring around the engine for the command line: given paths in, what to report and to write out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.collector import Collector, as_shown, audible, in_order, moved
from lambda_conn_lint.findings import Finding, Handler
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.options import Options, UsageError
from lambda_conn_lint.report.model import Outcome
from lambda_conn_lint.selection import ALL, select
from lambda_conn_lint.targets import STDIN, Target, find_stdin_target, find_targets

if TYPE_CHECKING:
    from lambda_conn_lint.fix.rounds import Choice

Progress: TypeAlias = Callable[[int, int], None]


def targets(options: Options, cwd: Path, read_stdin: Callable[[], bytes]) -> list[Target]:
    """What to check: the given paths, the working directory where none is given, or standard input.

    Raises ``UsageError`` and ``MissingPathError``.
    """
    exclude, force_exclude = options.exclude, options.force_exclude
    if not options.reads_stdin:
        return find_targets(options.paths or (".",), cwd, exclude=exclude, force_exclude=force_exclude)
    if options.paths not in ((), (STDIN,)):
        raise UsageError("standard input ('-', --stdin-filename) cannot be checked together with other paths")
    return find_stdin_target(read_stdin(), options.stdin_filename, cwd, exclude=exclude, force_exclude=force_exclude)


def settings(options: Options) -> Settings:
    """What the engine has to know. Raises ``UnknownSelectorError``."""
    codes = select(options.select, options.ignore, options.extend_select)
    return Settings(handler_patterns=options.handler_pattern, codes=codes)


def fixable(options: Options) -> frozenset[str]:
    """The codes to fix, if findings of theirs are reported. Raises ``UnknownSelectorError``."""
    return select((ALL,) if options.fixable is None else options.fixable, options.unfixable, ())


def run(targets: Sequence[Target], settings: Settings, cwd: Path, progress: Progress | None) -> Outcome:
    """Check every project as a whole, and keep the findings that are asked for and not silenced by a comment."""
    collector = Collector(cwd, settings.codes)
    for target in targets:
        collector.add(target, check(target.project, settings, progress).findings)
    return collector.outcome()


def run_with_fixes(
    targets: Sequence[Target], settings: Settings, options: Options, cwd: Path, progress: Progress | None
) -> Outcome:
    """What ``run`` gives, each finding with its fix or the reason why there is none; nothing is changed."""
    collector = Collector(cwd, settings.codes)
    for target in targets:
        report = check(target.project, settings, progress)
        findings = report.findings
        if any(finding.client for finding in findings):
            from lambda_conn_lint.fix.rounds import planned

            choice = _choice(options)
            found = planned(target.project, settings, choice, audible(target, settings.codes), report)
            findings = _explained(found, choice)
        collector.add(target, findings)
    return collector.outcome()


class Change(NamedTuple):
    """A file that fixes change: its place on disk, how the user should see that, and its text as it is and will be."""

    path: Path
    shown: str
    before: bytes
    after: bytes


class Fixed(NamedTuple):
    """What fixing comes to, while nothing is written yet.

    ``outcome`` tells of the texts as they will be. ``failed`` says, for each file as the user should see it, why its
    fixes did not pass the verification.
    """

    outcome: Outcome
    changes: tuple[Change, ...]
    failed: Mapping[str, str]


def fix(targets: Sequence[Target], settings: Settings, options: Options, cwd: Path, progress: Progress | None) -> Fixed:
    """Fix all findings that ``run`` reports and that can be fixed, in memory."""
    collector = Collector(cwd, settings.codes)
    changes: list[Change] = []
    fixed: list[Finding] = []
    failed: dict[str, str] = {}
    for target in targets:
        project = target.project
        report = check(project, settings, progress)
        if not any(finding.client for finding in report.findings):
            collector.add(target, report.findings)
            continue
        from lambda_conn_lint.fix.rounds import fix_project

        choice = _choice(options)
        done = fix_project(project, settings, choice, audible(target, settings.codes), report)
        collector.add(target, _explained(done.remaining, choice), done.changes)
        fixed += (as_shown(finding, target, cwd) for finding in done.fixed)
        failed.update({target.shown(path, cwd): why for path, why in done.failed.items()})
        for path, after in done.changes.items():
            changes.append(Change(project.root / path, target.shown(path, cwd), done.before[path], after))
    outcome = collector.outcome()._replace(fixed=in_order(fixed))
    return Fixed(outcome, tuple(changes), failed)


def write(changes: Iterable[Change]) -> dict[str, str]:
    """Write the new texts to disk; for each file, as the user should see it, that cannot be written: why."""
    problems = {change.shown: _write(change) for change in changes}
    return {path: problem for path, problem in problems.items() if problem}


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
        known.handlers.extend(moved(handler, target, cwd) for handler in found if target.wants(handler.filename))
        for item in open_ends:
            manifest = target.shown(item.manifest, cwd)
            if isinstance(item, Unreadable):
                known.unreadable.append(item._replace(manifest=manifest))
            else:
                known.unresolved.append(item._replace(manifest=manifest))
    return known


def _choice(options: Options) -> Choice:
    from lambda_conn_lint.fix.rounds import Choice

    return Choice(unsafe=options.unsafe_fixes, style=options.fix_style, fixable=fixable(options))


def _explained(findings: Iterable[Finding], choice: Choice) -> tuple[Finding, ...]:
    """The findings, with the reason for those that the user does not want to be fixed."""
    return tuple(
        finding._replace(reason=f"{finding.code} is not among the codes to fix (--fixable, --unfixable)")
        if finding.client and finding.code not in choice.fixable
        else finding
        for finding in findings
    )


def _write(change: Change) -> str:
    from lambda_conn_lint.fix.write import write

    try:
        if change.path.read_bytes() != change.before:
            return "it has been changed since it was read"
        write(change.path, change.after)
    except OSError as error:
        return error.strerror or str(error)
    return ""
