"""Compare catalogue rows with the libraries that are installed beside this interpreter.

Runs inside the environment under test and needs nothing but the standard library: rows come in on standard input as
JSON, the verdicts go out on standard output as JSON. ``verify_catalog.py`` is the program to start.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import sys
import typing
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

Row = dict[str, Any]
_UNKNOWN = object()
_COMPILED_CLASSMETHOD = type(dict.__dict__["fromkeys"])


def resolve(name: str) -> Any:
    """The object of a dotted name, as ``import`` and attributes find it. Raises what the last attempt raises."""
    try:
        return _by_attributes(name.split("."))
    except (AttributeError, ImportError):
        return _by_longest_module(name.split("."))


def _by_attributes(parts: list[str]) -> Any:
    """Attribute after attribute, so that a class hides a module of its name; what is no attribute yet is imported."""
    found: Any = importlib.import_module(parts[0])
    for end, part in enumerate(parts[1:], start=2):
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(".".join(parts[:end]))
    return found


def _by_longest_module(parts: list[str], length: int = 0) -> Any:
    """What ``from MODULE import NAME`` finds, which sees a module that a class of its name hides."""
    end = length or len(parts) - 1
    try:
        found: Any = importlib.import_module(".".join(parts[:end]))
        for part in parts[end:]:
            found = getattr(found, part)
    except (AttributeError, ImportError):
        if end <= 1:
            raise
        return _by_longest_module(parts, end - 1)
    return found


class Verdict(NamedTuple):
    """What was found out about one row."""

    name: str
    resolves: bool
    wrong: list[str]
    result_known: bool  # else close, flush and with_exit could not be compared


def check(row: Row) -> Verdict:
    """Compare one row."""
    try:
        found = resolve(row["name"])
    except Exception as failure:
        return Verdict(row["name"], False, [f"does not resolve: {type(failure).__name__}: {failure}"], False)
    wrong = [*_check_aliases(row, found), *_check_call(row, found), *_check_awaits(row, found)]
    result = _result_class(row, found)
    if result is not _UNKNOWN:
        wrong += _check_result(row, result)
    return Verdict(row["name"], True, wrong, result is not _UNKNOWN)


def _check_aliases(row: Row, found: Any) -> Iterator[str]:
    for alias in row["aliases"]:
        try:
            other = resolve(alias)
        except Exception as failure:
            yield f"alias {alias} does not resolve: {type(failure).__name__}: {failure}"
            continue
        # A bound method is a new object on every access, so that equality is what can be asked of it.
        if other is not found and not (inspect.ismethod(other) and other == found):
            yield f"alias {alias} is another object"


def _check_call(row: Row, found: Any) -> Iterator[str]:
    call = _kind_of_call(row["name"], found)
    if call != row["call"]:
        yield f"call is {call}, not {row['call']}"


def _kind_of_call(name: str, found: Any) -> str:
    if inspect.isclass(found):
        return "class"
    owner = resolve(name.rpartition(".")[0]) if name.count(".") else None
    if inspect.isclass(owner):
        static = inspect.getattr_static(owner, name.rpartition(".")[2])
        if isinstance(static, classmethod | _COMPILED_CLASSMETHOD):
            return "classmethod"
        return "staticmethod" if isinstance(static, staticmethod) else "method"
    if owner is not None and not inspect.ismodule(owner):
        return "bound-method"
    return "function" if callable(found) else type(found).__name__


def _check_awaits(row: Row, found: Any) -> Iterator[str]:
    is_coroutine = inspect.iscoroutinefunction(found)
    if is_coroutine and row["awaits"] != "await":
        yield f"is a coroutine function, but awaits is {row['awaits']}"
    if not is_coroutine and row["awaits"] == "await":
        yield "is not a coroutine function, but awaits is await"


def _result_class(row: Row, found: Any) -> Any:
    """The class of the object that a call gives, as far as it can be known without a call."""
    if inspect.isclass(found):
        return found
    if row["sets_global"]:
        return _UNKNOWN
    annotation = _return_annotation(found)
    if inspect.isclass(annotation) and annotation.__module__ not in ("builtins", "typing", "types"):
        return _UNKNOWN if inspect.isabstract(annotation) else annotation
    if row["call"] == "classmethod" and "from_" in row["name"].rpartition(".")[2]:
        return resolve(row["name"].rpartition(".")[0])
    return _UNKNOWN


def _return_annotation(found: Any) -> Any:
    try:
        return typing.get_type_hints(found).get("return", _UNKNOWN)
    except Exception:  # annotations may name what only a type checker imports
        return _UNKNOWN


def _check_result(row: Row, result: Any) -> Iterator[str]:
    package = row["name"].partition(".")[0]
    for name in (*row["close"], *row["flush"]):
        if name.partition(".")[0] == package:
            try:
                resolve(name)
            except Exception:
                yield f"{name} does not resolve"
        elif "." not in name and not hasattr(result, name):
            yield f"{result.__qualname__} has no {name}()"
    has_exit = hasattr(result, "__exit__") or hasattr(result, "__aexit__")
    if has_exit != (row["with_exit"] != "not-a-context-manager"):
        yield f"{result.__qualname__} {'is' if has_exit else 'is not'} a context manager"


def main() -> None:
    warnings.simplefilter("ignore")
    rows: list[Row] = json.load(sys.stdin)
    # Some libraries print when they are imported.
    with contextlib.redirect_stdout(io.StringIO()):
        verdicts = [check(row) for row in rows]
    json.dump([verdict._asdict() for verdict in verdicts], sys.stdout)


if __name__ == "__main__":
    main()
