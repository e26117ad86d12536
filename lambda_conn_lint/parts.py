"""The parts of a project that have nothing to do with each other, so that one after the other can be linked.

What code does is told by its own file and by what that imports, at any distance. So handlers have to be looked at
together where something is imported, however indirectly, by the files of both; all others may belong to services that
merely lie in one repository. Two more things bring files together: web applications are told of their views by strings,
which may mean any file that is served; and what the user declares by name may be defined anywhere, so that nothing is
apart then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple


class Part(NamedTuple):
    """Files that may define handlers, in the order given, and these with all that they import."""

    starts: list[str]
    files: set[str]

    def joined(self, others: Iterable[Part]) -> Part:
        """One part of several."""
        parts = (self, *others)
        starts = sorted(path for part in parts for path in part.starts)
        return Part(starts, {path for part in parts for path in part.files})


def parts_of(
    starts: Iterable[str], imported: Callable[[str], Iterable[str]], together: Collection[str] = ()
) -> list[Part]:
    """The parts that files fall into, in the order of their first files; each file is walked once.

    ``imported`` gives what a file imports itself. Those of the files that are ``together`` make one part in any case.
    """
    groups: list[Part] = []
    owner: dict[str, int] = {}  # the group that has met a file first
    into: list[int] = []  # the group that a group has become part of, or itself
    joint = -1  # the group of what is together

    def group_of(number: int) -> int:
        while into[number] != number:
            into[number] = number = into[into[number]]
        return number

    for start in starts:
        met: set[int] = {joint} if start in together and joint >= 0 else set()
        files = _walked(start, imported, owner, met)
        number = len(groups)
        groups.append(Part([start], files))
        into.append(number)
        owner.update(dict.fromkeys(files, number))
        for other in met:
            first, second = sorted((group_of(other), group_of(number)))
            into[second] = first
        if start in together:
            joint = number
    merged: dict[int, Part] = {}
    for number, group in enumerate(groups):
        part = merged.setdefault(group_of(number), group)
        if part is not group:
            part.starts.extend(group.starts)
            part.files.update(group.files)
    return list(merged.values())


def _walked(start: str, imported: Callable[[str], Iterable[str]], owner: dict[str, int], met: set[int]) -> set[str]:
    """A file and all that it imports, as far as nobody owns them; the owners of the others go into ``met``."""
    found: set[str] = set()
    pending = [start]
    while pending:
        path = pending.pop()
        if path in owner:
            met.add(owner[path])
        elif path not in found:
            found.add(path)
            pending.extend(imported(path))
    return found
