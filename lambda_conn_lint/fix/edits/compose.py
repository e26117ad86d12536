"""Jobs of one file -> fixes that fit together: equal constructions share an accessor, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lambda_conn_lint.findings import Edit, Finding, Fix
from lambda_conn_lint.fix.edits.blanks import without_gaps
from lambda_conn_lint.fix.edits.patch import Patch
from lambda_conn_lint.fix.edits.rewrite import Part, Rewriter
from lambda_conn_lint.fix.keep.job import Job
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.layout import Change
from lambda_conn_lint.fix.source.snippets import VERBATIM
from lambda_conn_lint.fix.templates.accessor import Style


def compose(
    file: SourceFile, jobs: Sequence[Job], closings: Mapping[Finding, Patch], style: Style
) -> dict[Finding, Fix]:
    """A fix for each job and closing, but those whose edits are in the way of another's."""
    parts = Rewriter(file, jobs, style).parts()
    parts += [_closing(finding, closing) for finding, closing in closings.items()]
    found: dict[Finding, Fix] = {}
    taken: list[Change] = []
    for group in map(_one_move_a_line, _groups(parts)):
        changes = without_gaps(file.tree, _without_moves_inside(change for part in group for change in part.changes))
        moves_again = any(change.soft and change in taken for change in changes)
        if moves_again or _overlap(list(dict.fromkeys([*taken, *changes]))):
            continue
        taken += changes
        edits = _edits(file, changes, [edit for part in group for edit in part.imports])
        doubt = next((doubt for part in group for doubt in part.doubts), "")
        for part in group:
            found[part.finding] = Fix(part.message, edits, doubt, part.tests)
    return found


def _one_move_a_line(group: list[Part]) -> list[Part]:
    """The group, or its first part where two of them would move the same lines: the others wait for the next round."""
    moved = [change for part in group for change in set(part.changes) if change.soft]
    if len(moved) == len(set(moved)):
        return group
    has_removed = any(isinstance(shared, tuple) and shared[0] == "moved" for part in group for shared in part.shares)
    return [] if has_removed else group[:1]


def _closing(finding: Finding, closing: Patch) -> Part:
    shares: set[object] = {("closed", id(closing.source))}
    return Part(finding, closing.message, closing.doubts, (), list(closing.changes), list(closing.imports), shares)


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts that share something, together; in the order of the text."""
    owner: dict[object, int] = {}
    leader = list(range(len(parts)))

    def find(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for index, part in enumerate(parts):
        for shared in part.shares:
            first = owner.setdefault(shared, index)
            one, other = sorted((find(first), find(index)))
            leader[other] = one
    groups: dict[int, list[Part]] = {}
    for index, part in enumerate(parts):
        groups.setdefault(find(index), []).append(part)
    return list(groups.values())


def _without_moves_inside(changes: Iterable[Change]) -> list[Change]:
    """Each change once; a line that is replaced as a whole need not be moved as well."""
    unique = list(dict.fromkeys(changes))
    solid = [change for change in unique if not change.soft]
    return [change for change in unique if not change.soft or not any(_is_replaced(change, other) for other in solid)]


def _is_replaced(change: Change, other: Change) -> bool:
    """Whether what a change moves goes with another one; one that ends where the line begins leaves it alone."""
    return other.start <= change.start < other.end and change.end <= other.end


def _overlap(changes: Sequence[Change]) -> bool:
    ordered = sorted(changes, key=lambda change: (change.start, change.end))
    reached = 0
    for change in ordered:
        if change.start < reached and change.end > change.start:
            return True
        if change.start < reached and change.start == change.end:
            return True
        reached = max(reached, change.end)
    return False


def _edits(file: SourceFile, changes: Iterable[Change], imports: Iterable[Edit]) -> tuple[Edit, ...]:
    newline = file.text.newline
    made = [
        Edit(
            file.tree.span((change.start, change.end)),
            change.content.replace(VERBATIM, "\n").replace("\n", newline),
        )
        for change in changes
    ]
    return tuple(sorted(dict.fromkeys([*imports, *made]), key=lambda edit: edit.span))
