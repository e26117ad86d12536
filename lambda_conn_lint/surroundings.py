"""What is known of a project before any file of it is parsed by libcst: where handlers may be, and what they import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from lambda_conn_lint.catalog import Catalog, catalogue
from lambda_conn_lint.handlers import manifests
from lambda_conn_lint.handlers.entry_files import EntryFiles
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.handlers.origins import FRAMEWORKS
from lambda_conn_lint.handlers.signs import Signs
from lambda_conn_lint.handlers.strength import accounted
from lambda_conn_lint.handlers.web_applications import WebApplications
from lambda_conn_lint.import_graph import ImportGraph
from lambda_conn_lint.inline import InlineModules
from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.listing import PROGRAM_SUFFIXES
from lambda_conn_lint.parts import Part, parts_of
from lambda_conn_lint.project import Project
from lambda_conn_lint.reachability import LeadsTo
from lambda_conn_lint.screen import STANDARD_LIBRARY, Screen

if TYPE_CHECKING:
    from lambda_conn_lint.check import Settings
    from lambda_conn_lint.gate.constructions import Names


class Surroundings:
    """What surrounds the code of one project; ``every`` looks at all handlers, even if no client can be reached.

    ``project``       the project, with the modules that stand in deployment files; ``screen`` is of all of them
    ``declarations``  what deployment files declare, ``unreadable`` those that could not be read
    ``inline``        the modules that stand in deployment files
    ``modules``       what an import means, ``imports`` which file imports which
    ``leads_to_client``  tells of a file whether it imports a client library, at any distance
    ``signs``, ``web``, ``files``  what there is to know of handlers without their code
    """

    def __init__(
        self, project: Project, screen: Screen, catalog: Catalog, settings: Settings, *, every: bool = False
    ) -> None:
        self.catalog = catalog
        self._settings = settings
        self._every = every
        if project.cache is None:
            deployment = manifests.read(project, screen.programs)
        else:
            deployment = project.cache.deployments.recall(project, screen.programs, manifests.read)
        self.unreadable = deployment.unreadable
        self.inline = InlineModules(project, deployment.declarations)
        if self.inline.texts:
            project = project.with_overlay(self.inline.texts)
            screen = screen.including(project, self.inline.texts)
        self.project = project
        self.screen = screen
        self.declarations = tuple(self.inline.declared.get(one, one) for one in deployment.declarations)
        located = [declaration for declaration in self.declarations if declaration.file and not declaration.problem]
        foreign = STANDARD_LIBRARY | catalogue().packages | FRAMEWORKS  # what users declare may be their own
        self.modules = Modules(project, self._roots(located), foreign.__contains__)
        self.imports = ImportGraph(screen, self.modules)
        self.leads_to_client = LeadsTo(self.imports.imported, screen.has_client)
        self._leads_to_construction = LeadsTo(self.imports.imported, self._may_matter)
        self.signs = Signs(
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
        self.web = WebApplications(
            project, screen, self.modules, located, self.imports.imported_by, self.imports.imported
        )
        self.files = EntryFiles(project, screen, self.signs, self.web)

    @cached_property
    def near_clients(self) -> frozenset[str]:
        """The files that can hold a finding: those that handlers of interest may be in, and all that they import."""
        return self.imports.imported_by(self.starts)

    def related(self, path: str) -> set[str]:
        """Files that may hold findings and that import a file, or are imported by it, at any distance."""
        imported = self.imports.imported_by([path])
        near = self.near_clients - {path}
        return {other for other in near if other in imported or path in self.imports.imported_by([other])}

    @cached_property
    def starts(self) -> list[str]:
        """The files that may define handlers, and from which a construction can be reached."""
        wanted = self._settings.wanted
        paths: Iterable[str] = self.files.among(self.screen.files, self._near_framework)
        if wanted is not None:  # which imports connect is soon told where few files are asked for
            paths = self._around(filter(self.leads_to_client, paths), wanted)
        paths = (path for path in paths if self.files.may_define(path, self._near_framework))
        return [path for path in paths if self._every or (self.leads_to_client(path) and self._may_find(path))]

    @property
    def parts(self) -> list[Part]:
        """The same files by what they have to do with each other."""
        return parts_of(self.starts, self.imports.imported, self.web.served.keys())

    def _around(self, starts: Iterable[str], wanted: Callable[[str], bool]) -> list[str]:
        """Those of the files in whose parts a wanted file is, or a view, which may be of use to any file."""
        served = self.web.served
        return sorted(
            path
            for part in parts_of(starts, self.imports.imported, served.keys())
            if any(start in served for start in part.starts) or any(map(wanted, map(self.inline.filename, part.files)))
            for path in part.starts
        )

    def _may_find(self, path: str) -> bool:
        """Whether a handler in this file can come to a finding, as far as names tell.

        They do not where the project defines clients itself, nor where strings name views: neither has to be imported.
        """
        return bool(self._settings.clients) or path in self.web.served or self._leads_to_construction(path)

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
        frameworks = self.screen.frameworks
        return bool(frameworks) and any(imported in frameworks for imported in self.imports.imported(path))

    def _roots(self, declarations: list[Declaration]) -> dict[str, tuple[str, ...]]:
        """For each Python file, the code roots and layers of the functions that are packaged from around it."""
        by_root: dict[str, list[str]] = {}
        for declaration in declarations:
            known = by_root.setdefault(declaration.root, [])
            known.extend(folder for folder in (declaration.root, *declaration.layers) if folder not in known)
        roots: dict[str, tuple[str, ...]] = {}
        for path in (*self.project.python, *self.inline.texts):
            folder = path
            found: list[str] = []
            while folder:
                folder = folder.rpartition("/")[0]
                found.extend(by_root.get(folder, ()))
            if found:
                roots[path] = tuple(dict.fromkeys(found))
        return roots
