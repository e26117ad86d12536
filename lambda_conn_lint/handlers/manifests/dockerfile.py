"""What the Dockerfile of a function's image says: the handler it starts, and the folders it copies code from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import Place, join, locate, located
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.project import Project

NAME = "dockerfile"

_LAMBDA_BASE = re.compile(rb"(?i)lambda/python|lambda-python|awslambdaric")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_INSTRUCTION = re.compile(r"^[ \t]*(FROM|CMD|COPY|ADD)[ \t]+(.+?)[ \t]*$", re.IGNORECASE | re.MULTILINE)


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The handler that the image starts if nobody overrides it."""
    if _LAMBDA_BASE.search(files.data(path)) is None:
        return  # commands of other images start servers
    folder, _, name = path.rpartition("/")
    image = read_image(files.project, path)
    if image is None or not image.command:
        return
    found = _place(files.project, folder, name, "")
    if found is None or not found[1].file:
        # Built in a folder above its own.
        above = folder.rpartition("/")[0]
        whole = _place(files.project, above, path[len(above) :].lstrip("/"), "")
        found = whole if whole is not None and whole[1].file else found
    if found is not None:
        handler, place = found
        yield located(
            Declaration(
                source=NAME,
                manifest=path,
                row=image.row,
                name=folder.rpartition("/")[2] or name,
                handler=handler,
            ),
            place,
        )


class Image(NamedTuple):
    """``command``: CMD's only word or empty, in a ``row``; ``folders``: the sources of COPY; ``python``: a base is
    Python's."""

    command: str = ""
    folders: tuple[str, ...] = ()
    python: bool = False
    row: int = 1


def read_image(project: Project, path: str) -> Image | None:
    """The Dockerfile at a project-relative path; ``None`` without one."""
    try:
        text = project.read(path).decode("utf-8", errors="replace")
    except OSError:
        return None
    command, python, row = "", False, 1
    folders: list[str] = []
    whole = _CONTINUED.sub(lambda end: " " * len(end[0]), text)
    for found in _INSTRUCTION.finditer(whole):
        instruction, argument = found[1].upper(), found[2]
        if instruction == "FROM":
            python = python or "python" in argument.lower()
        elif instruction == "CMD":
            command, row = _only_word(argument), text.count("\n", 0, found.start(1)) + 1
        else:
            *sources, _ = [word for word in argument.split() if not word.startswith("--")] or [""]
            folders += [source.removesuffix("/*") for source in sources]
    return Image(command, tuple(folders), python, row)


def locate_in_image(files: Files, context: str, dockerfile: str, command: str) -> tuple[str, Place] | None:
    """The handler string of an image built in the folder ``context``, and its place; ``None`` where it is not Python's.

    ``command`` overrides the image's CMD; ``dockerfile`` is relative to ``context``. It has no say of its own then.
    """
    place = _place(files.project, context, dockerfile, command)
    files.used.add(join(context, dockerfile or "Dockerfile") or "")
    return place


def _place(project: Project, context: str, dockerfile: str, command: str) -> tuple[str, Place] | None:
    path = join(context, dockerfile or "Dockerfile")
    image = (read_image(project, path) if path is not None else None) or Image()
    handler = command or image.command
    if not handler:
        return ("", Place(problem="the image's CMD names no handler")) if image.python else None
    copied = [join(context, source) for source in image.folders]
    folders = [one.rpartition("/")[0] if one.endswith(".py") else one for one in copied if one is not None]
    roots = dict.fromkeys([context, *(root for root in folders if root in project.folders)])
    place = locate(project, list(roots), handler)
    return (handler, place) if place.file or image.python else None


def _only_word(argument: str) -> str:
    """The one word of a CMD in list form; empty for shell forms and commands with arguments: those start servers."""
    try:
        words = json.loads(argument)
    except ValueError:
        return ""
    return words[0] if isinstance(words, list) and len(words) == 1 and isinstance(words[0], str) else ""
