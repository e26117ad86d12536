"""What imports may mean, both ways: the files that an import may name, and the imports that may name a file.

Dotted names are tuples of their parts. Where no folder is known to be the one that imports start in, an absolute import
may mean every file whose path ends as its name does, or the other way round. Neither direction looks at each file or
import in turn: projects hold thousands that import one helper, or thousands of copies of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Dotted: TypeAlias = tuple[str, ...]


def parts(path: str) -> Dotted:
    """The dotted name of a file, from the project's root; none for the root's own ``__init__.py``."""
    found = path.removesuffix(".py").split("/")
    return tuple(found[:-1] if found[-1] == "__init__" else found)


def stem(path: str) -> str:
    """The name that imports call a file by; "" for the root's own ``__init__.py``."""
    return "".join(parts(path)[-1:])


class Names:
    """Numbers of things by dotted names."""

    def __init__(self) -> None:
        self._whole: dict[Dotted, list[int]] = defaultdict(list)
        self._longer: dict[Dotted, list[int]] = defaultdict(list)  # by each shorter ending of a name

    def add(self, name: Dotted, number: int) -> None:
        self._whole[name].append(number)
        for start in range(1, len(name)):
            self._longer[name[start:]].append(number)

    def exactly(self, names: Iterable[Dotted]) -> set[int]:
        """Those with one of these names."""
        return {number for name in names for number in self._whole.get(name, ())}

    def alike(self, name: Dotted) -> set[int]:
        """Those whose name ends as this one does, or is how it ends."""
        endings = (name[start:] for start in range(len(name)))
        return self.exactly(endings).union(self._longer.get(name, ()))


class Files:
    """Files, found by the imports that may name them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = sorted(paths)
        self._names = Names()
        for number, path in enumerate(self._paths):
            self._names.add(parts(path), number)

    def alike(self, importer: str, level: int, dotted: str) -> list[str]:
        """Those that an import may mean, wherever imports start."""
        wanted = _split(dotted)
        if level:
            return self._sorted(self._names.exactly(_relative(importer, level, wanted)))
        return self._sorted(self._names.alike(wanted))

    def above(self, importer: str, dotted: str) -> list[str]:
        """Those that an absolute import means if it starts in a folder that holds the importer, at any depth."""
        return self._sorted(self._names.exactly(_around(importer, _split(dotted))))

    def _sorted(self, numbers: Iterable[int]) -> list[str]:
        return [self._paths[number] for number in sorted(numbers)]


class Imports:
    """Numbers of things that imports give, found by the file that an import may name."""

    def __init__(self) -> None:
        self._exact: dict[Dotted, set[int]] = defaultdict(set)
        self._alike = Names()

    def add(self, number: int, importer: str, level: int, dotted: str, *, is_near: bool = False) -> None:
        """``is_near``: an absolute import that starts in a folder that holds the importer, and nowhere else."""
        wanted = _split(dotted)
        if not level and not is_near:
            self._alike.add(wanted, number)
            return
        for name in _relative(importer, level, wanted) if level else _around(importer, wanted):
            self._exact[name].add(number)

    def of(self, path: str) -> set[int]:
        name = parts(path)
        return self._alike.alike(name).union(self._exact.get(name, ()))


def _split(dotted: str) -> Dotted:
    return tuple(dotted.split(".")) if dotted else ()


def _relative(importer: str, level: int, wanted: Dotted) -> Iterator[Dotted]:
    """The one name that a relative import means; none if it leads out of the project."""
    base = importer.split("/")[:-1]
    if level - 1 <= len(base):
        yield (*base[: len(base) - level + 1], *wanted)


def _around(importer: str, wanted: Dotted) -> Iterator[Dotted]:
    base = importer.split("/")[:-1]
    for depth in range(len(base) + 1):
        yield (*base[:depth], *wanted)
