"""Source lines on a terminal: shown as they are where that is safe, with carets under a span."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lambda_conn_lint.findings import Span
from lambda_conn_lint.report.paint import Paint

_WIDTH = 100
_BEFORE = 20
_TAB = "    "
_ROWS = 4


def printable(text: str) -> str:
    """The text with everything that a terminal would act upon, or cannot encode, written as a backslash escape."""
    if text.isprintable():
        return text
    return "".join(_escape(character) for character in text)


def excerpt(lines: Sequence[str], span: Span, paint: Paint) -> Iterable[str]:
    """The lines of a span, the first one marked with carets; nothing where the span lies outside the file.

    At most four lines are shown, and of each at most 100 columns.
    """
    if not 1 <= span.row <= len(lines):
        return
    last = min(span.end_row, len(lines), span.row + _ROWS - 1)
    gutter = len(str(last)) + 2
    for row in range(span.row, last + 1):
        cells = [_escape(character) for character in lines[row - 1].rstrip()]
        start = span.column - 1 if row == span.row else 0
        clipped = _clip(cells, start)
        yield f"{paint.dim(f'{row:>{gutter}} |')} {clipped.text}"
        if row == span.row:
            end = span.end_column - 1 if span.end_row == span.row else len(cells)
            carets = max(1, min(_width(cells[start:end]), _WIDTH - clipped.column))
            yield f"{paint.dim(' ' * gutter + ' |')} {' ' * clipped.column}{paint.mark('^' * carets)}"
    if span.end_row > last:
        yield paint.dim(f"{'...':>{gutter}} |")


class _Clipped(NamedTuple):
    text: str
    column: int  # terminal columns before the cell that was asked for


def _clip(cells: Sequence[str], start: int) -> _Clipped:
    """A line cut to the width, around the cell at ``start``."""
    if _width(cells) <= _WIDTH:
        return _Clipped("".join(cells), _width(cells[:start]))
    first = max(0, start - _BEFORE) if _width(cells[:start]) > _WIDTH // 2 else 0
    last = first
    used = 0
    while last < len(cells) and used + _width(cells[last : last + 1]) <= _WIDTH:
        used += _width(cells[last : last + 1])
        last += 1
    before = "..." if first else ""
    after = "..." if last < len(cells) else ""
    return _Clipped(before + "".join(cells[first:last]) + after, len(before) + _width(cells[first:start]))


def _escape(character: str) -> str:
    if character == "\t":
        return _TAB
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _width(cells: Sequence[str]) -> int:
    """Terminal columns: two for wide East Asian characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for cell in cells
        for character in cell
    )
