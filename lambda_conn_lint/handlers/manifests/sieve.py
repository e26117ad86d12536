"""Which files of a project may be deployment files: by their names first, and then by their bytes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from lambda_conn_lint.handlers.manifests.formats import Format, words_by_name
from lambda_conn_lint.project import Project


class Sieve:
    """What has been seen of the files of one project, which it does not keep.

    ``data`` are the bytes of those that stayed in it, ``unreadable`` those that are there and could not be read, with
    why. All others are let go when they have been looked at.
    """

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.unreadable: dict[str, str] = {}
        self._formats: dict[str, tuple[Format, ...]] = {}
        self._words: dict[str, tuple[tuple[bytes, Format], ...]] = {}

    def formats(self, project: Project, path: str) -> tuple[Format, ...]:
        """The formats that a file may be of; it is read once, if its name fits any."""
        found = self._formats.get(path)
        if found is None:
            found = self._formats[path] = self._looked_at(project, path)
        return found

    def read(self, project: Project, path: str) -> bytes:
        """The bytes of a file that is there, whatever it is; it is kept."""
        data = self.data.get(path)
        if data is None:
            data = self.data[path] = self._read(project, path)
        return data

    def _looked_at(self, project: Project, path: str) -> tuple[Format, ...]:
        name = path[path.rfind("/") + 1 :]
        words = self._words.get(name)
        if words is None:
            words = self._words[name] = words_by_name(name)
        if not words:
            return ()
        data = self.data.get(path) or self._read(project, path)
        found: dict[Format, None] = {}
        for word, one in words:
            if word in data:
                found[one] = None
        if found:
            self.data[path] = data
        return tuple(found)

    def _read(self, project: Project, path: str) -> bytes:
        try:
            return project.read(path)
        except OSError as error:
            self.unreadable[path] = error.strerror or "cannot be read"
            return b""


_SIEVES: WeakKeyDictionary[Project, Sieve] = WeakKeyDictionary()


def sieve_of(project: Project) -> Sieve:
    """The sieve that everyone has of a project until its deployment files are read."""
    return _SIEVES.setdefault(project, Sieve())


def take_sieve_of(project: Project) -> Sieve:
    """The same for the last time: it, and the bytes in it, go with who has it."""
    return _SIEVES.pop(project, None) or Sieve()
