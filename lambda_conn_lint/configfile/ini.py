"""Our sections in ``setup.cfg``, read as ``configparser`` reads them, but with rows and with keys as they are written.

Keys differ by case, since some are names of Python. A table inside ours is a section of its own, its name behind a
colon, and so is a table inside that: ``[lambda-conn-lint:clients:mycompany.db.connect]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambda_conn_lint.configfile.model import BrokenError, Lines, Place, Raw

_SECTION = "lambda-conn-lint"

HEADER = re.compile(rb"(?m)^\[lambda-conn-lint[\]:]")
"""Stands in every file that has a section of ours."""

MISNAMED = re.compile(
    rb"(?m)^\[((?:tool[.:])?(?:lambda_conn_lint|lambda-conn_lint|lambda_conn-lint)|tool[.:]lambda-conn-lint)[\]:]"
)
"""Stands in files whose author means our section and calls it as Python or another format would."""

_HEADER = re.compile(r"\[(.+)\]")
_PAIR = re.compile(r"([^=:]*?)\s*[=:]\s*(.*)")
_COMMENTS = ("#", ";")


def parse(data: bytes) -> tuple[Mapping[str, Raw] | None, Mapping[Place, int]]:
    """The values of our sections, as ``Lines`` and tables of them, none where there is no such section, and the rows.

    Raises ``BrokenError``; what is wrong in sections of others is theirs.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenError(data.count(b"\n", 0, error.start) + 1, "not valid UTF-8") from None
    misnamed = MISNAMED.search(data)
    if misnamed is not None:
        row = data.count(b"\n", 0, misnamed.start()) + 1
        raise BrokenError(row, f"[{misnamed[1].decode()}] is never read: the section is [{_SECTION}]")
    values: dict[str, Raw] = {}
    rows: dict[Place, int] = {}
    seen: set[Place] = set()
    for section in _sections(text):
        place = _place(section.name)
        if place is None:
            continue
        if place in seen:
            raise BrokenError(section.row, f"section [{section.name}] stands here a second time")
        seen.add(place)
        for depth in range(len(place) + 1):
            rows.setdefault(place[:depth], section.row)
        table = _table(values, place, section.row)
        for row, key, value in _pairs(section):
            if key in table:
                raise BrokenError(row, f"{key!r} is set a second time")
            table[key] = value
            inner = (*place, key)
            rows[inner] = row
    return (values if seen else None), rows


class _Section(NamedTuple):
    name: str
    row: int
    lines: list[tuple[int, str]]


def _sections(text: str) -> Iterator[_Section]:
    """The sections with their lines, without comments and empty ones."""
    section: _Section | None = None
    for row, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        header = _HEADER.match(line)
        if header is not None:
            if section is not None:
                yield section
            section = _Section(header[1], row, [])
        elif section is not None:
            section.lines.append((row, line))
    if section is not None:
        yield section


def _place(section: str) -> Place | None:
    """The table that a section stands for; the name after the second colon may hold colons itself."""
    first, *inner = section.split(":", 2)
    return tuple(part.strip() for part in inner) if first == _SECTION else None


def _table(values: dict[str, Raw], place: Place, row: int) -> dict[str, Raw]:
    table = values
    for name in place:
        inner = table.setdefault(str(name), {})
        if not isinstance(inner, dict):
            raise BrokenError(row, f"{name!r} is set a second time")
        table = inner
    return table


def _pairs(section: _Section) -> Iterator[tuple[int, str, Lines]]:
    """The row, the key and the value of each entry; lines that are indented deeper than a key belong to its value."""
    entries: list[tuple[int, str, list[tuple[int, str]]]] = []
    depth = 0
    for row, line in section.lines:
        indent = len(line) - len(line.lstrip())
        if entries and indent > depth:
            entries[-1][2].append((row, line.strip()))
            continue
        pair = _PAIR.fullmatch(line.strip())
        if pair is None or not pair[1]:
            raise BrokenError(row, f"{line.strip()!r} is not of the form 'key = value'")
        depth = indent
        entries.append((row, pair[1], [(row, pair[2])] if pair[2] else []))
    return ((row, key, Lines(tuple(lines))) for row, key, lines in entries)
