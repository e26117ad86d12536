"""Which files hold a word, from one look at each: no text is kept, and none is searched once for each name."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable

_WORD = re.compile(rb"\w+")
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
            for word in set(_WORD.findall(text)):
                self._files.setdefault(word, array("I")).append(number)
        self._vocabulary = b"\n".join(self._files)

    def holding(self, text: str) -> list[str]:
        """The files whose bytes hold a text, be it a part of a word or more than one; with a star import for ``"*"``.

        Other characters than those of ASCII may be spelled in several ways and encodings: then it is every file.
        """
        if not text.isascii():
            return list(self._paths)
        if text == "*":
            return [self._paths[number] for number in self._stars]
        wanted = text.encode()
        piece = max(_WORD.findall(wanted), key=len, default=b"")
        found = [self._paths[number] for number in self._with(piece)]
        return found if piece == wanted else [path for path in found if wanted in self._read(path)]

    def _with(self, piece: bytes) -> Iterable[int]:
        """The numbers of the files with a word that a piece is part of; of all for no piece."""
        if not piece:
            return range(len(self._paths))
        words = re.findall(rb"\w*" + piece + rb"\w*", self._vocabulary)
        return sorted({number for word in words for number in self._files[word]})
