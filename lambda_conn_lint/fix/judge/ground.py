"""What judges ask about a project: its files as trees, its facts, and which files speak of a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.fix.judge.words import Words
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError
from lambda_conn_lint.fix.uses import Callers, Origin, Use, callers_of, literal_arguments, uses_of
from lambda_conn_lint.fix.uses import Project as Uses
from lambda_conn_lint.link.closed import Closed
from lambda_conn_lint.link.reach import Reached
from lambda_conn_lint.linking import Linking
from lambda_conn_lint.project import Project, is_test
from lambda_conn_lint.screen import STANDARD_LIBRARY

_T = TypeVar("_T")
_MOST_TREES = 8
"""Files that are kept as trees: those of one fix at once, and helpers that many share. Each takes megabytes."""

_MOST_INDEXED = 60
"""Files whose names are kept apart by meaning. Each takes some twenty times as much as its text."""

_DERIVED = rb"\bclass[\s\\]+[^\s\\(\[:]+[\s\\]*[(\[]"
"""The head of a class with bases or type parameters."""


class Ground:
    """The project between its check and its fixes; nothing here changes."""

    def __init__(self, project: Project, linking: Linking) -> None:
        self.project = project
        self.catalog = linking.catalog
        self._linking = linking
        self._files: dict[str, SourceFile] = {}  # the one asked for last stands last
        self._answers: dict[tuple[object, ...], Any] = {}
        self._by_names = Uses(self)
        self._asked = 0  # of what it is by names now
        self._entries = frozenset((handler.filename, handler.name) for handler in linking.handlers())

    def file(self, path: str) -> SourceFile:
        """A file to be fixed. Raises ``TextError``."""
        file = self._files.pop(path, None)
        if file is None:
            try:
                data = self.project.read(path)
                self.facts(path)  # they are asked for in any case, and where they are gone their parse leaves a tree
                file = SourceFile(path, data, self._linking.tree(data))
            except OSError as error:
                raise TextError(error.strerror or str(error)) from error
            if len(self._files) >= _MOST_TREES:
                del self._files[next(iter(self._files))]
        self._files[path] = file
        return file

    def facts(self, path: str) -> ModuleFacts | None:
        return self._linking.facts(path)

    def reached(self, finding: Finding) -> Reached | None:
        """What the link knows of the construction of a finding."""
        return self._reached.get((finding.filename, finding.span))

    def imported_by(self, paths: Iterable[str]) -> frozenset[str]:
        """These files and all files of the project that they import, at any distance."""
        return self._linking.imported_by(paths)

    def closed(self, finding: Finding) -> Closed | None:
        """What the link knows of a client that is closed although it lives on."""
        return self._closed.get((finding.filename, finding.span))

    def uses(self, path: str, span: Span) -> tuple[Use, ...]:
        """What may happen to what the call at a place gives."""
        return self.remember(("uses", path, span), lambda: uses_of(self._uses(), path, span, self._entries))

    def callers(self, path: str, function: str) -> Callers:
        """The calls of a function, by its qualified name, in the files of the project."""
        return self.remember(("callers", path, function), lambda: callers_of(self._uses(), path, function))

    def is_handler(self, path: str, function: str) -> bool:
        """Whether the platform itself calls a function."""
        return (path, function) in self._entries

    def origin(self, path: str, function: str, parameter: str) -> Origin:
        """What all callers of a function, by its qualified name, give for a parameter."""
        if (path, function) in self._entries:
            return "unknown"
        callers = self.callers(path, function)
        if not callers.complete:
            return "unknown"
        project = self._uses()
        origins: list[Origin] = [
            literal_arguments(project, site, path, function, self._entries).get(parameter, "unknown")
            for site in callers.calls
        ]
        return "unknown" if "unknown" in origins else "environment" if "environment" in origins else "literal"

    def remember(self, key: tuple[object, ...], answer: Callable[[], _T]) -> _T:
        """The answer to a question about the project, worked out once; the first part of its key tells the question."""
        if key not in self._answers:
            self._answers[key] = answer()
        found: _T = self._answers[key]
        return found

    def is_of_project(self, path: str, origin: str) -> bool:
        """Whether an imported name comes from a module of the project rather than from a package."""
        top = origin.partition(".")[0]
        if not top:
            return True
        if top == "builtins" or top in STANDARD_LIBRARY or top in self._packages:
            return False
        return any(
            other.endswith((f"/{top}.py", f"/{top}/__init__.py")) or other == f"{top}.py" or f"/{top}/" in f"/{other}"
            for other in self.project.python
        )

    def module_path(self, path: str, dotted: str) -> str | None:
        """The file of a module that a file imports by a dotted name, if exactly one fits."""
        level = len(dotted) - len(dotted.lstrip("."))
        tail = dotted[level:].replace(".", "/")
        if level:
            folder = path
            for _ in range(level):
                folder = folder.rpartition("/")[0]
            inside = f"{folder}/{tail}" if folder and tail else folder or tail
            wanted = [f"{inside}.py", f"{inside}/__init__.py"]
            found = [other for other in wanted if self.project.has(other)]
        else:
            endings = (f"/{tail}.py", f"/{tail}/__init__.py")
            found = [other for other in self.project.python if f"/{other}".endswith(endings)]
        return found[0] if len(found) == 1 else None

    def mentioning(self, name: str) -> frozenset[str]:
        """The project's files, without tests, that hold a name; with a star import for ``"*"``."""
        return self.remember(("mentioning", name), lambda: frozenset(self._code.mentioning(name)))

    def defining(self, name: str) -> frozenset[str]:
        """Those of them that may define a function or a class of a name."""
        pattern = rb"\b(?:def|class)[\s\\]+" + name.encode() + rb"\b"
        return self.remember(("defining", name), lambda: self._matching(name, pattern if name.isascii() else b""))

    def deriving(self, name: str) -> frozenset[str]:
        """Those that hold a name and may define a class with bases."""
        return self.remember(("deriving", name), lambda: self._matching(name, _DERIVED))

    def containing(self, text: str) -> frozenset[str]:
        """The project's files, without tests, whose bytes hold a text."""
        return self.remember(("containing", text), lambda: frozenset(self._code.containing(text)))

    def tests_mentioning(self, name: str) -> list[str]:
        """The project's tests that hold a name."""
        return self._tests.mentioning(name)

    def text(self, path: str) -> bytes:
        """The bytes of a file of the project; none where it cannot be read."""
        try:
            return self.project.read(path)
        except OSError:
            return b""

    def _matching(self, name: str, pattern: bytes) -> frozenset[str]:
        """The files that hold a name, and a match of a pattern."""
        return frozenset(path for path in self.mentioning(name) if re.search(pattern, self.text(path)))

    def _uses(self) -> Uses:
        """The project by names, to answer one question.

        It is begun anew when it holds many files, though not before half as many questions have been asked: what all of
        them need is not indexed for each one. No answer refers to it.
        """
        if 2 * self._asked > self._by_names.size > _MOST_INDEXED:
            self._by_names.let_go()
            self._by_names, self._asked = Uses(self), 0
        self._asked += 1
        return self._by_names

    @cached_property
    def _code(self) -> Words:
        return Words((path for path in self.project.python if not is_test(path)), self.text)

    @cached_property
    def _tests(self) -> Words:
        return Words(filter(is_test, self.project.python), self.text)

    @cached_property
    def _packages(self) -> frozenset[str]:
        """The catalogue's packages, which it works out whenever it is asked."""
        return catalogue().packages

    @cached_property
    def _closed(self) -> dict[tuple[str, object], Closed]:
        return {(closed.site.path, closed.site.span): closed for closed in self._linking.closed}

    @cached_property
    def _reached(self) -> dict[tuple[str, object], Reached]:
        return {(reached.site.path, reached.site.span): reached for reached in self._linking.reached}
