"""``show config``: the settings that hold, and where each of them comes from, for people and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lambda_conn_lint.client_table import Declared
from lambda_conn_lint.config import Loaded
from lambda_conn_lint.option_types import Option
from lambda_conn_lint.options import declared, spelled_name
from lambda_conn_lint.report.excerpt import printable

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Settings(NamedTuple):
    """The settings of one project: its folder as the user should see it, and what holds there."""

    folder: str
    loaded: Loaded


def as_json(run: Loaded, projects: Iterable[Settings]) -> str:
    """An object with ``run``, the settings that hold for the run as a whole, and ``projects``, a list.

    Settings are an object with ``value`` and ``source`` by key; a value that is not set is null. A project has
    ``folder``, ``configuration`` (its file, or null) and ``settings``. The text is pure ASCII.
    """
    document = {
        "run": _listed(run, whole_run=True),
        "projects": [
            {
                "folder": one.folder,
                "configuration": _shown(one.loaded),
                "settings": _listed(one.loaded, whole_run=False),
            }
            for one in projects
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def as_text(run: Loaded, projects: Iterable[Settings]) -> str:
    """A block with the settings of the run, then one for each project; values are spelled as in TOML."""
    lines = ["This run", *_block(_listed(run, whole_run=True))]
    for one in projects:
        file = _shown(one.loaded)
        lines += ["", printable(f"Project {one.folder} ({file or 'no configuration file'})")]
        lines += _block(_listed(one.loaded, whole_run=False))
    return "".join(f"{line}\n" for line in lines)


def _shown(loaded: Loaded) -> str | None:
    """The configuration file as the user should see it."""
    if loaded.path is None:
        return None
    cwd = Path.cwd()
    return (loaded.path.relative_to(cwd) if loaded.path.is_relative_to(cwd) else loaded.path).as_posix()


def _listed(loaded: Loaded, *, whole_run: bool) -> dict[str, dict[str, object]]:
    return {
        spelled_name(name): {"value": _plain(getattr(loaded.options, name), option), "source": loaded.sources[name]}
        for name, _, option in declared("file")
        if option.whole_run is whole_run
    }


def _plain(value: object, option: Option | None = None) -> object:
    """The value of a field as a configuration file would hold it."""
    if not isinstance(value, tuple):
        return value
    if option is None or option.type != "table":
        return list(value)
    table: dict[str, Any] = {}
    for item in value:
        if isinstance(item, Declared):
            table[item.name] = {key: _plain(inner) for key, inner in item.values}
        else:
            key, codes = item
            table.setdefault(key, []).extend(codes)
    return table


def _block(settings: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    rows = [(text, row["source"]) for key, row in settings.items() for text in _spelled(key, row["value"])]
    width = max((len(text) for text, _ in rows if len(text) <= _WIDEST), default=0)
    for text, source in rows:
        yield printable(f"  {text:<{width}}  # {source}")


_WIDEST = 60


def _spelled(key: str, value: object) -> Iterator[str]:
    """A setting as a line, or one for each entry of a table."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield f"{key}.{_key(name)} = {_toml(inner)}"
    else:
        yield f"{key} is not set" if value is None else f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
