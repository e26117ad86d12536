"""One project from its screen to its findings: what is parsed, where handlers are, and what they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lambda_conn_lint import messages
from lambda_conn_lint.catalog import Catalog, catalogue
from lambda_conn_lint.client_table import own_names
from lambda_conn_lint.deep import run_with_room
from lambda_conn_lint.defects import defect
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.findings import Finding, Handler, Span
from lambda_conn_lint.handlers import manifests
from lambda_conn_lint.handlers.candidate import Signs
from lambda_conn_lint.handlers.discover import Discovery
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.handlers.strength import PROGRAM_SUFFIXES, accounted
from lambda_conn_lint.inline import InlineModules
from lambda_conn_lint.link.analysis import Analysis, OwnNames
from lambda_conn_lint.link.closed import Closed, closed
from lambda_conn_lint.link.declared import defining_files
from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.link.reach import Entry, Reached, may_run, reach
from lambda_conn_lint.link.values import Taint
from lambda_conn_lint.project import Project, is_test
from lambda_conn_lint.reachability import LeadsTo
from lambda_conn_lint.rules import INTERNAL_ERROR, SHARED_CLIENT_CLOSED, UNPARSABLE_FILE, code_for
from lambda_conn_lint.screen import STANDARD_LIBRARY, Screen

if TYPE_CHECKING:
    from lambda_conn_lint.check import Settings
    from lambda_conn_lint.gate.constructions import Names


class Linking:
    """The link of one project; ``every`` looks at all handlers, even those that no client can be reached from."""

    def __init__(
        self,
        project: Project,
        screen: Screen,
        catalog: Catalog,
        settings: Settings,
        progress: Callable[[int, int], None] | None,
        *,
        every: bool = False,
    ) -> None:
        self.catalog = catalog
        self.project = project  # with the modules that stand in deployment files
        self._screen = screen
        self._progress = progress
        self._every = every
        self._problems: list[Finding] = []
        self._parsed = 0
        deployment = manifests.read(project, screen.programs)
        self.unreadable = deployment.unreadable
        self._inline = InlineModules(project, deployment.declarations)
        if self._inline.texts:
            project = self.project = project.with_overlay(self._inline.texts)
            screen = self._screen = screen.including(project, self._inline.texts)
        self._declarations = tuple(self._inline.declared.get(one, one) for one in deployment.declarations)
        located = [declaration for declaration in self._declarations if declaration.file and not declaration.problem]
        foreign = STANDARD_LIBRARY | catalogue().packages  # what users declare may be their own
        self._modules = Modules(project, self._roots(located), foreign.__contains__)
        names = (*own_names(settings.clients), *settings.memoising_decorators, *settings.handler_decorators)
        declared = OwnNames(defining_files(project.python, names), settings.memoising_decorators)
        self._leads_to_client = LeadsTo(self._imported, screen.has_client)
        self._leads_to_construction = LeadsTo(self._imported, self._may_matter)
        self._declares_clients = bool(settings.clients)
        self._wanted = settings.wanted
        self._analysis = Analysis(self._load, self._modules, catalog, self._leads_to_client, declared)
        signs = Signs(
            located,
            deployment.not_handlers,
            settings.handler_patterns,
            settings.handler_decorators,
            settings.platforms,
            settings.handlers,
            accounted(
                deployment.declarations,
                self.unreadable,
                [*screen.programs, *(path for path in project.manifests if path.endswith(PROGRAM_SUFFIXES))],
            ),
        )
        self._discovery = Discovery(project, screen, self._analysis, signs, self.imported_by, self._imported)

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

    @cached_property
    def near_clients(self) -> frozenset[str]:
        """The files that can hold a finding, as far as imports tell; libcst is not asked.

        Those are the files that may define handlers and whose imports lead to a client library, and all that they
        import.
        """
        return self.imported_by(self._starts)

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a file of the project; none when it cannot be parsed."""
        return self._analysis.facts(path)

    def imported_by(self, paths: Iterable[str]) -> frozenset[str]:
        """Files, and all that they import, at any distance."""
        found = set(paths)
        pending = list(found)
        while pending:
            path = pending.pop()
            news = set(self._imported(path)) - found
            found |= news
            pending.extend(news)
        return frozenset(found)

    def related(self, path: str) -> set[str]:
        """Files that may hold findings and that import a file, or are imported by it, at any distance."""
        imported = self.imported_by([path])
        near = self.near_clients - {path}
        return {other for other in near if other in imported or path in self.imported_by([other])}

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
        unresolved = tuple(declaration for declaration in self._declarations if declaration.problem)
        _, left_out = self._found
        return (*unresolved, *self.unreadable, *map(self._inline.left_out, left_out))

    @property
    def _entries(self) -> list[Entry]:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[list[Entry], list[LeftOut]]:
        analysis = self._analysis
        paths = self._starts
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
            self._progress(self._parsed, max(self._parsed, len(self._starts)))
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

    # The import graph, from the screen

    @cached_property
    def _starts(self) -> list[str]:
        """The files that may define handlers, and from which a construction can be reached."""
        paths: Iterable[str] = self._discovery.paths(self._screen.files, self._near_framework)
        if self._wanted is not None:  # which imports connect is soon told where few files are asked for
            paths = self._around(filter(self._leads_to_client, paths), self._wanted)
        paths = (path for path in paths if self._discovery.may_define(path, self._near_framework))
        return [path for path in paths if self._every or (self._leads_to_client(path) and self._may_find(path))]

    def _around(self, starts: Iterable[str], wanted: Callable[[str], bool]) -> list[str]:
        """Those of the files from which a wanted one can be reached, or anything that such a file can reach as well.

        What the others do meets nothing that a wanted file has to do with. Views are named by strings and may be of use
        to any file.
        """
        behind = {path: self.imported_by([path]) for path in starts}
        near: set[str] = set()
        for path, files in behind.items():
            if self._discovery.is_served(path) or any(wanted(self._inline.filename(file)) for file in files):
                near |= files
        size = -1
        while len(near) > size:
            size = len(near)
            for files in behind.values():
                if not near.isdisjoint(files):
                    near |= files
        return [path for path in behind if path in near]

    def _may_find(self, path: str) -> bool:
        """Whether a handler in this file can come to a finding, as far as names tell.

        They do not where the project defines clients itself, nor where strings name views: neither has to be imported.
        """
        return self._declares_clients or self._discovery.is_served(path) or self._leads_to_construction(path)

    def _may_matter(self, path: str) -> bool:
        from lambda_conn_lint.gate.constructions import may_matter

        try:
            return may_matter(self.project.read(path), self._names)
        except OSError:
            return True

    @cached_property
    def _names(self) -> Names:
        from lambda_conn_lint.gate.constructions import names_of

        return names_of(self.catalog)

    def _near_framework(self, path: str) -> bool:
        """Whether a file takes something from a module of the project that imports a framework, such as its app."""
        frameworks = self._screen.frameworks
        return bool(frameworks) and any(imported in frameworks for imported in self._imported(path))

    def _imported(self, path: str) -> Iterator[str]:
        for level, dotted, names in self._screen.imports(path):
            if level:
                module = self._modules.relative(path, level, dotted)
            else:
                module = self._modules.absolute(path, dotted)
                # ``import a.b`` runs a/__init__.py as well.
                head = dotted
                while "." in head:
                    head = head.rpartition(".")[0]
                    package = self._modules.absolute(path, head)
                    if package is not None and package.path:
                        yield package.path
            if module is None:
                continue
            if module.path:
                yield module.path
            for name in names:
                inner = self._modules.submodule(module, name)
                if inner is not None and inner.path:
                    yield inner.path

    def _roots(self, declarations: list[Declaration]) -> dict[str, tuple[str, ...]]:
        """For each Python file, the code roots and layers of the functions that are packaged from around it."""
        by_root: dict[str, list[str]] = {}
        for declaration in declarations:
            known = by_root.setdefault(declaration.root, [])
            known.extend(folder for folder in (declaration.root, *declaration.layers) if folder not in known)
        roots: dict[str, tuple[str, ...]] = {}
        for path in (*self.project.python, *self._inline.texts):
            folder = path
            found: list[str] = []
            while folder:
                folder = folder.rpartition("/")[0]
                found.extend(by_root.get(folder, ()))
            if found:
                roots[path] = tuple(dict.fromkeys(found))
        return roots


_MOST_ROUNDS = 3
