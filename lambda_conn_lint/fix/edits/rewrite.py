"""What each job changes in the text: its accessor, the call in the construction's place, and what goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from lambda_conn_lint.findings import Edit, Finding, Span, Step
from lambda_conn_lint.fix.edits import annotate, existing, inplace, loans
from lambda_conn_lint.fix.edits.entries import entry_changes
from lambda_conn_lint.fix.edits.leftovers import needless_none
from lambda_conn_lint.fix.edits.liveness import Liveness
from lambda_conn_lint.fix.judge.slice import Local, LocalImport
from lambda_conn_lint.fix.keep import extras
from lambda_conn_lint.fix.keep.helper import Helper
from lambda_conn_lint.fix.keep.job import Job
from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.keep.taken import TakenCandidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.imports import add_import
from lambda_conn_lint.fix.source.layout import Change
from lambda_conn_lint.fix.source.placement import above
from lambda_conn_lint.fix.source.tree import Range, is_within
from lambda_conn_lint.fix.templates import accessor as accessors
from lambda_conn_lint.fix.templates.accessor import Accessor, Building, Style
from lambda_conn_lint.fix.templates.naming import Namer, SlotNames, from_constructor, from_function
from lambda_conn_lint.fix.templates.slots import Slot

_LATEST = 32
"""How many clients are kept where the values of their keys cannot be counted."""


@dataclass
class Part:
    """One finding's share of the edits; ``shares`` are the things that it has in common with others."""

    finding: Finding
    message: str
    doubts: tuple[str, ...] = ()
    tests: tuple[Step, ...] = ()
    changes: list[Change] = field(default_factory=list)
    imports: list[Edit] = field(default_factory=list)
    shares: set[object] = field(default_factory=set)


