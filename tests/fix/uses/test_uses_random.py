"""Programs made at random are run with an object that records what happens to it: all of it is among its uses."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterable, Iterator
from textwrap import indent
from typing import Any

import pytest

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.facts.lower import facts_of
from lambda_conn_lint.fix.uses import ESCAPES, uses_of

PROGRAMS = 150
_FOLLOWED = frozenset({"kept", "returned"})
_STATEMENTS = 8
_CALLS = 200

_NAMES = ("a", "b", "c", "d", "e")
_SIMPLE = (
    "{v} = {w}",
    "{v} = {u} = {w}",
    "{v}, {u} = {w}, {v}",
    "[{v}, ({u}, {v})] = ({w}, ({u}, {w}))",
    "{v} = ({w}, {u})",
    "{v} = [{u}, {w}, *({v},)]",
    "{v} = {w}[0]",
    "{v} = {w}[1]",
    "{v}, {u} = {w}",
    "{v} = {{'k': {w}, 'l': {u}}}",
    "{v} = {w}['k']",
    "{v} = {w} or {u}",
    "{v} = {w} and {u}",
    "{v} = {w} if {u} else {v}",
    "({v} := {w}).m{n}()",
    "{v} = f{i}({w}, {u})",
    "{v} = f{i}(y={w}, x={u})",
    "{v} = mod.f{i}({w}, {u})",
    "{v} = K({w}, {u})",
    "{v} = L({w})",
    "{v} = K({w}, {u}).g({v})",
    "{v} = {w}.g({u})",
    "{v} = {w}.p",
    "{v} = {w}.q",
    "{w}.p = {v}",
    "K.q = {v}",
    "{v} = {w}.prop",
    "G = {v}",
    "{v} = G",
    "{v} = (lambda x, y={u}: y)({w})",
    "{v} = (lambda: {w})()",
    "{v} = [x.m{n}() for x in ({w}, {u})]",
    "{v} = [x for x in ({w}, {u})]",
    "{v} = [(x, {u}) for x in [{w}]]",
    "{w}.m{n}()",
    "{w}.m{n}({u})",
    "{w}.s{n} = 1",
    "{w}.h.m{n}()",
    "{w}['i'].m{n}()",
    "{v} = {w}.m{n}",
    "{v}()",
    "setattr({w}, 's{n}', 1)",
    "getattr({w}, 'm{n}')()",
    "{v} = partial(f{i}, {w})",
    "{v}({w})",
    "{v} = cm({w})",
    "{v} = closing({w})",
)
_BLOCKS = (
    "for {v} in ({w}, {u}):",
    "for {v} in {w}:",
    "for {v}, {u} in [({w}, {u}), ({u}, {w})]:",
    "if {w}:",
    "with {w} as {v}:",
    "with cm({w}) as {v}:",
    "with closing({w}) as {v}:",
    "def inner(z={u}):",
    "def {v}():",
    "try:",
)

_HEAD = """
class K:
    def __init__(self, x, y=None):
        tick()
        self.p = x
{init}
    def g(self, x, y=None):
        tick()
{method}
        return {returned}
    @property
    def prop(self):
        tick()
{property}
        return self.p
class L(K):
    def __init__(self, x):
        super().__init__(y=x, x=x)
        self.q = x
@contextmanager
def cm(x, y=None):
    tick()
{manager}
    yield x
"""


class EnoughError(BaseException):
    """The program has run for long enough."""


class Plain:
    """Something that bears everything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Plain()

    def __call__(self, *arguments: object, **keywords: object) -> Plain:
        return Plain()

    def __getitem__(self, key: object) -> Plain:
        return Plain()

    def __iter__(self) -> Iterator[Plain]:
        return iter((Plain(), Plain()))


class Recorder:
    """The object; ``seen`` is what happened to it."""

    def __init__(self, seen: set[str]) -> None:
        self.__dict__["seen"] = seen

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.seen.add(name)
        return Plain()

    def __setattr__(self, name: str, value: object) -> None:
        self.seen.add(name)

    def __getitem__(self, key: object) -> Plain:
        self.seen.add("[]")
        return Plain()

    def __iter__(self) -> Iterator[Plain]:
        self.seen.add("__iter__")
        return iter((Plain(), Plain()))

    def __call__(self, *arguments: object) -> Plain:
        self.seen.add("__call__")
        return Plain()

    def __enter__(self) -> Recorder:
        self.seen.add("with")
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def close(self) -> None:
        pass


