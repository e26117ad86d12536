"""All tables of the catalogue, one after the other."""

from __future__ import annotations

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
from lambda_conn_lint.catalog.model import Client

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
