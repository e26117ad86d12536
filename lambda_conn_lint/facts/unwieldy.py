"""What libcst's parser is not given: deep brackets end it, being native code, and long expressions keep it busy."""

from __future__ import annotations

import re

_DEEPEST = 500  # brackets in brackets; CPython's own parser takes 200
_LONGEST = 2_000  # operators after each other: libcst's time grows with the square, and comes to a second here

_OPENING = (b"(", b"[", b"{")
_BRACKET = re.compile(rb"[()\[\]{}]|^(?:def|class|import|from|@)\b", re.MULTILINE)

_OPERATORS = (*b"+-*/%@&|^<>.)]}", b"not", b"lambda", b"else")
_TOKEN = re.compile(
    rb"""(?P<text>"{3}[\s\S]*?"{3}|'{3}[\s\S]*?'{3}|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\#[^\n]*)"""
    rb"""|(?P<start>^(?:def|class|import|from|@)\b)"""
    rb"""|(?P<opening>[(\[{])"""
    rb"""|(?P<closing>[)\]}])"""
    rb"""|(?P<newline>\n)"""
    rb"""|(?P<end>[,;:]|(?<![=!<>])=(?!=))"""
    rb"""|(?P<operator>[-+*/%@&|^.]|<<|>>|\b(?:not|lambda|else)\b)""",
    re.MULTILINE,
)


class UnparsableError(Exception):
    """libcst cannot parse the file. ``row`` and ``column`` are 1-based."""

    def __init__(self, message: str, row: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


def refuse_unwieldy(source: bytes) -> None:
    """Raise ``UnparsableError`` for brackets too deep, or an expression too long, for libcst's parser.

    The text is not split up quite as Python does it: both limits are far beyond what people write. Lines that start at
    the margin with a keyword begin a new count.
    """
    if sum(map(source.count, _OPENING)) > _DEEPEST:
        _refuse_deep_brackets(source)
    if sum(map(source.count, _OPERATORS)) > _LONGEST:
        _refuse_long_expressions(source)


def _refuse_deep_brackets(source: bytes) -> None:
    """Brackets in strings count as well: those of an f-string may be code."""
    depth = 0
    for token in _BRACKET.finditer(source):
        found = token[0]
        if found in b"([{":
            depth += 1
            if depth > _DEEPEST:
                raise _refusal("brackets are nested too deeply", source, token.start())
        elif found in b")]}":
            depth = max(depth - 1, 0)
        else:
            depth = 0


def _refuse_long_expressions(source: bytes) -> None:
    """Sums, chains of calls, and the like. What stands in strings is text here: it may be an encoded file."""
    lengths = [0]  # the operators since the last comma or the like, in each of the brackets around
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "opening":
            lengths.append(0)
        elif kind in ("operator", "closing"):
            if kind == "closing" and len(lengths) > 1:
                lengths.pop()
            lengths[-1] += 1
            if lengths[-1] > _LONGEST:
                raise _refusal("an expression is too long", source, token.start())
        elif kind == "end":
            lengths[-1] = 0
        elif kind == "start":
            lengths = [0]
        elif kind == "newline" and len(lengths) == 1:
            lengths[0] = 0


def _refusal(message: str, source: bytes, offset: int) -> UnparsableError:
    return UnparsableError(message, source.count(b"\n", 0, offset) + 1, 1)
