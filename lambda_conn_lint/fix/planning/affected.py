"""Which tests put something in the place of a constructor: they meet a kept client after a fix."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from lambda_conn_lint.findings import Step
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.gate.syntax import last_name, parsed
from lambda_conn_lint.link.reach import Reached
from lambda_conn_lint.source import read_lines

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
    """The calls of a test that replace something; none where the running interpreter cannot parse it."""
    text = ground.text(path)
    module = parsed(text) if _PATCHING.search(text) else None
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)] if module is not None else []
    found = [call for call in calls if last_name(call.func) in _PATCHES]
    lines = read_lines(text) if found else []
    return [_Patching(_step(path, lines, call), frozenset(_words(call))) for call in found]


def _step(path: str, lines: Sequence[str], call: ast.Call) -> Step:
    before = lines[call.lineno - 1].encode()[: call.col_offset]  # which counts bytes, whatever the file's encoding
    return Step(path, call.lineno, len(before.decode()) + 1, "patch")


def _words(call: ast.Call) -> Iterator[str]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from node.value.split(".")
            elif isinstance(node, ast.Name):
                yield node.id
