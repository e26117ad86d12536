"""Pieces of the author's text that move to another place and another indentation."""

from __future__ import annotations

from bisect import bisect_left

import libcst as cst

from lambda_conn_lint.fix.source.tree import Range, Tree

VERBATIM = "\0"
"""Stands for a newline inside a string, so that nothing is indented behind it; no source holds this character."""


class Snippets:
    """Cuts pieces out of one file."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._inside = sorted(
            start + offset
            for string in tree.strings(tree.module)
            for start, end in [tree.code(string)]
            for offset, character in enumerate(tree.source[start:end])
            if character == "\n"
        )

    def cut(self, place: Range, replaced: tuple[tuple[Range, str], ...] = ()) -> str:
        """The text of a place as it stands in a line without indentation, with some parts of it replaced."""
        start, end = place
        indent = self._tree.indent_at(start)
        parts: list[str] = []
        position = start
        for (first, last), content in sorted(replaced):
            parts += [self._dedented(position, first, indent), content]
            position = last
        parts.append(self._dedented(position, end, indent))
        return "".join(parts)

    def expression(self, node: cst.BaseExpression, replaced: tuple[tuple[Range, str], ...] = ()) -> str:
        """An expression that can stand alone on the right of an assignment: in parentheses where it needs them."""
        text = self.cut(self._tree.code(node), replaced)
        if not self._breaks_outside_brackets(node):
            return text
        unit = self._tree.module.default_indent
        return "\n".join(["(", *(f"{unit}{line}" for line in text.split("\n")), ")"])

    def has_verbatim(self, place: Range) -> bool:
        """Whether a string in this place goes over several lines."""
        index = bisect_left(self._inside, place[0])
        return index < len(self._inside) and self._inside[index] < place[1]

    def shifted(self, place: Range, old: str, new: str) -> str:
        """Whole lines with the indentation ``new`` where they had ``old``; interiors of strings stay as they are."""
        start, end = place
        text = self._marked(start, end)
        lines = text.split("\n")
        return "\n".join(new + line.removeprefix(old) if line.strip() else line for line in lines)

    def _marked(self, start: int, end: int) -> str:
        characters = list(self._tree.source[start:end])
        for inside in self._inside[bisect_left(self._inside, start) : bisect_left(self._inside, end)]:
            characters[inside - start] = VERBATIM
        return "".join(characters)

    def _dedented(self, start: int, end: int, indent: str) -> str:
        first, *others = self._marked(start, end).split("\n")
        return "\n".join([first, *(line.removeprefix(indent) for line in others)])

    def _breaks_outside_brackets(self, node: cst.BaseExpression) -> bool:
        """Whether a line ends in the expression but outside of its brackets: then others around it hold it together."""
        text = self._marked(*self._tree.code(node))
        depth = 0
        start = self._tree.code(node)[0]
        skipped = self._strings_and_comments(node)
        for offset, character in enumerate(text):
            if any(first <= start + offset < last for first, last in skipped):
                continue
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            elif character == "\n" and depth == 0:
                return True
        return False

    def _strings_and_comments(self, node: cst.BaseExpression) -> list[Range]:
        found: list[cst.CSTNode] = [*self._tree.strings(node), *self._tree.find(node, cst.Comment)]
        return [self._tree.code(one) for one in found]
