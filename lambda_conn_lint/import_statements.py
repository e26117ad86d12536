"""Import statements, read from bytes: a parse of every file would take far longer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(rb"\bimport(?:\b|_module\b)|\b__import__\b")
_STATEMENT = re.compile(rb"\s*(?:from\b(.*?)\bimport\b(.*)|import\s(.*))", re.DOTALL)
_STRING_IMPORT = re.compile(rb"(?:import_module|__import__)\(\s*[\"']([\w.]+)")
_COMMENT = re.compile(rb"#[^\n]*")
_OPENING = re.compile(rb"import[\s\\]*\(")
_LONGEST = 2_000  # lines of one import statement; more is a text that only looks like one


class Imported(NamedTuple):
    """One import statement: the dots before the module, the module, and the names taken from it."""

    level: int
    module: str
    names: tuple[str, ...]

    def packages(self) -> Iterator[str]:
        """Every dotted name that the statement may be importing from, from the outside in."""
        if self.level:
            return
        parts = self.module.split(".")
        for end in range(1, len(parts) + 1):
            yield ".".join(parts[:end])
        for name in self.names:
            yield f"{self.module}.{name}"


def imports_in(data: bytes) -> Iterator[Imported]:
    """The import statements of a module, and whatever in a string or comment looks like one."""
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    word = _WORD.search(data)
    while word is not None:
        start = _start_of_line(data, word.start())
        end = _end_of_statement(data, word.start())
        text = _COMMENT.sub(b"", data[start:end])
        for match in _STRING_IMPORT.finditer(text):
            yield Imported(0, match[1].decode(), ())
        for statement in re.split(rb"[;:]", text.translate(_SPACED)):
            yield from _read(statement)
        word = _WORD.search(data, max(end, word.end()))


_SPACED = bytes.maketrans(b"\\()", b"   ")


def _start_of_line(data: bytes, position: int) -> int:
    """Where the logical line starts that an import stands in, before lines that are continued."""
    start = data.rfind(b"\n", 0, position) + 1
    while data.endswith(b"\\\n", 0, start):
        start = data.rfind(b"\n", 0, start - 1) + 1
    return start


def _end_of_statement(data: bytes, position: int) -> int:
    """Where the logical line ends that an import stands in: after its bracket, and after continued lines."""
    end = _end_of_line(data, position)
    while data.endswith(b"\\", position, end) and end < len(data):
        end = _end_of_line(data, end + 1)
    if _OPENING.match(data, position, end) is None:
        return end
    closing, line = end, data[position:end]
    for _ in range(_LONGEST):
        if b")" in _COMMENT.sub(b"", line):
            return closing
        if closing >= len(data):
            break
        closing, line = _end_of_line(data, closing + 1), data[closing + 1 : _end_of_line(data, closing + 1)]
    return end


def _end_of_line(data: bytes, position: int) -> int:
    end = data.find(b"\n", position)
    return len(data) if end < 0 else end


@lru_cache(maxsize=4096)
def _read(statement: bytes) -> tuple[Imported, ...]:
    """The imports of one statement. Files import the same, so that what is kept of each of them is shared."""
    match = _STATEMENT.match(statement)
    if match is None:
        return ()
    source, names, plain = match.groups()
    if source is None:
        return tuple(Imported(0, name, ()) for name in _first_words(plain))
    source = b"".join(source.split())
    module = source.lstrip(b".")
    return (Imported(len(source) - len(module), module.decode("utf-8", "replace"), tuple(_first_words(names))),)


def _first_words(names: bytes) -> Iterator[str]:
    """What is imported, without the names it is bound to."""
    for name in names.split(b","):
        words = name.split()
        if words:
            yield words[0].decode("utf-8", "replace")
