"""Deployment files: which functions they declare. ``formats`` has the list of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.model import Declaration, Found, NotAHandler, Unreadable
from lambda_conn_lint.project import Project


class Manifests(NamedTuple):
    """What all deployment files of a project say."""

    declarations: tuple[Declaration, ...]
    not_handlers: tuple[NotAHandler, ...]
    unreadable: tuple[Unreadable, ...]


def read(project: Project, programs: Iterable[str] = ()) -> Manifests:
    """What the project's deployment files say; ``programs`` are Python files that may describe a deployment."""
    files = Files(project, tuple(programs))
    found = list(_found(files))
    files.let_go()
    declared = [one for one in found if isinstance(one, Declaration) and one.manifest not in files.used]
    return Manifests(
        tuple(_once_each(declared)),
        tuple(one for one in found if isinstance(one, NotAHandler)),
        tuple(Unreadable(path, problem) for path, problem in sorted(files.unreadable.items())),
    )


def _found(files: Files) -> Iterator[Found]:
    for path in (*files.project.manifests, *files.programs):
        for one in files.formats(path):
            yield from one.reader().read(files, path)


def _once_each(declared: list[Declaration]) -> Iterator[Declaration]:
    """Of declarations of one function those with its code, or one without: a nested template is read with its parent's
    values and without."""
    found: dict[tuple[str, int, str], dict[Declaration, None]] = {}
    for one in declared:
        found.setdefault((one.manifest, one.row, one.name), {})[one] = None
    for same in found.values():
        located = [one for one in same if one.file]
        yield from located or list(same)[:1]
