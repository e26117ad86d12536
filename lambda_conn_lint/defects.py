"""How a defect of ours is told. Imports nothing, so that it can be told whatever is broken."""

from __future__ import annotations

INTERNAL_ERROR = "LCL000"
"""The code of a defect of ours, which may keep a file from being checked."""


def defect(error: BaseException) -> str:
    """One line for people about an exception that should not have been raised."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error, this file was not checked completely: {what}"
