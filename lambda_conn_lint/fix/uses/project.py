"""The project by names: its modules, what their imports may mean, and where a name of one is read in others."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, Scope, Variable, text_of
from lambda_conn_lint.fix.uses.model import View

_T = TypeVar("_T")
_IMPORTERS = frozenset({"import_module", "__import__", "reload", "run_module"})


class Definition(NamedTuple):
    """One ``def``, lambda expression or class."""

    module: ModuleIndex
    number: int
    is_class: bool = False

    @property
    def function(self) -> m.FunctionFacts:
        return self.module.facts.functions[self.number]

    @property
    def scope(self) -> Scope:
        return (self.module.classes if self.is_class else self.module.functions)[self.number]

    @property
    def opener(self) -> Occurrence:
        """The statement or lambda expression."""
        opener = self.scope.opener
        assert opener is not None
        return opener

    @property
    def name(self) -> str:
        """Qualified in its module."""
        return self.module.facts.classes[self.number].name if self.is_class else self.function.name

    @property
    def is_method(self) -> bool:
        return not self.is_class and self.opener.scope.kind == "class"

    @property
    def owner(self) -> Definition:
        """The class that a method is defined in."""
        return Definition(self.module, self.opener.scope.number, True)

    @property
    def decorators(self) -> tuple[str, ...]:
        """Last parts of the decorators' names."""
        facts = self.module.facts.classes[self.number] if self.is_class else self.function
        return tuple(last_part(text_of(decorator)) for decorator in facts.decorators)


class Readers(NamedTuple):
    """Where other modules read a module's name: variables of theirs that hold it, and ``module.NAME``."""

    variables: tuple[Variable, ...]
    attributes: tuple[Occurrence, ...]


def last_part(dotted: str) -> str:
    """The last name of a dotted text, without calls and subscripts behind it."""
    return dotted.replace("()", "").replace("[]", "").rpartition(".")[2]


