"""YAML files as values, made of a parser's events: its own trees cost as much again as all else.

PyYAML's parser is used, in C where the installation has it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from lambda_conn_lint.handlers.manifests.documents import DEEPEST, Block, DocumentError, Value, block

_NULL = "tag:yaml.org,2002:null"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BARE_FUNCTIONS = frozenset({"Ref", "Condition"})
# fmt: off
_FUNCTIONS = frozenset({
    "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not",
    "Or", "Select", "Split", "Sub", "ToJsonString", "Transform",
})
# fmt: on


def parse(path: str, source: str) -> list[Value]:
    """The documents of a text; raises ``DocumentError``."""
    documents: list[Value] = []
    try:
        parser = _parser()(source)
        try:
            while (event := parser.get_event()) is not None:
                if type(event) is DocumentStartEvent:
                    documents.append(_Document(path, parser.get_event).value(parser.get_event()))
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DocumentError(where + (error.problem or error.context or "not YAML")) from error
    except yaml.YAMLError as error:
        raise DocumentError(str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise DocumentError("nested too deep") from error
    return documents


@functools.cache
def _parser() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Document:
    """Makes the value of one document; an alias is the object of its anchor, and one inside itself is null."""

    def __init__(self, path: str, get_event: Callable[[], Any]) -> None:
        self._path = path
        self._next = get_event
        self._depth = 0
        self._anchors: dict[str, tuple[Any, Value]] = {}  # the first event of what they stand for, and its value

    def value(self, event: Any) -> Value:
        """The value that begins with an event; those that it consists of are taken."""
        kind = type(event)
        if kind is AliasEvent:
            return self._anchored(event)[1]
        if event.anchor is not None:
            self._anchors[event.anchor] = (event, None)
        value = _scalar(event) if kind is ScalarEvent else self._collection(kind)
        tag = event.tag
        if tag is not None and tag[:1] == "!":
            value = self._tagged(tag[1:], value, _row(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = (event, value)
        return value

    def _anchored(self, alias: Any) -> tuple[Any, Value]:
        found = self._anchors.get(alias.anchor)
        if found is None:
            raise DocumentError(f"line {_row(alias)}: found undefined alias")
        return found

    def _collection(self, kind: type[object]) -> Value:
        self._depth += 1
        if self._depth > DEEPEST:
            raise DocumentError("nested too deep")
        value = self._mapping() if kind is MappingStartEvent else self._sequence()
        self._depth -= 1
        return value

    def _sequence(self) -> list[Value]:
        items = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self.value(event))
        return items

    def _mapping(self) -> Block:
        own = Block(self._path)
        rows = own.rows
        merged: Block | None = None
        while type(key := self._next()) is not MappingEndEvent:
            if type(key) is AliasEvent:
                key = self._anchored(key)[0]
            elif key.anchor is not None or type(key) is not ScalarEvent:
                self.value(key)
            value = self.value(self._next())
            if type(key) is not ScalarEvent:
                continue  # ``{{ name }}`` of a template engine
            name = key.value
            if name == "<<" and key.implicit[0]:
                merged = Block(self._path) if merged is None else merged
                for base in value if isinstance(value, list) else [value]:
                    _inherit(merged, block(base))
            else:
                own[name] = value
                rows[name] = _row(key)
        if merged is None:
            return own
        merged.update(own)
        merged.rows.update(rows)
        return merged

    def _tagged(self, name: str, value: Value, row: int) -> Value:
        if name not in _FUNCTIONS and name not in _BARE_FUNCTIONS:
            return value
        function = name if name in _BARE_FUNCTIONS else f"Fn::{name}"
        call = Block(self._path)
        call[function] = value
        call.rows[function] = row
        return call


def _row(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> str | None:
    value: str = event.value
    is_null = event.tag == _NULL or (len(value) < 5 and value in _NULLS and event.implicit[0])
    return None if is_null else value


def _inherit(target: Block, base: Block) -> None:
    """Add the keys that ``target`` does not have yet: of several merged mappings the first counts."""
    for name, value in base.items():
        if name not in target:
            target[name] = value
            target.rows[name] = base.rows[name]
