"""Which files may define handlers, as far as bytes, imports, deployment files and the gate tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.handlers.signs import Signs
from lambda_conn_lint.handlers.web_applications import WebApplications
from lambda_conn_lint.project import Project, is_test
from lambda_conn_lint.screen import Screen


class EntryFiles:
    """The files of one project in which handlers are looked for."""

    def __init__(self, project: Project, screen: Screen, signs: Signs, web: WebApplications) -> None:
        self._project = project
        self._screen = screen
        self._signs = signs
        self._web = web
        self.is_serverless = bool(signs.declarations) or screen.is_serverless

    def among(self, matters: Iterable[str], is_near: Callable[[str], bool]) -> Iterator[str]:
        """The files among ``matters`` that may define handlers, without a parse; ``is_near`` tells what imports a
        framework's user."""
        return (
            path
            for path in matters
            if (self._screen.shows_handler(path, is_named=not self.is_serverless) or self._is_named(path, is_near))
            and self.may_hold(path)
        )

    def may_define(self, path: str, is_near: Callable[[str], bool]) -> bool:
        """Whether one of these files may define a handler when it is looked at more closely."""
        return self._is_named(path, is_near) or self._screen.has_handler(path, is_named=not self.is_serverless)

    def _is_named(self, path: str, is_near: Callable[[str], bool]) -> bool:
        """Whether something outside of a file says that it may define a handler."""
        return bool(
            path in self._declared
            or path in self._web.served
            or self.matching_patterns(path)
            or self._names_decorator(path)
            or is_near(path)
        )

    def may_hold(self, path: str) -> bool:
        """Whether a handler in this file would count: not in tests, nor in Cloudflare Workers, where nobody else
        declares it."""
        return not is_test(path) and (path in self._declared or not self._is_worker(path))

    def declared_in(self, path: str) -> Sequence[Declaration]:
        """What deployment files declare to be in a file."""
        return self._declared.get(path, ())

    @cached_property
    def _declared(self) -> dict[str, list[Declaration]]:
        found: dict[str, list[Declaration]] = {}
        for declaration in self._signs.declarations:
            found.setdefault(declaration.file, []).append(declaration)
        return found

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
