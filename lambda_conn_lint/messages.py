"""What findings say: one sentence each, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import Handler, Step


def construction(client: Client, handlers: Sequence[Handler], path: Sequence[Step], is_dependent: bool) -> str:
    """What is built, where, and what to do about it."""
    first = path[0].name if path else handlers[0].name
    if len(path) > 2:
        where = f"on every invocation of {first}, by way of {path[-2].name}"
    else:
        where = f"on every invocation of {first}"
    others = len({handler.name for handler in handlers}) - 1
    more = f" (and {others} more)" if others > 0 else ""
    if is_dependent:
        return f"{client.name}() is built {where}{more} from what changes with the invocation"
    return f"{client.name}() is built {where}{more}; build it once per process, on first use"


def unparsable(problem: str) -> str:
    return f"this file could not be parsed and was not checked: {problem}"


def defect(error: BaseException) -> str:
    return f"internal error, this file was not checked completely: {type(error).__name__}: {error}"
