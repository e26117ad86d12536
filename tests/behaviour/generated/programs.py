"""Whole programs at random, the same ones for the same seed."""

from __future__ import annotations

import random

from behaviour.comparing import Program
from behaviour.generated import shared, taken
from behaviour.generated.draft import INDENT, Draft, indented

EVENTS: tuple[dict[str, object], ...] = ({}, {"id": 1}, {"id": None, "kind": "audit"})


def program(seed: int) -> Program:
    """A program with one or two clients, in one or two files; ``app.handler`` is its handler."""
    draft = Draft(random.Random(seed))
    body = draft.rng.choice((shared.statements, taken.statements))(draft)
    if draft.chance(0.35):
        other = draft.rng.choice((shared.statements, taken.statements))(draft)
        body = [*body, *other] if draft.chance(0.7) else [*other, *body]
    draft.add("app", *_handler(draft, ["result = []", *body, "return result"]))
    if draft.late:
        draft.add("app", *draft.late)
    return Program(draft.files(), "app.handler", EVENTS, once=draft.is_varied and not draft.builds_again)


def _handler(draft: Draft, body: list[str]) -> list[str]:
    """The body as a handler, in one of the forms of handlers."""
    form = draft.rng.choice(["plain", "plain", "plain", "documented", "decorated", "class", "conditional", "wrapped"])
    if form == "documented":
        return ["def handler(event, context):", f'{INDENT}"""Serve."""', *indented(body)]
    if form == "decorated":
        draft.imports["app"].add("import functools")
        lines = ["def logged(function):", f"{INDENT}@functools.wraps(function)", f"{INDENT}def inner(*args):"]
        lines += [f"{INDENT * 2}return function(*args)", "", f"{INDENT}return inner"]
        draft.add("app", *lines)
        return ["@logged", "def handler(event, context):", *indented(body)]
    if form == "class":
        return [
            "class App:",
            f"{INDENT}def __call__(self, event, context):",
            *indented(indented(body)),
            "",
            "",
            "handler = App()",
        ]
    if form == "conditional":
        draft.imports["app"].add("import sys")
        return ["if sys.version_info:", f"{INDENT}def handler(event, context):", *indented(indented(body))]
    if form == "wrapped":
        guarded = ["try:", *indented(body), "except ZeroDivisionError:", f"{INDENT}return None"]
        return ["def handler(event, context):", *indented(guarded)]
    return ["def handler(event, context):", *indented(body)]
