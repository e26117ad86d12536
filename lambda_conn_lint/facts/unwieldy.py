"""What libcst's parser is not given: deep brackets end it, being native code, and long expressions keep it busy."""

from __future__ import annotations

import re

_DEEPEST = 500  # brackets in brackets; CPython's own parser takes 200
_LONGEST = 2_000  # what the operators after each other may weigh: time grows with the square, and comes to seconds here

_OPENING = (b"(", b"[", b"{")
_BRACKET = re.compile(rb"[()\[\]{}]|^(?:def|class|import|from|@)\b", re.MULTILINE)

_WEIGHTS = {
    **dict.fromkeys((b"+", b"-", b"*", b"/", b"%", b"@", b"&", b"|", b"^", b"~", b"<<", b">>", b".", b")", b"}"), 1),
    **dict.fromkeys((b"not", b"lambda"), 1),
    **dict.fromkeys((b"]", b"and", b"or"), 2),
    b"else": 3,
}
"""What each operator costs libcst's parser, or what follows it, in comparison with a sign of addition."""

_START = re.compile(rb"\n(?=(?:def|class|import|from|@)\b)")
_TOKEN = re.compile(
    rb"""(?P<text>"{3}[\s\S]*?"{3}|'{3}[\s\S]*?'{3}|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\#[^\n]*)"""
    rb"""|(?P<start>^(?:def|class|import|from|@)\b)"""
    rb"""|(?P<opening>[(\[{])"""
    rb"""|(?P<closing>[)\]}])"""
    rb"""|(?P<newline>(?<!\\)(?<!\\\r)\n)"""
    rb"""|(?P<end>[,;]|(?<![=!<>:])=(?!=))"""
    rb"""|(?P<colon>:)"""
    rb"""|(?P<operator>"""
    + b"|".join(rb"\b%b\b" % sign if sign.isalpha() else re.escape(sign) for sign in _WEIGHTS if sign not in b")]}")
    + rb""")""",
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
    if _weight(source) > _LONGEST and any(_weight(part) > _LONGEST for part in _START.split(source)):
        _refuse_long_expressions(source)


def _weight(source: bytes) -> int:
    """What all operators weigh together, or more: names and texts are counted as well."""
    return sum(source.count(sign) * weight for sign, weight in _WEIGHTS.items())


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
    weights = [0]  # of what stands since the last comma or the like, in each of the brackets around
    heads = [0]  # lambdas there whose colon is yet to come: the commas and defaults before it end nothing
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "opening":
            weights.append(0)
            heads.append(0)
        elif kind in ("operator", "closing"):
            found = token[0]
            if kind == "closing" and len(weights) > 1:
                weights.pop()
                heads.pop()
            weights[-1] += _WEIGHTS[found]
            if weights[-1] > _LONGEST:
                raise _refusal("an expression is too long", source, token.start())
            heads[-1] += found == b"lambda"
        elif kind == "end" and not heads[-1]:
            weights[-1] = 0
        elif kind == "colon":
            heads[-1] = max(heads[-1] - 1, 0)
        elif kind == "start" or (kind == "newline" and len(weights) == 1):
            weights, heads = [0], [0]


def _refusal(message: str, source: bytes, offset: int) -> UnparsableError:
    return UnparsableError(message, source.count(b"\n", 0, offset) + 1, 1)
