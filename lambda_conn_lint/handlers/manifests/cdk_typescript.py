"""CDK programs in TypeScript and JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk import app_folder, declarations
from lambda_conn_lint.handlers.manifests.cdk_program import Program
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration

_PYTHON = re.compile(rb"(?i)python")
_CONSTRUCT = re.compile(rb"\b(?:Function|SingletonFunction|DockerImageFunction)\b")


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions that the file makes."""
    data = files.data(path)
    if b"ambda" not in data:
        return
    if (_CONSTRUCT.search(data) and (_PYTHON.search(data) or b"Docker" in data)) or b"PythonFunction" in data:
        found = list(declarations(files, files.shared(_Programs).of(path), path))
        if not found and _is_broken(data):
            files.unreadable[path] = "not TypeScript's syntax"
        yield from found


def _is_broken(data: bytes) -> bool:
    from lambda_conn_lint.handlers.manifests.ecmascript import is_broken

    return is_broken(data)


class _Programs:
    """The project's CDK programs in these languages, by the folder that they run in."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._programs: dict[str, Program] = {}
        self._facts_of: dict[str, m.ModuleFacts | None] = {}
        # By folder, the files that may make constructs or call what makes them.
        self._members: dict[str, list[str]] = {}
        for path in files.of_format("cdk_typescript"):
            self._members.setdefault(app_folder(files, path), []).append(path)

    def of(self, path: str) -> Program:
        """The program that a file is part of."""
        folder = app_folder(self._files, path)
        if folder not in self._programs:
            members = self._members.get(folder, [])
            self._programs[folder] = Program(folder, members, self._facts, self._files.mentions)
        return self._programs[folder]

    def _facts(self, path: str) -> m.ModuleFacts | None:
        if path not in self._facts_of:
            from lambda_conn_lint.handlers.manifests.ecmascript import facts_of

            try:
                self._facts_of[path] = facts_of(self._files.data(path))
            except RecursionError:
                self._facts_of[path] = None
                self._files.unreadable[path] = "nested too deep"
        return self._facts_of[path]
