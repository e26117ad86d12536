"""What follows for a kept client from how a deployment file has its function run.

Findings say the sentences, at the end of their messages; the page of a rule says besides what is behind them.
"""

from __future__ import annotations

from types import MappingProxyType

from lambda_conn_lint.rules.model import Group
from lambda_conn_lint.traits import CONCURRENT, DURABLE, MANAGED_INSTANCES, PROVISIONED, SNAP_START

LOCKED = "with concurrent invocations, do so under a lock"
"""Said of a client that threads may share."""

ONE_AT_A_TIME = "with concurrent invocations, no two threads may use it at once"
"""Said of every other client."""

BY_TRAIT = MappingProxyType(
    {
        SNAP_START: Group(
            "SnapStart",
            "The process is restored from a snapshot that is taken after the import, any number of times and much "
            "later. Connections in it may be dead by then; random seeds, unique identifiers and fetched credentials "
            "are the same in all that is restored. Filled on first use, a global is right; what has to be there "
            "before is connected in a hook that runs after a restore.",
            ("under SnapStart, open no connection at import, since it may be dead once restored",),
        ),
        PROVISIONED: Group(
            "Provisioned concurrency",
            "Imports run when the process is made ready, ahead of its first invocation; what is filled on first use "
            "is still waited for by that one.",
            ("with provisioned concurrency, what is made at import is there before the first invocation",),
        ),
        DURABLE: Group(
            "Durable functions",
            "The function runs from its start again at each replay, and only what steps and activities have given is "
            "remembered. All other code has to be deterministic, so it talks to nobody.",
            ("in a durable function, use it in steps or activities only, since all else runs again at each replay",),
        ),
        MANAGED_INSTANCES: Group(
            "Managed Instances",
            "An environment has several worker processes that take one invocation at a time and share no memory, so "
            "that no lock is needed, and that many connections are open.",
            ("on Managed Instances, each of several worker processes keeps its own",),
        ),
        CONCURRENT: Group(
            "Concurrent invocations",
            "One process takes several invocations at the same time, on threads. Two of them may find the global empty "
            "at once, and use at once what is in it.",
            (LOCKED, ONE_AT_A_TIME),
        ),
    }
)
"""What a finding says where a handler has one of ``TRAITS``: one sentence, or one of several."""
