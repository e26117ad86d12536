"""What the program is that writes a cache, so that no other one takes over what it has written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from lambda_conn_lint import __version__
from lambda_conn_lint.cache.records import key_of

_FORMAT = 1  # of the files of a cache

_RECORDS = (".dist-info", ".egg-info")


@cache
def identity() -> str:
    """This program, with all that its results may hang on: its code, the interpreter and the installed packages."""
    parts = [f"format {_FORMAT}", __version__, sys.version, sys.platform]
    parts += _code(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parts += sorted(set(_installed()))
    return key_of("\n".join(parts).encode("utf-8", "surrogateescape"))


def _code(package: str) -> list[str]:
    """The code of this package: by what its installer has written down of it; of a checkout by size and time."""
    folder, name = os.path.split(package)
    try:
        with open(os.path.join(folder, f"{name}-{__version__}.dist-info", "RECORD"), encoding="utf-8") as record:
            lines = [line.rstrip() for line in record if line.startswith(f"{name}/") and ".py," in line]
    except OSError:
        lines = []
    if lines:
        return lines
    while not os.path.exists(package):
        package = os.path.dirname(package)  # up to the archive that it is in
    return [_stamped(package)] if os.path.isfile(package) else sorted(_sources(package))


def _sources(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                yield _stamped(entry.path)


def _stamped(path: str) -> str:
    status = os.stat(path)
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _installed() -> Iterator[str]:
    """Name and version of every package that can be imported, from the names of their records."""
    for folder in sys.path:
        names: list[str] = []
        with suppress(OSError):  # an archive, or not there
            names = os.listdir(folder or os.curdir)
        yield from (name for name in names if name.endswith(_RECORDS))
