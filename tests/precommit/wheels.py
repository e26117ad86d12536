"""Wheels of what is installed here, so that pip can install it elsewhere without an index."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_LEFT_BY_INSTALLERS = frozenset({"INSTALLER", "REQUESTED", "direct_url.json"})


class NotRepackableError(Exception):
    """A distribution is not installed, or not from a wheel; the text says which."""


def needs_of(name: str) -> list[str]:
    """The names of the distributions that an installed one needs, as far as they are installed: on this interpreter.

    Raises ``NotRepackableError`` where it is not installed itself.
    """
    names = [
        match[0]
        for requirement in _installed(name).requires or ()
        if "extra ==" not in requirement and (match := re.match(r"[\w.-]+", requirement))
    ]
    return [name for name in names if _is_installed(name)]


def repack(names: Iterable[str], folder: Path) -> None:
    """Write a wheel of each of these distributions, and of all that they need, into an existing folder.

    Raises ``NotRepackableError``.
    """
    pending, done = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name not in done:
            done.add(name)
            _repack(_installed(name), folder)
            pending += needs_of(name)


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise NotRepackableError(f"{name} is not installed") from None


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _repack(installed: Distribution, folder: Path) -> None:
    name = installed.metadata["Name"]
    tags = re.findall(r"^Tag: (.*)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    if not installed.files or not tags:
        raise NotRepackableError(f"{name} was not installed from a wheel")
    stem = re.sub(r"[-_.]+", "_", name)
    with zipfile.ZipFile(folder / f"{stem}-{installed.version}-{_joined(tags)}.whl", "w") as wheel:
        for file in installed.files:
            if file.parts[0] != ".." and file.name not in _LEFT_BY_INSTALLERS and file.suffix != ".pyc":
                wheel.write(os.fspath(file.locate()), file.as_posix())


def _joined(tags: Iterable[str]) -> str:
    """Tags of a wheel as its file name has them: each of the three parts with all its values."""
    return "-".join(".".join(dict.fromkeys(column)) for column in zip(*(tag.split("-") for tag in tags), strict=True))
