"""One project from its surroundings to its findings: its parts are linked one after the other, and then let go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint import messages
from lambda_conn_lint.client_table import own_names
from lambda_conn_lint.defects import defect
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.facts.trees import Trees
from lambda_conn_lint.findings import Finding, Handler, Span
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.link.analysis import OwnNames
from lambda_conn_lint.link.closed import Closed
from lambda_conn_lint.link.declared import defining_files
from lambda_conn_lint.link.reach import Reached
from lambda_conn_lint.link.values import Taint
from lambda_conn_lint.loading import Loading
from lambda_conn_lint.part_link import PartLink
from lambda_conn_lint.parts import Part
from lambda_conn_lint.project import is_test
from lambda_conn_lint.rules import INTERNAL_ERROR, SHARED_CLIENT_CLOSED, code_for

if TYPE_CHECKING:
    import libcst as cst

    from lambda_conn_lint.check import Settings
    from lambda_conn_lint.surroundings import Surroundings


class Linking:
    """The link of one project. ``trees`` takes in those that are parsed for it."""

    def __init__(
        self,
        surroundings: Surroundings,
        settings: Settings,
        progress: Callable[[int, int], None] | None = None,
        trees: Trees | None = None,
    ) -> None:
        self.surroundings = surroundings
        self.catalog = surroundings.catalog
        self.project = surroundings.project  # with the modules that stand in deployment files
        self._inline = surroundings.inline
        self._progress = progress
        self._trees = trees
        self._loading = Loading(self.project, trees, self._tell)
        names = (*own_names(settings.clients), *settings.memoising_decorators, *settings.handler_decorators)
        self._declared = OwnNames(defining_files(self.project.python, names), settings.memoising_decorators)

    def findings(self) -> Iterator[Finding]:
        """The constructions that run per invocation, and the closings of clients that outlive it, as findings.

        Comments that silence some have been looked at in inline code alone: the file that it stands in is not Python.
        """
        for finding in self._findings():
            if not self._inline.silences(finding):
                yield self._inline.finding(finding)

    def _findings(self) -> Iterator[Finding]:
        for reached in self.reached:
            site = reached.site
            if is_test(site.path):
                continue
            is_dependent = Taint.DEPENDENT in reached.taint
            code = code_for(reached.client.kind, dependent=is_dependent)
            message = messages.construction(reached.client, reached.handlers, reached.path, is_dependent)
            yield Finding(site.path, site.span, code, message, reached.client.name, reached.handlers, reached.path)
        for end in self.closed:
            site = end.site
            if not is_test(site.path):
                message = messages.closing(end.client, end.how, end.handlers, end.path, end.releaser)
                code = SHARED_CLIENT_CLOSED
                yield Finding(site.path, site.span, code, message, end.client.name, end.handlers, end.path)

    @property
    def reached(self) -> list[Reached]:
        """The constructions that run per invocation, with what the findings do not say."""
        return [one for linked in self._linked for one in linked.reached]

    @property
    def closed(self) -> list[Closed]:
        """The closings of clients that outlive the invocation, with what the findings do not say."""
        return [one for linked in self._linked for one in linked.closed]

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a file of the project, when all is linked; none when it cannot be parsed."""
        return self._loading.facts_again(path)

    def tree(self, data: bytes) -> cst.Module | None:
        """The tree of a text with findings that was parsed for the link, if it has been kept; it is given once."""
        return None if self._trees is None else self._trees.take(data)

    def imported_by(self, paths: Iterable[str]) -> frozenset[str]:
        """Files, and all that they import, at any distance."""
        return self.surroundings.imports.imported_by(paths)

    def problems(self) -> list[Finding]:
        """What kept a file from being checked."""
        defects = [
            Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, defect(error))
            for linked in self._linked
            for path, error in linked.defects
        ]
        problems = [*self._loading.problems.values(), *defects]
        return [self._inline.finding(problem) for problem in problems if not self._inline.silences(problem)]

    def handlers(self) -> tuple[Handler, ...]:
        found = sorted(handler for linked in self._linked for handler in linked.handlers)
        return tuple(map(self._inline.handler, found))

    def open_ends(self) -> tuple[Declaration | Unreadable | LeftOut, ...]:
        """What deployment files declare and the project does not hold, those that cannot be read, and what looks like a
        handler and does not count as one."""
        unresolved = tuple(declaration for declaration in self.surroundings.declarations if declaration.problem)
        left_out = sorted(one for linked in self._linked for one in linked.left_out)
        return (*unresolved, *self.surroundings.unreadable, *map(self._inline.left_out, left_out))

    # Parts

    @cached_property
    def _linked(self) -> list[_Linked]:
        """What the parts come to.

        A module that is imported by a computed name is no secret to the link, and yet to the import statements that the
        parts were made by. Parts that turn out to share a file are linked once more, as one.
        """
        pending = self._parts()[::-1]
        owners = {path: part for part in pending for path in part.files}
        done: dict[int, _Linked] = {}  # by the identity of a part, which ``owners`` keeps
        while pending:
            part = pending.pop()
            if any(part is not owners[path] for path in part.starts):
                continue  # it has been joined to another one
            linked, files = self._link(part)
            others = {id(one): one for path in files if (one := owners.get(path, part)) is not part}
            part.files.update(files)
            if others:
                for number in others:
                    done.pop(number, None)
                part = part.joined(others.values())
                pending.append(part)
            else:
                done[id(part)] = linked
            owners.update(dict.fromkeys(part.files, part))
        return list(done.values())

    def _parts(self) -> list[Part]:
        if not self._declared.files:
            return self.surroundings.parts
        # What the user declares may be defined anywhere, and whoever meets a function asks whether that is it.
        starts = self.surroundings.starts
        return [Part(list(starts), set(self.surroundings.near_clients))] if starts else []

    def _link(self, part: Part) -> tuple[_Linked, list[str]]:
        """What a part comes to, and the files that it has needed."""
        link = PartLink(part.starts, self._loading.facts, self.surroundings, self._declared)
        handlers = [entry.handler for entry in link.entries]
        linked = _Linked(handlers, link.left_out, link.reached, link.closed, link.defects)
        files, with_findings = list(link.facts), linked.files()
        if not with_findings:
            self._loading.let_go(files)
        if self._trees is not None:
            self._trees.let_go(but=self._sources(with_findings))
        return linked, files

    def _sources(self, paths: Iterable[str]) -> set[bytes]:
        """The bytes of files, as far as they can still be read."""
        found = set()
        for path in paths:
            with suppress(OSError):
                found.add(self.project.read(path))
        return found

    def _tell(self, parsed: int) -> None:
        if self._progress is not None:
            self._progress(parsed, max(parsed, len(self.surroundings.starts)))


class _Linked(NamedTuple):
    """What is left of a part when its link is let go."""

    handlers: list[Handler]
    left_out: list[LeftOut]
    reached: list[Reached]
    closed: list[Closed]
    defects: list[tuple[str, Exception]]

    def files(self) -> set[str]:
        """The files with findings."""
        return {reached.site.path for reached in self.reached} | {closed.site.path for closed in self.closed}
