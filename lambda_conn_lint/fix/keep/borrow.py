"""What may happen to a client that many invocations will share: what has to be edited, doubted or refused for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.uses.model import Use

_AWS = frozenset({"boto3", "botocore"})
_AWS_HOOK = re.compile(r"(.*\.)?meta\.(events|config|client\.meta)\..*|events\..*|_\w+\..*")
_HOOK = re.compile(
    r"(.*\.)?(register\w*|unregister\w*|mount|set_\w+|add_\w*(hook|listener|handler|interceptor|callback)\w*|"
    r"subscribe|configure|bind|auth|login|select|use|client_setname|on_\w+|update_execution_options)"
    r"|(headers|cookies|params|auth|hooks|adapters|proxies|event_hooks|config|options|meta)\..*"
)
"""Calls that change what every later user of the client meets."""

_HOLDERS = frozenset({"isinstance", "hasattr", "len", "id", "type", "repr", "str", "bool", "print", "getattr"})
"""Functions that look at what they are given and change nothing about it."""

_OWN_HOLDERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "boto3": frozenset({"S3Transfer", "TransferManager", "create_transfer_manager"}),
        "SQLAlchemy": frozenset(
            {
                "sessionmaker", "Session", "scoped_session", "inspect", "MetaData", "Table", "create_all", "drop_all",
                "configure", "reflect", "prepare", "read_sql", "read_sql_query", "read_sql_table", "to_sql",
            }
        ),
        "redis": frozenset({"Lock", "Redis", "StrictRedis"}),
    }
)  # fmt: skip
"""By distribution, what takes a client to use it as its caller would, by the last part of its name."""


class Borrow(NamedTuple):
    """``closings`` end the client, ``entries`` are ``with`` statements around it, ``changes`` set it up or alter it."""

    closings: tuple[Use, ...]
    entries: tuple[Use, ...]
    changes: tuple[Use, ...]
    doubts: tuple[str, ...]
    is_threaded: bool


def borrow_of(client: Client, uses: Iterable[Use]) -> Borrow:
    """Sorts what happens to a client. Raises ``RefusalError`` for what no edit can make right."""
    closings: list[Use] = []
    entries: list[Use] = []
    changes: list[Use] = []
    doubts: list[str] = []
    is_threaded = False
    for use in uses:
        if use.kind == "method" and use.name in client.close:
            closings.append(use)
        elif use.name.startswith(("__dict__", "__class__")):
            raise RefusalError(f"`{use.function}` looks into it with `{use.name}`")
        elif use.kind == "read" and (use.name in client.close or _is_hook(client, use.name)):
            raise RefusalError(f"`{use.name}` of it is handed on, and may be called anywhere")
        elif (use.kind == "method" and _is_hook(client, use.name)) or use.kind == "write":
            changes.append(use)
        elif use.kind == "entered":
            if use.name == "enter_async_context":
                raise RefusalError("it is entered as an asynchronous context manager")
            entries.append(use)
        elif use.kind == "threaded":
            is_threaded = True
        elif use.kind == "passed":
            doubts += _doubt(client, use)
        elif use.kind in _ESCAPES:
            raise RefusalError(_ESCAPES[use.kind].format(name=use.name))
    return Borrow(tuple(closings), tuple(entries), tuple(changes), tuple(dict.fromkeys(doubts)), is_threaded)


_ESCAPES = {
    "returned": "`{name}` gives it back, and not all its callers can be followed",
    "yielded": "`{name}` yields it, and not all its callers can be followed",
    "kept": "it is kept in {name}, where it cannot be followed",
    "raised": "it leaves the function with an exception",
    "unknown": "what happens to it cannot be followed ({name})",
}


def _is_hook(client: Client, name: str) -> bool:
    pattern = _AWS_HOOK if client.distribution in _AWS else _HOOK
    return pattern.fullmatch(name) is not None


def _doubt(client: Client, use: Use) -> list[str]:
    last = use.name.rpartition(".")[2]
    if use.name in _HOLDERS or last in _OWN_HOLDERS.get(client.distribution, ()):
        return []
    return [f"`{use.name}` gets the client, and may close or change it"]
