"""How a platform runs a function, as far as it decides what a kept client meets."""

from __future__ import annotations

SNAP_START = "snap-start"
PROVISIONED = "provisioned-concurrency"
DURABLE = "durable"
MANAGED_INSTANCES = "managed-instances"
CONCURRENT = "concurrent"  # more than one invocation at a time in one process, by threads

TRAITS = (SNAP_START, PROVISIONED, DURABLE, MANAGED_INSTANCES, CONCURRENT)
"""What a deployment file may say."""

UNDECLARED = "undeclared"
"""What a handler has for traits when no deployment file says how it is run."""
