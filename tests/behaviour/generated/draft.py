"""A program in the making: what its files hold so far, and names that are still free."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

INDENT = "    "


class Argument(NamedTuple):
    """An argument of a construction: the lines that must stand before, the expression, and lines that may follow."""

    before: tuple[str, ...]
    expression: str
    after: tuple[str, ...] = ()


class Draft:
    """Two files that grow: ``app`` with the handler, ``clients`` beside it with helpers (it may stay empty)."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.imports: dict[str, set[str]] = {"app": set(), "clients": set()}
        self.top: dict[str, list[str]] = {"app": [], "clients": []}
        self.late: list[str] = []  # what stands at the end of ``app``
        self.builds_again = False  # something is built from the event, or reached by ways that nobody can follow
        self.is_varied = self.chance(0.5)  # no two constructions are alike
        self._used: Counter[str] = Counter()

    def name(self, wish: str) -> str:
        """A name that nothing else in the program has."""
        self._used[wish] += 1
        return wish if self._used[wish] == 1 else f"{wish}{self._used[wish]}"

    def add(self, where: str, *lines: str) -> None:
        """A definition at module level."""
        self.top[where] += ["", "", *lines]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def argument(self, where: str, *, has_event: bool) -> Argument:
        """Text that the construction takes, from the places that such text comes from.

        ``where`` is the file; without ``has_event`` nothing may come from the event.
        """
        local = self.name(self.rng.choice(["region", "host", "value"]))
        if has_event and self.chance(0.08):
            return self._dependent(where, local)
        source = self.source(where)
        printed = f"result.append({local})" if has_event else f"print({local})"
        base, constant = self.name("base"), self.name("SETTING")
        found = self.rng.choice(
            [
                Argument((), source),
                Argument((), constant),
                Argument((), f'{source} or "fallback"'),
                Argument((), f'f"{{{self.source(where, quote=chr(39))}}}-x"'),
                Argument((f"{local} = {constant} + '-1'",), local),
                Argument((f"{local} = {source}",), local),
                Argument((f"{local} = {source}",), local, (printed,)),
                Argument((f"{local}: str = {source}  # from the deployment",), local),
                Argument((f"{base} = {source}", f'{local} = f"{{{base}}}-1"'), local),
                Argument((f'{local} = "a" if {source} else "b"',), local),
                Argument((f'{local} = "{{}}:{{}}".format({source}, {self.source(where)})',), local),
            ]
        )
        if constant in " ".join((*found.before, found.expression)):
            self.add(where, f"{constant} = {source}")
        return found

    def _dependent(self, where: str, local: str) -> Argument:
        """An argument that comes from the event."""
        self.builds_again = True
        if self.chance(0.5):
            return Argument((), 'event.get("region", "x")')
        rebound = ('if event.get("id"):', f'{INDENT}{local} = "other"')
        return Argument((f"{local} = {self.source(where)}", *rebound), local)

    def source(self, where: str, quote: str = '"') -> str:
        """A deployment's text: a literal or the environment."""
        kind = self.rng.choice(["literal", "environ", "get", "getenv"])
        name = self.rng.choice(["REGION", "HOST", "STAGE"])
        value = "eu-west-1"
        if self.is_varied:
            name, value = self.name(name), self.name(value)
        if kind == "literal":
            return quote + value + quote
        self.imports[where].add("import os")
        if kind == "environ":
            return f"os.environ[{quote}{name}{quote}]"
        read = "os.environ.get" if kind == "get" else "os.getenv"
        return f"{read}({quote}{name}{quote}, {quote}{value}{quote})"

    def files(self) -> dict[str, str]:
        """The texts by path."""
        found = {}
        for where, lines in self.top.items():
            if lines:
                found[f"{where}.py"] = "\n".join([*sorted(self.imports[where]), *lines]) + "\n"
        return found


def indented(lines: Iterable[str]) -> list[str]:
    """The lines one level deeper."""
    return [INDENT + line if line else line for line in lines]
