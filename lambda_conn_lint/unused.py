"""LCL002: codes of ours in ``# noqa`` comments that silence nothing, and the fix that removes them.

Only what is certain is reported. Codes of other linters and a ``# noqa`` without codes may silence what others find, a
code that is not looked for in this run may have something to silence in the next, and what stands in a string is no
comment. Codes that do not exist, and those of a ``# noqa`` that does not count since another one comes first in its
line, silence nothing in any run.
"""

from __future__ import annotations

import ast
import io
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from lambda_conn_lint import messages
from lambda_conn_lint.findings import Edit, Finding, Fix, Span
from lambda_conn_lint.rules import INTERNAL_ERROR, RULES, UNUSED_SUPPRESSION
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Comment, Directive, Suppressions, directives

if TYPE_CHECKING:
    from lambda_conn_lint.fix.source.text import Text

_LIKELY = re.compile(rb"noqa[^\r\n]*LCL[0-9]", re.IGNORECASE)
_OURS = re.compile(r"(?:LCL[0-9]+)+", re.IGNORECASE)
_SEPARATORS = " \t\f\v,;:-\u2013\u2014"
"""What stands between the codes of a comment and what follows them: white space, points and dashes."""

_Why: TypeAlias = Literal["", "idle", "unknown", "ignored"]

_BEGINS_TO_COUNT = "what follows it would begin to silence something"
_UNREADABLE = "this Python cannot parse the file, so that nothing proves that only a comment changes"
_MORE_CHANGES = "more than a comment would change"


def unused(path: str, data: bytes, findings: Collection[Finding], codes: Collection[str]) -> list[Finding]:
    """One finding for each comment of a file that names such codes, with its fix or the reason why there is none.

    ``findings`` are all that the file has, silenced or not, and ``codes`` those that are looked for in it. A comment
    that silences this very finding is left alone.
    """
    if _LIKELY.search(data) is None:
        return []
    from lambda_conn_lint.fix.source.text import Text, TextError

    suppressions = Suppressions(read_lines(data))
    if suppressions.silences_file:
        return []
    try:
        text = Text(data)
    except TextError:
        return []  # what cannot be decoded cannot be parsed either
    idle: list[_Idle] = []
    for comment in suppressions.comments():
        if not suppressions.suppresses(comment.last, UNUSED_SUPPRESSION):
            here = {finding.code for finding in findings if comment.first <= finding.span.row <= comment.last}
            idle += (_but_misplaced(one, findings) for one in _idle(comment, here, codes))
    if not idle:
        return []
    places = _Places(text)
    edits = {one: places.edit(one) for one in idle}
    objection = _objection(data, text, [edit for one, edit in edits.items() if not one.reason])
    return [
        Finding(
            path,
            places.span(one),
            UNUSED_SUPPRESSION,
            messages.unused(one.idle, one.unknown, one.ignored),
            fix=None if one.reason or objection else Fix(one.action, (edits[one],)),
            reason=one.reason or objection,
        )
        for one in idle
    ]


def without(data: bytes, found: Iterable[Finding]) -> bytes:
    """The text of a file with the fixes of these findings made."""
    from lambda_conn_lint.fix.source.text import Text

    return Text(data).apply(edit for finding in found if finding.fix is not None for edit in finding.fix.edits)


