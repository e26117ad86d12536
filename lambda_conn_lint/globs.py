"""Patterns of files and folders, as users write them and as they apply to the files of a project."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

_ANYWHERE = "**/"


def for_root(patterns: Iterable[str], root: Path, base: Path) -> list[str]:
    """Patterns as they apply to project-relative paths, given the folder that those with a slash are relative to.

    One without a slash fits names at any depth and stays as it is; one that leads elsewhere is left out.
    """
    translated: list[str] = []
    for pattern in map(posixpath.normpath, patterns):
        if pattern.startswith(_ANYWHERE):
            anywhere = pattern.removeprefix(_ANYWHERE)
            translated += [anywhere, f"*/{anywhere}"]
            continue
        if "/" not in pattern:
            translated.append(pattern)
            continue
        parts = PurePath(os.path.normpath(base / pattern)).parts
        above = len(root.parts)
        fits = zip(root.parts, parts, strict=False)
        if len(parts) > above and all(part == wanted or fnmatchcase(part, wanted) for part, wanted in fits):
            translated.append("/".join(parts[above:]))
    return translated


def fits(path: Path, patterns: Iterable[str], base: Path) -> bool:
    """Whether a path, or a folder that it lies in, fits a pattern as seen from ``base``; elsewhere nothing does."""
    if not path.is_relative_to(base):
        return False
    parts = path.relative_to(base).parts
    wholes = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    wanted = for_root(patterns, base, base)
    return any(fnmatchcase(candidate, pattern) for candidate in {*parts, *wholes} for pattern in wanted)
