"""CDK programs in Python, by the facts of their modules."""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk import app_folder, declarations
from lambda_conn_lint.handlers.manifests.cdk_program import Program
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration

_CONSTRUCTS = (b"Function(", b"Function (")


def matches(path: str) -> bool:
    """Whether the file is a Python module; which of them describe a deployment their imports tell."""
    return path.endswith(".py")


def could_be(data: bytes) -> bool:
    """Whether the bytes make a function of the CDK, or call what may."""
    return b"aws_cdk" in data


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions that the module makes."""
    if any(name in files.data(path) for name in _CONSTRUCTS):
        yield from declarations(files, files.shared(_Programs).of(path), path)


class _Programs:
    """The project's CDK programs in Python, by the folder that they run in."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._programs: dict[str, Program] = {}

    def of(self, path: str) -> Program:
        """The program that a file is part of."""
        folder = app_folder(self._files, path)
        if folder not in self._programs:
            self._programs[folder] = Program(folder, self._members(folder), self._facts, self._files.mentions)
        return self._programs[folder]

    def _members(self, folder: str) -> list[str]:
        """The files of a program that may make constructs or call what makes them."""
        return [path for path in self._files.programs if app_folder(self._files, path) == folder]

    def _facts(self, path: str) -> m.ModuleFacts | None:
        return self._files.facts(path) if self._files.project.has(path) else None
