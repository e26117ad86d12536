"""The catalogue: every constructor of a client library that the project knows, in one table per kind of client.

Adding a library is adding its rows to the table of its kind. The tables are loaded when they are first asked for.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from lambda_conn_lint.catalog.lookup import Catalog
from lambda_conn_lint.catalog.model import Client

if TYPE_CHECKING:
    from lambda_conn_lint.catalog.tables import CLIENTS

__all__ = ["CLIENTS", "Catalog", "Client", "catalogue"]


def __getattr__(name: str) -> tuple[Client, ...]:
    if name == "CLIENTS":
        from lambda_conn_lint.catalog.tables import CLIENTS

        return CLIENTS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@functools.cache
def catalogue() -> Catalog:
    """The catalogue of the rows that ship with the project, built on first use."""
    from lambda_conn_lint.catalog.tables import CLIENTS

    return Catalog(CLIENTS)