class Rewriter:
    """Rewrites the constructions of one file, all at once."""

    def __init__(self, file: SourceFile, jobs: Sequence[Job], style: Style) -> None:
        self._file = file
        self._tree = file.tree
        self._jobs = sorted(jobs, key=lambda job: self._tree.code(job.candidate.call))
        self._style = style
        words = re.findall(r"\b_\w+", file.tree.source)
        self._namer = Namer({*file.scopes.identifiers, *words})
        self._existing = existing.accessors(file)
        self._made: dict[tuple[object, ...], str] = {}
        self._sessions: dict[int, Candidate] = {}
        self._session_names: dict[int, str] = {}
        self._slots: dict[tuple[object, ...], Slot] = {}
        self._written: set[str] = set()
        self._liveness = Liveness(file)

    def parts(self) -> list[Part]:
        self._find_sessions()
        dead = self._dead()
        parts = [self._part(job) for job in self._jobs]
        for job, part in zip(self._jobs, parts, strict=True):
            if job.helper is not None:
                continue
            for item in self._moving(job):
                if any(item is other for other in dead):
                    part.shares.add(("moved", id(item.scope), item.name))
                    part.changes += self._without(item, dead)
        return parts

    # What moves

    def _find_sessions(self) -> None:
        """The sessions that several constructions are made from, or that are used for something else too."""
        users: dict[int, set[int]] = {}
        found: dict[int, tuple[Local, Candidate]] = {}
        for job in self._jobs:
            for session in job.sessions:
                local = next(local for local in job.candidate.slice.locals if local.value is session.call)
                users.setdefault(id(local.statement), set()).add(id(job.candidate.call))
                found[id(local.statement)] = (local, session)
        calls = [self._tree.code(job.candidate.call) for job in self._jobs]
        for statement, (local, session) in found.items():
            loads = [self._tree.code(load) for load in local.scope.loads(local.name)]
            is_used_elsewhere = not all(is_within(load, calls) for load in loads)
            if len(users[statement]) > 1 or is_used_elsewhere:
                self._sessions[statement] = session

    def _dead(self) -> list[Local | LocalImport]:
        for job in self._jobs:
            candidate = job.candidate
            self._liveness.take(self._tree.code(candidate.call))
            for key in candidate.slice.keys:
                self._liveness.leave(self._tree.code(key.argument.value))
            for line in candidate.setup:
                self._liveness.take(self._tree.code(line))
        return self._liveness.dead([item for job in self._jobs if job.helper is None for item in self._moving(job)])

    def _moving(self, job: Job) -> list[Local | LocalImport]:
        """A job's locals and imports; those of its sessions too."""
        slices = [job.candidate.slice, *(session.slice for session in job.sessions)]
        items: list[Local | LocalImport] = []
        for sliced in slices:
            items += [*sliced.locals, *sliced.imports]
        unique = {(id(item.scope), item.name): item for item in items}
        return list(unique.values())

    def _without(self, item: Local | LocalImport, dead: Iterable[Local | LocalImport]) -> Iterator[Change]:
        if isinstance(item, LocalImport):
            removed = {id(other.alias) for other in dead if isinstance(other, LocalImport)}
            yield from self._file.layout.without_alias(item.alias, removed)
        else:
            yield from self._file.layout.without(item.statement, {id(item.statement)}, with_comments=True)

    # One job

    def _part(self, job: Job) -> Part:
        candidate = job.candidate
        if isinstance(candidate, TakenCandidate):
            return self._loan(job, candidate)
        if job.helper is not None:
            return self._in_place(job, job.helper, candidate)
        part = Part(job.finding, "", job.doubts, job.tests)
        name = self._accessor(part, candidate, job)
        keys = ", ".join(self._tree.slice(key.argument.value) for key in candidate.slice.keys)
        call = f"{name}({keys})"
        part.message = f"Keep the client in a module global that `{name}()` fills on first use"
        entered = [release.item for release in candidate.releases if release.item is not None]
        changes, imports, covers = entry_changes(self._file, entered, candidate, call)
        part.changes += changes
        part.imports += imports
        if not covers:
            part.changes.append(Change(*self._tree.code(candidate.call), call))
        part.changes += self._removals(candidate)
        return part

    def _loan(self, job: Job, candidate: TakenCandidate) -> Part:
        part = Part(job.finding, "", job.doubts, job.tests)
        building = self._building(part, candidate)
        if not building.subject:
            building = replace(building, subject=candidate.name)
        key = ("slot", building.meaning, job.is_locked, candidate.autocommit, candidate.changes_session)
        part.shares.add(key)
        if key not in self._slots:
            names = self._slot_names(candidate)
            self._slots[key] = loans.slot_of(
                self._file, candidate, building, names, self._style, is_locked=job.is_locked
            )
        slot = self._slots[key]
        text = loans.text_of(slot, candidate)
        for definition in text.definitions:
            if definition not in self._written:
                self._written.add(definition)
                part.changes += above(self._tree, candidate.call, definition)
        part.imports += self._added(text.imports)
        part.changes += loans.changes(self._file, candidate, slot)
        part.message = f"Keep the connection in a slot, `{slot.variable}`, from which `{slot.take}()` takes it"
        return part

    def _slot_names(self, candidate: TakenCandidate) -> SlotNames:
        function = self._tree.function(candidate.call)
        if candidate.loan is not None or not isinstance(function, cst.FunctionDef):
            return self._namer.slot(candidate.name)
        name = function.name.value
        given = from_function(name)
        is_private = name.startswith("_")
        return self._namer.slot(given if given != name.lstrip("_") else candidate.name, is_public=not is_private)

    def _removals(self, candidate: Candidate) -> Iterator[Change]:
        lines = [release.statement for release in candidate.releases if release.statement is not None]
        removed = {id(line) for line in (*lines, *candidate.setup)}
        for line in lines:
            flush = candidate.client.flush
            if flush:
                yield self._flushed(line, flush[0])
            else:
                yield from self._file.layout.without(line, removed)
        for line in candidate.setup:
            yield from self._file.layout.without(line, removed, with_comments=True)
        for line in needless_none(self._file, candidate):
            yield from self._file.layout.without(line, {id(line)}, with_comments=True)

    def _flushed(self, line: cst.SimpleStatementLine, method: str) -> Change:
        statement = line.body[0]
        assert isinstance(statement, cst.Expr)
        assert isinstance(statement.value, cst.Call)
        function = statement.value.func
        root = function.value if isinstance(function, cst.Attribute) else function
        return Change(*self._tree.code(statement.value), f"{self._tree.slice(root)}.{method}()")

    def _accessor(self, part: Part, candidate: Candidate, job: Job | None) -> str:
        """The name of the accessor for a construction; it is written with the first job that needs it."""
        building = self._building(part, candidate)
        keys = tuple(key.name for key in candidate.slice.keys)
        is_bounded = job is None or job.is_bounded
        is_locked = job is not None and job.is_locked
        each = extras.each(candidate.client)
        signature = (building.meaning, keys, is_bounded, is_locked)
        found = None if keys or building.before or building.after else self._existing.get(building.expression)
        if found is not None:
            return found
        part.shares.add(signature)
        if signature not in self._made:
            names = self._namer.names(self._hints(candidate), plural=bool(keys))
            note = annotate.of(self._file, candidate)
            accessor = Accessor(
                names.variable,
                names.accessor,
                building,
                tuple((key, annotate.of_key(self._file, candidate, key) if note else "") for key in keys),
                note,
                f"{names.variable}_lock" if is_locked else "",
                self._style if is_bounded else "cached",
                None if is_bounded else _LATEST,
                each,
                annotate.are_deferred(self._file),
            )
            self._made[signature] = names.accessor
            text = accessors.definition(accessor, self._file.tree.indent)
            part.changes += above(self._tree, candidate.call, text)
            part.imports += self._added(accessors.imports(accessor))
        return self._made[signature]

    def _added(self, statements: Iterable[str]) -> Iterator[Edit]:
        for statement in statements:
            edit = add_import(self._file.text, self._tree.module, self._span, statement)
            if edit is not None:
                yield edit

    def _span(self, node: cst.CSTNode) -> Span:
        return self._tree.span(self._tree.code(node))

    def _building(self, part: Part, candidate: Candidate | TakenCandidate) -> Building:
        replaced: list[tuple[Range, str]] = [
            (
                self._tree.code(key.argument),
                key.name if key.argument.keyword is None else f"{key.argument.keyword.value}={key.name}",
            )
            for key in candidate.slice.keys
        ]
        replaced += extras.added(self._tree, candidate.client, candidate.call)
        before = [self._import_line(item) for item in candidate.slice.imports]
        needed = self._inlined(candidate)
        for local in candidate.slice.locals:
            session = self._sessions.get(id(local.statement))
            if session is not None:
                getter = self._session(part, local, session)
                inside = self._loads_inside(local, candidate.call)
                replaced += [(place, f"{getter}()") for place in inside]
            elif any(local is other for other in needed):
                before.append(self._local_line(local))
        expression = self._file.snippets.expression(candidate.call, tuple(replaced))
        directive = self._file.layout.directive(candidate.call)
        if directive is not None and any(job.candidate is candidate for job in self._jobs):
            expression += self._tree.source[slice(*directive)]
            part.changes.append(Change(*directive, ""))
        after = tuple(self._file.layout.text(line) for line in candidate.setup)
        return Building(expression, tuple(before), after, candidate.name if after else "")

    def _inlined(self, candidate: Candidate | TakenCandidate) -> list[Local]:
        """The locals that the accessor needs: not those that only a session with an accessor of its own needs."""
        wanted = [
            *(self._file.scopes.loads_in(candidate.call)),
            *(name for line in candidate.setup for name in self._file.scopes.loads_in(line)),
        ]
        found: list[Local] = []
        pending = [name.value for name in wanted]
        while pending:
            name = pending.pop()
            for local in candidate.slice.locals:
                if local.name == name and local not in found and id(local.statement) not in self._sessions:
                    found.append(local)
                    pending += [load.value for load in self._file.scopes.loads_in(local.value)]
        return sorted(found, key=lambda local: self._tree.code(local.statement))

    def _session(self, part: Part, local: Local, session: Candidate) -> str:
        """The accessor of a session that several clients are made from."""
        key = id(local.statement)
        if key not in self._session_names:
            self._session_names[key] = self._accessor(part, session, None)
        name = self._session_names[key]
        part.shares.add(("session", key))
        if not self._liveness.is_dead(local.scope, local.name):
            change = Change(*self._tree.code(local.value), f"{name}()")
            if change not in part.changes:
                part.changes.append(change)
        return name

    def _loads_inside(self, local: Local, call: cst.Call) -> list[Range]:
        loads = [self._tree.code(load) for load in local.scope.loads(local.name)]
        return [load for load in loads if is_within(load, [self._tree.code(call)])]

    def _import_line(self, item: LocalImport) -> str:
        statement = self._tree.parent(item.alias)
        alias = self._tree.slice(item.alias).rstrip(", ")
        if isinstance(statement, cst.ImportFrom):
            module = self._tree.slice(statement.module) if statement.module is not None else ""
            return f"from {'.' * len(statement.relative)}{module} import {alias}"
        return f"import {alias}"

    def _local_line(self, local: Local) -> str:
        if self._liveness.is_dead(local.scope, local.name):
            return self._file.layout.text(local.statement)
        return self._file.snippets.cut(self._tree.code(local.statement))

    def _hints(self, candidate: Candidate) -> list[str]:
        function = self._tree.function(candidate.call)
        parent = self._tree.parent(candidate.call)
        hints = [candidate.target.name]
        if isinstance(function, cst.FunctionDef) and isinstance(parent, cst.Return):
            hints.append(from_function(function.name.value))
        return [*hints, from_constructor(candidate.client, _service(candidate.call))]

    def _in_place(self, job: Job, helper: Helper, candidate: Candidate) -> Part:
        function = helper.function
        name = function.name.value
        part = Part(
            job.finding,
            f"Keep the client that `{name}()` builds in a module global, filled on its first call",
            job.doubts,
            job.tests,
        )
        hints = [from_function(name), *self._hints(candidate)]
        names = self._namer.names(hints, plural=bool(helper.keys))
        accessor = inplace.accessor(
            self._file, job, helper, names.variable, self._style, None if job.is_bounded else _LATEST
        )
        part.changes += inplace.changes(self._file, candidate, helper, accessor)
        part.imports += self._added(accessors.imports(accessor))
        return part


def _service(call: cst.Call) -> str | None:
    """The first argument or ``service_name``, where it is a literal: the service of an AWS client."""
    for argument in call.args:
        is_service = argument.keyword is None or argument.keyword.value == "service_name"
        if is_service and not argument.star and isinstance(argument.value, cst.SimpleString):
            value = argument.value.evaluated_value
            return value if isinstance(value, str) else None
    return None
