"""The files of one project, as bytes: disk below, an overlay above.

The overlay holds text that is newer than the disk's: standard input, an editor's buffer, a fix's next round. Everything
that reads a file of the project reads it here, so that no other part of the engine knows where bytes come from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint import configfile
from lambda_conn_lint.listing import DEFAULT_EXCLUDES, TEST_FOLDERS, Excludes, is_manifest, list_files

if TYPE_CHECKING:
    from lambda_conn_lint.cache import Cache

_TEST_FILE = re.compile(r"(?:test_.*|.*_test|tests?|conftest)\.py")

# What a file of Cloudflare Workers written in Python says: its entry point, or the flag that they need.
_PYTHON_WORKER = re.compile(rb"""^\s*[{,]?\s*"?main"?\s*[:=]\s*["'][^"'\n]+\.py["']|["']python_workers""", re.MULTILINE)

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_MOST_FILES = 1 << 16  # bytes; there are few larger ones

_DEPLOYMENT_FILES = (
    "template.yaml",
    "template.yml",
    "template.json",
    "samconfig.toml",
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
    "cdk.json",
)


class Project:
    """The files under ``root``, with ``overlay`` (project-relative posix path -> bytes) taking precedence.

    ``python`` and ``manifests`` are sorted project-relative posix paths, listed once at construction: the author's
    Python files, and outside of test folders those that may be deployment files by their suffix; ``folders`` are those
    that hold code.
    ``worker_files`` are files of Cloudflare Workers. ``cache`` is what earlier runs know of the project, if anybody may
    ask. ``read`` raises ``OSError`` for a file that is not there.
    """

    def __init__(
        self,
        root: Path,
        overlay: Mapping[str, bytes] | None = None,
        *,
        exclude: Iterable[str] = (),
    ) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")
        self.overlay = dict(overlay or {})
        self._excludes = Excludes((*DEFAULT_EXCLUDES, *exclude))
        listing = list_files(root, self._excludes)
        self.python = _sorted(listing.python, (path for path in self.overlay if path.endswith(".py")))
        self.manifests = _sorted(
            listing.manifests, (p for p in self.overlay if is_manifest(p.rpartition("/")[2], True))
        )
        self.folders = frozenset(_folders(self.python))
        self.worker_files = tuple(sorted(listing.workers))
        self.cache: Cache | None = None
        self._configured = listing.configured
        self._known = frozenset(self.python)

    def with_overlay(self, newer: Mapping[str, bytes]) -> Project:
        """The same project with newer text of some of its files; nothing is listed again."""
        project = copy(self)
        project.overlay = {**self.overlay, **newer}
        return project

    def read(self, path: str) -> bytes:
        """The bytes of a file; the overlay's, if it has any."""
        if path in self.overlay:
            return self.overlay[path]
        return read_file(self._prefix + path)

    def has(self, path: str) -> bool:
        """Whether this is a Python file of the project."""
        return path in self._known

    def exists(self, path: str) -> bool:
        """Whether the project has this file at all, of whatever kind."""
        return path in self._known or path in self.overlay or os.path.isfile(self._prefix + path)

    def is_excluded(self, path: str) -> bool:
        """Whether a part of the path, or the whole of it, fits an exclude pattern."""
        return self._excludes.cover(path)

    def inner(self) -> list[str]:
        """The folders below the root that have a configuration of their own, and so are projects of their own."""
        folders = (folder for folder in self._configured if folder)
        return sorted(folder for folder in folders if configfile.table_in(self.root / folder) is not None)

    def is_worker(self, path: str) -> bool:
        """Whether a file lies in a project of Cloudflare Workers that are written in Python."""
        if not self.worker_files:
            return False
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._workers:
                return True
        return False

    @cached_property
    def _workers(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.worker_files:
            try:
                is_python = _PYTHON_WORKER.search(self.read(path)) is not None
            except OSError:
                continue
            if is_python:
                found.add(path.rpartition("/")[0])
        return frozenset(found)


def is_test(path: str) -> bool:
    """Whether a path is a test's by its name: tests build clients on purpose."""
    *folders, name = path.split("/")
    return _TEST_FILE.fullmatch(name) is not None or not TEST_FOLDERS.isdisjoint(folders)


class Marks(NamedTuple):
    """What the files of one folder say of projects."""

    is_root: bool
    has_deployment: bool


def find_root(start: Path, seen: dict[Path, Marks] | None = None) -> Path:
    """The project that a file or folder belongs to.

    That is the nearest ancestor with our configuration or a ``.git``, so that a file has the same project however it
    is named on the command line, and services of one repository share what lies beside them. Without either it is the
    nearest ancestor with a deployment file, and without that the folder itself (of a file: the one it is in).
    ``seen`` keeps what folders hold, for callers that ask about many.
    """
    seen = {} if seen is None else seen
    folder = start if start.is_dir() else start.parent
    deployed: Path | None = None
    for candidate in (folder, *folder.parents):
        marks = seen.get(candidate)
        if marks is None:
            marks = seen[candidate] = _marks(candidate)
        if marks.is_root:
            return candidate
        if marks.has_deployment and deployed is None:
            deployed = candidate
    return folder if deployed is None else deployed


def _marks(folder: Path) -> Marks:
    inside = os.path.join(folder, "")
    if os.path.exists(inside + ".git") or configfile.table_in(folder) is not None:
        return Marks(True, False)
    return Marks(False, any(os.path.exists(inside + name) for name in _DEPLOYMENT_FILES))


def read_file(path: str, look: Callable[[os.stat_result], None] | None = None) -> bytes:
    """The bytes of a file, by as few calls of the system as possible: ``open`` makes three more for every file.

    ``look`` is given what the system knows of the file right before it is read. Raises ``OSError``.
    """
    file = os.open(path, _FLAGS)
    try:
        if look is not None:
            look(os.fstat(file))
        data = os.read(file, _MOST_FILES)
        if len(data) < _MOST_FILES:
            return data
        parts = [data]
        while data:
            data = os.read(file, _MOST_FILES << 4)
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(file)


def _sorted(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({path for group in groups for path in group}))


def _folders(paths: Iterable[str]) -> set[str]:
    found: set[str] = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found
