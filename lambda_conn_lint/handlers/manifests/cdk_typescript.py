"""CDK programs in TypeScript and JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk import app_folder, declarations
from lambda_conn_lint.handlers.manifests.cdk_program import Program
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration

SUFFIXES = (".ts", ".js", ".mjs", ".mts")

_PYTHON = re.compile(rb"(?i)python")
_CONSTRUCT = re.compile(rb"\b(?:Function|SingletonFunction|DockerImageFunction)\b")
_TEST = re.compile(r"\.(?:test|spec|d)\.[mc]?[jt]s$")


def matches(path: str) -> bool:
    """Whether the file is a program's and no test's."""
    return path.endswith(SUFFIXES) and _TEST.search(path) is None


def could_be(data: bytes) -> bool:
    """Whether the bytes make a function that may be Python's."""
    return b"andler" in data or b"DockerImageFunction" in data or b"PythonFunction" in data


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

    def of(self, path: str) -> Program:
        """The program that a file is part of."""
        folder = app_folder(self._files, path)
        if folder not in self._programs:
            members = [
                one
                for one in self._files.project.manifests
                if matches(one) and app_folder(self._files, one) == folder and could_be(self._files.data(one))
            ]
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
