"""YAML and JSON files as plain values that remember where their keys stand.

Scalars are the text as written (``3.10`` is not rounded, a date is no date) except null, which is ``None``. A tag that
CloudFormation knows becomes the long form of its function (``!Sub x`` -> ``{"Fn::Sub": "x"}``); any other tag is
dropped and its value kept. Anchors, merge keys, several documents in one file and duplicate keys (the last counts)
are fine.
"""

from __future__ import annotations

import re

from lambda_conn_lint.handlers.model import Inline

Value = object
"""``str``, ``None``, a list of values, or a ``Block``."""

DEEPEST = 200
"""Levels of mappings and lists in one another; what is nested deeper describes no deployment."""

_TEMPLATE_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
# The end of a line after which a text stands line by line as it is.
_LITERAL_SCALAR = re.compile(r"\|[-+]?[0-9]?[-+]?[ \t]*(?:[ \t]#.*)?$")
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_OPENERS = ("Fn::Sub:", "!Sub")  # what a list of a text and its variables may follow, a row below
# Two \u escapes that make one character: JSON allows them, a YAML parser does not.
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


class Block(dict[str, Value]):
    """A mapping; ``rows`` gives the 1-based row of each key, ``manifest`` the file that it stands in."""

    __slots__ = ("manifest", "rows")

    def __init__(self, manifest: str = "") -> None:
        self.manifest = manifest
        self.rows: dict[str, int] = {}


class DocumentError(ValueError):
    """The file is not what its suffix says; the text names the row and what is wrong."""


def load(path: str, data: bytes) -> list[Value]:
    """The documents of a YAML or (suffix ``.json``) JSON file; raises ``DocumentError``.

    Files with ``{% ... %}`` statements of a template engine are read as if those were not there.
    """
    text = data.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] == "{":
        from lambda_conn_lint.handlers.manifests import json_documents

        try:
            return [json_documents.parse(path, text)]
        except json_documents.NotAlikeError:
            # JSON is YAML but for tabs between tokens (a raw tab inside a JSON string is not allowed) and surrogates.
            text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))
    from lambda_conn_lint.handlers.manifests import yaml_documents

    try:
        return yaml_documents.parse(path, text)
    except DocumentError:
        plain = _TEMPLATE_STATEMENT.sub(lambda statement: "\n" * statement[0].count("\n"), text)
        if plain == text:
            raise
        return yaml_documents.parse(path, plain)


def from_plain(path: str, value: object) -> Value:
    """What another parser made of a file (dicts, lists, scalars) as a value; all keys stand in row 1."""
    if isinstance(value, dict):
        made = Block(path)
        for name, item in value.items():
            made[str(name)] = from_plain(path, item)
            made.rows[str(name)] = 1
        return made
    if isinstance(value, list):
        return [from_plain(path, item) for item in value]
    return None if value is None else str(value)


def block(value: Value) -> Block:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Block) else Block()


def items(value: Value) -> list[Value]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Value) -> str | None:
    """The value if it is a scalar other than null, else ``None``."""
    return value if isinstance(value, str) else None


def inline(data: bytes, source: str, row: int) -> Inline:
    """Source code that is the value of the key in a row of a file, and where its lines stand."""
    lines = _LINE_END.split(data.decode("utf-8-sig", errors="replace"))
    opening = row
    # The text may be the first item of a list: ``Fn::Sub:``, and below it ``- |``.
    while opening < len(lines) and (not lines[opening - 1].strip() or lines[opening - 1].rstrip().endswith(_OPENERS)):
        opening += 1
    first = next((number for number in range(opening, len(lines)) if lines[number].strip()), None)
    if first is None or _LITERAL_SCALAR.search(lines[opening - 1]) is None:
        line = lines[row - 1] if row <= len(lines) else ""
        return Inline(source, row, -1, len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1)
    text = source.lstrip("\n")
    skipped = len(source) - len(text)
    return Inline(source, first + 1 - skipped, _indent(lines[first]) - _indent(text))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
