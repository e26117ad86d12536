"""Given paths -> projects, and which of a project's files to report."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import NamedTuple

from lambda_conn_lint.listing import DEFAULT_EXCLUDES
from lambda_conn_lint.project import Project, find_root

STDIN = "-"
_NAMELESS = "<stdin>.py"
_ANYWHERE = "**/"


class MissingPathError(Exception):
    """A given path does not exist; the text names every one."""


class Target(NamedTuple):
    """One project, and what of it was asked for: project-relative files and folders, ``""`` for all of it.

    ``label`` is what the user sees instead of the wanted path, where that is not one of theirs.
    """

    project: Project
    wanted: tuple[str, ...]
    label: str = ""

    def wants(self, path: str) -> bool:
        """Whether findings in this project-relative file are to be reported."""
        return any(not wanted or path == wanted or path.startswith(wanted + "/") for wanted in self.wanted)

    def files(self) -> list[str]:
        """The Python files that are to be reported on."""
        return [path for path in self.project.python if self.wants(path)]

    def shown(self, path: str, cwd: Path) -> str:
        """A project-relative path as the user should see it: relative to ``cwd`` below it, else absolute; posix."""
        if self.label and path in self.wanted:
            return self.label
        absolute = self.project.root / path
        return (absolute.relative_to(cwd) if absolute.is_relative_to(cwd) else absolute).as_posix()


def find_targets(paths: Sequence[str], cwd: Path, *, exclude: Sequence[str], force_exclude: bool) -> list[Target]:
    """The projects that the given files and folders belong to, each with what was given of it.

    Exclude patterns are as the user wrote them, relative to ``cwd`` where they hold a slash. Where ``force_exclude``
    is off, given paths are analysed and reported even if they are excluded.

    Raises ``MissingPathError``.
    """
    missing = [path for path in paths if not (cwd / path).exists()]
    if missing:
        raise MissingPathError(", ".join(f"{path}: no such file or folder" for path in missing))
    given: dict[Path, list[Path]] = {}
    for path in _outermost((cwd / path).resolve() for path in paths):
        if not (force_exclude and _is_excluded(path, cwd, exclude)):
            given.setdefault(find_root(path), []).append(path)
    targets = []
    for root, below in sorted(given.items()):
        patterns = _for_root(exclude, root, cwd)
        project = Project(root, exclude=patterns)
        unlisted = {} if force_exclude else _unlisted(project, below, cwd, exclude)
        if unlisted:
            project = Project(root, unlisted, exclude=patterns)
        targets.append(Target(project, tuple(_relative(path, root) for path in below)))
    return targets


def find_stdin_target(
    data: bytes, filename: str | None, cwd: Path, *, exclude: Sequence[str], force_exclude: bool
) -> list[Target]:
    """The project of a file whose text came on standard input; none where that file is excluded.

    A text without a name is taken for a file in ``cwd``.
    """
    if filename is None:
        root = find_root(cwd)
        path = _relative(cwd / _NAMELESS, root)
        return [Target(Project(root, {path: data}, exclude=_for_root(exclude, root, cwd)), (path,), STDIN)]
    given = Path(os.path.abspath(cwd / filename))
    given = given.parent.resolve() / given.name
    root = find_root(given)
    patterns = _for_root(exclude, root, cwd)
    path = _relative(given, root)
    if force_exclude:
        on_disk = Project(root, exclude=patterns)
        unlisted = given.exists() and not on_disk.has(path)
        if unlisted or on_disk.is_excluded(path) or _is_excluded(given, cwd, exclude):
            return []
    return [Target(Project(root, {path: data}, exclude=patterns), (path,))]


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths without repetition and without those that lie below another of them."""
    unique = set(paths)
    return sorted(path for path in unique if unique.isdisjoint(path.parents))


def _is_excluded(path: Path, cwd: Path, patterns: Iterable[str]) -> bool:
    """Whether a path is excluded as seen from ``cwd``: a project's own root may lie in an excluded folder."""
    if not path.is_relative_to(cwd):
        return False
    parts = path.relative_to(cwd).parts
    wholes = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    wanted = [*DEFAULT_EXCLUDES, *_for_root(patterns, cwd, cwd)]
    return any(fnmatchcase(candidate, pattern) for candidate in {*parts, *wholes} for pattern in wanted)


def _unlisted(project: Project, paths: Iterable[Path], cwd: Path, exclude: Sequence[str]) -> dict[str, bytes]:
    """The Python files that were given, or lie below a given folder, and are not the project's: with their bytes."""
    found: dict[str, bytes] = {}
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = [path / name for name in Project(path, exclude=_for_root(exclude, path, cwd)).python]
        for file in inside:
            relative = _relative(file, project.root)
            if file.suffix == ".py" and not project.has(relative):
                found[relative] = file.read_bytes()
    return found


def _relative(path: Path, root: Path) -> str:
    relative = path.relative_to(root).as_posix()
    return "" if relative == "." else relative


def _for_root(patterns: Iterable[str], root: Path, cwd: Path) -> list[str]:
    """Patterns as they apply to project-relative paths; one without a slash fits names at any depth and stays."""
    translated: list[str] = []
    for pattern in map(posixpath.normpath, patterns):
        if pattern.startswith(_ANYWHERE):
            anywhere = pattern.removeprefix(_ANYWHERE)
            translated += [anywhere, f"*/{anywhere}"]
            continue
        if "/" not in pattern:
            translated.append(pattern)
            continue
        parts = PurePath(os.path.normpath(cwd / pattern)).parts
        above = len(root.parts)
        fits = zip(root.parts, parts, strict=False)
        if len(parts) > above and all(part == wanted or fnmatchcase(part, wanted) for part, wanted in fits):
            translated.append("/".join(parts[above:]))
    return translated
