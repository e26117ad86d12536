"""libcst's trees that lowering leaves behind, for who has to read the same text again: a parse costs most of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

_MOST_SOURCE = 500_000
"""Bytes of source whose trees are kept. A tree takes some forty times as much as its text."""


class Trees:
    """Trees by the bytes that they were made from: the first one, and those after it as far as there is room."""

    def __init__(self) -> None:
        self._kept: dict[bytes, cst.Module] = {}
        self._room = _MOST_SOURCE

    def keep(self, source: bytes, module: cst.Module) -> None:
        if source not in self._kept and (len(source) <= self._room or not self._kept):
            self._kept[source] = module
            self._room -= len(source)

    def get(self, source: bytes) -> cst.Module | None:
        return self._kept.get(source)
