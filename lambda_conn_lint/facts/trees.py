"""libcst's trees that lowering leaves behind, for who has to read the same text again: a parse costs most of all."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

_MOST_SOURCE = 200_000
"""Bytes of source whose trees are kept. A tree takes some forty times as much as its text."""


class Trees:
    """Trees by the bytes they were made from: the first one, the next ones as far as there is room, and the last."""

    def __init__(self) -> None:
        self._kept: dict[bytes, cst.Module] = {}
        self._last: dict[bytes, cst.Module] = {}  # none or one, that there was no room for
        self._room = _MOST_SOURCE
        self._new: list[bytes] = []

    def keep(self, source: bytes, module: cst.Module) -> None:
        """Keep a tree, until it is taken or let go."""
        if source in self._kept:
            return
        if len(source) <= self._room or not self._kept:
            self._kept[source] = module
            self._room -= len(source)
            self._new.append(source)
        else:
            self._last = {source: module}

    def let_go(self, but: Collection[bytes]) -> None:
        """Let go of those that have come since the last call, but for some: there is room for others then."""
        for source in self._new:
            if source not in but:
                self.take(source)
        self._new.clear()

    def take(self, source: bytes) -> cst.Module | None:
        """The tree of a text if it has been kept; nobody else gets it."""
        module = self._kept.pop(source, None)
        if module is None:
            return self._last.pop(source, None)
        self._room += len(source)
        return module
