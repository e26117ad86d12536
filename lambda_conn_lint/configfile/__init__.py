"""Configuration files: which file holds our table, and what stands in it where.

The table is ``[tool.lambda-conn-lint]`` in ``pyproject.toml`` and ``[lambda-conn-lint]`` in ``setup.cfg``; of two in
one folder the first counts. Both come to the same ``Table``. What its keys mean is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.configfile import ini, toml
from lambda_conn_lint.configfile.model import BrokenError, Place, Raw

__all__ = ["FILES", "BrokenError", "Place", "Raw", "Table", "nearest", "read", "table_in"]

FILES = ("pyproject.toml", "setup.cfg")
"""The files that may hold our table, the first that does counts."""


class Table(NamedTuple):
    """Our table: what it sets, by key, and the row of each place in it, from 1."""

    path: Path
    values: Mapping[str, Raw]
    rows: Mapping[Place, int]

    def row(self, place: Place) -> int:
        """The row of a place; of one that has none itself, that of what is around it."""
        while place and place not in self.rows:
            place = place[:-1]
        return self.rows.get(place, 1)


def nearest(start: Path) -> Path | None:
    """The file with our table that is nearest to a folder, or to the folder of a file, looking upwards."""
    folder = start if start.is_dir() else start.parent
    return next((found for candidate in (folder, *folder.parents) if (found := table_in(candidate)) is not None), None)


def table_in(folder: Path) -> Path | None:
    """The file of this folder that holds our table, if one does. A file that cannot be read holds none."""
    for name in FILES:
        path = folder / name
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if _holds_table(name, data):
            return path
    return None


def read(path: Path) -> Table | None:
    """Our table in a file; none where it has none. A file that does not end in ``.toml`` is read like ``setup.cfg``.

    Raises ``OSError``, and ``BrokenError`` where the file cannot be parsed.
    """
    values, rows = _parsed(path.suffix, path.read_bytes())
    if values is not None and not isinstance(values, dict):
        raise BrokenError(rows[()], "tool.lambda-conn-lint has to be a table")
    return None if values is None else Table(path, values, rows)


@lru_cache(maxsize=8)
def _parsed(suffix: str, data: bytes) -> tuple[Raw, Mapping[Place, int]]:
    return toml.parse(data) if suffix == ".toml" else ini.parse(data)


def _holds_table(name: str, data: bytes) -> bool:
    if not name.endswith(".toml"):
        return ini.HEADER.search(data) is not None or ini.MISNAMED.search(data) is not None
    if toml.MISNAMED.search(data) is not None:
        return True  # so that whoever reads the table is told
    if toml.MENTION.search(data) is None:
        return False
    try:
        return _parsed(".toml", data)[0] is not None
    except BrokenError:
        return toml.HEADER.search(data) is not None  # so that whoever reads the table is told
