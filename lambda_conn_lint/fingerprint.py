r"""The text of a construction in a form that survives reformatting, to tell it again after lines have moved.

White space, line breaks, comments, trailing commas and the quotes of plain strings do not count. The text is split by
rules of our own, since the standard library's tokenizer takes formatted strings apart differently from one Python to
the next, and what one of them has written down another one has to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import kwlist

_PART = re.compile(
    r"""
      (?P<skipped> \s+ | \\\r?\n? | \#[^\r\n]* )
    | (?P<string> (?i:[rbuft]{0,2}) (?: '''(?:\\.|[^\\])*?''' | \"""(?:\\.|[^\\])*?\"""
                                      | '(?:\\.|[^'\\\r\n])*' | "(?:\\.|[^"\\\r\n])*" ) )
    | (?P<word> \w+ )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"(\w*)'([^'\"\\]*)'")
_KEYWORDS = frozenset(kwlist) - {"None", "True", "False"}


def normalised(text: str) -> str:
    """The text of an expression on one line, spaced in one way; a text that is no Python gives some text as well."""
    parts = list(_without_trailing_commas(list(_parts(text))))
    pieces: list[str] = []
    for index, part in enumerate(parts):
        if index and _are_apart(parts[index - 1], part):
            pieces.append(" ")
        pieces.append(part)
    return "".join(pieces)


def _parts(text: str) -> Iterator[str]:
    for found in _PART.finditer(text):
        if found["string"]:
            plain = _PLAIN.fullmatch(found["string"])
            yield f'{plain[1]}"{plain[2]}"' if plain else found["string"]
        elif not found["skipped"]:
            yield found[0]


def _without_trailing_commas(parts: list[str]) -> Iterator[str]:
    """The parts without commas that close nothing but a line; the comma of a tuple of one stays."""
    opened: list[tuple[bool, int]] = []  # whether the bracket makes a tuple of one by a comma, and its commas so far
    before = ""
    for index, part in enumerate(parts):
        if part in "([{":
            opened.append((part != "{" and _is_tuple(part, before), 0))
        elif part in ")]}" and opened:
            opened.pop()
        elif part == "," and opened:
            makes_tuple, commas = opened[-1]
            opened[-1] = makes_tuple, commas + 1
            ends = index + 1 < len(parts) and parts[index + 1] in ")]}"
            if ends and not (makes_tuple and commas == 0):
                continue
        before = part
        yield part


def _is_tuple(bracket: str, before: str) -> bool:
    """Whether one element and a comma in the bracket are a tuple: not in a call, nor in a list."""
    follows_value = (before[-1:].isidentifier() and before not in _KEYWORDS) or before[-1:] in tuple(")]}\"'")
    return follows_value if bracket == "[" else not follows_value


def _are_apart(left: str, right: str) -> bool:
    if left == ",":
        return right not in tuple(")]}")
    if left in _KEYWORDS:
        return right not in tuple(":,)]}.")
    if right in _KEYWORDS:
        return left not in tuple("([{.*")
    return _is_word(left) and _is_word(right)


def _is_word(part: str) -> bool:
    return part[0] in "\"'" or part[0].isalnum() or part[0] == "_"
