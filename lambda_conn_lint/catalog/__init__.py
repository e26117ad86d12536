"""The catalogue: every constructor of a client library that the project knows, in one table per kind of client.

Adding a library is adding its rows to the table of its kind.
"""

from __future__ import annotations

import functools

from lambda_conn_lint.catalog import (
    ai,
    cache,
    cloud_sdk,
    feature_flag,
    http,
    mail,
    nosql,
    observability,
    queue,
    rpc,
    search,
    secrets,
    sql,
)
from lambda_conn_lint.catalog.lookup import Catalog
from lambda_conn_lint.catalog.model import Client

__all__ = ["CLIENTS", "Catalog", "Client", "catalogue"]

CLIENTS: tuple[Client, ...] = (
    *sql.CLIENTS,
    *nosql.CLIENTS,
    *cache.CLIENTS,
    *search.CLIENTS,
    *feature_flag.CLIENTS,
    *cloud_sdk.CLIENTS,
    *secrets.CLIENTS,
    *queue.CLIENTS,
    *http.CLIENTS,
    *rpc.CLIENTS,
    *ai.CLIENTS,
    *mail.CLIENTS,
    *observability.CLIENTS,
)
"""All rows: the tables in the order of the codes, each as it is written."""


@functools.cache
def catalogue() -> Catalog:
    """The catalogue of the rows that ship with the project, built on first use."""
    return Catalog(CLIENTS)
