"""Room for programs that are nested more deeply than Python's own limit lets a visitor follow."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

_STACK = 512 << 20  # bytes; address space, of which only what is used becomes memory
_LIMIT = 60_000  # Python frames


def run_deep(function: Callable[[], _T]) -> _T:
    """Call a function; if it runs into the recursion limit, call it again where there is more room.

    Raises what the function raises, ``RecursionError`` included.
    """
    try:
        return function()
    except RecursionError:
        return run_with_room(function)


def run_with_room(function: Callable[[], _T]) -> _T:
    """Call a function in a thread with a large stack of its own, which native code needs too. Raises what it raises."""
    results: list[_T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    limit, stack = sys.getrecursionlimit(), threading.stack_size(_STACK)
    try:
        sys.setrecursionlimit(_LIMIT)
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if errors:
        raise errors[0]
    return results[0]
