"""Names for what a fix adds to a module: they say what they hold, and clash with nothing in the file."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import NamedTuple

from lambda_conn_lint.catalog.model import Client

_VAGUE = frozenset(
    {
        "_", "api", "aws", "build", "connect", "create", "factory", "get", "init", "make", "new", "setup",
        "c", "cl", "client", "clients", "cli", "handle", "instance", "obj", "r", "res", "resource",
        "result", "ret", "s", "sdk", "service", "session", "tmp", "x",
    }
)  # fmt: skip
"""Names of variables that say too little for a global."""

_PREFIXES = ("get_", "create_", "make_", "build_", "init_", "initialize_", "new_", "connect_to_", "connect_", "open_",
             "setup_", "set_up_", "fetch_", "load_")  # fmt: skip
_WORDS = {
    "connect": "connection", "Connect": "connection", "Session": "session", "Client": "client",
    "engine_from_config": "engine", "OpenAI": "openai", "AzureOpenAI": "azure_openai", "OpenSearch": "opensearch",
}  # fmt: skip
_GENERIC = frozenset({"client", "session", "connection", "resource", "factory"})
"""Words that need the library's name before them."""

_MEMBER = re.compile(r"from_\w+|create|create_anonymous_client|connect|new")
"""Names of class methods that build an instance of their class."""


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
        self._given = frozenset(taken)
        self._taken = set(self._given)

    def names(self, hints: Iterable[str], *, plural: bool = False) -> Names:
        """Names after the first of the hints that says anything; ``plural`` where the global holds several clients.

        Where the file has such names already, the next hint comes in; a second client of the same name gets a number.
        """
        cleaned = [name for hint in hints if len(name := _clean(hint)) > 1 and name not in _VAGUE] or ["client"]
        cleaned.append(f"shared_{cleaned[0]}")
        base = next((name for name in cleaned if self._given.isdisjoint(_named(name, "", plural=plural))), cleaned[-1])
        number = 1
        while True:
            names = _named(base, "" if number == 1 else f"_{number}", plural=plural)
            if self._taken.isdisjoint((*names, f"{names.variable}_lock")):
                self._taken.update(names)
                return names
            number += 1

    def action(self, package: str) -> Names:
        """A flag for what has been set up once, and the function that does it."""
        number = 1
        while True:
            suffix = "" if number == 1 else f"_{number}"
            names = Names(f"_{package}_is_set_up{suffix}", f"_set_up_{package}{suffix}")
            if self._taken.isdisjoint(names):
                self._taken.update(names)
                return names
            number += 1

    def slot(self, hint: str, *, is_public: bool = False) -> SlotNames:
        """Names for the slot of a connection that is called ``hint`` where it is used.

        ``is_public`` where other modules give back what a function of this one gives them.
        """
        base = _clean(hint) or "conn"
        number = 1
        while True:
            name = base if number == 1 else f"{base}_{number}"
            put = f"release_{name}" if is_public else f"_put_{name}"
            names = SlotNames(f"_{name}", f"_take_{name}", put, f"_lent_{name}")
            if self._taken.isdisjoint((*names, f"_{name}_lock")):
                self._taken.update(names)
                return names
            number += 1


def _named(base: str, suffix: str, *, plural: bool) -> Names:
    several = f"{base}_clients" if base.endswith(("s", "3")) else f"{base}s"  # sqs and s3 have no plural
    return Names(f"_{several if plural else base}{suffix}", f"_get_{base}{suffix}")


def from_constructor(client: Client, service: str | None) -> str:
    """What a client is called after its constructor; ``service`` is the literal first argument of an AWS client."""
    owner, _, last = client.name.rpartition(".")
    if service and last in ("client", "resource", "create_client"):
        return f"{service}_{'client' if last == 'create_client' else last}"
    around = owner.rpartition(".")[2]
    if _MEMBER.fullmatch(last) and around[:1].isupper():
        owner, last = owner.rpartition(".")[0], around
    word = _WORDS.get(last) or from_function(last)
    package = _library(owner)
    if word == "from_url":
        return package
    return f"{package}_{word}" if word in _GENERIC and last not in ("connect", "Connect") else word


def _library(module: str) -> str:
    """What a library is called; Google's are all in one package."""
    package, _, rest = module.partition(".")
    return rest.rpartition(".")[2] if package == "google" else package


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
