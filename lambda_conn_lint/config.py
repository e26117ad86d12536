"""The settings of a project: the nearest configuration file below what the command line says.

A file is read by the declarations in ``options``, so that an option is added there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from lambda_conn_lint import configfile
from lambda_conn_lint.client_table import Declared
from lambda_conn_lint.configfile import BrokenError, Place, Raw, Table
from lambda_conn_lint.configfile.model import Lines
from lambda_conn_lint.option_types import Option, nearest, pairs
from lambda_conn_lint.options import Options, declared, spelled_name

DEFAULT = "default"
COMMAND_LINE = "command line"

_SWITCHES = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
"""How a file that knows only text spells a flag, as ``configparser`` has it."""

_Keys: TypeAlias = Mapping[str, tuple[str, Option]]


class ConfigError(Exception):
    """A configuration file that cannot be read, or that says what makes no sense; the text says where and what."""


class Loaded(NamedTuple):
    """The settings that hold for a project.

    ``sources`` says for each field where its value comes from: ``default``, ``command line``, or file and row, such as
    ``pyproject.toml:12``. ``path`` is the configuration file, if there is one. Patterns from it that hold a slash are
    relative to ``folder``, others to the working directory.
    """

    options: Options
    sources: Mapping[str, str]
    path: Path | None = None
    folder: Path | None = None

    def base(self, field: str, cwd: Path) -> Path:
        """The folder that the patterns of a field are relative to."""
        is_from_file = self.sources.get(field, DEFAULT) not in (DEFAULT, COMMAND_LINE)
        return self.folder if is_from_file and self.folder is not None else cwd


def load(start: Path, given: Mapping[str, object], *, config: Path | None = None, isolated: bool = False) -> Loaded:
    """The settings of what lies at ``start``, by the nearest configuration file upwards.

    ``given`` holds, by the names of fields, what was set explicitly elsewhere and wins. ``config`` is a file that is
    read in place of the nearest one; the patterns in it are relative to the working directory, as in ruff. With
    ``isolated`` no file is read.

    Raises ``ConfigError``.
    """
    path = None if isolated else config or configfile.nearest(start)
    values: dict[str, object] = {}
    rows: Mapping[str, int] = {}
    if path is not None:
        values, rows = _read(path, is_named=config is not None)
    options = Options(**{**values, **given}, given=frozenset(given))  # type: ignore[arg-type]  # read by declaration
    sources = {name: f"{_shown(path)}:{rows[name]}" for name in values if path is not None}
    sources |= dict.fromkeys(given, COMMAND_LINE)
    every = {name: sources.get(name, DEFAULT) for name, _, _ in declared("file")}
    return Loaded(options, every | sources, path, path.parent if path is not None and config is None else None)


def _read(path: Path, *, is_named: bool) -> tuple[dict[str, object], Mapping[str, int]]:
    """The values that a file sets, and their rows, by the names of fields."""
    try:
        table = configfile.read(path)
    except BrokenError as error:
        raise ConfigError(f"{_shown(path)}:{error.row}: {error}") from None
    except OSError as error:
        raise ConfigError(f"{_shown(path)}: cannot be read: {error.strerror or error}") from None
    if table is None:
        if is_named:
            name = "[tool.lambda-conn-lint]" if path.suffix == ".toml" else "[lambda-conn-lint]"
            raise ConfigError(f"{_shown(path)}: has no table {name}")
        return {}, {}
    keys = {spelled_name(name): (name, option) for name, _, option in declared("file")}
    values = dict(_Reader(table).fields(keys))
    return values, {name: table.row((spelled_name(name),)) for name in values}


def _shown(path: Path) -> str:
    """A path as the user should see it: relative to the working directory below it."""
    cwd = Path.cwd()
    return (path.relative_to(cwd) if path.is_absolute() and path.is_relative_to(cwd) else path).as_posix()


class _Reader:
    """Reads our table by the declarations of its keys. Whatever is wrong raises ``ConfigError`` with its row."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def fields(self, keys: _Keys) -> Iterator[tuple[str, object]]:
        for key, raw in self._table.values.items():
            if key not in keys:
                valid = nearest(key, tuple(keys))
                raise self._error((key,), f"unknown key {key!r}, the nearest valid one is {valid!r}")
            name, option = keys[key]
            yield name, self._value(option, raw, (key,))

    def _value(self, option: Option, raw: Raw, place: Place) -> object:
        if option.type == "table":
            return tuple(self._entries(option, raw, place))
        if option.type == "flag":
            return self._flag(raw, place)
        if option.type == "list":
            return tuple(self._items(option, raw, place))
        return self._text(option, raw.text if isinstance(raw, Lines) else raw, place)

    def _flag(self, raw: Raw, place: Place) -> bool:
        value = _SWITCHES.get(raw.text.lower()) if isinstance(raw, Lines) else raw
        if not isinstance(value, bool):
            raise self._error(place, f"{place[-1]!r} has to be true or false, not {_described(raw)}")
        return value

    def _items(self, option: Option, raw: Raw, place: Place) -> Iterator[str]:
        if isinstance(raw, Lines):
            for row, line in raw.lines:
                for part in filter(None, (part.strip() for part in line.split(","))):
                    yield self._checked(option, part, place, row)
            return
        if not isinstance(raw, list):
            raise self._error(place, f"{place[-1]!r} has to be a list of strings, not {_described(raw)}")
        for index, item in enumerate(raw):
            if not isinstance(item, str):
                raise self._error(
                    (*place, index), f"{place[-1]!r} has to be a list of strings, but holds {_described(item)}"
                )
            yield self._checked(option, item, (*place, index))

    def _text(self, option: Option, raw: Raw, place: Place) -> str:
        if not isinstance(raw, str):
            raise self._error(place, f"{place[-1]!r} has to be a string, not {_described(raw)}")
        if option.choices and raw not in option.choices:
            valid = nearest(raw, option.choices)
            raise self._error(place, f"{place[-1]!r} cannot be {raw!r}, the nearest valid value is {valid!r}")
        return self._checked(option, raw, place)

    def _entries(self, option: Option, raw: Raw, place: Place) -> Iterator[object]:
        table = self._split(raw, place) if isinstance(raw, Lines) else raw
        if not isinstance(table, Mapping):
            raise self._error(place, f"{place[-1]!r} has to be a table, not {_described(raw)}")
        for key, value in table.items():
            inner = (*place, key)
            name = self._checked(option, key, inner)
            if isinstance(option.entry, Option):
                yield name, self._value(option.entry, value, inner)
            else:
                yield Declared(name, tuple(self._client(option, value, inner)))

    def _split(self, raw: Lines, place: Place) -> dict[str, Lines]:
        """The entries of a table that is written as lines of ``key: values``."""
        table: dict[str, Lines] = {}
        for row, line in raw.lines:
            try:
                found = pairs(line)
            except ValueError as error:
                raise self._error(place, str(error), row) from None
            for key, values in found:
                table[key] = Lines((*table.get(key, Lines(())).lines, (row, ",".join(values))))
        return table

    def _client(self, option: Option, raw: Raw, place: Place) -> Iterator[tuple[str, object]]:
        assert isinstance(option.entry, Mapping), "the entries are tables"
        is_short = isinstance(raw, str | Lines)
        table = {option.short_for: raw} if is_short else raw
        if not isinstance(table, Mapping):
            what = f"a table, or the text of its {option.short_for!r}"
            raise self._error(place, f"{place[-1]!r} has to be {what}, not {_described(raw)}")
        for key, value in table.items():
            inner = (*place, key)
            if key not in option.entry:
                valid = nearest(key, tuple(option.entry))
                raise self._error(inner, f"unknown key {key!r}, the nearest valid one is {valid!r}")
            yield key, self._value(option.entry[key], value, inner)
        if option.short_for not in table:
            raise self._error(place, f"{place[-1]!r} needs a {option.short_for!r}")

    def _checked(self, option: Option, text: str, place: Place, row: int | None = None) -> str:
        try:
            return option.item.read(text)
        except ValueError as error:
            raise self._error(place, str(error), row) from None

    def _error(self, place: Place, message: str, row: int | None = None) -> ConfigError:
        return ConfigError(f"{_shown(self._table.path)}:{row or self._table.row(place)}: {message}")


def _described(raw: Raw) -> str:
    if isinstance(raw, Lines):
        return repr(raw.text)
    if isinstance(raw, str):
        return f"the string {raw!r}"
    if isinstance(raw, bool):
        return str(raw).lower()
    return "a list" if isinstance(raw, list) else "a table" if isinstance(raw, dict) else repr(raw)
