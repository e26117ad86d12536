"""Writing a file's new bytes so that nobody ever reads half of them."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes) -> bool:
    """Make ``data`` the content of an existing file, unless it is so already; returns whether it was written.

    The bytes go to a temporary file in the same folder, which then takes the file's place in one step, with its mode
    and, where the system lets us, its owner and group. A symbolic link stays one: the file that it leads to is
    replaced. What takes its place is a new file: other hard links to the old one keep the old content.

    Raises OSError as the system does, also for a file that may not be written to; then nothing has changed.
    """
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        if file.read() == data:
            return False
    with open(target, "r+b") as file:  # refused where writing in place would be
        was = os.fstat(file.fileno())
    _put(target, data, was)
    return True


def write_new(path: Path, data: bytes) -> bool:
    """What ``write`` does, also for a file that does not exist yet."""
    try:
        return write(path, data)
    except FileNotFoundError:
        _put(os.path.realpath(path), data, None)
        return True


def _put(target: str, data: bytes, was: os.stat_result | None) -> None:
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".lambda-conn-lint-")
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if was is None:
            os.umask(mask := os.umask(0))
            os.chmod(temporary, 0o666 & ~mask)
        else:
            _keep_owner(temporary, was)
            os.chmod(temporary, stat.S_IMODE(was.st_mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _keep_owner(temporary: str, was: os.stat_result) -> None:
    """Give the file the owner and group of the old one; who may not do that becomes its owner."""
    if sys.platform != "win32" and (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(OSError):
            os.chown(temporary, -1, was.st_gid)
        with suppress(OSError):
            os.chown(temporary, was.st_uid, -1)
