"""What the Dockerfile of a function's image says: the handler it starts, and the folders it copies code from."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.locate import Place, join, locate
from lambda_conn_lint.project import Project

_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_INSTRUCTION = re.compile(r"^[ \t]*(FROM|CMD|COPY|ADD)[ \t]+(.+?)[ \t]*$", re.IGNORECASE | re.MULTILINE)


class Image(NamedTuple):
    """``command``: CMD's only word or empty; ``folders``: the sources of COPY; ``python``: a base is Python's."""

    command: str = ""
    folders: tuple[str, ...] = ()
    python: bool = False


def read_image(project: Project, path: str) -> Image | None:
    """The Dockerfile at a project-relative path; ``None`` without one."""
    try:
        text = project.read(path).decode("utf-8", errors="replace")
    except OSError:
        return None
    command, python = "", False
    folders: list[str] = []
    for name, argument in _INSTRUCTION.findall(_CONTINUED.sub(" ", text)):
        instruction = name.upper()
        if instruction == "FROM":
            python = python or "python" in argument.lower()
        elif instruction == "CMD":
            command = _only_word(argument)
        else:
            *sources, _ = [word for word in argument.split() if not word.startswith("--")] or [""]
            folders += [source.removesuffix("/*") for source in sources]
    return Image(command, tuple(folders), python)


def locate_in_image(project: Project, context: str, dockerfile: str, command: str) -> tuple[str, Place] | None:
    """The handler string of an image built in the folder ``context``, and its place; ``None`` where it is not Python's.

    ``command`` overrides the image's CMD; ``dockerfile`` is relative to ``context``.
    """
    path = join(context, dockerfile or "Dockerfile")
    image = (read_image(project, path) if path is not None else None) or Image()
    handler = command or image.command
    if not handler:
        return ("", Place(problem="the image's CMD names no handler")) if image.python else None
    copied = (join(context, folder) for folder in image.folders)
    roots = dict.fromkeys([context, *(root for root in copied if root is not None and root in project.folders)])
    place = locate(project, list(roots), handler)
    return (handler, place) if place.file or image.python else None


def _only_word(argument: str) -> str:
    """The one word of a CMD in list form; empty for shell forms and commands with arguments: those start servers."""
    try:
        words = json.loads(argument)
    except ValueError:
        return ""
    return words[0] if isinstance(words, list) and len(words) == 1 and isinstance(words[0], str) else ""
