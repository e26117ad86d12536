"""Terraform's functions that folders, file names and handlers are put together with.

Each takes evaluated arguments and may raise what a wrong number or type of them raises.
https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Value, text


def _texts(function: Callable[..., Value]) -> Callable[..., Value]:
    """The function where all of its arguments are texts."""

    def apply(*arguments: Value) -> Value:
        texts = [text(argument) for argument in arguments]
        return UNKNOWN if any(one is None for one in texts) else function(*texts)

    return apply


def _join(separator: Value, *lists: Value) -> Value:
    between = text(separator)
    parts = [text(item) for one in lists for item in (one if isinstance(one, list) else [UNKNOWN])]
    known = [part for part in parts if part is not None]
    return between.join(known) if between is not None and len(known) == len(parts) else UNKNOWN


def _format(template: Value, *arguments: Value) -> Value:
    pattern = text(template)
    texts = [text(argument) for argument in arguments]
    if pattern is None or any(one is None for one in texts):
        return UNKNOWN
    return pattern.replace("%d", "%s").replace("%v", "%s") % tuple(texts)


def _merge(*maps: Value) -> Value:
    merged: dict[str, Value] = {}
    for one in maps:
        merged.update(one if isinstance(one, dict) else {})
    return merged


def _concat(*lists: Value) -> Value:
    if not all(isinstance(one, list) for one in lists):
        return UNKNOWN
    return [item for one in lists if isinstance(one, list) for item in one]


def _lookup(values: Value, key: Value, default: Value = UNKNOWN) -> Value:
    name = text(key)
    if not isinstance(values, dict) or name is None:
        return UNKNOWN
    return values.get(name, default)


def _coalesce(*values: Value) -> Value:
    for value in values:
        if value is UNKNOWN:
            return UNKNOWN
        if value not in (None, "", []):
            return value
    return None


def _element(values: Value, index: Value) -> Value:
    return values[index % len(values)] if isinstance(values, list) and isinstance(index, int) else UNKNOWN


def _keys(values: Value) -> Value:
    return sorted(values) if isinstance(values, dict) else UNKNOWN


def _values(values: Value) -> Value:
    return [values[name] for name in sorted(values)] if isinstance(values, dict) else UNKNOWN


def _same(value: Value) -> Value:
    return value


def _flatten(values: Value) -> Value:
    if not isinstance(values, list):
        return UNKNOWN
    return [item for one in values for item in (one if isinstance(one, list) else [one])]


def _length(values: Value) -> Value:
    return len(values) if isinstance(values, (list, dict, str)) else UNKNOWN


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abspath": _same,
    "basename": _texts(posixpath.basename),
    "coalesce": _coalesce,
    "concat": _concat,
    "dirname": _texts(lambda path: posixpath.dirname(path) or "."),
    "distinct": _same,
    "element": _element,
    "flatten": _flatten,
    "format": _format,
    "join": _join,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "lower": _texts(str.lower),
    "merge": _merge,
    "nonsensitive": _same,
    "one": lambda values: values[0],
    "pathexpand": _same,
    "replace": _texts(lambda value, old, new: value if old.startswith("/") else value.replace(old, new)),
    "split": _texts(lambda separator, value: value.split(separator)),
    "tolist": _same,
    "tomap": _same,
    "toset": _same,
    "tostring": _texts(_same),
    "trimprefix": _texts(str.removeprefix),
    "trimspace": _texts(str.strip),
    "trimsuffix": _texts(str.removesuffix),
    "trim": _texts(str.strip),
    "upper": _texts(str.upper),
    "values": _values,
}
"""The functions by name."""
