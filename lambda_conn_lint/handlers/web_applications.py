"""Web applications behind an adapter: which files hold them, and what serves those."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from lambda_conn_lint.handlers.django_settings import DjangoFiles
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen
from lambda_conn_lint.traits import UNDECLARED

_DJANGO_APPLICATION = frozenset({"django.core.wsgi", "django.core.asgi"})
_DJANGO_URLS = frozenset({"django.urls", "django.conf.urls", "rest_framework.routers"})


class Server(NamedTuple):
    """The platform behind a web application, and the traits of the function that the application is deployed as."""

    platform: str
    traits: tuple[str, ...]


class Middleware(NamedTuple):
    """A middleware that the settings of a Django project name."""

    settings: str
    name: str


class WebApplications:
    """The web applications of one project, as far as imports, texts and deployment files tell.

    ``imported_by`` gives some files with all that they import, at any distance; ``imported`` what one file imports.
    """

    def __init__(
        self,
        project: Project,
        screen: Screen,
        modules: Modules,
        declarations: Iterable[Declaration],
        imported_by: Callable[[Iterable[str]], frozenset[str]],
        imported: Callable[[str], Iterable[str]],
    ) -> None:
        self._project = project
        self._screen = screen
        self._declarations = tuple(declarations)
        self._imported_by = imported_by
        self._imported = imported
        self._behind: dict[str, frozenset[str]] = {}
        self._django = DjangoFiles(modules, self._read)

    @cached_property
    def served(self) -> Mapping[str, Server]:
        """Files of web applications whose requests are invocations, with what serves them.

        Those are the files with an adapter, or with an application that a deployment file names, and all that they
        import; in a Django project also its middlewares and tables of URLs, which nobody imports.
        """
        served: dict[str, Server] = {}
        for path, server in self._adapters.items():
            served.update(dict.fromkeys(self._files_behind(path), server))
            for settings in self._settings.get(path, ()):
                served.update((file, server) for file, _ in self._django.middlewares(settings))
            served.update(dict.fromkeys(self._tables(path), server))
        return served

    @cached_property
    def middlewares(self) -> Mapping[str, tuple[Middleware, ...]]:
        """The middlewares that Django makes from a text, by their files."""
        found: dict[str, dict[Middleware, None]] = {}
        for settings in dict.fromkeys(one for several in self._settings.values() for one in several):
            for file, name in self._django.middlewares(settings):
                found.setdefault(file, {})[Middleware(settings, name)] = None
        return {file: tuple(several) for file, several in found.items()}

    def adapters_of(self, path: str) -> Iterator[str]:
        """The files in which an adapter may be called that the application of a file is behind."""
        for adapter in self._adapters:
            behind = self._files_behind(adapter)
            if path in behind:
                yield adapter
                yield from (other for other in self._screen.adapters if other in behind)

    @cached_property
    def _adapters(self) -> dict[str, Server]:
        found = dict.fromkeys(self._screen.adapters, Server("aws", (UNDECLARED,)))
        for path, adapter in self._users():
            found.setdefault(path, found[adapter])
        for declaration in self._declarations:
            is_application = declaration.role in ("application", "settings") and self._project.has(declaration.file)
            if is_application or declaration.file in found:
                found[declaration.file] = Server(declaration.platform, declaration.traits)
        return found

    def _users(self) -> Iterator[tuple[str, str]]:
        """Files that import one with an adapter, with that: the adapter may be in a function, or be handed on."""
        pending = list(self._screen.adapters)
        if not pending:
            return
        importers: dict[str, list[str]] = {}
        for path in self._screen.files:
            for imported in self._imported(path):
                importers.setdefault(imported, []).append(path)
        seen = set(pending)
        while pending:
            adapter = pending.pop()
            for path in importers.get(adapter, ()):
                if path not in seen:
                    seen.add(path)
                    yield path, adapter
                    if path.endswith("/__init__.py"):
                        pending.append(path)

    # Django

    @cached_property
    def _settings(self) -> Mapping[str, tuple[str, ...]]:
        """The settings of the Django projects behind adapters."""
        found: dict[str, tuple[str, ...]] = {}
        declared = {one.file for one in self._declarations if one.role == "settings"}
        for path in self._adapters:
            if path in declared:
                found[path] = (path,)
            elif self._is_django(path):
                named = [one for file in sorted(self._files_behind(path)) for one in self._django.settings_named(file)]
                found[path] = tuple(dict.fromkeys(named))
        return found

    def _is_django(self, adapter: str) -> bool:
        return any(self._imports(file, _DJANGO_APPLICATION) for file in self._files_behind(adapter))

    def _tables(self, adapter: str) -> Iterator[str]:
        """The tables of URLs of the Django project behind an adapter; where no settings tell, all in its folder."""
        settings = self._settings.get(adapter)
        if settings is None:
            return
        named = [self._django.tables(one) for one in settings]
        if named and None not in named:
            tables = [table for several in named for table in several or ()]
            yield from tables
            yield from (file for file in self._imported_by(tables) if self._imports(file, _DJANGO_URLS))
            return
        root = self._django_root(adapter)
        yield from (file for file in self._screen.files if file.startswith(root) and self._imports(file, _DJANGO_URLS))

    def _django_root(self, path: str) -> str:
        """How the paths begin of the Django project that an adapter serves: in the folder with its manage.py."""
        own = folder = path[: path.rfind("/") + 1]
        while True:
            if self._project.has(f"{folder}manage.py"):
                return folder
            if not folder:
                return own
            folder = folder[: folder.rfind("/", 0, -1) + 1]

    # Files

    def _files_behind(self, adapter: str) -> frozenset[str]:
        if adapter not in self._behind:
            self._behind[adapter] = self._imported_by([adapter])
        return self._behind[adapter]

    def _imports(self, path: str, packages: frozenset[str]) -> bool:
        return any(not packages.isdisjoint(one.packages()) for one in self._screen.imports(path))

    def _read(self, path: str) -> bytes:
        try:
            return self._project.read(path)
        except OSError:
            return b""
