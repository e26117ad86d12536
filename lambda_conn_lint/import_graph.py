"""Which files of a project import which, as far as the screen's import statements tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.screen import Screen


class ImportGraph:
    """The import graph of one project; everything in it is worked out when somebody asks."""

    def __init__(self, screen: Screen, modules: Modules) -> None:
        self._screen = screen
        self._modules = modules

    def imported_by(self, paths: Iterable[str]) -> frozenset[str]:
        """Files, and all that they import, at any distance."""
        found = set(paths)
        pending = list(found)
        while pending:
            path = pending.pop()
            news = set(self.imported(path)) - found
            found |= news
            pending.extend(news)
        return frozenset(found)

    def imported(self, path: str) -> Iterator[str]:
        """The files that a file imports itself."""
        for level, dotted, names in self._screen.imports(path):
            module = self._modules.named(path, level, dotted)
            head = "" if level else dotted
            while "." in head:  # ``import a.b`` runs a/__init__.py as well
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
