"""Clients that users declare in the configuration, and the rows of the catalogue that these come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from lambda_conn_lint.catalog import catalogue, model
from lambda_conn_lint.catalog.lookup import MEMBERS
from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.option_types import PATH, QUALIFIED, Option

OFF = "off"
"""The kind of what is no client: it switches a row of the catalogue off."""

_FRIENDLY: Mapping[str, model.Kind] = MappingProxyType(
    {"api": "http", "cloud": "cloud-sdk", "database": "sql", "message": "queue"}
)
_KINDS = (*sorted({*_FRIENDLY, *get_args(model.Kind)}), OFF)
_CALLS = tuple(call for call in get_args(model.Callable) if call != "bound-method")


CLIENT_KEYS: Mapping[str, Option] = MappingProxyType(
    {
        "kind": Option("value", "what it talks to; decides the code. 'off': it is no client", choices=_KINDS),
        "aliases": Option("list", "other qualified names of the very same object", item=QUALIFIED),
        "call": Option("value", "what the name is; a method is called on an instance of its class", choices=_CALLS),
        "returns": Option(
            "value", "the qualified class of what the call gives, where that has clients", item=QUALIFIED
        ),
        "awaits": Option("value", "what stands around the call to get the client", choices=get_args(model.Awaits)),
        "loop-bound": Option("flag", "the client fails in a second event loop"),
        "thread-safe": Option("flag", "threads may share the client"),
        "with-exit": Option("value", "what leaving 'with' does to it", choices=get_args(model.WithExit)),
        "close": Option("list", "methods of it that end it", item=PATH),
        "after-close": Option("value", "what its next use meets after that", choices=get_args(model.AfterClose)),
        "flush": Option("list", "methods of it that deliver what is buffered and keep it alive", item=PATH),
        "fix": Option(
            "value",
            "whether all invocations may share it; of clients that are known this can only be taken back",
            choices=("shared", "none"),
        ),
        "note": Option("value", "one sentence for people, shown by 'show clients'"),
    }
)
"""What may be said of a client, and ``kind`` has to be; the rest is as in the catalogue, or as for most clients."""


class Declared(NamedTuple):
    """One client as the user has declared it: its qualified name, and values by the keys of ``CLIENT_KEYS``."""

    name: str
    values: tuple[tuple[str, Any], ...]


def own_names(declared: Iterable[Declared]) -> list[str]:
    """The names of declared clients that the catalogue does not know: the project may define them itself."""
    known = catalogue().by_name
    return [one.name for one in declared if dict(one.values).get("kind") != OFF and one.name not in known]


def rows(clients: Iterable[Client], declared: Iterable[Declared]) -> list[Client]:
    """The clients with what the user has declared added, changed or taken out; no two claim one spelling."""
    by_name = {name: client for client in clients for name in (client.name, *client.aliases)}
    found = {client.name: client for client in by_name.values()}
    changed: set[str] = set()
    for one in declared:
        values = dict(one.values)
        known = by_name.get(one.name)
        if values["kind"] == OFF:
            if known is not None:
                found.pop(known.name, None)
            continue
        if known is not None and values.get("fix") == "shared":
            del values["fix"]
        row = _changed(known or _new(one.name), values)
        found[row.name] = row
        changed.add(row.name)
    if not changed:
        return list(found.values())
    return _without_clashes(sorted(found.values(), key=lambda row: row.name not in changed))


def _without_clashes(rows: Sequence[Client]) -> list[Client]:
    """The rows without aliases that another row has, or that lead to one; the first that claims a name keeps it."""
    claimed = {row.name: row.name for row in rows}
    unique = [
        row._replace(aliases=tuple(alias for alias in row.aliases if claimed.setdefault(alias, row.name) == row.name))
        for row in rows
    ]
    members: dict[str, list[str]] = {}
    for row in unique:
        if row.call in MEMBERS:
            owner, _, member = row.name.rpartition(".")
            members.setdefault(owner, []).append(member)
    return [
        row._replace(
            aliases=tuple(
                alias
                for alias in row.aliases
                if all(
                    claimed.get(f"{alias}.{member}", f"{row.name}.{member}") == f"{row.name}.{member}"
                    for member in members.get(row.name, ())
                )
            )
        )
        for row in unique
    ]


def _new(name: str) -> Client:
    """What most clients are: a class where the name is written like one, else a function."""
    is_class = name.rpartition(".")[2][:1].isupper()
    return Client(name, "http", "configuration", call="class" if is_class else "function")


def _changed(row: Client, values: Mapping[str, Any]) -> Client:
    fields: dict[str, Any] = {}
    for key, value in values.items():
        spelled = _FRIENDLY.get(value, value) if key == "kind" else value
        if isinstance(value, bool):
            spelled = "yes" if value else "no"
        fields[key.replace("-", "_")] = (*row.aliases, *value) if key == "aliases" else spelled
    return row._replace(**fields)
