"""The JSON schema of the configuration table, made from the declarations that the reader goes by.

It describes the table in ``pyproject.toml``; ``setup.cfg`` knows only text. What it takes, the reader takes as well,
and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from lambda_conn_lint.option_types import Option, Text
from lambda_conn_lint.options import declared, spelled_name

_Schema: TypeAlias = dict[str, Any]


def schema() -> _Schema:
    """The schema of ``[tool.lambda-conn-lint]``, in draft 7, which editors know."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "lambda-conn-lint",
        "description": "The table [tool.lambda-conn-lint] in pyproject.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            spelled_name(name): _with_default(option, default) for name, default, option in declared("file")
        },
    }


def render() -> str:
    """The schema as a text."""
    return json.dumps(schema(), indent=2) + "\n"


def _with_default(option: Option, default: object) -> _Schema:
    described = {"description": option.help, **_value(option)}
    if isinstance(default, str | bool):
        described["default"] = default
    return described


def _value(option: Option) -> _Schema:
    if option.type == "flag":
        return {"type": "boolean"}
    if option.type == "list":
        return {"type": "array", "items": _text(option.item)}
    if option.type == "table":
        return {
            "type": "object",
            "propertyNames": _text(option.item),
            "additionalProperties": _entry(option),
        }
    return {"type": "string", "enum": list(option.choices)} if option.choices else _text(option.item)


def _entry(option: Option) -> _Schema:
    if isinstance(option.entry, Option):
        return {"description": option.entry.help, **_value(option.entry)}
    assert isinstance(option.entry, Mapping), "what a table holds is declared"
    table = {
        "type": "object",
        "additionalProperties": False,
        "required": [option.short_for],
        "properties": {key: {"description": inner.help, **_value(inner)} for key, inner in option.entry.items()},
    }
    return {"anyOf": [_value(option.entry[option.short_for]), table]}


def _text(item: Text) -> _Schema:
    choices = item.choices()
    if choices:
        return {"type": "string", "enum": list(choices)}
    return {"type": "string", "pattern": f"^(?:{item.pattern})$"} if item.pattern else {"type": "string"}
