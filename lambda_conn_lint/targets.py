"""Given paths -> projects, each with its settings, and which of a project's files to report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from lambda_conn_lint import baseline
from lambda_conn_lint.config import Loaded
from lambda_conn_lint.globs import fits, for_root
from lambda_conn_lint.listing import DEFAULT_EXCLUDES, Excludes
from lambda_conn_lint.options import STDIN, Options, UsageError
from lambda_conn_lint.project import Marks, Project, find_root
from lambda_conn_lint.selection import expand, select

Load: TypeAlias = Callable[[Path], Loaded]
"""Gives the settings of the project with this root. Raises ``ConfigError``."""

_NAMELESS = "<stdin>.py"


class MissingPathError(Exception):
    """A given path does not exist; the text names every one."""


class Target(NamedTuple):
    """One project with its settings, ``loaded``, and what of it was asked for.

    ``wanted`` are project-relative files and folders, ``""`` for all of it. ``codes`` are those to report, ``per_file``
    those that are not to be reported in some files. ``elsewhere`` are folders of it that are projects of their own,
    with settings of their own. ``baseline`` is where the project's baseline lies, or would lie. ``label`` is what the
    user sees instead of the wanted path, where that is not one of theirs.
    """

    project: Project
    wanted: tuple[str, ...]
    loaded: Loaded
    codes: frozenset[str]
    baseline: Path
    per_file: tuple[tuple[Excludes, frozenset[str]], ...] = ()
    elsewhere: tuple[str, ...] = ()
    label: str = ""

    @property
    def options(self) -> Options:
        """The settings of the project."""
        return self.loaded.options

    def wants(self, path: str) -> bool:
        """Whether findings in this project-relative file are to be reported."""
        return _is_below(path, self.wanted) and not _is_below(path, self.elsewhere)

    def ignores(self, path: str, code: str) -> bool:
        """Whether the settings say that findings with this code are not to be reported in this file."""
        return any(code in codes and files.cover(path) for files, codes in self.per_file)

    def files(self) -> list[str]:
        """The Python files that are to be reported on."""
        return [path for path in self.project.python if self.wants(path)]

    def shown(self, path: str, cwd: Path) -> str:
        """A project-relative path as the user should see it, when working in ``cwd``."""
        if self.label and path in self.wanted:
            return self.label
        return shown(self.project.root / path, cwd)


def shown(absolute: Path, cwd: Path) -> str:
    """A path as the user should see it: relative to ``cwd`` below it, else absolute; posix."""
    return (absolute.relative_to(cwd) if absolute.is_relative_to(cwd) else absolute).as_posix()


def find_given_root(folder: str, cwd: Path) -> Path:
    """The root of a project that the user has named. Raises ``MissingPathError``."""
    root = (cwd / folder).resolve()
    if not root.is_dir():
        raise MissingPathError(f"{folder}: no such folder")
    return root


def find_targets(paths: Sequence[str], cwd: Path, load: Load, given_root: Path | None = None) -> list[Target]:
    """The projects that the given files and folders belong to, each with what was given of it.

    A folder in one of them that has a configuration of its own is a project of its own, as if it had been given too.
    Where ``force_exclude`` is off, given paths are analysed and reported even if they are excluded. Where a root is
    given, that is the only project.

    Raises ``MissingPathError``, and ``UsageError`` for a path outside of the given root.
    """
    missing = [path for path in paths if not (cwd / path).exists()]
    if missing:
        raise MissingPathError(", ".join(f"{path}: no such file or folder" for path in missing))
    load = cache(load)
    targets: dict[Path, Target] = {}
    seen: dict[Path, Marks] = {}
    pending = _outermost(_located(cwd / path, given_root) for path in paths)
    while pending:
        given: dict[Path, list[Path]] = {}
        for path in pending:
            root = _root_of(path, given_root, seen)
            if root not in targets and not is_excluded(path, load(root), cwd):
                given.setdefault(root, []).append(path)
        pending = []
        for root, below in given.items():
            project = _project(root, below, load(root), cwd)
            targets[root] = _target(project, [_relative(path, root) for path in below], load(root), cwd)
            if given_root is not None:
                targets[root] = targets[root]._replace(elsewhere=())
            inner = (root / folder for folder in targets[root].elsewhere)
            pending += (folder for folder in inner if any(folder.is_relative_to(path) for path in below))
    return [target for _, target in sorted(targets.items())]


def find_stdin_target(
    data: bytes, filename: str | None, cwd: Path, load: Load, given_root: Path | None = None
) -> list[Target]:
    """The project of a file whose text came on standard input; none where that file is excluded.

    A text without a name is taken for a file in ``cwd``. Raises ``UsageError`` for a file outside of the given root.
    """
    if filename is None:
        given, label = cwd / _NAMELESS, STDIN
    else:
        given, label = Path(os.path.abspath(cwd / filename)), ""
        given = given.parent.resolve() / given.name
    root = _root_of(given if filename is not None else cwd, given_root, {})
    loaded = load(root)
    exclude = excludes(loaded, root, cwd)
    path = _relative(given, root)
    if filename is not None and loaded.options.force_exclude:
        on_disk = Project(root, exclude=exclude)
        unlisted = given.exists() and not on_disk.has(path)
        if unlisted or on_disk.is_excluded(path) or is_excluded(given, loaded, cwd):
            return []
    target = _target(Project(root, {path: data}, exclude=exclude), (path,), loaded, cwd)
    return [target._replace(label=label)]


def whole_project(root: Path, loaded: Loaded, cwd: Path) -> Target:
    """A project with these settings, all of which is asked for."""
    return _target(_project(root, (), loaded, cwd), ("",), loaded, cwd)


def excludes(loaded: Loaded, root: Path, cwd: Path) -> list[str]:
    """What the settings exclude, as it applies to the files of the project with this root."""
    return for_root(loaded.options.exclude, root, loaded.base("exclude", cwd))


def _project(root: Path, below: Sequence[Path], loaded: Loaded, cwd: Path) -> Project:
    exclude = excludes(loaded, root, cwd)
    project = Project(root, exclude=exclude)
    unlisted = {} if loaded.options.force_exclude else _unlisted(project, below, loaded, cwd)
    return Project(root, unlisted, exclude=exclude) if unlisted else project


def _target(project: Project, wanted: Sequence[str], loaded: Loaded, cwd: Path) -> Target:
    options = loaded.options
    base = loaded.base("per_file_ignores", cwd)
    return Target(
        project,
        tuple(wanted),
        loaded,
        codes=select(options.select, options.ignore, options.extend_select),
        per_file=tuple(
            (Excludes(for_root((pattern,), project.root, base)), _expanded(codes))
            for pattern, codes in options.per_file_ignores
        ),
        elsewhere=tuple(project.inner()),
        baseline=_baseline(project.root, loaded, cwd),
    )


def _baseline(root: Path, loaded: Loaded, cwd: Path) -> Path:
    named = loaded.options.baseline
    return root / baseline.DEFAULT if named is None else loaded.base("baseline", cwd) / named


def _expanded(selectors: Iterable[str]) -> frozenset[str]:
    return frozenset(rule.code for selector in selectors for rule in expand(selector))


def _located(path: Path, given_root: Path | None) -> Path:
    """Where a given path is. In a root that is given too, a link to a file stands for a file: sandboxes are made so."""
    if given_root is None or path.is_dir():
        return path.resolve()
    return path.parent.resolve() / path.name


def _root_of(path: Path, given_root: Path | None, seen: dict[Path, Marks]) -> Path:
    if given_root is None:
        return find_root(path, seen)
    if not path.is_relative_to(given_root):
        raise UsageError(f"{path} is not in the project root {given_root}")
    return given_root


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths without repetition and without those that lie below another of them."""
    unique = set(paths)
    return sorted(path for path in unique if unique.isdisjoint(path.parents))


def is_excluded(path: Path, loaded: Loaded, cwd: Path) -> bool:
    """Whether a given path is excluded as seen from above its project, whose root may lie in an excluded folder."""
    if not loaded.options.force_exclude:
        return False
    return fits(path, DEFAULT_EXCLUDES, cwd) or fits(path, loaded.options.exclude, loaded.base("exclude", cwd))


def _unlisted(project: Project, paths: Iterable[Path], loaded: Loaded, cwd: Path) -> dict[str, bytes]:
    """The Python files that were given, or lie below a given folder, and are not the project's: with their bytes."""
    found: dict[str, bytes] = {}
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = [path / name for name in Project(path, exclude=excludes(loaded, path, cwd)).python]
        for file in inside:
            relative = _relative(file, project.root)
            if file.suffix == ".py" and not project.has(relative):
                found[relative] = file.read_bytes()
    return found


def _is_below(path: str, places: Iterable[str]) -> bool:
    """Whether a file is one of these, or lies in one; the empty one is the whole project."""
    return any(not place or path == place or path.startswith(place + "/") for place in places)


def _relative(path: Path, root: Path) -> str:
    relative = path.relative_to(root).as_posix()
    return "" if relative == "." else relative
