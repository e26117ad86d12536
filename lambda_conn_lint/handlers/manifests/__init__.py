"""Deployment files: which functions they declare. A new format is a module like ``Reader``, named in ``READERS``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from lambda_conn_lint.handlers.manifests import (
    azure,
    cdk_out,
    cdk_python,
    cdk_typescript,
    chalice,
    dockerfile,
    gcloud,
    sam,
    serverless,
    serverless_code,
    ssm,
    terraform,
    zappa,
)
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration, Found, NotAHandler, Unreadable
from lambda_conn_lint.project import Project


class Reader(Protocol):
    """A module that knows one format. None of its functions raises on what a file holds."""

    def matches(self, path: str) -> bool:
        """Whether a file of this name may be of the format."""

    def could_be(self, data: bytes) -> bool:
        """Whether the bytes hold what each file of the format with a function holds: decided without a parse."""

    def read(self, files: Files, path: str) -> Iterator[Found]:
        """What the file declares. What it cannot read it notes in ``files.unreadable``."""


READERS: tuple[Reader, ...] = (
    sam,
    ssm,
    serverless,
    serverless_code,
    terraform,
    cdk_out,
    cdk_python,
    cdk_typescript,
    dockerfile,
    chalice,
    zappa,
    azure,
    gcloud,
)

# Large files of package managers that declare no functions.
_NEVER = frozenset({"package.json", "package-lock.json", "pnpm-lock.yaml", "tsconfig.json"})


class Manifests(NamedTuple):
    """What all deployment files of a project say."""

    declarations: tuple[Declaration, ...]
    not_handlers: tuple[NotAHandler, ...]
    unreadable: tuple[Unreadable, ...]


def read(project: Project, programs: Iterable[str] = ()) -> Manifests:
    """What the project's deployment files say; ``programs`` are Python files that may describe a deployment."""
    files = Files(project, tuple(programs))
    found = list(_found(files, (*project.manifests, *files.programs)))
    declared = [one for one in found if isinstance(one, Declaration) and one.manifest not in files.used]
    return Manifests(
        tuple(_once_each(declared)),
        tuple(one for one in found if isinstance(one, NotAHandler)),
        tuple(Unreadable(path, problem) for path, problem in sorted(files.unreadable.items())),
    )


def _found(files: Files, paths: Iterable[str]) -> Iterator[Found]:
    for path in paths:
        readers = [reader for reader in READERS if reader.matches(path)]
        if not readers or path.rpartition("/")[2] in _NEVER:
            continue
        data = files.data(path)
        readers = [reader for reader in readers if reader.could_be(data)]
        if not readers:
            files.forget(path)
        for reader in readers:
            yield from reader.read(files, path)


def _once_each(declared: list[Declaration]) -> Iterator[Declaration]:
    """Of declarations of one function those with its code, or one without: a nested template is read with its parent's
    values and without."""
    found: dict[tuple[str, int, str], dict[Declaration, None]] = {}
    for one in declared:
        found.setdefault((one.manifest, one.row, one.name), {})[one] = None
    for same in found.values():
        located = [one for one in same if one.file]
        yield from located or list(same)[:1]
