"""The folder of a cache: files in, files out. Nothing raises."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress

from lambda_conn_lint.cache.records import key_of

_TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache of lambda_conn_lint: backups may leave the folder out (https://bford.info/cachedir/).
"""
_TEMPORARY = ".tmp"
_ABANDONED = 3600  # seconds after which nobody writes a temporary file any more


class Store:
    """The files of one project's cache. ``folder`` is made when something is written first."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def exists(self) -> bool:
        """Whether anything has been written."""
        return os.path.isdir(self.folder)

    def read(self, name: str) -> bytes:
        """The content of a file; nothing where it is not there or is no file."""
        path = os.path.join(self.folder, name)
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return b""  # a pipe would never end
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            return b""

    def write(self, name: str, content: bytes) -> None:
        """Make this the content of a file, in one step, so that whoever reads it at the same time gets old or new."""
        with suppress(OSError):
            self._make_folder()
            self._put(name, content)

    def touch(self, name: str) -> None:
        """Make a file the newest one."""
        with suppress(OSError):
            os.utime(os.path.join(self.folder, name))

    def keep_newest(self, suffix: str, most: int) -> None:
        """Remove all but so many of the files whose names end like this, and what writers that died have left."""
        with suppress(OSError):
            for path in self._superfluous(suffix, most):
                with suppress(OSError):
                    os.unlink(path)

    def _superfluous(self, suffix: str, most: int) -> list[str]:
        with os.scandir(self.folder) as entries:
            files = [entry for entry in entries if entry.name.endswith((suffix, _TEMPORARY))]
        times = {entry.path: entry.stat(follow_symlinks=False).st_mtime for entry in files}
        kept = sorted((path for path in times if path.endswith(suffix)), key=lambda path: times[path], reverse=True)
        abandoned = time.time() - _ABANDONED
        return kept[most:] + [path for path in times if path.endswith(_TEMPORARY) and times[path] < abandoned]

    def _make_folder(self) -> None:
        """The folder, marked as a cache for backups and as nothing to commit for git."""
        tag = os.path.join(self.folder, "CACHEDIR.TAG")
        if os.path.exists(tag):
            return
        os.makedirs(self.folder, exist_ok=True)
        self._put(".gitignore", b"*\n")
        self._put("CACHEDIR.TAG", _TAG)

    def _put(self, name: str, content: bytes) -> None:
        path = os.path.join(self.folder, name)
        temporary = f"{path}.{key_of(os.urandom(8))[:12]}{_TEMPORARY}"
        try:
            with open(temporary, "xb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
