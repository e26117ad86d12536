"""What a ``.gitignore`` file says of the entries of its folder and of those below.

The rules are git's own (gitignore(5), and ``wildmatch.c`` where that is silent): the last rule that fits an entry
decides, and an entry is looked at by itself, since nothing below an ignored folder is ever asked for. Most rules are
plain names or endings, so these are looked up; what is left becomes regular expressions, once they may fit anything.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count, pairwise
from typing import NamedTuple

_SPECIAL = frozenset("*?[\\")
_STAR = "[^/]*"
_FOLDERS = "(?:[^/]*/)*"
_CLASSES = {
    "alnum": r"a-zA-Z0-9",
    "alpha": r"a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": r"0-9",
    "graph": r"!-~",
    "lower": r"a-z",
    "print": r" -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": r"A-Z",
    "xdigit": r"0-9a-fA-F",
}
_LINE = re.compile(r"((?:\\.?|[^\\])*?) *")  # spaces at the end count only behind a backslash
_SETS = re.compile(r"\[.*\]", re.DOTALL)
_LITERALS = re.compile(r"[^*?/\[]+")
_NAMED_CLASS = re.compile(r"\[:([^\]]*):\]")


class _Rule(NamedTuple):
    """One line: ``glob`` is its pattern without the signs around it, ``row`` its place among the rules of the file."""

    row: int
    glob: str
    ignores: bool
    only_folders: bool
    is_path: bool


class Rules:
    """The rules of one file. ``verdict`` is asked with paths relative to the folder that the file lies in."""

    def __init__(self, data: bytes) -> None:
        rules = tuple(_parsed(data))
        self._names = _Matcher([rule for rule in rules if not rule.is_path], "")
        self._paths = _Matcher([rule for rule in rules if rule.is_path], "/")
        self._known: dict[tuple[str, bool], _Rule | None] = {}

    def verdict(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether the rules ignore an entry; ``None`` where they do not speak of it."""
        key = (name, is_folder)
        if key in self._known:
            found = self._known[key]
        else:
            found = self._known[key] = self._names.last(name, is_folder)
        if self._paths:
            other = self._paths.last(path, is_folder)
            if other is not None and (found is None or other.row > found.row):
                found = other
        return None if found is None else found.ignores


@lru_cache(maxsize=256)
def rules(data: bytes) -> Rules:
    """The rules that a file with these bytes holds. Copies of one file, as generators leave them, are read once."""
    return Rules(data)


class _Matcher:
    """Finds the last of some rules that fits a text, whose parts ``separator`` separates."""

    def __init__(self, rules: list[_Rule], separator: str) -> None:
        self._plain: dict[str, list[_Rule]] = {}
        self._ending: list[_Rule] = []
        self._globs: list[tuple[str, _Rule]] = []  # each after its sign
        self._separator = separator
        for rule in rules:
            if _SPECIAL.isdisjoint(rule.glob):
                self._plain.setdefault(rule.glob, []).append(rule)
            elif not separator and rule.glob[0] == "*" and _SPECIAL.isdisjoint(rule.glob[1:]):
                self._ending.append(rule)
            else:
                self._globs.append((_sign(rule.glob), rule))
        self._ends = tuple(rule.glob[1:] for rule in self._ending)

    def __bool__(self) -> bool:
        return bool(self._plain or self._ending or self._globs)

    def last(self, text: str, is_folder: bool) -> _Rule | None:
        """The last rule that fits."""
        fitting = list(self._plain.get(text, ()))
        if text.endswith(self._ends):
            fitting += (rule for rule in self._ending if text.endswith(rule.glob[1:]))
        for sign, rule in self._globs:
            if sign in text and _fits(rule.glob, self._separator, text):
                fitting.append(rule)
        if not fitting:  # as most often
            return None
        return max((rule for rule in fitting if is_folder or not rule.only_folders), default=None)


def _parsed(data: bytes) -> Iterator[_Rule]:
    text = os.fsdecode(data.removeprefix(codecs.BOM_UTF8))
    for row, line in enumerate(text.split("\n")):
        if line.startswith("#"):
            continue
        glob = _without_end(line.removesuffix("\r"))
        ignores = not glob.startswith("!")
        glob = glob.removeprefix("!")
        only_folders = glob.endswith("/")
        glob = glob.removesuffix("/")
        is_path = "/" in glob
        glob = glob.removeprefix("/")
        if glob:
            yield _Rule(row, glob, ignores, only_folders, is_path)


