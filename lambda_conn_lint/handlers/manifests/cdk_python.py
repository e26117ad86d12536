"""CDK programs in Python, by the facts of their modules."""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk import app_folder, declarations
from lambda_conn_lint.handlers.manifests.cdk_program import Program
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration

_CONSTRUCTS = (b"Function(", b"Function (")


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions that the module makes."""
    if any(name in files.data(path) for name in _CONSTRUCTS):
        yield from declarations(files, files.shared(_Programs).of(path), path)


class _Programs:
    """The project's CDK programs in Python, by the folder that they run in."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._programs: dict[str, Program] = {}
        # By folder, the files that may make constructs or call what makes them.
        self._members: dict[str, list[str]] = {}
        for path in files.programs:
            self._members.setdefault(app_folder(files, path), []).append(path)

    def of(self, path: str) -> Program:
        """The program that a file is part of."""
        folder = app_folder(self._files, path)
        if folder not in self._programs:
            members = self._members.get(folder, [])
            self._programs[folder] = Program(folder, members, self._facts, self._files.mentions)
        return self._programs[folder]

    def _facts(self, path: str) -> m.ModuleFacts | None:
        return self._files.facts(path) if self._files.project.has(path) else None