class Writer:
    """Makes one program."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0

    def program(self) -> str:
        head = _HEAD.format(
            init=indent(self._block(1, "xy"), " " * 8),
            method=indent(self._block(2, "xy"), " " * 8),
            property=indent(self._block(1, ["self"]), " " * 8),
            manager=indent(self._block(1, "xy"), " " * 4),
            returned=self._random.choice("xy"),
        )
        functions = "".join(
            f"def f{i}(x, y=None):\n    global G\n    tick()\n{indent(self._block(2, 'xy'), '    ')}"
            f"    return {self._random.choice(('x', 'y', '(x, y)', 'K(x)', 'f0(y, x)', 'lambda: x'))}\n"
            for i in range(3)
        )
        body = indent(self._block(_STATEMENTS, _NAMES), "    ")
        names = " = ".join(_NAMES)
        return (
            f"{head}{functions}def handler():\n    global G\n    {names} = Plain()\n    a = X()\n{body}\nG = Plain()\n"
        )

    def _block(self, length: int, names: Iterable[str]) -> str:
        names = tuple(names)
        return "".join(self._statement(names, depth=2) for _ in range(length)) or "pass\n"

    def _statement(self, names: tuple[str, ...], depth: int) -> str:
        if self._random.random() < 0.3:
            return self._guarded(self._fill("{v}.m{n}()", names) + "\n")
        if depth and self._random.random() < 0.2:
            head = self._fill(self._random.choice(_BLOCKS), names)
            inner = "".join(self._statement(names, depth - 1) for _ in range(2))
            body = f"{head}\n{indent(inner, '    ')}"
            if head == "try:":
                return body + "finally:\n" + indent(self._statement(names, depth - 1), "    ")
            if head.startswith("def"):
                name = head[4:].partition("(")[0]
                parameters = {"v": self._random.choice(names), "w": name}
                locals_ = ", ".join(names)
                body = f"{head}\n    nonlocal {locals_}\n{indent(inner, '    ')}" if name == "inner" else body
                return self._guarded(body) + self._guarded("{v} = {w}()\n".format(**parameters))
            return self._guarded(body)
        return self._guarded(self._fill(self._random.choice(_SIMPLE), names) + "\n")

    def _fill(self, template: str, names: tuple[str, ...]) -> str:
        self._number += 1
        weights = [3, *[1] * (len(names) - 1)]  # the first is most often the object
        chosen = dict(zip("wuv", (*self._random.choices(names, weights, k=2), self._random.choice(names)), strict=True))
        return template.format(**chosen, n=self._number, i=self._random.randrange(3))

    def _guarded(self, statement: str) -> str:
        return f"try:\n{indent(statement, '    ')}except Exception: pass\n"


def ran(program: str) -> set[str]:
    """What happens to the object when the handler runs."""
    seen: set[str] = set()
    calls = itertools.count()

    def tick() -> None:
        if next(calls) > _CALLS:
            raise EnoughError

    module: dict[str, Any] = {
        "X": lambda: Recorder(seen),
        "Plain": Plain,
        "tick": tick,
        "partial": __import__("functools").partial,
        "closing": contextlib.closing,
        "contextmanager": contextlib.contextmanager,
    }
    module["mod"] = type("mod", (), {})
    exec(compile(program, "program", "exec"), module)
    for i in range(3):
        setattr(module["mod"], f"f{i}", staticmethod(module[f"f{i}"]))
    with contextlib.suppress(EnoughError):
        module["handler"]()
    return seen


class OneFile:
    def __init__(self, source: str) -> None:
        self.source = source

    def facts(self, path: str) -> m.ModuleFacts | None:
        return facts_of(self.source.encode()) if path == "mod.py" else None

    def mentioning(self, identifier: str) -> Iterable[str]:
        return ["mod.py"] if identifier in self.source else []

    def defining(self, name: str) -> Iterable[str]:
        return self.mentioning(name)

    def deriving(self, name: str) -> Iterable[str]:
        return self.mentioning(name)


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_what_happens_is_told(seed: int) -> None:
    program = "import mod\n" + Writer(seed).program()
    view = OneFile(program)
    facts = view.facts("mod.py")
    assert facts is not None
    (span,) = (
        node.span
        for node in m.descendants(facts.functions)
        if isinstance(node, m.Call) and node.function == m.Name("X")
    )
    found = uses_of(view, "mod.py", span)
    told = {name for use in found for name in (use.name, *use.name.split("."))}
    if any(use.kind in ESCAPES - _FOLLOWED for use in found):
        return
    assert ran(program.removeprefix("import mod\n")) <= told
