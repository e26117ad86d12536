"""Blank lines around statements that are taken out: no more of them are left than the author had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lambda_conn_lint.fix.source.layout import Change
from lambda_conn_lint.fix.source.tree import Range, Tree


def without_gaps(tree: Tree, changes: Sequence[Change]) -> list[Change]:
    """The changes, and those that take out blank lines which only stood around lines that go."""
    gaps = [gap for region in _regions(tree, changes) for gap in _gaps(tree, region)]
    taken = [change[:2] for change in changes]
    return [*changes, *(Change(*gap, "") for gap in gaps if gap[0] < gap[1] and not _is_touched(gap, taken))]


def _regions(tree: Tree, changes: Sequence[Change]) -> Iterator[tuple[Range, ...]]:
    """Runs of whole lines that go, with nothing but blank lines between them."""
    gone = sorted(
        (change.start, change.end)
        for change in dict.fromkeys(changes)
        if not change.content
        and not change.soft
        and change.start < change.end
        and tree.line_start(change.start) == change.start
        and (tree.line_start(change.end) == change.end or change.end == len(tree.source))
        and tree.source[change.start : change.end].strip()
    )
    run: tuple[Range, ...] = ()
    for place in gone:
        if run and tree.source[run[-1][1] : place[0]].strip():
            yield run
            run = ()
        run = (*run, place)
    if run:
        yield run


def _gaps(tree: Tree, region: tuple[Range, ...]) -> Iterator[Range]:
    for (_, end), (start, _) in pairwise(region):
        yield end, start
    start, end = region[0][0], region[-1][1]
    above, below = _blank_above(tree, start), _blank_below(tree, end)
    indent = len(tree.indent_at(start))
    is_first = not tree.source[:start].strip() or (
        above == start and len(tree.indent_at(tree.line_start(start - 1))) < indent
    )
    is_last = below == len(tree.source) or len(tree.indent_at(below)) < indent
    if is_last:
        yield above, start
    elif is_first or below - end <= start - above:
        yield end, below
    elif above < start:
        yield above, start


def _blank_above(tree: Tree, start: int) -> int:
    while start > 0:
        line = tree.line_start(start - 1)
        if tree.source[line:start].strip(" \t\n"):
            break
        start = line
    return start


def _blank_below(tree: Tree, end: int) -> int:
    while end < len(tree.source):
        following = tree.line_end(end)
        if tree.source[end:following].strip(" \t\n"):
            break
        end = following
    return end


def _is_touched(gap: Range, places: Sequence[Range]) -> bool:
    return any((start < gap[1] and gap[0] < end) or gap[0] < start == end < gap[1] for start, end in places)
