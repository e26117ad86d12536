"""Which files hold a word, from one look at each: no text is kept, and none is searched once for each name."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator

_WORD = re.compile(rb"\w+")
_ESCAPED = re.compile(rb"\\\w(\w+)")
"""A word behind what stands for another character, as in code that is a string."""

_STAR = re.compile(rb"import[\s\\]*\*")


class Words:
    """The words of files, in the order given; ``read`` gives the bytes of one."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes]) -> None:
        self._paths = tuple(paths)
        self._read = read
        self._stars: list[int] = []
        self._files: dict[bytes, array[int]] = {}  # the numbers of those that hold a word
        for number, path in enumerate(self._paths):
            text = read(path)
            if b"*" in text and _STAR.search(text):
                self._stars.append(number)
            words = set(_WORD.findall(text))
            if b"\\" in text:
                words.update(_ESCAPED.findall(text))
            for word in words:
                self._files.setdefault(word, array("I")).append(number)
        self._vocabulary = b"\n".join(self._files)

    def mentioning(self, name: str) -> list[str]:
        """The files that hold a name as a whole word; with a star import for ``"*"``.

        Other characters than those of ASCII may be spelled in several ways and encodings: then it is every file.
        """
        if not name.isascii():
            return list(self._paths)
        return self._named(self._stars if name == "*" else self._files.get(name.encode(), ()))

    def containing(self, text: str) -> list[str]:
        """The files that hold an ASCII text, be it a part of a word or more than one; for texts that are few."""
        wanted = text.encode("ascii")
        piece = max(_WORD.findall(wanted), key=len)
        numbers = {number for word in self._words_with(piece) for number in self._files[word]}
        found = self._named(sorted(numbers))
        return found if piece == wanted else [path for path in found if wanted in self._read(path)]

    def _words_with(self, piece: bytes) -> Iterator[bytes]:
        """The words that a piece occurs in; a pattern that begins with any number of characters is slow."""
        words = self._vocabulary
        at = words.find(piece)
        while at >= 0:
            end = words.find(b"\n", at)
            end = len(words) if end < 0 else end
            yield words[words.rfind(b"\n", 0, at) + 1 : end]
            at = words.find(piece, end)

    def _named(self, numbers: Iterable[int]) -> list[str]:
        return [self._paths[number] for number in numbers]
