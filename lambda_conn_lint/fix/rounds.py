"""A project's fixes, round by round: plan, apply to an overlay, check again, until nothing is left to fix."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from lambda_conn_lint.check import Report, Settings, check
from lambda_conn_lint.defects import defect
from lambda_conn_lint.facts.trees import Trees
from lambda_conn_lint.findings import Finding, Fix, Span
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.planning.plan import Plan, plan
from lambda_conn_lint.fix.source.text import Text, TextError
from lambda_conn_lint.fix.templates.accessor import Style
from lambda_conn_lint.fix.verify import problem
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import INTERNAL_ERROR, RULES

Audible: TypeAlias = Callable[[Sequence[Finding], bytes], Collection[Finding]]
"""Gives those of a file's findings that are reported: wanted, and not silenced, be it in these bytes of the file."""

_UNWANTED = "it is not among the findings that are to be fixed"
_NOT_PYTHON = "its code stands in a deployment file, and only Python files are edited"
_UNSETTLED = "one more run would change it again"
_MOST_ROUNDS = 8
_EVERY_CODE = frozenset(rule.code for rule in RULES)


class Choice(NamedTuple):
    """Which fixes are wanted: unsafe ones too, in which style, and of which codes.

    Unsafe fixes of ``trusted`` codes count as safe.
    """

    unsafe: bool = False
    style: Style = "global"
    fixable: frozenset[str] = _EVERY_CODE
    trusted: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What fixing comes to; nothing has been written.

    ``changes`` are the new bytes of the files that differ, by project-relative path. ``fixed`` are findings as they
    were, with the fix that was applied; ``remaining`` are those of the text as it is now. ``failed`` tells, for a file
    whose fixes were not kept, why. ``before`` are the bytes that each change was made from. Both are in the order in
    which they have to be written: what a later round builds upon comes first.
    """

    changes: Mapping[str, bytes]
    fixed: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    failed: Mapping[str, str]
    before: Mapping[str, bytes] = MappingProxyType({})


def planned(
    project: Project, settings: Settings, choice: Choice, audible: Audible, report: Report | None = None
) -> tuple[Finding, ...]:
    """The project's findings, each with its fix or the reason why there is none.

    ``report`` is what a check of this project has said, if there was one.
    """
    return _planned(project, report or check(project, settings, trees=Trees()), choice, audible, {})


def fix_project(
    project: Project, settings: Settings, choice: Choice, audible: Audible, report: Report | None = None
) -> Outcome:
    """Fixes what can be fixed. A file whose new text does not stand every test keeps the old one."""
    before: dict[str, bytes] = {}
    fixed: list[Finding] = []
    failed: dict[str, str] = {}
    current = project
    report = report or check(current, settings)
    for _ in range(_MOST_ROUNDS):
        findings = _planned(current, report, choice, audible, failed)
        changed, applied = _applied(current, findings, choice, failed)
        if not changed:
            break
        previous = {path: current.read(path) for path in changed}
        lent = {finding.client for fixed_there in applied.values() for finding in fixed_there}
        tried = current.with_overlay(changed)
        checked = check(tried, settings)
        bad = {
            path: why
            for path, data in changed.items()
            if (why := problem(previous[path], data, _in(report, path), _in(checked, path), applied[path], lent))
            is not None
        }
        if bad:
            failed |= bad
            kept = {path: data for path, data in changed.items() if path not in bad}
            tried = current.with_overlay(kept)
            checked = check(tried, settings)
        for path in [path for path in changed if path not in bad]:
            before.setdefault(path, previous[path])
            fixed += applied[path]
        current, report = tried, checked
    else:
        findings = _planned(current, report, choice, audible, failed)
        unsettled, _ = _applied(current, findings, choice, failed)
        failed |= dict.fromkeys(unsettled, _UNSETTLED)
    changes = {path: current.read(path) for path in before if current.read(path) != before[path]}
    return Outcome(changes, tuple(fixed), findings, failed, {path: before[path] for path in changes})


def _in(report: Report, path: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.filename == path]


def _planned(
    project: Project, report: Report, choice: Choice, audible: Audible, failed: Mapping[str, str]
) -> tuple[Finding, ...]:
    if report.linking is None:
        return report.findings
    ground = Ground(report.linking.project, report.linking)
    return tuple(_with_fixes(project, ground, report.findings, choice, audible, failed))


def _with_fixes(
    project: Project,
    ground: Ground,
    findings: Sequence[Finding],
    choice: Choice,
    audible: Audible,
    failed: Mapping[str, str],
) -> Iterator[Finding]:
    for path, group in groupby(findings, key=lambda finding: finding.filename):
        in_file = list(group)
        if not path.endswith(".py"):
            yield from (finding._replace(reason=_NOT_PYTHON if finding.client else "") for finding in in_file)
            continue
        if path in failed:
            yield from (finding._replace(reason=failed[path]) for finding in in_file)
            continue
        clients = [finding for finding in in_file if finding.client]
        heard = audible(clients, project.read(path)) if clients else ()
        wanted = [finding for finding in clients if finding.code in choice.fixable and finding in heard]
        try:
            made = _plan(ground, path, wanted, choice)
        except Exception as error:  # a defect of ours costs the fixes of one file, and is said
            yield Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, defect(error))
            made = Plan({}, dict.fromkeys(wanted, "its fix could not be worked out, by a defect of this tool"))
        for finding in in_file:
            unwanted = _UNWANTED if finding.client and finding not in wanted else ""
            yield finding._replace(fix=made.fixes.get(finding), reason=made.reasons.get(finding, unwanted))


def _plan(ground: Ground, path: str, wanted: Sequence[Finding], choice: Choice) -> Plan:
    if not wanted:
        return Plan({}, {})
    return plan(ground, path, wanted, choice.style, unsafe=choice.unsafe, trusted=choice.trusted)


def _applied(
    project: Project, findings: Sequence[Finding], choice: Choice, failed: dict[str, str]
) -> tuple[dict[str, bytes], dict[str, list[Finding]]]:
    """New bytes of the files that have a fix that is wanted, and the findings that each one fixes."""
    changed: dict[str, bytes] = {}
    applied: dict[str, list[Finding]] = {}
    for path, group in groupby(findings, key=lambda finding: finding.filename):
        fixable = [finding for finding in group if finding.fix is not None and (choice.unsafe or not finding.fix.doubt)]
        fixes: list[Fix] = [finding.fix for finding in fixable if finding.fix is not None]
        if not fixes:
            continue
        data = project.read(path)
        try:
            new = Text(data).apply(edit for fix in fixes for edit in fix.edits)
        except (TextError, ValueError) as error:
            failed[path] = str(error)
            continue
        if new != data:
            changed[path] = new
            applied[path] = fixable
    return changed, applied
