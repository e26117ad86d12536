"""What a place holds: the object itself, something that holds it, or something read from it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Key: TypeAlias = "str | int | float | bool | None"
Step: TypeAlias = tuple[str, Key]
"""How to get an object out of what holds it: ("item", key); without a key "iterated", "entered" and "awaited"."""


class Held(NamedTuple):
    """``route`` leads from the thing to the object, first step first; ``derived`` are names read from the object."""

    route: tuple[Step, ...] = ()
    derived: tuple[str, ...] = ()

    def inside(self, kind: str, key: Key = None) -> Held:
        """The same, one container further in."""
        return Held(((kind, key), *self.route), self.derived)

    def taken(self) -> Held:
        """The same, out of its outermost container."""
        return Held(self.route[1:], self.derived)

    def is_in(self, *kinds: str) -> bool:
        """Whether the outermost container is of one of these kinds."""
        return bool(self.route) and self.route[0][0] in kinds


OBJECT = Held()
DEEPEST = 3
"""Containers in containers that are followed: a list that is put into itself has no end."""
