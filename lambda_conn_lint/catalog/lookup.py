"""Looking a qualified name up in the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.catalog.sources import source

MEMBERS: Final = frozenset({"classmethod", "staticmethod", "method"})
"""The values of ``Client.call`` whose name is that of a class, a dot and a member of it."""


class Catalog:
    """Rows, and the ways to find them; nothing in it changes after construction.

    ``clients``  the rows, as given
    ``by_name``  every spelling of every row: its name, its aliases, and for a member of a class also what follows from
                 the aliases of that class
    ``sources``  packages of which a file imports at least one, or something in it, if it uses what a row names

    ``own`` are names of rows that the project defines itself: no package tells that a file uses them.

    Raises ``ValueError`` where two rows claim one spelling.
    """

    __slots__ = ("by_name", "clients", "sources")

    clients: Final[tuple[Client, ...]]
    by_name: Final[Mapping[str, Client]]
    sources: Final[frozenset[str]]

    def __init__(self, rows: Iterable[Client], own: Collection[str] = ()) -> None:
        self.clients = tuple(rows)
        by_name: dict[str, Client] = {}
        for client in self.clients:
            for name in (client.name, *client.aliases):
                _claim(by_name, name, client)
        for client in self.clients:
            if client.call in MEMBERS:
                owner, _, member = client.name.rpartition(".")
                owning = by_name.get(owner)
                for alias in owning.aliases if owning else ():
                    _claim(by_name, f"{alias}.{member}", client)
        self.by_name = MappingProxyType(by_name)
        self.sources = frozenset(source(name) for name in by_name if name not in own)

    def canonical(self, name: str) -> str:
        """The one spelling that stands for ``name``; ``name`` itself where the catalogue knows no other.

        A member of a class is respelled by its class, whether or not it has a row of its own.
        """
        client = self.by_name.get(name)
        if client is not None:
            return client.name
        owner, _, member = name.rpartition(".")
        owning = self.by_name.get(owner)
        return f"{owning.name}.{member}" if owning is not None else name

    def is_below_client(self, name: str) -> bool:
        """Whether a dotted name is that of something which a client gives: ``psycopg2.connect.cursor.fetchall``."""
        owner = name.rpartition(".")[0]
        while owner and owner not in self.by_name:
            owner = owner.rpartition(".")[0]
        return bool(owner)

    @property
    def packages(self) -> frozenset[str]:
        """Top-level packages that a row is imported from."""
        return frozenset(name.partition(".")[0] for name in self.by_name)

    def exported(self, module: str) -> list[str]:
        """Names that ``from module import *`` may bring, as far as the catalogue knows them."""
        prefix = module + "."
        names = (name[len(prefix) :] for name in self.by_name if name.startswith(prefix))
        return [name for name in names if "." not in name]

    def method(self, owner: str, name: str) -> Client | None:
        """The row of member ``name`` of the class ``owner`` (canonical name or alias), if it has one."""
        client = self.by_name.get(f"{owner}.{name}")
        return client if client is not None and client.call in MEMBERS else None


def _claim(by_name: dict[str, Client], name: str, client: Client) -> None:
    if by_name.setdefault(name, client) is not client:
        raise ValueError(f"{name} is claimed by {by_name[name].name} and by {client.name}")
