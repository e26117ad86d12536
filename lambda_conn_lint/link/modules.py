"""Which file an import means.

A module is identified by its path: one project may have ninety-five ``handler.py``. An absolute import is looked up in
the roots that deployment files declare for the importing file, in its own folder, in its ancestors (and the ``src`` or
``python`` folder beside them, where layers and packages live), and last as the only module of that name in the project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lambda_conn_lint.link.values import Module
from lambda_conn_lint.project import Project

_SIDE_FOLDERS = ("src", "python", "lib", "layer/python", "layers/python")


class Modules:
    """Import resolution for one project.

    ``roots`` gives, for a Python file, the folders that deployment files declare as its code roots and layers.
    ``is_foreign`` tells top-level names of libraries: they never mean a project module found only by its name.
    """

    def __init__(
        self, project: Project, roots: Mapping[str, tuple[str, ...]], is_foreign: Callable[[str], bool]
    ) -> None:
        self._project = project
        self._roots = roots
        self._is_foreign = is_foreign
        self._by_tail: dict[str, list[Module]] = {}
        self._tails: dict[str, str] = {}
        self._found: dict[tuple[str, tuple[str, ...]], dict[str, Module | None]] = {}  # by folder and roots
        for path in project.python:
            folder, _, name = path.rpartition("/")
            stem = name.removesuffix(".py")
            if stem == "__init__":
                tail, module = folder.rpartition("/")[2], Module(path, folder)
            else:
                tail, module = stem, Module(path, "")
            self._by_tail.setdefault(tail, []).append(module)
            self._tails[path] = tail

    def named(self, path: str, level: int, dotted: str) -> Module | None:
        """The module that an import statement in a file names, after so many dots."""
        return self.relative(path, level, dotted) if level else self.absolute(path, dotted)

    def relative(self, path: str, level: int, dotted: str) -> Module | None:
        """The module that ``from ..dotted import`` in a file means."""
        folder = path.rpartition("/")[0]
        for _ in range(level - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        return self.within(folder, dotted) if dotted else self.package(folder)

    def absolute(self, path: str, dotted: str) -> Module | None:
        """The module that ``import dotted`` in a file means, or none when it is not the project's."""
        if self._tails.get(path) == dotted.rpartition(".")[2]:
            return self._absolute(path, dotted)  # a file does not mean itself; others of its folder may mean it
        found = self._found.setdefault((path.rpartition("/")[0], self._roots.get(path, ())), {})
        if dotted not in found:
            found[dotted] = self._absolute(path, dotted)
        return found[dotted]

    def _absolute(self, path: str, dotted: str) -> Module | None:
        foreign = self._is_foreign(dotted.partition(".")[0])
        beside = self.within(path.rpartition("/")[0], dotted)
        is_beside = beside is not None and beside.path not in ("", path)
        for folder in self._search_path(path):
            found = self.within(folder, dotted)
            # A folder without __init__.py gives way to an installed library of its name, wherever it is on the path.
            if found is not None and found.path != path and (found.path or not (foreign or is_beside)):
                return found
        if foreign:
            return None
        candidates = [module for module in self._candidates(dotted) if module.path != path]
        return candidates[0] if len(candidates) == 1 else None

    def _search_path(self, path: str) -> Iterable[str]:
        folder = path.rpartition("/")[0]
        # A platform imports a handler with its code root on the path, and not the folder that the handler is in. Roots
        # around the nearest one are those of other functions.
        roots = self._roots.get(path, ())
        yield from (root for root in roots if not _is_above(root, roots[0]))
        yield folder
        yield from roots
        while folder:
            folder = folder.rpartition("/")[0]
            yield folder
            for side in _SIDE_FOLDERS:
                candidate = f"{folder}/{side}" if folder else side
                if candidate in self._project.folders:
                    yield candidate

    def _candidates(self, dotted: str) -> Iterable[Module]:
        tail = dotted.rpartition(".")[2]
        inner = dotted.replace(".", "/")
        for module in self._by_tail.get(tail, ()):
            location = module.folder or module.path.removesuffix(".py")
            if location == inner or location.endswith("/" + inner):
                yield module

    def within(self, folder: str, dotted: str) -> Module | None:
        """A module by its dotted name below a folder; a package without ``__init__.py`` counts when it holds code."""
        inner = dotted.replace(".", "/")
        location = f"{folder}/{inner}" if folder else inner
        package = self.package(location)
        if (package is None or not package.path) and self._project.has(location + ".py"):
            return Module(location + ".py", "")
        return package

    def package(self, folder: str) -> Module | None:
        """The package that a folder is."""
        init = f"{folder}/__init__.py" if folder else "__init__.py"
        if self._project.has(init):
            return Module(init, folder)
        return Module("", folder) if folder in self._project.folders else None

    def submodule(self, package: Module, name: str) -> Module | None:
        """A module of a package."""
        return self.within(package.folder, name) if package.folder else None


def _is_above(folder: str, other: str) -> bool:
    """Whether a folder holds another one."""
    return folder != other and (not folder or other.startswith(f"{folder}/"))
