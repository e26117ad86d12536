"""Which files may define handlers, as far as bytes, imports and deployment files tell. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import NamedTuple

from lambda_conn_lint.handlers.candidate import Signs
from lambda_conn_lint.project import Project, is_test
from lambda_conn_lint.screen import Screen
from lambda_conn_lint.traits import UNDECLARED

_DJANGO_APPLICATION = frozenset({"django.core.wsgi", "django.core.asgi"})
_DJANGO_URLS = frozenset({"django.urls", "django.conf.urls"})


class Server(NamedTuple):
    """The platform behind a web application, and the traits of the function that the application is deployed as."""

    platform: str
    traits: tuple[str, ...]


class EntryFiles:
    """The files of one project in which handlers are looked for.

    ``imported_by`` gives some files with all that they import, at any distance.
    """

    def __init__(
        self, project: Project, screen: Screen, signs: Signs, imported_by: Callable[[Iterable[str]], frozenset[str]]
    ) -> None:
        self._project = project
        self._screen = screen
        self._signs = signs
        self._imported_by = imported_by
        self.is_serverless = bool(signs.declarations) or screen.is_serverless

    def among(self, matters: Iterable[str], is_near: Callable[[str], bool]) -> Iterator[str]:
        """The files among ``matters`` that may define handlers; ``is_near`` tells what imports a framework's user."""
        return (
            path
            for path in matters
            if (
                self._screen.has_handler(path, is_named=not self.is_serverless)
                or path in self._declared
                or path in self.served
                or self.matching_patterns(path)
                or self._names_decorator(path)
                or is_near(path)
            )
            and self.may_hold(path)
        )

    def may_hold(self, path: str) -> bool:
        """Whether a handler in this file would count: not in tests, nor in Cloudflare Workers, where nobody else
        declares it."""
        return not is_test(path) and (path in self._declared or not self._is_worker(path))

    @cached_property
    def _declared(self) -> frozenset[str]:
        return frozenset(declaration.file for declaration in self._signs.declarations)

    @cached_property
    def served(self) -> Mapping[str, Server]:
        """Files of web applications whose requests are invocations, with what serves them.

        Those are the files with an adapter, or with an application that a deployment file names, and all that they
        import; in a Django project also the tables of URLs, which nobody imports.
        """
        served: dict[str, Server] = {}
        for path, server in self._adapters.items():
            behind = self._imported_by([path])
            served.update(dict.fromkeys(behind, server))
            if any(self._imports(other, _DJANGO_APPLICATION) for other in behind):
                root = self._django_root(path)
                served.update(
                    (other, server)
                    for other in self._screen.files
                    if other.startswith(root) and self._imports(other, _DJANGO_URLS)
                )
        return served

    def adapters_of(self, path: str) -> list[str]:
        """The files with an adapter behind which a file's application may be."""
        return [adapter for adapter in self._adapters if path in self._imported_by([adapter])]

    def matching_patterns(self, path: str) -> list[str]:
        """The user's patterns that may mean a function of this file."""
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return [
            pattern
            for pattern in self._signs.patterns
            if ":" not in pattern
            or fnmatchcase(dotted, pattern.partition(":")[0])
            or fnmatchcase(dotted, "*." + pattern.partition(":")[0])
        ]

    @cached_property
    def _adapters(self) -> dict[str, Server]:
        found = dict.fromkeys(self._screen.adapters, Server("aws", (UNDECLARED,)))
        for declaration in self._signs.declarations:
            is_application = declaration.role == "application" and self._project.has(declaration.file)
            if is_application or declaration.file in found:
                found[declaration.file] = Server(declaration.platform, declaration.traits)
        return found

    def _imports(self, path: str, packages: frozenset[str]) -> bool:
        return any(not packages.isdisjoint(one.packages()) for one in self._screen.imports(path))

    def _django_root(self, path: str) -> str:
        """How the paths begin of the Django project that an adapter serves: in the folder with its manage.py."""
        own = folder = path[: path.rfind("/") + 1]
        while True:
            if self._project.has(f"{folder}manage.py"):
                return folder
            if not folder:
                return own
            folder = folder[: folder.rfind("/", 0, -1) + 1]

    def _names_decorator(self, path: str) -> bool:
        """Whether a file speaks of a decorator that the user says makes handlers."""
        if not self._signs.decorators:
            return False
        try:
            data = self._project.read(path)
        except OSError:
            return False
        return any(name.rpartition(".")[2].encode() in data for name in self._signs.decorators)

    def _is_worker(self, path: str) -> bool:
        """Whether the file belongs to Cloudflare Workers, where a socket may not outlive the request."""
        if any(one.module.partition(".")[0] == "workers" for one in self._screen.imports(path)):
            return True
        return self._project.is_worker(path)
