"""What the readers of configuration files hand over."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead to a value, from our table inwards."""

Raw: TypeAlias = Any
"""A value as the file has it: what the TOML parser gives, or ``Lines`` where the file knows only text."""


class Lines(NamedTuple):
    """A value of a file that knows only text: its lines that are not empty, each with its row, stripped."""

    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


class BrokenError(ValueError):
    """A file that cannot be parsed; ``row`` is where, from 1."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row
