"""Which scope a place in a text belongs to, as far as indentation tells: no parse."""

from __future__ import annotations

import re

_DEFINITION = re.compile(rb"(?:async[ \t]+def|def|class)\b")
_QUOTES = (b'"""', b"'''")


def may_be_of_module(data: bytes, position: int) -> bool:
    """Whether a statement that holds this position may belong to the module's own scope.

    It does not where a line above that is indented less begins a function or a class. What looks like such a line may
    stand in a string: then its quotes are closed in between, and nothing is said against the position.
    """
    if b"\n" not in data:
        return True  # line ends of another kind
    start = data.rfind(b"\n", 0, position) + 1
    if _DEFINITION.match(data[start:position].lstrip()) is not None:
        return False
    limit = _width(data, start)
    while limit and start:
        end = start - 1
        start = data.rfind(b"\n", 0, end) + 1
        width = _width(data, start)
        if width >= limit:
            continue
        line = data[start:end].strip()
        if not line or line.startswith(b"#"):
            continue
        if _DEFINITION.match(line) is not None:
            return any(data.count(quotes, start, position) % 2 for quotes in _QUOTES)
        limit = width + 1 if line[:1] in b")]}" else width  # what it closes was opened no deeper than here
    return True


def _width(data: bytes, start: int) -> int:
    """How far a line is indented, in columns; tabs end at every eighth."""
    end = start
    while data[end : end + 1] in (b" ", b"\t", b"\f"):
        end += 1
    return len(data[start:end].expandtabs())
