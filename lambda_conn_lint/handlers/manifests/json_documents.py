"""JSON files as values, by the parser in C of the standard library.

It tells no positions. They are found afterwards: the keys of the text in their order are those of the value in its.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.documents import DEEPEST, Block, DocumentError, Value

# A text, and what makes it a key: nothing in JSON but a text holds quotation marks.
_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?', re.DOTALL)
# What a YAML parser reads in another way: line ends of its own, and escapes that alone are no character.
_LINE_ENDS = "\x85\u2028\u2029"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_WORDS = {True: "true", False: "false", None: None}


class NotAlikeError(ValueError):
    """Left to the parser of YAML: what is not quite JSON, and what the two would not read alike."""


def parse(path: str, source: str) -> Value:
    """The value of a file that holds one JSON object.

    Raises ``NotAlikeError``, also where a key stands twice in an object, and ``DocumentError`` for what is nested too
    deeply for both parsers.
    """
    if not source.isascii() and any(end in source for end in _LINE_ENDS):
        raise NotAlikeError
    if "\\u" in source and _SURROGATE.search(source) is not None:
        raise NotAlikeError
    try:
        plain = json.loads(source, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise DocumentError("nested too deep") from error
    except ValueError as error:
        raise NotAlikeError from error
    rows = _key_rows(source.replace("\r\n", "\n").replace("\r", "\n"))
    value = _placed(path, plain, rows, 0)
    if next(rows, 0):
        raise NotAlikeError
    return value


def _key_rows(source: str) -> Iterator[int]:
    """The 1-based row of each key, in order."""
    row, counted = 1, 0
    for text in _TEXT.finditer(source):
        if text.lastindex:
            start = text.start()
            row += source.count("\n", counted, start)
            counted = start
            yield row


def _placed(path: str, plain: object, rows: Iterator[int], depth: int) -> Value:
    """What the parser made of a text, as values are here: rows for keys, texts for numbers and words."""
    if isinstance(plain, str):
        return plain
    if depth > DEEPEST:
        raise DocumentError("nested too deep")
    if isinstance(plain, dict):
        made = Block(path)
        found = made.rows
        for name, item in plain.items():
            found[name] = next(rows, 1)
            made[name] = item if isinstance(item, str) else _placed(path, item, rows, depth + 1)
        return made
    if isinstance(plain, list):
        return [item if isinstance(item, str) else _placed(path, item, rows, depth + 1) for item in plain]
    return _WORDS[plain]  # type: ignore[index]  # nothing else is left of what the parser makes
