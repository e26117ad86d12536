"""The ring around the engine for the command line: given paths in, what to report and to write out."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from lambda_conn_lint import cache
from lambda_conn_lint.cache import place
from lambda_conn_lint.cache.known_runs import Found
from lambda_conn_lint.cache.question import question
from lambda_conn_lint.check import Report, Settings, check, handlers
from lambda_conn_lint.collector import Audible, Collector, as_shown, by_file, in_order, known, moved
from lambda_conn_lint.config import Loaded, load
from lambda_conn_lint.facts.trees import Trees
from lambda_conn_lint.findings import Finding, Handler
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.options import STDIN, Options, UsageError
from lambda_conn_lint.project import Project
from lambda_conn_lint.report.model import Outcome
from lambda_conn_lint.rules import UNUSED_SUPPRESSION
from lambda_conn_lint.selection import ALL, expand, select
from lambda_conn_lint.targets import Target, find_given_root, find_stdin_target, find_targets

if TYPE_CHECKING:
    from lambda_conn_lint.fix.rounds import Choice

Progress: TypeAlias = Callable[[int, int], None]


def targets(options: Options, cwd: Path, read_stdin: Callable[[], bytes]) -> list[Target]:
    """What to check: the given paths, the working directory where none is given, or standard input.

    Raises ``UsageError``, ``ConfigError`` and ``MissingPathError``.
    """
    load = partial(loaded, options)
    root = None if options.project_root is None else find_given_root(options.project_root, cwd)
    if not options.reads_stdin:
        everything = "." if root is None or cwd.is_relative_to(root) else str(root)
        return _with_caches(_with_own_baselines(find_targets(options.paths or (everything,), cwd, load, root)), cwd)
    if options.paths not in ((), (STDIN,)):
        raise UsageError("standard input ('-', --stdin-filename) cannot be checked together with other paths")
    return find_stdin_target(read_stdin(), options.stdin_filename, cwd, load, root)


def _with_own_baselines(targets: list[Target]) -> list[Target]:
    """The targets, if each has a baseline of its own, since paths in it are those of one project.

    Raises ``UsageError``.
    """
    projects: dict[Path, Path] = {}
    for target in targets:
        root = target.project.root
        other = projects.setdefault(target.baseline, root)
        if other != root:
            raise UsageError(f"one baseline cannot serve two projects, {other} and {root}: give their paths separately")
    return targets


def _with_caches(targets: list[Target], cwd: Path) -> list[Target]:
    """The targets, each of which knows what earlier runs have kept of its project."""
    for target in targets:
        folder = place.folder(target.project.root, target.loaded, cwd, os.environ)
        if folder is not None:
            target.project.cache = cache.opened(folder)
    return targets


def for_run(options: Options, cwd: Path) -> Options:
    """The options of a run as a whole: those given, above those of the configuration nearest to ``cwd``.

    Raises ``ConfigError``.
    """
    return replace(loaded(options, cwd).options, paths=options.paths)


def loaded(options: Options, start: Path) -> Loaded:
    """The settings of what lies at ``start``. Raises ``ConfigError``."""
    config = None if options.config is None else Path(options.config)
    return load(start, options.explicit, config=config, isolated=options.isolated)


def settings(options: Options, codes: frozenset[str]) -> Settings:
    """What the engine has to know."""
    return Settings(
        handler_patterns=options.handler_pattern,
        codes=codes,
        handler_decorators=frozenset(options.handler_decorators),
        memoising_decorators=frozenset(options.memoising_decorators),
        handlers=options.handlers,
        platforms=None if options.platforms is None else frozenset(options.platforms),
        clients=options.clients,
    )


def run(targets: Sequence[Target], cwd: Path, progress: Progress | None) -> Outcome:
    """Check every project as a whole, and keep the findings that are asked for and not silenced."""

    def look(target: Target, project: Project) -> Found:
        report = check(project, _settings(target), progress)
        idle = _unused(target, project, report.findings, report.unchecked)
        return _found(report, (*report.findings, *idle))

    return _collected(targets, cwd, look, "findings")


def run_with_fixes(targets: Sequence[Target], options: Options, cwd: Path, progress: Progress | None) -> Outcome:
    """What ``run`` gives, each finding with its fix or the reason why there is none; nothing is changed."""

    def look(target: Target, project: Project) -> Found:
        report = check(project, _settings(target), progress, Trees())
        return _found(report, _planned(target, project, report, options, cwd))

    return _collected(targets, cwd, look, "unsafe fixes" if options.unsafe_fixes else "fixes")


def _collected(targets: Sequence[Target], cwd: Path, look: Callable[[Target, Project], Found], purpose: str) -> Outcome:
    """What there is to say of every project, by a look at it or from a run before that has had the same look."""
    collector = Collector(cwd)
    for target in targets:
        known, project = target.project.cache, target.project
        if known is None or project.overlay:
            found = look(target, project)
        else:
            found = known.runs.recall(project, question(target, cwd, purpose), partial(look, target))
        _save(target)
        collector.warn(target, found.unreadable)
        collector.add(target, found.findings, unchecked=found.unchecked)
    return collector.outcome()


def _found(report: Report, findings: tuple[Finding, ...]) -> Found:
    return Found(findings, report.unchecked, report.unreadable, report.surroundings is not None)


def _save(target: Target) -> None:
    if target.project.cache is not None:
        target.project.cache.facts.save(is_whole=_is_whole(target))
        target.project.cache.deployments.save()


def _planned(target: Target, project: Project, report: Report, run: Options, cwd: Path) -> tuple[Finding, ...]:
    """What a report says of the project, or of newer text of it, with fixes and reasons."""
    findings = report.findings
    if any(finding.client for finding in findings):
        from lambda_conn_lint.fix.rounds import planned

        audible = Audible(target, known(target, cwd))
        findings = planned(project, _settings(target), _choice(target, run), audible, report)
    return _explained((*findings, *_unused(target, project, findings, report.unchecked)), _fixable(target))


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


def fix(targets: Sequence[Target], options: Options, cwd: Path, progress: Progress | None) -> Fixed:
    """Fix all findings that ``run`` reports and that can be fixed, in memory."""
    collector = Collector(cwd)
    changes: list[Change] = []
    fixed: list[Finding] = []
    failed: dict[str, str] = {}
    for target in targets:
        report = check(target.project, _settings(target), progress)
        collector.warn(target, report.unreadable)
        done = _fix_project(target, report, options, cwd)
        _save(target)
        collector.add(target, done.remaining, done.changes, report.unchecked)
        fixed += (as_shown(finding, target, cwd) for finding in done.fixed)
        failed.update({target.shown(path, cwd): why for path, why in done.failed.items()})
        for path, after in done.changes.items():
            changes.append(Change(target.project.root / path, target.shown(path, cwd), done.before[path], after))
    outcome = collector.outcome()
    return Fixed(outcome._replace(fixed=in_order(fixed)), tuple(changes), failed)


class _Done(NamedTuple):
    """What fixing one project comes to: texts before and after, in the order of their writing, and the findings."""

    before: Mapping[str, bytes]
    changes: Mapping[str, bytes]
    fixed: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    failed: Mapping[str, str]


def _fix_project(target: Target, report: Report, run: Options, cwd: Path) -> _Done:
    """Fixes constructions and closings first: only then it is clear which comments silence nothing any more."""
    project, fixable = target.project, _fixable(target)
    done = _Done({}, {}, (), report.findings, {})
    if any(finding.client for finding in report.findings):
        from lambda_conn_lint.fix.rounds import fix_project

        made = fix_project(
            project, _settings(target), _choice(target, run), Audible(target, known(target, cwd)), report
        )
        done = _Done(made.before, made.changes, made.fixed, made.remaining, made.failed)
        project = project.with_overlay(made.changes)
    texts: dict[str, bytes] = {}
    idle = _explained(_unused(target, project, done.remaining, report.unchecked, texts), fixable)
    removable = tuple(finding for finding in idle if finding.fix is not None)
    if not removable:
        return done._replace(remaining=_explained((*done.remaining, *idle), fixable))
    from lambda_conn_lint.unused import without

    before = {finding.filename: texts[finding.filename] for finding in removable}
    newer = {path: without(data, [one for one in removable if one.filename == path]) for path, data in before.items()}
    project = project.with_overlay(newer)
    return done._replace(
        before={**before, **done.before},
        changes={**done.changes, **newer},
        fixed=(*done.fixed, *removable),
        remaining=_planned(target, project, check(project, _settings(target)), run, cwd),
    )


def _unused(
    target: Target,
    project: Project,
    findings: Collection[Finding],
    unchecked: Collection[str],
    texts: dict[str, bytes] | None = None,
) -> Sequence[Finding]:
    """The comments that silence nothing, in what was asked for and could be checked, if anybody wants to know.

    ``texts`` takes in the texts that they were found in.
    """
    if UNUSED_SUPPRESSION not in target.codes:
        return ()
    from lambda_conn_lint.unused import unused

    idle: list[Finding] = []
    for path, data, in_file in by_file(target, findings, project.overlay, target.files()):
        codes = {code for code in target.codes if not target.ignores(path, code)}
        if data is None or not project.has(path) or path in unchecked or UNUSED_SUPPRESSION not in codes:
            continue
        found = unused(path, data, in_file, codes)
        if found and texts is not None:
            texts[path] = data
        idle += found
    return idle


def write(changes: Iterable[Change]) -> dict[str, str]:
    """Write the new texts to disk; for each file, as the user should see it, that cannot be written: why."""
    problems = {change.shown: _write(change) for change in changes}
    return {path: problem for path, problem in problems.items() if problem}


class Known(NamedTuple):
    """What is known of handlers: those in what was asked for, what the projects' deployment files leave open, and what
    looks like a handler there and does not count as one."""

    handlers: list[Handler]
    unresolved: list[Declaration]
    unreadable: list[Unreadable]
    left_out: list[LeftOut]


def known_handlers(targets: Sequence[Target], cwd: Path) -> Known:
    """The handlers of every project, with all paths as the user should see them."""
    known = Known([], [], [], [])
    for target in targets:
        found, open_ends = handlers(target.project, _settings(target))
        known.handlers.extend(moved(handler, target, cwd) for handler in found if target.wants(handler.filename))
        for item in open_ends:
            if isinstance(item, LeftOut):
                if target.wants(item.filename):
                    known.left_out.append(item._replace(filename=target.shown(item.filename, cwd)))
                continue
            manifest = target.shown(item.manifest, cwd)
            if isinstance(item, Unreadable):
                known.unreadable.append(item._replace(manifest=manifest))
            else:
                known.unresolved.append(item._replace(manifest=manifest))
    return known


def _settings(target: Target) -> Settings:
    return replace(settings(target.options, target.codes), wanted=None if _is_whole(target) else target.wants)


def _is_whole(target: Target) -> bool:
    """Whether all of a project is asked for."""
    return "" in target.wanted and not target.elsewhere


def _choice(target: Target, run: Options) -> Choice:
    """Which fixes to make: of each project by its own settings, unsafe ones by those of the run."""
    from lambda_conn_lint.fix.rounds import Choice

    options = target.options
    trusted = frozenset(rule.code for selector in options.extend_safe_fixes for rule in expand(selector))
    return Choice(unsafe=run.unsafe_fixes, style=options.fix_style, fixable=_fixable(target), trusted=trusted)


def _fixable(target: Target) -> frozenset[str]:
    options = target.options
    return select((ALL,) if options.fixable is None else options.fixable, options.unfixable, ())


def _explained(findings: Iterable[Finding], fixable: frozenset[str]) -> tuple[Finding, ...]:
    """The findings, with the reason for those that the user does not want to be fixed."""
    return tuple(
        finding._replace(fix=None, reason=f"{finding.code} is not among the codes to fix (--fixable, --unfixable)")
        if (finding.client or finding.fix) and finding.code not in fixable
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