class Project:
    """A view with its modules indexed, each once. ``unreadable`` collects files that matter and have no facts."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._indexes: dict[str, ModuleIndex | None] = {}
        self._paths: dict[str, frozenset[str]] = {}
        self._memory: dict[tuple[object, ...], Any] = {}
        self.unreadable: set[str] = set()

    @classmethod
    def of(cls, view: View | Project) -> Project:
        """The project that a view shows; a project is its own."""
        return view if isinstance(view, Project) else cls(view)

    def index(self, path: str) -> ModuleIndex | None:
        if path not in self._indexes:
            facts = self._view.facts(path)
            self._indexes[path] = None if facts is None else ModuleIndex(path, facts)
        return self._indexes[path]

    def remember(self, key: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """What was made under a key, or is now; the first part of a key tells the type."""
        if key not in self._memory:
            self._memory[key] = make()
        found: _T = self._memory[key]
        return found

    def mentioning(self, name: str) -> tuple[ModuleIndex, ...]:
        """The modules whose text contains an identifier, by path; none for the empty name."""
        return self.remember(("mentioning", name), lambda: self._read(self.paths(name)))

    def paths(self, text: str) -> frozenset[str]:
        """The files that contain a text; none for the empty one."""
        if text not in self._paths:
            self._paths[text] = frozenset(self._view.mentioning(text) if text else ())
        return self._paths[text]

    def _read(self, paths: Iterable[str]) -> tuple[ModuleIndex, ...]:
        found = []
        for path in sorted(paths):
            index = self.index(path)
            if index is None:
                self.unreadable.add(path)
            else:
                found.append(index)
        return tuple(found)

    def definitions(self, name: str) -> list[Definition]:
        """Functions and classes of the project by the last part of their name."""
        return [
            Definition(module, number, is_class)
            for module in self.mentioning(name)
            for number, is_class in module.defined.get(name, ())
        ]

    def providers(self, importer: str, level: int, dotted: str, name: str) -> list[Variable]:
        """Module-level variables that ``from dotted import name`` may mean."""
        key = ("providers", posixpath.dirname(importer), level, dotted, name)
        return self.remember(key, lambda: self._providers(importer, level, dotted, name))

    def _providers(self, importer: str, level: int, dotted: str, name: str) -> list[Variable]:
        paths = (path for path in self.paths(name) if self._means(importer, level, dotted, path, name))
        return [(module.scope, name) for module in self._read(paths) if (module.scope, name) in module.bindings]

    def readers(self, module: ModuleIndex, name: str) -> Readers:
        """Where other modules read a module-level name, re-exports followed."""
        variables: list[Variable] = []
        attributes: list[Occurrence] = []
        pending, seen = [(module, name)], {(module.path, name)}
        while pending:
            exporter, exported = pending.pop()
            attributes.extend(self._read_through(exporter, exported))
            for variable in self._imports_of(exporter, exported):
                scope, bound = variable
                if (scope.module.path, bound) in seen:
                    continue
                variables.append(variable)
                if scope.kind == "module":
                    seen.add((scope.module.path, bound))
                    pending.append((scope.module, bound))
        return Readers(tuple(variables), tuple(attributes))

    def _imports_of(self, exporter: ModuleIndex, name: str) -> list[Variable]:
        found: list[Variable] = []
        with_stars = self.paths(stem(exporter.path)) & self.paths("*")
        for module in {*self.mentioning(name), *self._read(with_stars)}:
            for (scope, bound), binding in (*module.imported.get(name, ()), *module.imported.get("*", ())):
                level, dotted, _ = binding.origin
                if self._means(module.path, level, dotted, exporter.path, name):
                    found.append((scope, name if bound == "*" else bound))
        return sorted(found, key=lambda variable: (variable[0].module.path, variable[1]))

    def _read_through(self, exporter: ModuleIndex, name: str) -> list[Occurrence]:
        found = []
        for module in self.mentioning(name):
            for occurrence in module.attributes.get(name, ()):
                origins = origins_of(module.child(occurrence, "value"))
                is_read = any(self._means(module.path, *origin, exporter.path, name) for origin in origins)
                if is_read or (not origins and self._is_value(exporter)):
                    found.append(occurrence)
        return found

    def _means(self, importer: str, level: int, dotted: str, path: str, name: str) -> bool:
        """Whether an import of a name in one file may mean another file.

        Where projects hold copies of a module, one in a folder above the importer hides those in other folders.
        """
        if not may_mean(importer, level, dotted, path):
            return False
        return bool(level) or _is_above(importer, dotted, path) or not self._has_nearer(importer, dotted, name)

    def _has_nearer(self, importer: str, dotted: str, name: str) -> bool:
        key = ("nearer", posixpath.dirname(importer), dotted, name)
        return self.remember(key, lambda: self._find_nearer(importer, dotted, name))

    def _find_nearer(self, importer: str, dotted: str, name: str) -> bool:
        paths = (path for path in self.paths(name) if path != importer and _is_above(importer, dotted, path))
        return any((module.scope, name) in module.bindings for module in self._read(paths))

    def _is_value(self, exporter: ModuleIndex) -> bool:
        """Whether the module is used other than for one of its names: passed, stored, imported by a text."""
        path = exporter.path
        return self.remember(
            ("value", path),
            lambda: (
                "modules" in exporter.attributes  # sys.modules[__name__]
                or any(_uses_as_value(module, path) for module in self.mentioning(stem(path)))
            ),
        )


def origins_of(receiver: Occurrence) -> list[tuple[int, str]]:
    """What modules or things a dotted expression may name by the imports of its root: (level, dotted name)."""
    links: list[str] = []
    node = receiver.node
    while isinstance(node, m.Attribute):
        links.append(node.name)
        node = node.value
    if not isinstance(node, m.Name):
        return []
    module = receiver.scope.module
    found = []
    for binding in module.bindings.get((receiver.scope.resolve(node.id), node.id), ()):
        statement = binding.occurrence.node
        if isinstance(statement, m.Import):
            found.append((0, ".".join([statement.module if statement.alias else node.id, *reversed(links)])))
        elif isinstance(statement, m.ImportFrom):
            level, package, name = binding.origin
            found.append((level, ".".join([*([package] if package else []), name, *reversed(links)])))
    return found


def may_mean(importer: str, level: int, dotted: str, path: str) -> bool:
    """Whether an import in one file may name another: exactly if relative, else if one's end is the other."""
    target = _parts(path)
    wanted = dotted.split(".") if dotted else []
    if level:
        base = importer.split("/")[:-1]
        return level - 1 <= len(base) and [*base[: len(base) - level + 1], *wanted] == target
    shorter = min(len(wanted), len(target))
    return shorter > 0 and wanted[-shorter:] == target[-shorter:]


def _is_above(importer: str, dotted: str, path: str) -> bool:
    """Whether a file is what an absolute import means in a folder that holds the importer, at any depth."""
    target, wanted = _parts(path), dotted.split(".")
    base = target[: len(target) - len(wanted)]
    return target[len(base) :] == wanted and importer.split("/")[:-1][: len(base)] == base


def stem(path: str) -> str:
    """The name that imports call a file by; "" for the root's own ``__init__.py``."""
    parts = _parts(path)
    return parts[-1] if parts else ""


def _parts(path: str) -> list[str]:
    parts = path.removesuffix(".py").split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def _uses_as_value(module: ModuleIndex, path: str) -> bool:
    name = stem(path)
    for (scope, bound), bindings in module.bindings.items():
        if not any(binding.kind in ("import", "from") for binding in bindings):
            continue
        for read in module.reads.get((scope, bound), ()):
            if any(may_mean(module.path, *origin, path) for origin in origins_of(read)) and not _is_receiver(read):
                return True
    for read in module.attributes.get(name, ()):
        if any(may_mean(module.path, *origin, path) for origin in origins_of(read)) and not _is_receiver(read):
            return True
    return any(
        text.rpartition(".")[2] == name and any(_is_imported_text(one) for one in occurrences)
        for text, occurrences in module.texts.items()
    )


def _is_receiver(occurrence: Occurrence) -> bool:
    return occurrence.parent is not None and isinstance(occurrence.parent.node, m.Attribute)


def _is_imported_text(occurrence: Occurrence) -> bool:
    call = occurrence.parent.parent if occurrence.parent is not None else None
    return call is not None and isinstance(call.node, m.Call) and last_part(text_of(call.node.function)) in _IMPORTERS
