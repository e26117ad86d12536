"""What a run leaves behind for the next one: facts of modules by their bytes, and by all that they came from what
deployment files say and whole results.

Nothing in here changes a result, and nothing in here fails: what cannot be read, is damaged or was written by another
version counts as not there, and what cannot be written is not kept. All of it is JSON, one record a line.
"""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.cache.known_deployments import KnownDeployments
from lambda_conn_lint.cache.known_facts import KnownFacts
from lambda_conn_lint.cache.known_runs import KnownRuns
from lambda_conn_lint.cache.store import Store


class Cache(NamedTuple):
    """What earlier runs know of one project."""

    facts: KnownFacts
    deployments: KnownDeployments
    runs: KnownRuns


def opened(folder: str) -> Cache:
    """The cache that lies, or will lie, in this folder."""
    store = Store(folder)
    return Cache(KnownFacts(store), KnownDeployments(store), KnownRuns(store))
