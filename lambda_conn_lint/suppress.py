"""``# noqa`` comments, by flake8's rules to the letter, for the faces where flake8 itself does not apply them.

- ``# noqa`` silences its line; ``# noqa: LCL101,LCL2`` silences the codes that begin with one of those named.
- A comment counts for its physical line only; lines that a multi-line string or a backslash joins count as one. A
  comment at the end of a bracketed call does not reach the call's first line.
- A line that begins with ``# flake8: noqa`` silences the whole file, whatever follows on it.

Source: flake8 6.0 to 7.5, ``defaults``, ``processor`` and ``violation``; a test compares the two.
"""

from __future__ import annotations

import re
import token as tokens
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenize import TokenInfo

_INLINE = re.compile(r"# noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+[,\s]*)+))?", re.IGNORECASE)
_CODE = re.compile(r"[^,\s]+")
_WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_NO_PART_OF_A_LINE = frozenset({tokens.DEDENT, tokens.ENDMARKER})
_ENDS_A_LINE = frozenset({tokens.NL, tokens.NEWLINE})


class Directive(NamedTuple):
    """One ``# noqa`` in a comment, by offsets into what is looked at as one line.

    ``codes`` are those that it names, with their bounds: none for a blanket one. ``counts`` is whether it can silence
    anything, which is so for the first of its line.
    """

    start: int
    codes: tuple[tuple[str, int, int], ...]
    counts: bool


class Comment(NamedTuple):
    """A comment with a ``# noqa`` in it, which ends what counts as one line: its rows, and their text.

    ``start`` and ``end`` of the comment are offsets into that text; ``column`` counts from 0 in the last row.
    """

    first: int
    last: int
    text: str
    start: int
    end: int
    column: int
    directives: tuple[Directive, ...]


def directives(text: str) -> list[Directive]:
    """Every ``# noqa`` in what counts as one line, in its order; those in strings as well, which count too."""
    found: list[Directive] = []
    for match in _INLINE.finditer(text):
        begin, end = match.span("codes")
        codes = _CODE.finditer(text, begin, end) if begin >= 0 else ()
        found.append(Directive(match.start(), tuple((code[0], *code.span()) for code in codes), counts=not found))
    return found


class Suppressions:
    """The suppressions of one file, given its lines with their newlines; one without ``noqa`` is never tokenised."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def suppresses(self, row: int, code: str) -> bool:
        """Whether a finding with this code that starts on this row (from 1) is silenced."""
        if not self._mentioned:
            return False
        if self._whole_file:
            return True
        comment = _INLINE.search(self._text(*self._joined.get(row, (row, row))))
        if comment is None:
            return False
        codes = comment["codes"]
        return codes is None or code.startswith(tuple(_CODE.findall(codes)))

    def row_for(self, row: int) -> int:
        """The row at whose end a ``# noqa`` for a finding on ``row`` has to stand."""
        return self._joined.get(row, (row, row))[1]

    @property
    def silences_file(self) -> bool:
        """Whether a comment silences the file as a whole."""
        return self._mentioned and self._whole_file

    def comments(self) -> Iterator[Comment]:
        """The comments with a ``# noqa``, from top to bottom; none where the file cannot be tokenised."""
        for token in self._tokens() if self._mentioned else ():
            row, column = token.start
            if token.type != tokens.COMMENT or row not in self._joined:
                continue
            first, last = self._joined[row]
            text = self._text(first, last)
            start = sum(map(len, self._lines[first - 1 : row - 1])) + column
            end = start + len(token.string)
            inside = tuple(directive for directive in directives(text) if start <= directive.start < end)
            if inside:
                yield Comment(first, last, text, start, end, column, inside)

    def _text(self, first: int, last: int) -> str:
        return "".join(self._lines[first - 1 : last])

    @cached_property
    def _mentioned(self) -> bool:
        return any("noqa" in line.lower() for line in self._lines)

    @cached_property
    def _whole_file(self) -> bool:
        return any(_WHOLE_FILE.match(line) for line in self._lines)

    def _tokens(self) -> list[TokenInfo]:
        """The file's tokens; none where it cannot be tokenised. They take a hundred times its text."""
        import tokenize

        lines = iter(self._lines)
        try:
            return list(tokenize.generate_tokens(lambda: next(lines)))
        except (tokenize.TokenError, SyntaxError, ValueError, SystemError):
            return []  # CPython 3.13's tokenizer raises SystemError on some control characters

    @cached_property
    def _joined(self) -> dict[int, tuple[int, int]]:
        """For each row, the first and last row that count as one line with it.

        Empty where the file cannot be tokenised: then every row stands for itself.
        """
        joined: dict[int, tuple[int, int]] = {}
        first: int | None = None
        last = 0
        for token in self._tokens():
            if token.type in _NO_PART_OF_A_LINE:
                continue
            first = token.start[0] if first is None else min(first, token.start[0])
            last = max(last, token.end[0])
            if token.type in _ENDS_A_LINE:
                joined.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first, last = None, 0
        return joined