def _without_end(line: str) -> str:
    if "\\" not in line:
        return line.rstrip(" ")
    found = _LINE.fullmatch(line)
    assert found is not None, "every line fits"
    return found[1]


def _sign(glob: str) -> str:
    """A text that stands in whatever a pattern fits: the longest that is easily told."""
    literals = [] if "\\" in glob else _LITERALS.findall(_SETS.sub("*", glob))
    return max(literals, key=len, default="")


def _fits(glob: str, separator: str, text: str) -> bool:
    regex = _regex(glob, separator)
    return regex is not None and regex.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _regex(glob: str, separator: str) -> re.Pattern[str] | None:
    translated = _translated(glob, separator)
    return None if translated is None else re.compile(translated, re.DOTALL)


def _translated(glob: str, separator: str) -> str | None:
    """The regular expression for a pattern; none where it can never fit."""
    parts: list[str] = []
    position = 0
    while position < len(glob):
        part = _part(glob, position, separator)
        if part is None:
            return None
        parts.append(part[0])
        position = part[1]
    names = map("wild{}".format, count())
    between_folders = ["".join(_wild(_split(some, _STAR), _STAR, names)) for some in _split(parts, _FOLDERS)]
    return "".join(_wild([[some] for some in between_folders], _FOLDERS, names))


def _split(parts: list[str], wild: str) -> list[list[str]]:
    places = [place for place, part in enumerate(parts) if part == wild]
    return [parts[before + 1 : after] for before, after in pairwise((-1, *places, len(parts)))]


def _wild(pieces: list[list[str]], wild: str, names: Iterator[str]) -> Iterator[str]:
    """Expressions for pieces with something wild between them.

    Where the text goes on with the same wild thing, the first place that a piece fits is as good as any later one. So
    no other is ever tried, or the time would grow with a power of the text. What keeps ``re`` from going back is a
    group in a look-ahead and a reference to it: Python 3.10 has no atomic groups.
    """
    first, *others = map("".join, pieces)
    yield first
    for piece in others[:-1]:
        name = next(names)
        yield f"(?=(?P<{name}>{wild}?{piece}))(?P={name})"
    for piece in others[-1:]:
        yield wild + piece


def _part(glob: str, position: int, separator: str) -> tuple[str, int] | None:
    """The expression for what stands at a position, and where the pattern goes on."""
    sign = glob[position]
    if sign == "*":
        return _stars(glob, position, separator)
    if sign == "?":
        return "[^/]", position + 1
    if sign == "[":
        found = _bracket(glob, position + 1)
        return None if found is None else (f"(?!/){found[0]}", found[1])
    position += sign == "\\"
    return (re.escape(glob[position]), position + 1) if position < len(glob) else None


def _stars(glob: str, start: int, separator: str) -> tuple[str, int]:
    """The expression for one star or more, and where the pattern goes on: in a path, two alone are any folders."""
    end = start
    while glob.startswith("*", end):
        end += 1
    stands_alone = (start == 0 or glob[start - 1] == "/") and (end == len(glob) or glob[end] == "/")
    if not separator or end - start == 1 or not stands_alone:
        return _STAR, end
    return (".*", end) if end == len(glob) else (_FOLDERS, end + 1)


def _bracket(glob: str, start: int) -> tuple[str, int] | None:
    """The expression for a set of characters that opens before ``start``, and where the pattern goes on."""
    position = start
    negated = glob[position : position + 1] in ("!", "^")
    position += negated
    items: list[str] = []
    first = position
    while position < len(glob):
        if glob[position] == "]" and position > first:
            body = "".join(items)
            if not body:
                return ("." if negated else "(?!)"), position + 1
            return f"[{'^' if negated else ''}{body}]", position + 1
        named = _NAMED_CLASS.match(glob, position)
        if named is not None:
            if named[1] not in _CLASSES:
                return None
            items.append(_CLASSES[named[1]])
            position = named.end()
            continue
        low, position = _member(glob, position)
        high = low
        if glob.startswith("-", position) and glob[position + 1 : position + 2] not in ("", "]"):
            high, position = _member(glob, position + 1)
        if low <= high != "":
            items.append(re.escape(low) if low == high else f"{re.escape(low)}-{re.escape(high)}")
    return None


def _member(glob: str, position: int) -> tuple[str, int]:
    position += glob[position] == "\\"
    return glob[position : position + 1], position + 1
