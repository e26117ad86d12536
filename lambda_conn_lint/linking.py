"""One project from its surroundings to its findings: what is parsed, where handlers are, and what they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lambda_conn_lint import messages
from lambda_conn_lint.client_table import own_names
from lambda_conn_lint.deep import run_with_room
from lambda_conn_lint.defects import defect
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.findings import Finding, Handler, Span
from lambda_conn_lint.handlers.discover import Discovery
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.link.analysis import Analysis, OwnNames
from lambda_conn_lint.link.closed import Closed, closed
from lambda_conn_lint.link.declared import defining_files
from lambda_conn_lint.link.reach import Entry, Reached, may_run, reach
from lambda_conn_lint.link.values import Taint
from lambda_conn_lint.project import is_test
from lambda_conn_lint.rules import INTERNAL_ERROR, SHARED_CLIENT_CLOSED, UNPARSABLE_FILE, code_for

if TYPE_CHECKING:
    from lambda_conn_lint.check import Settings
    from lambda_conn_lint.surroundings import Surroundings


class Linking:
    """The link of one project."""

    def __init__(
        self, surroundings: Surroundings, settings: Settings, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.surroundings = surroundings
        self.catalog = surroundings.catalog
        self.project = surroundings.project  # with the modules that stand in deployment files
        self._inline = surroundings.inline
        self._progress = progress
        self._problems: list[Finding] = []
        self._parsed = 0
        names = (*own_names(settings.clients), *settings.memoising_decorators, *settings.handler_decorators)
        declared = OwnNames(defining_files(self.project.python, names), settings.memoising_decorators)
        self._analysis = Analysis(
            self._load, surroundings.modules, self.catalog, surroundings.leads_to_client, declared
        )
        self._discovery = Discovery(self._analysis, surroundings.signs, surroundings.web, surroundings.files)

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

    @cached_property
    def reached(self) -> list[Reached]:
        """The constructions that run per invocation, with what the findings do not say."""
        return reach(self._analysis, self._entries)

    @cached_property
    def closed(self) -> list[Closed]:
        """The closings of clients that outlive the invocation, with what the findings do not say."""
        return closed(self._analysis, self._entries)

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a file of the project; none when it cannot be parsed."""
        return self._analysis.facts(path)

    def imported_by(self, paths: Iterable[str]) -> frozenset[str]:
        """Files, and all that they import, at any distance."""
        return self.surroundings.imports.imported_by(paths)

    def may_run(self) -> set[tuple[str, str]]:
        """Functions, by file and qualified name, that handlers may reach by calls that cannot be resolved."""
        functions = may_run(self._analysis, self._entries)
        facts = dict(self._analysis.loaded())
        return {(path, facts[path].functions[number].name) for path, number in functions}

    def problems(self) -> list[Finding]:
        """What kept a file from being checked."""
        defects = [
            Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, defect(error)) for path, error in self._analysis.defects
        ]
        problems = self._problems + defects
        return [self._inline.finding(problem) for problem in problems if not self._inline.silences(problem)]

    def handlers(self) -> tuple[Handler, ...]:
        return tuple(self._inline.handler(entry.handler) for entry in self._entries)

    def open_ends(self) -> tuple[Declaration | Unreadable | LeftOut, ...]:
        """What deployment files declare and the project does not hold, those that cannot be read, and what looks like a
        handler and does not count as one."""
        unresolved = tuple(declaration for declaration in self.surroundings.declarations if declaration.problem)
        _, left_out = self._found
        return (*unresolved, *self.surroundings.unreadable, *map(self._inline.left_out, left_out))

    @property
    def _entries(self) -> list[Entry]:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[list[Entry], list[LeftOut]]:
        analysis = self._analysis
        paths = self.surroundings.starts
        contexts = [analysis.module_context(path) for path in paths if analysis.facts(path) is not None]
        analysis.run(contexts)
        entries = self._discovery.entries(paths)
        for _ in range(_MOST_ROUNDS):
            if not analysis.end(context for entry in entries for context in entry.contexts):
                break
            entries = self._discovery.entries(paths)
        return entries, self._discovery.left_out

    # Facts

    def _load(self, path: str) -> ModuleFacts | None:
        self._parsed += 1
        if self._progress is not None:
            self._progress(self._parsed, max(self._parsed, len(self.surroundings.starts)))
        try:
            data = self.project.read(path)
        except OSError as error:
            self._problems.append(
                Finding(path, Span(1, 1, 1, 1), UNPARSABLE_FILE, messages.unparsable(error.strerror or str(error)))
            )
            return None
        cache = self.project.cache
        if cache is None:
            return self._lowered(path, data)
        facts = cache.facts.get(data)
        if facts is None:
            facts = self._lowered(path, data)
            if facts is not None:
                cache.facts.add(data, facts)
        return facts

    def _lowered(self, path: str, data: bytes) -> ModuleFacts | None:
        from lambda_conn_lint.facts.lower import UnparsableError, facts_of

        try:
            return run_with_room(lambda: facts_of(data))  # libcst's parser is native, and would end the process
        except UnparsableError as error:
            span = Span(error.row, error.column, error.row, error.column)
            self._problems.append(Finding(path, span, UNPARSABLE_FILE, messages.unparsable(error.message)))
        except RecursionError:
            message = messages.unparsable("it is nested too deeply")
            self._problems.append(Finding(path, Span(1, 1, 1, 1), UNPARSABLE_FILE, message))
        except Exception as error:
            self._problems.append(Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, defect(error)))
        return None


_MOST_ROUNDS = 3
