"""YAML and JSON files as plain values that remember where their keys stand.

Scalars are the text as written (``3.10`` is not rounded, a date is no date) except null, which is ``None``. A tag that
CloudFormation knows becomes the long form of its function (``!Sub x`` -> ``{"Fn::Sub": "x"}``); any other tag is
dropped and its value kept. Anchors, merge keys, several documents in one file and duplicate keys (the last counts)
are fine.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.handlers.model import Inline

if TYPE_CHECKING:
    import yaml

Value = object
"""``str``, ``None``, a list of values, or a ``Block``."""

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_BARE_FUNCTIONS = frozenset({"Ref", "Condition"})
# fmt: off
_FUNCTIONS = frozenset({
    "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not",
    "Or", "Select", "Split", "Sub", "ToJsonString", "Transform",
})
# fmt: on
_DEEPEST = 500  # brackets or sequences in one another
_BRACKET = re.compile(rb"[\[\]{}]")
_DEEP_SEQUENCE = re.compile(rb"(?:[-?:][ \t]+){%d}" % _DEEPEST)
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
        super().__init__()
        self.manifest = manifest
        self.rows: dict[str, int] = {}


class DocumentError(ValueError):
    """The file is not what its suffix says; the text names the row and what is wrong."""


def load(path: str, data: bytes) -> list[Value]:
    """The documents of a YAML or (suffix ``.json``) JSON file; raises ``DocumentError``.

    Files with ``{% ... %}`` statements of a template engine are read as if those were not there.
    """
    _refuse_deep_nesting(data)
    text = data.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] == "{":
        # JSON is YAML but for tabs between tokens (a raw tab inside a JSON string is not allowed) and surrogates.
        text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))
    try:
        return _parse(path, text)
    except DocumentError:
        plain = _TEMPLATE_STATEMENT.sub(lambda statement: "\n" * statement[0].count("\n"), text)
        if plain == text:
            raise
        return _parse(path, plain)


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


def _refuse_deep_nesting(data: bytes) -> None:
    """PyYAML's loader in C ends the process where a file nests too deeply for its stack.

    Brackets in texts count as well. Levels of indentation need no limit: too many make a file of many megabytes.
    """
    if data.count(b"[") + data.count(b"{") > _DEEPEST:
        depth = 0
        for bracket in _BRACKET.finditer(data):
            depth += 1 if bracket[0] in b"[{" else -1
            if depth > _DEEPEST:
                raise DocumentError("nested too deep")
            depth = max(depth, 0)
    if _DEEP_SEQUENCE.search(data) is not None:
        raise DocumentError("nested too deep")


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


@functools.cache
def _loader() -> Any:
    """PyYAML's loader, in C where the installation has it; imported when the first file needs it."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parse(path: str, source: str) -> list[Value]:
    import yaml

    documents = []
    try:
        loader = _loader()(source)
        try:
            while loader.check_node():
                documents.append(_Converter(path).value(loader.get_node()))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DocumentError(where + (error.problem or error.context or "not YAML")) from error
    except yaml.YAMLError as error:
        raise DocumentError(str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise DocumentError("nested too deep") from error
    return documents


class _Converter:
    """Makes values of one document's nodes; an alias is the object of its anchor, and one inside itself is null."""

    def __init__(self, path: str) -> None:
        from yaml import ScalarNode, SequenceNode

        self._path = path
        self._scalar, self._sequence = ScalarNode, SequenceNode
        self._done: dict[yaml.Node, Value] = {}

    def value(self, node: yaml.Node) -> Value:
        """The value of a node and of all below it."""
        if node in self._done:
            return self._done[node]
        self._done[node] = None
        value: Value
        if isinstance(node, self._scalar):
            value = None if node.tag == _NULL else str(node.value)
        elif isinstance(node, self._sequence):
            value = [self.value(item) for item in node.value]
        else:
            value = self._mapping(node)
        if node.tag.startswith("!"):
            value = self._tagged(node.tag[1:], value, node.start_mark.line + 1)
        self._done[node] = value
        return value

    def _tagged(self, name: str, value: Value, row: int) -> Value:
        if name not in _FUNCTIONS and name not in _BARE_FUNCTIONS:
            return value
        function = name if name in _BARE_FUNCTIONS else f"Fn::{name}"
        call = Block(self._path)
        call[function] = value
        call.rows[function] = row
        return call

    def _mapping(self, node: yaml.Node) -> Block:
        own, merged = Block(self._path), Block(self._path)
        for key, item in node.value:
            if not isinstance(key, self._scalar):
                continue  # ``{{ name }}`` of a template engine
            value = self.value(item)
            if key.tag == _MERGE:
                for base in value if isinstance(value, list) else [value]:
                    _inherit(merged, block(base))
            else:
                own[key.value] = value
                own.rows[key.value] = key.start_mark.line + 1
        if not merged:
            return own
        merged.update(own)
        merged.rows.update(own.rows)
        return merged


def _inherit(target: Block, base: Block) -> None:
    """Add the keys that ``target`` does not have yet: of several merged mappings the first counts."""
    for name, value in base.items():
        if name not in target:
            target[name] = value
            target.rows[name] = base.rows[name]
