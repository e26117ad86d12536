"""The text of the accessors that a fix writes: a module global, ``None`` at first, and the function that fills it.

Lines end in "\\n" here, whatever the file's newline is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from lambda_conn_lint.fix.source.snippets import VERBATIM

Style: TypeAlias = Literal["global", "cached"]


@dataclass(frozen=True)
class Building:
    """What an accessor does when there is no client yet; every line without indentation of its own level.

    ``before`` are the statements that make its arguments, ``expression`` the construction (further lines as they stand
    in a statement without indentation), ``after`` set-up calls on the local variable ``subject``.
    """

    expression: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    subject: str = ""

    @cached_property
    def meaning(self) -> str:
        """The same for buildings that differ in comments, quotes and line breaks alone."""
        text = "\n".join([*self.before, f"{self.subject or '_'} = {self.expression}", *self.after])
        try:
            return ast.dump(ast.parse(text.replace(VERBATIM, "\n")))
        except SyntaxError:  # newer than the Python that runs this
            return text


def in_block(statements: Sequence[str]) -> list[str]:
    """The lines of statements that stand first in a block: a blank line parts imports from what follows them."""
    imports = [text for text in statements if text.startswith(("import ", "from "))]
    others = [text for text in statements if text not in imports]
    return _lines([*imports, "", *others] if imports else others)


@dataclass(frozen=True)
class Accessor:
    """One accessor to be written.

    ``keys`` are parameters, each with its annotation or ""; ``annotation`` is the class of the client where the
    module's own functions are annotated. ``lock`` names the lock that guards the first call, or is "". ``latest`` is
    how many clients are kept; ``None``: as many as there are keys. ``each`` are statements for every time the client is
    given, in which ``{client}`` stands for it. ``is_deferred`` tells that the module's annotations are not evaluated.
    """

    variable: str
    name: str
    building: Building
    keys: tuple[tuple[str, str], ...] = ()
    annotation: str = ""
    lock: str = ""
    style: Style = "global"
    latest: int | None = None
    each: tuple[str, ...] = ()
    is_deferred: bool = False

    @property
    def key(self) -> str:
        return ", ".join(name for name, _ in self.keys)

    @property
    def subject(self) -> str:
        """Where the client is kept, as an expression."""
        return f"{self.variable}[{self.key}]" if self.keys else self.variable


def definition(accessor: Accessor, indent: str) -> str:
    """The global and the function, with two blank lines between them and no newline at the end."""
    parameters = ", ".join(f"{name}: {note}" if note else name for name, note in accessor.keys)
    returns = f" -> {accessor.annotation}" if accessor.annotation else ""
    head = f"def {accessor.name}({parameters}){returns}:"
    if accessor.style == "cached":
        lines = _built(accessor.building, "return")
        return "\n".join([decorator(accessor), head, *(_indented(line, indent) for line in lines)])
    lines = guarded(accessor, _built(accessor.building, f"{accessor.subject} ="), indent)
    return "\n".join([*state_lines(accessor), "", "", head, *(_indented(line, indent) for line in lines)])


def decorator(accessor: Accessor) -> str:
    """What remembers the results of an accessor in the style "cached"."""
    return f"@functools.lru_cache(maxsize={accessor.latest})"


def imports(accessor: Accessor) -> list[str]:
    """The import statements that the accessor's text needs."""
    needed = []
    if accessor.style == "cached":
        needed.append("import functools")
    elif accessor.lock:
        needed.append("import threading")
    notes = (accessor.annotation, *(note for _, note in accessor.keys))
    return [*needed, "from typing import Any"] if "Any" in notes else needed


def state_lines(accessor: Accessor) -> list[str]:
    """The module-level lines that hold the client. Type checkers want an annotation for what is empty at first."""
    note, value = accessor.annotation.strip("\"'"), "None"
    if accessor.keys:
        kinds = [kind.strip("\"'") for _, kind in accessor.keys]
        key = f"tuple[{', '.join(kinds)}]" if len(kinds) > 1 else kinds[0]
        note, value = f"dict[{key}, {note}]" if note else "dict", "{}"
    elif note and note != "Any" and not _ALLOWS_NONE.search(note):
        note = f"{note} | None"
    if note and not accessor.is_deferred and not note.isidentifier():
        note = f'"{note}"'
    state = f"{accessor.variable}: {note} = {value}" if note else f"{accessor.variable} = {value}"
    return [state, f"{accessor.lock} = threading.Lock()"] if accessor.lock else [state]


_ALLOWS_NONE = re.compile(r"\bNone\b|\bOptional\b")


def guarded(accessor: Accessor, building: list[str], indent: str) -> list[str]:
    """The statements of the accessor's body: ``building`` under the test that there is no client yet."""
    key = f"({accessor.key})" if len(accessor.keys) > 1 else accessor.key
    absent = f"{key} not in {accessor.variable}" if accessor.keys else f"{accessor.variable} is None"
    guard = [f"if {absent}:", *(_indented(line, indent) for line in building)]
    if accessor.lock:
        inner = [f"with {accessor.lock}:", *(_indented(line, indent) for line in guard)]
        guard = [f"if {absent}:", *(_indented(line, indent) for line in inner)]
    declaration = [] if accessor.keys else [f"global {accessor.variable}"]
    each = [line.format(client=accessor.subject) for line in accessor.each]
    return [*declaration, *guard, *each, f"return {accessor.subject}"]


def _built(building: Building, lead: str) -> list[str]:
    if not building.after:
        return [*in_block(building.before), *f"{lead} {building.expression}".split("\n")]
    made = f"{building.subject} = {building.expression}".split("\n")
    return [*in_block(building.before), *made, *_lines(building.after), f"{lead} {building.subject}"]


def _lines(statements: Sequence[str]) -> list[str]:
    return [line for statement in statements for line in statement.split("\n")]


def _indented(line: str, indent: str) -> str:
    return indent + line if line else line
