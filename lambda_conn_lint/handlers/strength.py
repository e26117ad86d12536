"""How far signs are trusted: which handlers count, given what the project's deployment files say.

A deployment file, a framework or the user's own pattern is certain. The shape of a function is not: where deployment
files account for all functions of their part of the project, what merely looks like a handler outside of every
function's code is something else: a script, an example, a function that was retired.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lambda_conn_lint.findings import Handler
from lambda_conn_lint.handlers.model import AUTO, DECLARED, INLINE, Declaration, LeftOut, Unreadable

_LOOKS = frozenset({"signature", "name"})
"""Evidence that stands in the function's own definition or in the name that it is bound to."""

_PARTIAL = frozenset({"cdk", "dockerfile", "gcloud"})
"""Formats of which a file says what one function is, or of which more may be done than can be read."""


class Accounted(NamedTuple):
    """Where deployment files account for all functions: the folders they are for, and the code roots in them."""

    folders: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()

    def excludes(self, path: str) -> bool:
        """Whether a file lies where all functions are known, and in the code of none."""
        return any(_is_in(path, folder) for folder in self.folders) and not any(
            _is_in(path, root) for root in self.roots
        )


def accounted(
    declarations: Iterable[Declaration], unreadable: Sequence[Unreadable], programs: Iterable[str]
) -> Accounted:
    """What the deployment files of a project account for: nothing where one function's code is not known exactly.

    A deployment file is for the lowest folder in which it and the code of all its functions lie. It does not account
    for a folder in which one of ``programs`` describes a deployment too: what those declare is never known to be all.
    """
    by_manifest: dict[str, list[str]] = {}
    roots: set[str] = set()
    for one in declarations:
        is_inline = one.inline is not None or one.problem == INLINE
        if unreadable or one.is_guessed or not (is_inline or (one.file and not one.problem)):
            return Accounted()
        folders = by_manifest.setdefault(one.manifest, [posixpath.dirname(one.manifest)])
        if not is_inline:
            folders.append(one.root)
            roots.update((one.root, *one.layers))
        if one.source in _PARTIAL:
            del by_manifest[one.manifest]
    known = {_common(folders) for folders in by_manifest.values()}
    known -= {folder for folder in known for program in programs if _is_in(program, folder)}
    return Accounted(frozenset(known), frozenset(roots))


def left_out(handler: Handler, mode: str, known: Accounted) -> LeftOut | None:
    """Why a handler does not count under a mode of ``MODES``; ``None`` where it does."""
    if mode == DECLARED and all(one.strength != "certain" for one in handler.evidence):
        return LeftOut(handler.filename, handler.row, handler.name, "no deployment file or framework names it")
    if mode == AUTO and all(one.kind in _LOOKS for one in handler.evidence) and known.excludes(handler.filename):
        reason = "deployment files name every function here, and it is in the code of none"
        return LeftOut(handler.filename, handler.row, handler.name, reason)
    return None


def _common(folders: Sequence[str]) -> str:
    return posixpath.commonpath(folders) if all(folders) else ""


def _is_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
