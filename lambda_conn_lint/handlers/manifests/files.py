"""The project as the readers of deployment files see it: hardly a file is read or parsed more than once in a run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from lambda_conn_lint.handlers.manifests.formats import Format
from lambda_conn_lint.handlers.manifests.sieve import take_sieve_of
from lambda_conn_lint.project import Project

if TYPE_CHECKING:
    from lambda_conn_lint.facts.model import ModuleFacts
    from lambda_conn_lint.handlers.manifests.documents import Value

_T = TypeVar("_T")

_MOST_DOCUMENTS = 100  # files whose values are kept: they take many times as much as their bytes


class Files:
    """A view of one project, and of those of its Python files that may describe a deployment (``programs``).

    ``unreadable`` gathers the files that were asked for and could not be read, with why. A file that is not there is
    nobody's fault and reads as nothing. ``used`` gathers the files that others speak for, such as a Dockerfile that a
    template names.
    """

    def __init__(self, project: Project, programs: tuple[str, ...] = ()) -> None:
        self.project = project
        self.programs = programs
        self.used: set[str] = set()
        self._sieve = take_sieve_of(project)
        self.unreadable = self._sieve.unreadable
        self._documents: dict[str, list[Value]] = {}
        self._facts: dict[str, ModuleFacts | None] = {}
        self._shared: dict[object, object] = {}

    def let_go(self) -> None:
        """Forget all that was read: what formats share points back to this view."""
        self._documents.clear()
        self._facts.clear()
        self._shared.clear()

    def formats(self, path: str) -> tuple[Format, ...]:
        """The formats that a file may be of, by its name and its bytes."""
        return self._sieve.formats(self.project, path)

    def of_format(self, module: str) -> list[str]:
        """The listed files that may be of the format that a module reads."""
        return [path for path in self.project.manifests if any(one.module == module for one in self.formats(path))]

    def data(self, path: str) -> bytes:
        """The bytes of a file that is there."""
        return self._sieve.read(self.project, path)

    def mentions(self, path: str, word: str) -> bool:
        """Whether the bytes of a file hold a word."""
        return word.encode(errors="replace") in self.data(path)

    def documents(self, path: str) -> list[Value]:
        """The documents of a YAML or JSON file; none for one that is missing or broken."""
        from lambda_conn_lint.handlers.manifests import documents

        if path not in self._documents:
            found: list[Value] = []
            if self.project.exists(path):
                try:
                    found = documents.load(path, self.data(path))
                except documents.DocumentError as error:
                    self.unreadable[path] = str(error)
            if len(self._documents) >= _MOST_DOCUMENTS:
                del self._documents[next(iter(self._documents))]
            self._documents[path] = found
        return self._documents[path]

    def settings(self, path: str) -> list[Value]:
        """The documents of a YAML, JSON or TOML file; keys of TOML stand in row 1."""
        if not path.endswith(".toml"):
            return self.documents(path)
        from lambda_conn_lint.handlers.manifests import documents

        tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        try:
            return [documents.from_plain(path, tomllib.loads(self.data(path).decode("utf-8", errors="replace")))]
        except ValueError as error:
            self.unreadable[path] = str(error)
            return []

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a Python file that describes a deployment."""
        if path not in self._facts:
            self._facts[path] = self._lowered(path)
        return self._facts[path]

    def _lowered(self, path: str) -> ModuleFacts | None:
        from lambda_conn_lint.handlers.manifests.python_program import facts_of

        try:
            return facts_of(self.data(path))
        except SyntaxError:
            return self._parsed(path)
        except ValueError as error:
            self.unreadable[path] = str(error)
        except (RecursionError, MemoryError):
            self.unreadable[path] = "nested too deep"
        return None

    def _parsed(self, path: str) -> ModuleFacts | None:
        """The facts as other modules have them: their parser knows newer syntax than the interpreter may."""
        from lambda_conn_lint.facts.lower import UnparsableError, facts_of

        try:
            return facts_of(self.data(path))
        except UnparsableError as error:
            self.unreadable[path] = f"line {error.row}: {error.message}"
        except RecursionError:
            self.unreadable[path] = "nested too deep"
        return None

    def shared(self, make: Callable[[Files], _T]) -> _T:
        """What ``make`` gives for this view, made once: what the files of one format have in common."""
        if make not in self._shared:
            self._shared[make] = make(self)
        found: _T = self._shared[make]  # type: ignore[assignment]  # the key is what made the value
        return found
