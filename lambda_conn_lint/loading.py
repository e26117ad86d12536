"""The facts of a project's files, for all of its parts: from what earlier runs have kept, or by a parse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint import messages
from lambda_conn_lint.deep import run_with_room
from lambda_conn_lint.defects import defect
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.rules import INTERNAL_ERROR, UNPARSABLE_FILE

if TYPE_CHECKING:
    from lambda_conn_lint.facts.trees import Trees
    from lambda_conn_lint.project import Project

_ROOM = 600_000
"""Bytes of source whose facts are kept. Facts take some seventeen times as much as their text."""


class _Loaded(NamedTuple):
    facts: ModuleFacts
    size: int  # of the source, in bytes


class Loading:
    """The loading of files of one project. ``trees`` takes in those that are parsed.

    ``problems`` says, by path, what kept a file from having facts. ``seen`` is called with how many files have been
    asked for.
    """

    def __init__(self, project: Project, trees: Trees | None, seen: Callable[[int], None]) -> None:
        self.problems: dict[str, Finding] = {}
        self._project = project
        self._trees = trees
        self._seen = seen
        self._paths: set[str] = set()
        self._kept: dict[str, _Loaded] = {}  # the one asked for last stands last
        self._room = _ROOM

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a file, for the link; none when it cannot be parsed.

        The first one is kept, and the next ones as far as there is room: fixes are worked out in the order of the link.
        """
        kept = self._kept.get(path)
        if kept is not None:
            return kept.facts
        loaded = self._loaded(path)
        if loaded is not None and (loaded.size <= self._room or not self._kept):
            self._keep(path, loaded)
        return None if loaded is None else loaded.facts

    def facts_again(self, path: str) -> ModuleFacts | None:
        """The same when all is linked, for the fixes: what has not been asked for the longest makes room."""
        kept = self._kept.pop(path, None)
        if kept is not None:
            self._room += kept.size
        loaded = kept or self._loaded(path)
        if loaded is None:
            return None
        self._keep(path, loaded)
        while self._room < 0 and len(self._kept) > 1:
            self._room += self._kept.pop(next(iter(self._kept))).size
        return loaded.facts

    def let_go(self, paths: Iterable[str]) -> None:
        """Let go of the facts of files that nobody is likely to ask about again."""
        for path in paths:
            kept = self._kept.pop(path, None)
            if kept is not None:
                self._room += kept.size

    def _keep(self, path: str, loaded: _Loaded) -> None:
        self._kept[path] = loaded
        self._room -= loaded.size

    def _loaded(self, path: str) -> _Loaded | None:
        if path in self.problems:
            return None
        self._paths.add(path)
        self._seen(len(self._paths))
        try:
            data = self._project.read(path)
        except OSError as error:
            self._note(path, error.strerror or str(error))
            return None
        cache = self._project.cache
        facts = None if cache is None else cache.facts.get(data)
        if facts is None:
            facts = self._lowered(path, data)
            if facts is not None and cache is not None:
                cache.facts.add(data, facts)
        return None if facts is None else _Loaded(facts, len(data))

    def _lowered(self, path: str, data: bytes) -> ModuleFacts | None:
        from lambda_conn_lint.facts.lower import UnparsableError, facts_of

        try:
            # libcst's parser is native, and would end the process
            return run_with_room(lambda: facts_of(data, self._trees))
        except UnparsableError as error:
            self._note(path, error.message, Span(error.row, error.column, error.row, error.column))
        except RecursionError:
            self._note(path, "it is nested too deeply")
        except Exception as error:
            self.problems[path] = Finding(path, _TOP, INTERNAL_ERROR, defect(error))
        return None

    def _note(self, path: str, why: str, span: Span | None = None) -> None:
        self.problems[path] = Finding(path, span or _TOP, UNPARSABLE_FILE, messages.unparsable(why))


_TOP = Span(1, 1, 1, 1)
