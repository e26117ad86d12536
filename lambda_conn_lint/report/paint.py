"""Colours for a terminal, or none."""

from __future__ import annotations


class Paint:
    """Wraps text in terminal sequences where colours are wanted, and returns it untouched where they are not."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def bold(self, text: str) -> str:
        return self._wrap("1", text)

    def code(self, text: str) -> str:
        return self._wrap("1;31", text)

    def mark(self, text: str) -> str:
        return self._wrap("31", text)

    def fix(self, text: str) -> str:
        return self._wrap("32", text)

    def doubt(self, text: str) -> str:
        return self._wrap("33", text)

    def dim(self, text: str) -> str:
        return self._wrap("2", text)

    def _wrap(self, sequence: str, text: str) -> str:
        return f"\x1b[{sequence}m{text}\x1b[0m" if self._wanted and text else text
