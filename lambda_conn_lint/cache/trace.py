"""What a run has looked at in its project, and whether all of that is still the same.

A file is the same if the system says so: by its size, times and number. Who copies a tree, or checks it out anew, has
the same content with other times, so where these differ the digest of what was read decides. Of a file that was changed
just before it was read the times tell nothing, nor if they lie in the future: it may change again in the same tick of
the clock. Its digest alone counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from lambda_conn_lint.cache.records import key_of
from lambda_conn_lint.project import Project, read_file

Stamp: TypeAlias = tuple[int, int, int, int]
"""What the system knows of a file: size, times of content and of the rest in nanoseconds, and number."""

Seen: TypeAlias = Mapping[str, tuple[Stamp, str]]
"""Files by project-relative path, with the digest of what was read; an empty one was not taken."""

_TICK = 2_000_000_000  # nanoseconds; no file system counts in longer ones
_NEVER: Stamp = (-1, 0, 0, 0)
_MISSING: Stamp = (-2, 0, 0, 0)
_MOST_DIGESTED = 8 << 20  # bytes of one run; of larger trees digests would cost more than a few per cent


class Trace:
    """The files that a run has read, and of others whether they are there.

    ``is_whole`` tells that nothing else was looked at: of what could not be read, the next run has to find out anew.
    """

    def __init__(self) -> None:
        self.seen: dict[str, tuple[Stamp, str]] = {}
        self.exists: dict[str, bool] = {}
        self.is_whole = True
        self._settled = time.time_ns() - _TICK
        self._room = _MOST_DIGESTED

    def add(self, path: str, status: os.stat_result, data: bytes) -> None:
        """Take in a file that was read; ``status`` was asked for before."""
        stamp = _stamp_of(status)
        is_settled = _is_before(stamp, self._settled)
        self._room -= len(data)
        digest = key_of(data) if self._room > 0 or not is_settled else ""
        self.seen[path] = (stamp if is_settled else _NEVER, digest)

    def add_unread(self, root: str, paths: Iterable[str]) -> None:
        """Take in those of these files that have not been read by way of the project."""
        for path in paths:
            if path not in self.seen:
                try:
                    stamp = _stamp_at(os.path.join(root, path))
                except OSError:
                    self.is_whole = False
                    continue
                self.is_whole = self.is_whole and _is_before(stamp, self._settled)
                self.seen[path] = (stamp, "")


class TracedProject(Project):
    """A project that notes what is asked of it, as far as nothing lies above the disk's files."""

    def __init__(self, project: Project, trace: Trace) -> None:
        vars(self).update(vars(project))
        self._trace = trace

    def read(self, path: str) -> bytes:
        if path in self.overlay or path in self._trace.seen:
            return super().read(path)
        statuses: list[os.stat_result] = []
        try:
            data = read_file(self._prefix + path, statuses.append)
        except FileNotFoundError:
            self._trace.seen[path] = (_MISSING, "")
            raise
        except OSError:
            self._trace.is_whole = False
            raise
        self._trace.add(path, statuses[0], data)
        return data

    def note(self, trace: Trace) -> None:
        """Note what another trace has seen of the same files."""
        self._trace.seen = {**trace.seen, **self._trace.seen}
        self._trace.exists.update(trace.exists)
        self._trace.is_whole = self._trace.is_whole and trace.is_whole

    def exists(self, path: str) -> bool:
        found = super().exists(path)
        if not self.has(path) and path not in self.overlay:
            self._trace.exists[path] = found
        return found


def now(project: Project, seen: Seen) -> dict[str, tuple[Stamp, str]] | None:
    """Files as they are known now, if all of them have the content that they had; else nothing."""
    root = os.path.join(project.root, "")
    settled = time.time_ns() - _TICK
    known: dict[str, tuple[Stamp, str]] = {}
    try:
        for path, (stamp, digest) in seen.items():
            current = _stamp_at(root + path)
            if current != stamp:
                if not digest:
                    return None
                statuses: list[os.stat_result] = []
                if key_of(read_file(root + path, statuses.append)) != digest:
                    return None
                current = _stamp_of(statuses[0])
                if not _is_before(current, settled):
                    current = _NEVER
            known[path] = (current, digest)
    except OSError:
        return None
    return known


def _stamp_at(path: str) -> Stamp:
    try:
        return _stamp_of(os.stat(path))
    except FileNotFoundError:
        return _MISSING


def _stamp_of(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _is_before(stamp: Stamp, moment: int) -> bool:
    """Whether both times of a file lie before a moment."""
    return stamp[1] < moment and stamp[2] < moment