class _Idle(NamedTuple):
    """A comment with codes that silence nothing, by its row and columns from 0, and what it should be instead.

    ``unknown`` are the codes that do not exist, ``ignored`` those in a part of it that does not count.
    """

    row: int
    start: int
    end: int
    idle: tuple[str, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    instead: str
    reason: str

    @property
    def action(self) -> str:
        named = ", ".join((*self.idle, *self.unknown, *self.ignored))
        return f"Take {named} out of the comment" if self.instead else "Remove the comment"


def _idle(comment: Comment, found: Collection[str], codes: Collection[str]) -> Iterator[_Idle]:
    """The comment, if codes in it silence nothing; ``found`` are the codes of the findings in its line."""
    named: dict[_Why, list[str]] = {"idle": [], "unknown": [], "ignored": []}
    instead = comment.text[comment.start : comment.end]
    for directive in reversed(comment.directives):
        why = [_why(code, directive, found, codes) for code, _, _ in directive.codes]
        drop = [index for index, reason in enumerate(why) if reason]
        for index in reversed(drop):
            named[why[index]].insert(0, directive.codes[index][0])
        instead = _without(instead, comment.start, directive, drop) if drop else instead
    if any(named.values()):
        dropped = frozenset(chain(*named.values()))
        after = comment.text[: comment.start] + instead + comment.text[comment.end :]
        yield _Idle(
            row=comment.last,
            start=comment.column,
            end=comment.column + comment.end - comment.start,
            **{why: tuple(listed) for why, listed in named.items()},
            instead=instead,
            reason="" if _others(after, dropped) == _others(comment.text, dropped) else _BEGINS_TO_COUNT,
        )


def _but_misplaced(idle: _Idle, findings: Iterable[Finding]) -> _Idle:
    """A comment at the end of a finding over several lines stays, and is told where it belongs."""
    for _, span, code, *_ in findings:
        if span.row < idle.row <= span.end_row and code.startswith(idle.idle) and not idle.reason:
            return idle._replace(reason=f"it seems to be meant for line {span.row}, where its finding begins")
    return idle


def _why(code: str, directive: Directive, found: Collection[str], codes: Collection[str]) -> _Why:
    """Why a code of ours silences nothing; empty where it does, may do so, or is not ours."""
    means = {rule.code for rule in RULES if rule.code.startswith(code)}
    if _OURS.fullmatch(code) is None or not means <= set(codes):
        return ""
    if not means:
        return "unknown"
    if not directive.counts:
        return "ignored"
    return "" if any(other in means and other != INTERNAL_ERROR for other in found) else "idle"


def _without(comment: str, offset: int, directive: Directive, drop: Collection[int]) -> str:
    """The text of a comment, which begins at ``offset``, without some of the codes of one of its directives.

    Where no code is left, what follows them becomes a comment of its own, or the next one goes on.
    """
    parts = [(code, start - offset, end - offset) for code, start, end in directive.codes]
    end = parts[-1][2]
    kept = [index for index in range(len(parts)) if index not in drop]
    if kept:
        listed = parts[kept[0]][0]
        for index in kept[1:]:
            listed += comment[parts[index - 1][2] : parts[index][2]]
        return comment[: parts[0][1]] + listed + comment[end:]
    before, rest = comment[: directive.start - offset], comment[end:].lstrip(_SEPARATORS)
    if not rest:
        return before.rstrip()
    return before + (rest if rest.startswith("#") else f"# {rest}")


def _others(text: str, dropped: Collection[str]) -> frozenset[str] | None:
    """What a line silences beside the codes that are dropped; none where that is everything."""
    counting = next(iter(directives(text)), None)
    if counting is None:
        return frozenset()
    if not counting.codes:
        return None
    return frozenset(code for code, _, _ in counting.codes) - frozenset(dropped)


class _Places:
    """Where comments stand in the author's text."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._starts = [0, *accumulate(map(len, io.StringIO(text.text, newline="")))]

    def span(self, idle: _Idle) -> Span:
        start = self._starts[idle.row - 1]
        return self._text.span(start + idle.start, start + idle.end)

    def edit(self, idle: _Idle) -> Edit:
        """Puts the new comment in place of the old one; where there is none, white space or the row goes with it."""
        row = self._starts[idle.row - 1]
        start, end = row + idle.start, row + idle.end
        if not idle.instead:
            before = self._text.text[row:start].rstrip(" \t")
            start, end = row + len(before), end if before else self._starts[idle.row]
        return Edit(self._text.span(start, end), idle.instead)


def _objection(data: bytes, text: Text, edits: Iterable[Edit]) -> str:
    """Why the edits must not be made: they change more than comments, or what the rest of the file silences."""
    from lambda_conn_lint.fix.source.text import TextError

    try:
        after = text.apply(edits)
    except TextError as error:
        return str(error)
    before = _meaning(data)
    if before is None:
        return _UNREADABLE
    if before != _meaning(after):
        return _MORE_CHANGES
    return _BEGINS_TO_COUNT if Suppressions(read_lines(after)).silences_file else ""


def _meaning(data: bytes) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(data))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
