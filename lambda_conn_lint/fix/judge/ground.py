"""What judges ask about a project: its files as trees, its facts, and which files speak of a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.findings import Finding, Span
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

_STAR = re.compile(rb"import[\s\\]*\*")


class Ground:
    """The project between its check and its fixes; nothing here changes."""

    def __init__(self, project: Project, linking: Linking) -> None:
        self.project = project
        self.catalog = linking.catalog
        self._linking = linking
        self._files: dict[str, SourceFile] = {}  # the one asked for last stands last
        self._mentioning: dict[str, frozenset[str]] = {}
        self._answers: dict[tuple[object, ...], Any] = {}
        self._uses = Uses.of(self)
        self._entries = frozenset((handler.filename, handler.name) for handler in linking.handlers())

    def file(self, path: str) -> SourceFile:
        """A file to be fixed. Raises ``TextError``."""
        file = self._files.pop(path, None)
        if file is None:
            try:
                data = self.project.read(path)
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
        return self.remember(("uses", path, span), lambda: uses_of(self._uses, path, span, self._entries))

    def callers(self, path: str, function: str) -> Callers:
        """The calls of a function, by its qualified name, in the files of the project."""
        return self.remember(("callers", path, function), lambda: callers_of(self._uses, path, function))

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
        origins: list[Origin] = [
            literal_arguments(self._uses, site, path, function, self._entries).get(parameter, "unknown")
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

    def mentioning(self, identifier: str) -> frozenset[str]:
        """The project's files, without tests, whose text holds an identifier; with a star import for ``"*"``."""
        if identifier not in self._mentioning:
            self._mentioning[identifier] = frozenset(_holding(identifier, self._code))
        return self._mentioning[identifier]

    def text(self, path: str) -> bytes:
        """The bytes of a Python file of the project; none where it cannot be read."""
        return self._code[path] if path in self._code else self._tests.get(path, b"")

    def tests_mentioning(self, identifier: str) -> list[str]:
        """The project's tests whose text holds an identifier."""
        return _holding(identifier, self._tests)

    @cached_property
    def _code(self) -> dict[str, bytes]:
        """The project's files that are no tests, in order."""
        return {path: self._read(path) for path in self.project.python if not is_test(path)}

    @cached_property
    def _tests(self) -> dict[str, bytes]:
        return {path: self._read(path) for path in self.project.python if is_test(path)}

    def _read(self, path: str) -> bytes:
        try:
            return self.project.read(path)
        except OSError:
            return b""

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


def _holding(identifier: str, texts: Mapping[str, bytes]) -> list[str]:
    if not identifier.isascii():  # they may be spelled in several ways and encodings: then every file counts
        return list(texts)
    if identifier == "*":
        return [path for path, text in texts.items() if _STAR.search(text)]
    wanted = identifier.encode()
    return [path for path, text in texts.items() if wanted in text]
