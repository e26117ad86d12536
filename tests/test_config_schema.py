"""The published schema takes what the reader takes, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import documents
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambda_conn_lint.client_table import CLIENT_KEYS
from lambda_conn_lint.config import ConfigError, load
from lambda_conn_lint.options import declared, spelled_name
from lambda_conn_lint.schema import render, schema

SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

_SAMPLES = (
    "LCL1,LCL101,ALL,LCL9,, ,global,json,aws,a.b,a,src.app:h,a.py:b,off,sql,database,none,yes,shared,class,gen/*,"
    "größe.x,a..b,close,x.close,await,d:é*"
)
_TEXTS = st.one_of(
    st.sampled_from(_SAMPLES.split(",")),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=4),
)
_ANYTHING = st.one_of(st.booleans(), _TEXTS, st.integers(), st.lists(_TEXTS, max_size=2))
_CLIENT = st.one_of(
    _TEXTS,
    st.dictionaries(st.sampled_from([*CLIENT_KEYS, "knd"]), _ANYTHING, max_size=3),
    st.dictionaries(st.sampled_from([*CLIENT_KEYS]), _ANYTHING, max_size=2).map(lambda table: {**table, "kind": "sql"}),
)
_TABLE = st.dictionaries(
    st.sampled_from([*(spelled_name(name) for name, _, _ in declared("file")), "selct"]),
    st.one_of(
        _ANYTHING,
        st.dictionaries(_TEXTS, st.lists(_TEXTS, max_size=2), max_size=2),
        st.dictionaries(_TEXTS, _CLIENT, max_size=2),
    ),
    max_size=3,
)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_read(table: dict[str, Any], folder: Path) -> bool:
    lines = [f"{json.dumps(key)} = {_toml(value)}" for key, value in table.items()]
    path = folder / "pyproject.toml"
    path.write_text("\n".join(["[tool.lambda-conn-lint]", *lines]), encoding="utf-8", newline="")
    try:
        load(folder, {})
    except ConfigError as error:
        message = str(error)
    else:
        return True
    assert re.match(r".*pyproject\.toml:\d+: (?!not valid TOML)", message)
    return False


def _ends_in_newline(value: Any) -> bool:
    """Whether a text ends in a newline: before it, ``$`` fits in Python, and does not in JSON Schema's dialect."""
    if isinstance(value, dict):
        return any(_ends_in_newline(key) or _ends_in_newline(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(map(_ends_in_newline, value))
    return isinstance(value, str) and value.endswith("\n")


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=_TABLE.filter(lambda table: not _ends_in_newline(table)))
def test_schema_and_reader_agree(tmp_path: Path, table: dict[str, Any]) -> None:
    assert _is_read(table, tmp_path) is VALIDATOR.is_valid(table)


@pytest.mark.parametrize("key", [spelled_name(name) for name, _, _ in declared("file")])
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_they_agree_on_every_key(tmp_path: Path, key: str, data: st.DataObject) -> None:
    value = data.draw(st.one_of(_ANYTHING, st.dictionaries(_TEXTS, st.one_of(_CLIENT, _ANYTHING), max_size=2)))
    table = {key: value}
    if not _ends_in_newline(table):
        assert _is_read(table, tmp_path) is VALIDATOR.is_valid(table)


@pytest.mark.parametrize("key", CLIENT_KEYS)
def test_every_key_of_a_client_can_be_set(tmp_path: Path, key: str) -> None:
    option = CLIENT_KEYS[key]
    values: dict[str, Any] = {"flag": True, "list": ["a.b"], "value": option.choices[0] if option.choices else "a.b"}
    table = {"clients": {"x.y": {"kind": "sql", key: values[option.type]}}}
    assert VALIDATOR.is_valid(table)
    assert _is_read(table, tmp_path)


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_the_published_schema_is_up_to_date() -> None:
    assert documents.SCHEMA.read_text(encoding="utf-8") == render(), "run `python tests/documents.py`"
