"""The project by names: its modules, what their imports may mean, and where a name of one is read in others."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.imports import Files, Imports, stem
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

    @property
    def size(self) -> int:
        """How many files are indexed."""
        return len(self._indexes)

    def let_go(self) -> None:
        """Take what was indexed apart: its parts refer to each other, and would wait long for the collector."""
        for index in self._indexes.values():
            if index is not None:
                vars(index).clear()
        self._indexes.clear()
        self._memory.clear()

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
            for module in self.remember(("defining", name), lambda: self._read(self._view.defining(name)))
            for number, is_class in module.defined.get(name, ())
        ]

    def deriving(self, name: str) -> tuple[ModuleIndex, ...]:
        """The modules that may derive a class from one of a name."""
        return self.remember(("deriving", name), lambda: self._read(self._view.deriving(name)))

    def providers(self, importer: str, level: int, dotted: str, name: str) -> list[Variable]:
        """Module-level variables that ``from dotted import name`` may mean."""
        key = ("providers", posixpath.dirname(importer), level, dotted, name)
        return self.remember(key, lambda: self._providers(importer, level, dotted, name))

    def _providers(self, importer: str, level: int, dotted: str, name: str) -> list[Variable]:
        files = self._files(name)
        is_near = not level and self._has_nearer(importer, dotted, name)
        paths = files.above(importer, dotted) if is_near else files.alike(importer, level, dotted)
        return [(module.scope, name) for module in self._read(paths) if (module.scope, name) in module.bindings]

    def _files(self, name: str) -> Files:
        return self.remember(("files", name), lambda: Files(self.paths(name)))

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
        importers = self.remember(("importers", name), lambda: self._importers(name))
        stars = self.remember(("star importers", stem(exporter.path)), lambda: self._star_importers(exporter.path))
        mentioning = self.paths(name)
        found = [variable for variable, _ in importers.of(exporter.path)]
        for (scope, _), origin in stars.of(exporter.path):
            importer = scope.module.path
            if importer not in mentioning and not self._is_hidden(importer, *origin, exporter.path, name):
                found.append((scope, name))
        return sorted(found, key=lambda variable: (variable[0].module.path, variable[1]))

    def _importers(self, name: str) -> _Importers:
        """The modules that mention a name and may import it, by itself or with a star."""
        found = _Importers()
        for module in self.mentioning(name):
            for (scope, bound), binding in (*module.imported.get(name, ()), *module.imported.get("*", ())):
                level, dotted, _ = binding.origin
                is_near = not level and self._has_nearer(module.path, dotted, name)
                found.add((scope, name if bound == "*" else bound), level, dotted, is_near=is_near)
        return found

    def _star_importers(self, path: str) -> _Importers:
        """The modules that speak of a file and have a star import."""
        found = _Importers()
        for module in self._read(self.paths(stem(path)) & self.paths("*")):
            for variable, binding in module.imported.get("*", ()):
                level, dotted, _ = binding.origin
                found.add(variable, level, dotted)
        return found

    def _read_through(self, exporter: ModuleIndex, name: str) -> list[Occurrence]:
        attributes = self.remember(("attributes", name), lambda: self._attributes(name))
        numbers = attributes.imports.of(exporter.path)
        if attributes.unknown and self._is_value(exporter):
            numbers |= attributes.unknown
        return [attributes.occurrences[number] for number in sorted(numbers)]

    def _attributes(self, name: str) -> _Attributes:
        found = _Attributes([], Imports(), set())
        for module in self.mentioning(name):
            for occurrence in module.attributes.get(name, ()):
                number = len(found.occurrences)
                found.occurrences.append(occurrence)
                origins = origins_of(module.child(occurrence, "value"))
                for level, dotted in origins:
                    is_near = not level and self._has_nearer(module.path, dotted, name)
                    found.imports.add(number, module.path, level, dotted, is_near=is_near)
                if not origins:
                    found.unknown.add(number)
        return found

    def _is_hidden(self, importer: str, level: int, dotted: str, path: str, name: str) -> bool:
        """Whether an import that may mean one file means a nearer one.

        Where projects hold copies of a module, one in a folder above the importer hides those in other folders.
        """
        if level or not self._has_nearer(importer, dotted, name):
            return False
        return path not in self._files(name).above(importer, dotted)

    def _has_nearer(self, importer: str, dotted: str, name: str) -> bool:
        key = ("nearer", posixpath.dirname(importer), dotted, name)
        return any(path != importer for path in self.remember(key, lambda: self._nearer(importer, dotted, name)))

    def _nearer(self, importer: str, dotted: str, name: str) -> list[str]:
        above = self._read(self._files(name).above(importer, dotted))
        return [module.path for module in above if (module.scope, name) in module.bindings]

    def _is_value(self, exporter: ModuleIndex) -> bool:
        """Whether the module is used other than for one of its names: passed, stored, imported by a text."""
        if "modules" in exporter.attributes:  # sys.modules[__name__]
            return True
        name = stem(exporter.path)
        values = self.remember(("values", name), lambda: self._values(name))
        return values.by_text or bool(values.imports.of(exporter.path))

    def _values(self, name: str) -> _Values:
        imports = Imports()
        for module in self.mentioning(name):
            reads = [
                *self.remember(("imports read", module.path), partial(_imports_read, module)),
                *module.attributes.get(name, ()),
            ]
            for read in reads:
                for level, dotted in () if _is_receiver(read) else origins_of(read):
                    imports.add(0, module.path, level, dotted)
        return _Values(imports, any(_is_imported_by_text(module, name) for module in self.mentioning(name)))


class _Importers:
    """What modules import, found by the file that is meant: the variable that holds it, and the import's origin."""

    def __init__(self) -> None:
        self._found: list[tuple[Variable, tuple[int, str]]] = []
        self._imports = Imports()

    def add(self, variable: Variable, level: int, dotted: str, *, is_near: bool = False) -> None:
        self._imports.add(len(self._found), variable[0].module.path, level, dotted, is_near=is_near)
        self._found.append((variable, (level, dotted)))

    def of(self, path: str) -> list[tuple[Variable, tuple[int, str]]]:
        return [self._found[number] for number in sorted(self._imports.of(path))]


class _Attributes(NamedTuple):
    """Where a name is read of something: by number, those of imports, and those of who knows what."""

    occurrences: list[Occurrence]
    imports: Imports
    unknown: set[int]


class _Values(NamedTuple):
    """How modules of one name are used other than for one of their names."""

    imports: Imports
    by_text: bool


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


def _imports_read(module: ModuleIndex) -> list[Occurrence]:
    """Where a module reads the variables that its imports bind."""
    return [
        read
        for variable, bindings in module.bindings.items()
        if any(binding.kind in ("import", "from") for binding in bindings)
        for read in module.reads.get(variable, ())
    ]


def _is_imported_by_text(module: ModuleIndex, name: str) -> bool:
    return any(
        text.rpartition(".")[2] == name and any(_is_imported_text(one) for one in occurrences)
        for text, occurrences in module.texts.items()
    )


def _is_receiver(occurrence: Occurrence) -> bool:
    return occurrence.parent is not None and isinstance(occurrence.parent.node, m.Attribute)


def _is_imported_text(occurrence: Occurrence) -> bool:
    call = occurrence.parent.parent if occurrence.parent is not None else None
    return call is not None and isinstance(call.node, m.Call) and last_part(text_of(call.node.function)) in _IMPORTERS
