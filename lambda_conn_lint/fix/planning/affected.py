"""Which tests put something in the place of a constructor: they meet a kept client after a fix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Step
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.link.reach import Reached

_PATCHES = frozenset({"patch", "object", "setattr", "dict", "multiple"})
_PATCHING = re.compile(rf"\b(?:{'|'.join(sorted(_PATCHES))})\b(?:[\s\\)]|#[^\r\n]*)*\(".encode())
"""Where one of them may be called. Most tests of a project that name a library do not, and need no parse."""


class _Patching(NamedTuple):
    """A call that replaces something, and the parts of the names in its arguments."""

    step: Step
    words: frozenset[str]


def affected_tests(ground: Ground, reached: Reached) -> tuple[Step, ...]:
    """Calls in tests that put something in the constructor's place."""
    name = reached.client.name
    return ground.remember(("affected tests", name), partial(_affected, ground, name))


def _affected(ground: Ground, name: str) -> tuple[Step, ...]:
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    wanted = {package} if last in _PATCHES else {package, last}
    found = {
        patching.step
        for path in ground.tests_mentioning(package)
        for patching in ground.remember(("patching", path), partial(_patching, ground, path))
        if not wanted.isdisjoint(patching.words)
    }
    return tuple(sorted(found))


def _patching(ground: Ground, path: str) -> list[_Patching]:
    """The calls of a test that replace something."""
    facts = ground.facts(path) if _PATCHING.search(ground.text(path)) else None
    calls = (node for node in m.descendants(facts) if isinstance(node, m.Call)) if facts is not None else ()
    return [
        _Patching(Step(path, call.span.row, call.span.column, "patch"), frozenset(_words(call)))
        for call in calls
        if _name(call) in _PATCHES
    ]


def _name(call: m.Call) -> str:
    function = call.function
    return function.name if isinstance(function, m.Attribute) else function.id if isinstance(function, m.Name) else ""


def _words(call: m.Call) -> Iterator[str]:
    for argument in call.arguments:
        for node in m.descendants(argument.value):
            if isinstance(node, m.Literal) and isinstance(node.value, str):
                yield from node.value.split(".")
            elif isinstance(node, m.Name):
                yield node.id
