"""Deployment files: which functions they declare. A new format is a module with a reader and a row in ``READERS``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from lambda_conn_lint.handlers.manifests.documents import DocumentError
from lambda_conn_lint.handlers.manifests.sam import Sam
from lambda_conn_lint.handlers.manifests.serverless import Serverless
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.project import Project


class Reader(Protocol):
    """What knows one format."""

    name: str

    def matches(self, path: str) -> bool:
        """Whether a file of this name may be of the format."""

    def could_be(self, data: bytes) -> bool:
        """Whether the bytes hold what each file of the format with a function holds: decided without a parse."""

    def declarations(self, project: Project, path: str, data: bytes) -> Iterator[Declaration]:
        """The functions that the file declares; raises ``DocumentError`` for a broken file."""


READERS: tuple[Reader, ...] = (
    Sam(),
    Serverless(),
)

# Large files of package managers that declare no functions.
_NEVER = frozenset({"package.json", "package-lock.json", "pnpm-lock.yaml", "tsconfig.json"})


def read(project: Project) -> tuple[tuple[Declaration, ...], tuple[Unreadable, ...]]:
    """All functions that the project's deployment files declare, and the deployment files that could not be read."""
    declared: list[Declaration] = []
    unreadable: list[Unreadable] = []
    for path in project.manifests:
        readers = [reader for reader in READERS if reader.matches(path)]
        if not readers or path.rpartition("/")[2] in _NEVER:
            continue
        try:
            data = project.read(path)
        except OSError as error:
            unreadable.append(Unreadable(path, error.strerror or "cannot be read"))
            continue
        for reader in readers:
            if not reader.could_be(data):
                continue
            try:
                declared += reader.declarations(project, path, data)
            except DocumentError as error:
                unreadable.append(Unreadable(path, str(error)))
                break
    return tuple(declared), tuple(unreadable)
