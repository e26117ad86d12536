"""One file's findings -> fixes that fit together, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.findings import Finding, Fix
from lambda_conn_lint.fix.edits.compose import compose
from lambda_conn_lint.fix.edits.patch import Patch
from lambda_conn_lint.fix.judge.constants import Constants
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.judge.sessions import may_change_session
from lambda_conn_lint.fix.judge.slice import Slicer
from lambda_conn_lint.fix.keep import extras
from lambda_conn_lint.fix.keep.helper import helper_of
from lambda_conn_lint.fix.keep.job import Job
from lambda_conn_lint.fix.keep.shared import STEPS, Candidate, Examiner
from lambda_conn_lint.fix.keep.taken import TakenExaminer
from lambda_conn_lint.fix.planning import conditions
from lambda_conn_lint.fix.planning.actions import ActionExaminer
from lambda_conn_lint.fix.planning.affected import affected_tests
from lambda_conn_lint.fix.planning.closings import ClosingExaminer
from lambda_conn_lint.fix.source.assigned import assigned_bare
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError
from lambda_conn_lint.fix.templates.accessor import Style
from lambda_conn_lint.fix.uses import Origin
from lambda_conn_lint.link.reach import Reached
from lambda_conn_lint.link.values import Taint
from lambda_conn_lint.rules import SHARED_CLIENT_CLOSED


class Plan(NamedTuple):
    """For each finding of a file either a fix or a reason."""

    fixes: Mapping[Finding, Fix]
    reasons: Mapping[Finding, str]


def plan(
    ground: Ground,
    path: str,
    findings: Sequence[Finding],
    style: Style,
    *,
    unsafe: bool,
    trusted: Collection[str] = (),
) -> Plan:
    """Fixes for the findings of one file; those that are safe do not hang on those that are not.

    What is doubted of findings with ``trusted`` codes does not count.

    With ``unsafe`` all of them fit together; without, the safe ones do, and an unsafe one is as if all were applied.
    """
    try:
        file = ground.file(path)
        conditions.check_file(file)
    except (TextError, RefusalError) as error:
        return Plan({}, dict.fromkeys(findings, str(error)))
    planner = _Planner(ground, file, style)
    jobs: list[Job] = []
    patches: dict[Finding, Patch] = {}
    reasons: dict[Finding, str] = {}
    for finding in findings:
        made: Job | Patch | str
        if finding.code == SHARED_CLIENT_CLOSED:
            made = planner.closing_or_reason(finding)
        elif ground.catalog.by_name[finding.client].sets_global:
            made = planner.action_or_reason(finding)
        else:
            made = planner.job_or_reason(finding)
        if not isinstance(made, str) and finding.code in trusted:
            made = replace(made, doubts=())
        if isinstance(made, str):
            reasons[finding] = made
        elif isinstance(made, Job):
            jobs.append(made)
        else:
            patches[finding] = made
    fixes = compose(file, jobs, patches, style)
    sure_jobs = [job for job in jobs if not job.doubts]
    sure_patches = {finding: patch for finding, patch in patches.items() if not patch.doubts}
    if not unsafe and len(sure_jobs) + len(sure_patches) < len(jobs) + len(patches):
        fixes |= compose(file, sure_jobs, sure_patches, style)
    planned = [*(job.finding for job in jobs), *patches]
    reasons |= {finding: "its edits are in the way of another fix" for finding in planned if finding not in fixes}
    return Plan(fixes, reasons)


class _Known:
    """What is known of names in one file, for who judges parts of it; nothing here refers to those."""

    def __init__(self, ground: Ground, file: SourceFile) -> None:
        self._ground = ground
        self._file = file

    def client(self, call: cst.Call) -> Client | None:
        found = self._ground.catalog
        return found.by_name.get(found.canonical(self._file.origins.of(call.func)))

    def is_session(self, call: cst.Call) -> bool:
        """Whether a call builds what clients are made from and opens nothing: a session, a pool, credentials."""
        client = self.client(call)
        return client is not None and client.fix == "shared" and client.connects == "lazy"

    def parameter(self, function: str, parameter: str) -> Origin:
        return self._ground.origin(self._file.path, function, parameter)


class _Planner:
    def __init__(self, ground: Ground, file: SourceFile, style: Style) -> None:
        self._ground = ground
        self._file = file
        self._style = style
        self._known = _Known(ground, file)
        self._slicer = Slicer(ground, file, self._known.is_session)
        self._examiner = Examiner(ground, file, self._slicer)
        self._closings = ClosingExaminer(ground, file)
        self._actions = ActionExaminer(ground, file, self._slicer)
        self._taken = TakenExaminer(ground, file, self._slicer)
        self._constants = Constants(file.tree, file.scopes, file.origins, self._known.parameter)

    def job_or_reason(self, finding: Finding) -> Job | str:
        try:
            return self.job(finding)
        except RefusalError as error:
            return str(error)

    def job(self, finding: Finding) -> Job:
        """What a finding's fix takes. Raises ``RefusalError``."""
        reached, call = self._checked(finding)
        if reached.client.fix == "taken":
            return self._loan(finding, reached, call)
        call, client = self._begun(call, reached.client)
        candidate = self._candidate(call, client)
        threads = conditions.has_threads(self._ground, reached) or candidate.is_threaded
        conditions.check_threads(client, threads)
        helper = helper_of(self._file, candidate)
        if helper is not None and self._ground.is_handler(self._file.path, helper.function.name.value):
            helper = None
        keys = [key.argument.value for key in candidate.slice.keys]
        if helper is not None and not all(self._slicer.is_made_from_parameters(key, helper.function) for key in keys):
            helper = None
        if helper is not None:
            bounded = all(self._is_bounded_parameter(helper.function, key) for key in helper.keys)
        else:
            bounded = all(self._constants.is_bounded(key) for key in keys)
        is_closed = any(release.statement is not None for release in candidate.releases)
        for key in [] if helper is not None else keys:
            conditions.check_key(self._file, key)
        doubts = [
            *candidate.doubts,
            *conditions.doubts(reached, bounded),
            *extras.doubts(client, call),
            *self._session_doubts(reached),
            *conditions.style_doubts(self._style, is_threaded=threads),
            *conditions.client_doubts(client, is_closed=is_closed),
        ]
        conditions.check_dependence(reached, keys, self._file)
        sessions = tuple(
            self._session(local.value)
            for local in candidate.slice.locals
            if isinstance(local.value, cst.Call) and local.is_construction
        )
        return Job(
            finding=finding,
            candidate=candidate,
            helper=helper,
            sessions=sessions,
            doubts=tuple(doubts),
            is_locked=threads,
            is_bounded=bounded and Taint.DEPENDENT not in reached.every_taint,
            tests=affected_tests(self._ground, reached),
        )

    def _checked(self, finding: Finding) -> tuple[Reached, cst.Call]:
        """What a finding is about, if nothing around it is against a fix. Raises ``RefusalError``."""
        reached = self._ground.reached(finding)
        call = self._file.tree.call(finding.span)
        if reached is None or call is None:
            raise RefusalError("there is no fix for this rule")
        conditions.check_client(reached.client)
        conditions.check_processes(self._ground, reached)
        conditions.check_environment(self._ground, reached)
        conditions.check_commands(self._ground, reached)
        extras.check(reached.client, call)
        return reached, call

    def _session_doubts(self, reached: Reached) -> list[str]:
        """What an engine's pool does not undo when it takes a connection back.

        Connections of an engine go wherever its users take them, so all that these import counts.
        """
        if reached.client.name not in extras.ENGINES:
            return []
        changes = may_change_session(self._ground, self._ground.imported_by(reached.files))
        return ["SQL that is run on it may change its session, which the pool would keep"] if changes else []

    def _begun(self, call: cst.Call, client: Client) -> tuple[cst.Call, Client]:
        """The construction that a call finishes, such as ``client.initialize()``; else the call itself.

        Raises ``RefusalError`` where the client that it finishes is made elsewhere.
        """
        function = call.func
        if not isinstance(function, cst.Attribute) or function.attr.value not in STEPS:
            return call, client
        if isinstance(function.value, cst.Name) and isinstance(self._file.tree.parent(call), cst.Expr):
            home = self._file.scopes.home(function.value)
            bindings = [] if home is None else home.bound[function.value.value]
            value = assigned_bare(self._file.tree, bindings[0]) if len(bindings) == 1 else None
            made = self._known.client(value) if isinstance(value, cst.Call) else None
            if isinstance(value, cst.Call) and made is not None and made.fix == "shared":
                return value, made
        raise RefusalError("it finishes what is begun elsewhere")

    def action_or_reason(self, finding: Finding) -> Patch | str:
        """What takes the place of a call that sets something up for the process, or why nothing does."""
        try:
            reached, call = self._checked(finding)
            conditions.check_threads(reached.client, conditions.has_threads(self._ground, reached))
            conditions.check_dependence(reached, (), self._file)
            return self._actions.examine(call, reached.client, reached.files)
        except RefusalError as error:
            return str(error)

    def closing_or_reason(self, finding: Finding) -> Patch | str:
        """What takes the place of a closing, or why nothing does."""
        call = self._file.tree.call(finding.span)
        closed = self._ground.closed(finding)
        if call is None or closed is None or closed.how not in closed.client.close:
            return "leaving its `with` ends it; keep it without one"
        try:
            return self._closings.examine(call, closed)
        except RefusalError as error:
            return str(error)

    def _loan(self, finding: Finding, reached: Reached, call: cst.Call) -> Job:
        conditions.check_dependence(reached, (), self._file)
        span = self._file.tree.span(self._file.tree.code(call))
        candidate = self._taken.examine(call, reached.client, self._ground.uses(self._file.path, span))
        return Job(
            finding=finding,
            candidate=candidate,
            helper=None,
            sessions=(),
            doubts=(*candidate.doubts, *conditions.slot_doubts(candidate, self._file.tree.source)),
            is_locked=conditions.has_threads(self._ground, reached),
            is_bounded=True,
            tests=affected_tests(self._ground, reached),
        )

    def _candidate(self, call: cst.Call, client: Client) -> Candidate:
        span = self._file.tree.span(self._file.tree.code(call))
        return self._examiner.examine(call, client, self._ground.uses(self._file.path, span))

    def _session(self, call: cst.Call) -> Candidate:
        client = self._known.client(call)
        assert client is not None, "only constructions that are known are followed"
        return self._candidate(call, client)

    def _is_bounded_parameter(self, function: cst.FunctionDef, parameter: cst.Param) -> bool:
        return self._known.parameter(self._file.tree.qualified(function), parameter.name.value) != "unknown"
