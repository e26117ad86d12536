"""Programs that lie beside their fixed text under ``fixtures/fixes``, and how they are to be run.

A case is ``NAME.py`` with ``NAME.fixed.py`` beside it, or a folder with ``before/`` and ``after/`` in it. Comments at
the start of the file (of ``before/app.py``, or the first file that has them) may say more::

    # handler: lambda_handler            what is called; module.function in a folder; else the first known name is it
    # events: [{}, {"id": 1}]            what it is called with
    # env: {"STAGE": "live"}             variables that need a certain value
    # again: boto3.client                constructions that the fix leaves as they are, by the start of their text
    # reason: the region changes        why something of it is not fixed, so that it may be built again
    # not run: it needs a running loop   why the case is compared as text only
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from behaviour.comparing import Program

_DIRECTION = re.compile(r"#\s*(handler|events|env|again|reason|not run):\s*(.+)")
_NAMES = ("lambda_handler", "handler", "main", "run", "app")
_EVENTS: tuple[dict[str, object], ...] = ({}, {"id": 1}, {})


class Case(NamedTuple):
    """One case: its name, how it is run, its text after the fix, and why it is not run (or "")."""

    name: str
    program: Program
    after: Mapping[str, str]
    not_run: str


def collect(folder: Path) -> list[Case]:
    """The cases below a folder, by name; raises ValueError where none of the functions is a handler by its name."""
    cases = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name == "before" and path.is_dir():
            cases.append(_case(name.removesuffix("/before"), dict(_files(path)), dict(_files(path.with_name("after")))))
        elif path.suffix == ".py" and path.with_name(f"{path.stem}.fixed.py").is_file():
            fixed = path.with_name(f"{path.stem}.fixed.py")
            module = f"{path.stem}.py" if path.stem.isidentifier() else "app.py"
            cases.append(_case(name, {module: _text(path)}, {module: _text(fixed)}))
    return cases


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), _text(path)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


def _case(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Case:
    said: dict[str, str] = {}
    for text in before.values():
        for line in text.splitlines():
            match = _DIRECTION.fullmatch(line)
            if match:
                said.setdefault(match[1], match[2])
    program = Program(
        before,
        _entry(before, said.get("handler", "")) if "not run" not in said else "",
        tuple(ast.literal_eval(said["events"])) if "events" in said else _EVENTS,
        ast.literal_eval(said.get("env", "{}")),
        once="reason" not in said,
        again=tuple(said["again"].split(", ")) if "again" in said else (),
    )
    return Case(name, program, {**before, **after}, said.get("not run", ""))


def _entry(files: Mapping[str, str], handler: str) -> str:
    if "." in handler:
        return handler
    for path, text in files.items():
        defined = _defined(ast.parse(text))
        for name in (handler,) if handler else _NAMES:
            if name in defined:
                return f"{path.removesuffix('.py').replace('/', '.')}.{name}"
    raise ValueError(f"no function is called {handler or ' or '.join(_NAMES)}")


def _defined(tree: ast.Module) -> set[str]:
    """What the module binds at its top level, also under conditions."""
    names: set[str] = set()
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.If | ast.Try):
            pending += [*node.body, *node.orelse]
    return names
