"""Names for what a fix adds to a module: they say what they hold, and clash with nothing in the file."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import NamedTuple

from lambda_conn_lint.catalog.model import Client

_VAGUE = frozenset(
    {
        "_", "api", "aws", "c", "cl", "client", "clients", "cli", "handle", "instance", "obj", "r", "res", "resource",
        "result", "ret", "s", "sdk", "service", "session", "tmp", "x",
    }
)  # fmt: skip
"""Names of variables that say too little for a global."""

_PREFIXES = ("get_", "create_", "make_", "build_", "init_", "initialize_", "new_", "connect_to_", "connect_", "open_",
             "setup_", "set_up_", "fetch_", "load_")  # fmt: skip
_WORDS = {
    "connect": "connection", "Connect": "connection", "create_engine": "engine", "create_pool": "pool",
    "create_client": "client", "get_client": "client", "Session": "session", "Client": "client",
}  # fmt: skip
_MEMBERS = frozenset({"from_url", "from_env", "create", "connect", "new", "from_connection_string", "from_config"})


class Names(NamedTuple):
    """A module global and the function that fills it."""

    variable: str
    accessor: str


class SlotNames(NamedTuple):
    """The slot of a connection, and the functions that take from it, put back and lend for a ``with``."""

    variable: str
    take: str
    put: str
    lent: str


class Namer:
    """Gives names that are not in ``taken``, each once."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def names(self, hints: Iterable[str], *, plural: bool = False) -> Names:
        """Names after the first of the hints that says anything; ``plural`` where the global holds several clients."""
        base = next((cleaned for hint in hints if (cleaned := _clean(hint)) and cleaned not in _VAGUE), "client")
        number = 1
        while True:
            suffix = "" if number == 1 else f"_{number}"
            variable = f"_{base}{'s' if plural else ''}{suffix}"
            names = Names(variable, f"_get_{base}{suffix}")
            if self._taken.isdisjoint((*names, f"{variable}_lock")):
                self._taken.update(names)
                return names
            number += 1

    def slot(self, hint: str) -> SlotNames:
        """Names for the slot of a connection that is called ``hint`` where it is used."""
        base = _clean(hint) or "conn"
        number = 1
        while True:
            name = base if number == 1 else f"{base}_{number}"
            names = SlotNames(f"_{name}", f"_take_{name}", f"_put_{name}", f"_lent_{name}")
            if self._taken.isdisjoint((*names, f"_{name}_lock")):
                self._taken.update(names)
                return names
            number += 1


def from_constructor(client: Client, service: str | None) -> str:
    """What a client is called after its constructor; ``service`` is the literal first argument of an AWS client."""
    owner, _, last = client.name.rpartition(".")
    if service and last in ("client", "resource", "create_client"):
        return f"{service}_{'client' if last == 'create_client' else last}"
    if last in _MEMBERS and owner.rpartition(".")[2][:1].isupper():
        last = owner.rpartition(".")[2]
    word = _WORDS.get(last, last)
    package = client.name.partition(".")[0]
    if word in ("client", "session", "connection"):
        return f"{package}_{word}" if word != "connection" else word
    return word


def from_function(name: str) -> str:
    """What a function that builds a client calls it: ``get_s3_client`` gives ``s3_client``."""
    name = name.lstrip("_")
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _clean(hint: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", hint)
    name = re.sub(r"\W+", "_", snake, flags=re.ASCII).strip("_").lower()
    if not name or name[0].isdigit() or keyword.iskeyword(name):
        return f"client_{name}" if name else ""
    return name
