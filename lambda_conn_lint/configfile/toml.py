"""Our table in a TOML file. The parser of the standard library gives values without positions: keys are located here.

The scanner only ever sees text that the parser has taken. It relies on that, and does not judge.
"""

from __future__ import annotations

import importlib
import re
import sys
from bisect import bisect_right
from collections.abc import Mapping

from lambda_conn_lint.configfile.model import BrokenError, Place, Raw

_TABLE = ("tool", "lambda-conn-lint")

MENTION = re.compile(rb"""(?m)^[^#\n]*?(?:^|[\[.{,\s"'])lambda-conn-lint["']?[ \t\r]*(?:[\].=]|$)""")
"""Stands in every file that has our table; and in some that only depend on this package."""

HEADER = re.compile(rb"""(?m)^[^#\n]*\[\s*["']?tool["']?\s*\.\s*["']?lambda-conn-lint(?![\w-])""")
"""Stands in files that mean to have our table, even if they are no valid TOML."""

MISNAMED = re.compile(
    rb"""(?m)^[ \t]*\[\s*["']?tool["']?\s*\.\s*["']?(lambda_conn_lint|lambda-conn_lint|lambda_conn-lint)(?![\w-])"""
)
"""Stands in files whose author means our table and calls it as the package is called in Python."""

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_BLANK = re.compile(r"(?:[\s,]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.=\[\]"'{},#]+)[ \t]*""")
_LONG = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' + r"|'''.*?'''(?:'{0,2})", re.DOTALL)
_SHORT = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_PLAIN = re.compile(r"[^,\]}#\n]+")


def parse(data: bytes) -> tuple[Raw, Mapping[Place, int]]:
    """Our table, ``None`` where there is none, and the rows of its keys and of the items of its lists.

    What stands in place of a table is given as it is. Raises ``BrokenError``.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BrokenError(data.count(b"\n", 0, error.start) + 1, "not valid UTF-8") from None
    values: Raw = _loads(text)
    misnamed = MISNAMED.search(data)
    if misnamed is not None:
        row = data.count(b"\n", 0, misnamed.start(1)) + 1
        raise BrokenError(row, f"[tool.{misnamed[1].decode()}] is never read: the table is [{'.'.join(_TABLE)}]")
    for name in _TABLE:
        if not isinstance(values, dict) or name not in values:
            return None, {}
        values = values[name]
    places = _Scanner(text).places
    depth = len(_TABLE)
    rows = {place[depth:]: row for place, row in places.items() if place[:depth] == _TABLE}
    return values, rows


def _loads(text: str) -> Raw:
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        row = int(found[1]) if found else text.count("\n") + 1
        raise BrokenError(row, f"not valid TOML: {_AT_LINE.sub('', str(error))}") from None
    except RecursionError:
        raise BrokenError(1, "not valid TOML: nested too deeply") from None


class _Scanner:
    """``places``: the row of every key, and of every item of an array, by the keys and indices that lead there."""

    def __init__(self, text: str) -> None:
        self.places: dict[Place, int] = {}
        self._text = text
        self._position = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        table: Place = ()
        while not self._at_end():
            if self._text[self._position] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _at_end(self) -> bool:
        """Whether nothing comes any more; goes on to what comes."""
        self._take(_BLANK)
        return self._position >= len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._position)
        assert found is not None, "the parser has taken this text"
        self._position = found.end()
        return found[0]

    def _header(self) -> Place:
        while self._text[self._position] == "[":
            self._position += 1
        table = self._dotted(())
        while self._text.startswith("]", self._position):
            self._position += 1
        return table

    def _dotted(self, place: Place) -> Place:
        """The place that a dotted key leads to; notes it, and those on the way."""
        while True:
            self._take(_SPACES)
            start = self._position
            place = (*place, _key(self._take(_KEY).strip(" \t")))
            self._note(place, start)
            if not self._text.startswith(".", self._position):
                return place
            self._position += 1

    def _pair(self, table: Place) -> None:
        place = self._dotted(table)
        self._position += 1  # the sign of equality
        self._take(_SPACES)
        self._value(place)

    def _value(self, place: Place) -> None:
        first = self._text[self._position]
        if first == "[":
            self._position += 1
            index = 0
            while not self._at_end() and self._text[self._position] != "]":
                self._note((*place, index), self._position)
                self._value((*place, index))
                index += 1
            self._position += 1
        elif first == "{":
            self._position += 1
            while not self._at_end() and self._text[self._position] != "}":
                self._pair(place)
            self._position += 1
        elif self._text.startswith(('"""', "'''"), self._position):
            self._take(_LONG)
        else:
            self._take(_SHORT if first in "\"'" else _PLAIN)

    def _note(self, place: Place, position: int) -> None:
        self.places.setdefault(place, bisect_right(self._newlines, position) + 1)


_SPACES = re.compile(r"[ \t]*")


def _key(written: str) -> str:
    if written.startswith("'"):
        return written[1:-1]
    if "\\" in written:
        (key,) = _loads(f"{written} = 0")
        return str(key)
    return written.strip('"')
