"""Functions that ``gcloud functions deploy`` puts on Google Cloud: in Cloud Build files and in scripts.

https://cloud.google.com/sdk/gcloud/reference/functions/deploy
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import Place, join, locate, locate_unique, located, speaks_python
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.traits import CONCURRENT

NAME = "gcloud"

_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_OPTION = "--entry-point"


class _Command(NamedTuple):
    words: list[str]
    row: int
    folder: str  # where it runs, as written: from the file's folder or from the project's root


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The functions that the file's commands deploy."""
    if path.endswith((".yaml", ".yml", ".json")):
        commands = [one for document in files.documents(path) for one in _steps(block(document))]
    else:
        commands = list(_lines(files.data(path).decode("utf-8", errors="replace"), 1, "."))
    for command in commands:
        yield from _function(files, path, command)


def _function(files: Files, path: str, command: _Command) -> Iterator[Declaration]:
    options = _options(command.words)
    function = options.get(_OPTION)
    runtime = options.get("--runtime")
    if function is None or (runtime is not None and "$" not in runtime and not speaks_python(runtime)):
        return
    place = _place(files, path, command.folder, options.get("--source", "."), function)
    if not place.file and (runtime is None or "$" in runtime):
        return
    yield located(
        Declaration(
            source=NAME,
            manifest=path,
            row=command.row,
            name=function,
            handler=function,
            platform="google",
            traits=(CONCURRENT,) if options.get("--concurrency", "1") != "1" else (),
        ),
        place,
    )


def _place(files: Files, path: str, folder: str, source: str, function: str) -> Place:
    if "$" in function:
        return Place(problem="--entry-point depends on the deployment")
    here = path.rpartition("/")[0]
    handler = f"main.{function}"
    # A script may run in its own folder, in the project's root, or in a checkout of this folder alone.
    bases = dict.fromkeys(one for base in (here, "") if (one := join(base, folder)) is not None)
    if "$" in source or "://" in source:
        place = locate_unique(files.project, [*bases, here], handler)
        return place if place.file else Place(problem="--source depends on the deployment")
    roots = [one for base in bases if (one := join(base, source)) is not None]
    return locate(files.project, [*roots, here], handler)


def _options(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            after = words[number + 1] if number + 1 < len(words) else ""
            found.setdefault(name, value if equals else after)
    return found


def _steps(build: Block) -> Iterator[_Command]:
    """The commands of a Cloud Build file, with its substitutions."""
    known = {name: text(value) or "" for name, value in block(build.get("substitutions")).items()}
    for step in items(build.get("steps")):
        settings = block(step)
        where = text(settings.get("dir")) or "."
        row = min(settings.rows.values(), default=1)
        words = [_filled(word, known) for word in map(text, items(settings.get("args"))) if word is not None]
        if _OPTION in words or any(word.startswith(_OPTION + "=") for word in words):
            yield _Command(words, row, where)
        else:
            for script in (*words, _filled(text(settings.get("script")) or "", known)):
                for command in _lines(script, row, where):
                    yield command._replace(row=row)


def _filled(written: Value, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda variable: known.get(variable[1], variable[0]), str(written))


def _lines(script: str, row: int, folder: str) -> Iterator[_Command]:
    """The lines of a script that name a function, each with what continues it."""
    pending: list[str] = []
    start = row
    for line in script.splitlines():
        if not pending:
            start = row
        row += 1
        pending.append(line.rstrip().removesuffix("\\"))
        if line.rstrip().endswith("\\"):
            continue
        whole = " ".join(pending)
        pending = []
        if _OPTION in whole and not whole.lstrip().startswith(("#", "//")):
            yield _Command(_words(whole), start, folder)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.replace('"', " ").replace("'", " ").split()
