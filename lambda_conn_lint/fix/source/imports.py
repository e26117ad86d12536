"""Where an import that a fix needs is added: at the top level, in the order that isort and ruff's ``I001`` keep.

The order is that of both tools' default settings: future, standard library, other and relative imports are sections of
their own; in a section ``import a`` stands before ``from a import b``, each sorted by module. Where the section at
hand follows one of the two other common orders, that one is kept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import libcst as cst

from lambda_conn_lint.findings import Edit, Span
from lambda_conn_lint.fix.source.text import Text

SpanOf: TypeAlias = Callable[[cst.CSTNode], Span]
_Statement: TypeAlias = cst.SimpleStatementLine | cst.BaseCompoundStatement


def add_import(text: Text, module: cst.Module, span_of: SpanOf, statement: str) -> Edit | None:
    """The edit that makes the module import what ``statement`` does: one ``import a`` or ``from a import b``.

    None where a top-level statement does so already. ``module`` is parsed from ``text.clean``, ``span_of`` gives the
    place of its nodes without the blanks and comments around them. Other bindings of the name are not looked at.
    Raises ValueError for a statement of another kind.
    """
    wanted = _wanted(statement)
    if any(wanted in _imported(small) for small in _smalls(module.body)):
        return None
    page = _Page(text, module, span_of)
    blocks = _blocks(page)
    for block in blocks:
        for entry in block:
            edit = _extended(page, entry.node, wanted)
            if edit is not None:
                return edit
    if not blocks:
        return _new_block(page, statement)
    return _inserted(page, _block(blocks, wanted), wanted, statement)


class _Import(NamedTuple):
    """One name that an import statement binds. ``module`` has its leading dots; ``name`` is empty for ``import a``."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]

    @property
    def section(self) -> int:
        if self.root == "__future__":
            return _FUTURE
        if not self.root:
            return _RELATIVE
        return _STANDARD if self.root in sys.stdlib_module_names else _OTHER


_FUTURE, _STANDARD, _OTHER, _RELATIVE = range(4)


class _Entry(NamedTuple):
    """A line of imports, known by the first one."""

    node: cst.SimpleStatementLine
    first: _Import
    above: int  # the row where the comments right above it begin, or its own
    row: int
    end_row: int

    @property
    def section(self) -> int:
        return self.first.section


def _wanted(statement: str) -> _Import:
    imports = [found for small in _smalls([cst.parse_statement(statement)]) for found in _imported(small)]
    if len(imports) != 1 or imports[0].name == "*":
        raise ValueError(f"not one import of one name: {statement!r}")
    return imports[0]


def _smalls(body: Iterable[cst.CSTNode]) -> Iterator[cst.BaseSmallStatement]:
    for node in body:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body


def _imported(node: cst.CSTNode) -> list[_Import]:
    if isinstance(node, cst.Import):
        return [_Import(_dotted(item.name), alias=_alias(item)) for item in node.names]
    if not isinstance(node, cst.ImportFrom):
        return []
    module = "." * len(node.relative) + ("" if node.module is None else _dotted(node.module))
    if isinstance(node.names, cst.ImportStar):
        return [_Import(module, "*")]
    return [_Import(module, _dotted(item.name), _alias(item)) for item in node.names]


def _dotted(node: cst.BaseExpression) -> str:
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    assert isinstance(node, cst.Name)
    return ".".join([node.value, *reversed(parts)])


def _alias(item: cst.ImportAlias) -> str:
    return "" if item.asname is None else cst.ensure_type(item.asname.name, cst.Name).value


# Order


def _natural(name: str) -> list[tuple[str, int]]:
    """Digits count as numbers, capitals as small letters."""
    return [(word, int(digits or 0)) for word, digits in re.findall(r"(\D*)(\d*)", name.lower())]


def _member_key(name: str) -> tuple[int, list[tuple[str, int]]]:
    """The star, constants, classes, all others."""
    kind = -1 if name == "*" else 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, _natural(name)


_Key: TypeAlias = Callable[[_Import], tuple[object, ...]]


def _plain_first(found: _Import) -> tuple[object, ...]:
    return found.name != "", _natural(found.module), _member_key(found.name)


def _by_module(found: _Import) -> tuple[object, ...]:
    return _natural(found.module), found.name != "", _member_key(found.name)


def _from_first(found: _Import) -> tuple[object, ...]:
    return found.name == "", _natural(found.module), _member_key(found.name)


def _order(entries: Sequence[_Entry]) -> _Key:
    """The order that the entries stand in; the default one if they are in none."""
    for key in (_plain_first, _by_module, _from_first):
        if all(key(one.first) <= key(other.first) for one, other in pairwise(entries)):
            return key
    return _plain_first


# Places


class _Page:
    """The rows of a text, beside the statements that stand there."""

    def __init__(self, text: Text, module: cst.Module, span_of: SpanOf) -> None:
        self.header = module.header
        self.body = module.body
        self.span_of = span_of
        self.newline = text.newline
        self.indent = module.default_indent
        self.rows = text.clean.split("\n")  # one more than newlines

    def is_blank(self, row: int) -> bool:
        return row < len(self.rows) and not self.rows[row - 1].strip()

    def is_comment(self, row: int) -> bool:
        return 1 <= row <= len(self.rows) and self.rows[row - 1].lstrip().startswith("#")

    def insertion(self, row: int, lines: Sequence[str], blanks: int = 0) -> Edit:
        """An edit that inserts lines above a row, in place of so many blank rows."""
        content = "".join(line + self.newline for line in lines)
        if row <= len(self.rows):
            return Edit(Span(row, 1, row + blanks, 1), content)
        column = len(self.rows[-1]) + 1  # the last row has no newline, and gets none
        return Edit(Span(row - 1, column, row - 1, column), self.newline + content.removesuffix(self.newline))


def _blocks(page: _Page) -> list[list[_Entry]]:
    """The runs of import lines in the file's head: what stands above the first code that imports should not follow."""
    blocks: list[list[_Entry]] = []
    joined = False
    for index, node in enumerate(page.body):
        if not isinstance(node, cst.SimpleStatementLine):
            if not isinstance(node, cst.If | cst.Try | cst.TryStar | cst.With):
                break
            joined = False
            continue
        imports = [_imported(small) for small in node.body]
        if all(imports):
            span = page.span_of(node)
            entry = _Entry(node, imports[0][0], _above(page, span.row, node), span.row, span.end_row)
            if joined:
                blocks[-1].append(entry)
            else:
                blocks.append([entry])
            joined = True
        elif _is_dunder(node) or (index == 0 and _is_string(node)):
            joined = False
        else:
            break
    return blocks


def _is_string(node: cst.SimpleStatementLine) -> bool:
    first = node.body[0]
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)


def _is_dunder(node: cst.SimpleStatementLine) -> bool:
    """``__all__ = ...`` and the like, which style checkers let stand above imports."""
    first = node.body[0]
    target = first.targets[0].target if isinstance(first, cst.Assign) else None
    return isinstance(target, cst.Name) and bool(re.fullmatch(r"__\w+__", target.value))


def _block(blocks: Sequence[list[_Entry]], wanted: _Import) -> list[_Entry]:
    """The first block that has the wanted section; else the first that has more than future imports."""
    for block in blocks:
        if any(entry.section == wanted.section for entry in block):
            return block
    return next((block for block in blocks if block[-1].section > _FUTURE), blocks[-1])


def _inserted(page: _Page, block: Sequence[_Entry], wanted: _Import, statement: str) -> Edit:
    group = _group(block, wanted)
    if group:
        key = _order(group)
        before = [entry for entry in group if key(entry.first) < key(wanted)]
        return page.insertion(before[-1].end_row + 1 if before else group[0].row, [statement])
    before = [entry for entry in block if entry.section < wanted.section]
    if not before:
        return page.insertion(block[0].above, [statement, ""])
    row = before[-1].end_row + 1
    followed = row < len(page.rows) and not page.is_blank(row)
    return page.insertion(row, ["", statement, *[""] * followed])


def _group(block: Sequence[_Entry], wanted: _Import) -> list[_Entry]:
    """The block's entries of the wanted section; where blank lines part them, those that are most like it."""
    groups: list[list[_Entry]] = []
    last = None
    for entry in block:
        if entry.section == wanted.section:
            if last is not None and last.section == entry.section and last.end_row + 1 == entry.above:
                groups[-1].append(entry)
            else:
                groups.append([entry])
        last = entry

    def likeness(group: list[_Entry]) -> tuple[bool, bool]:
        same_package = any(entry.first.root == wanted.root for entry in group)
        return same_package, any(bool(entry.first.name) == bool(wanted.name) for entry in group)

    return max(groups, key=likeness, default=[])


def _new_block(page: _Page, statement: str) -> Edit:
    """Below the docstring or the file's head of comments, with the blank lines that are usual there."""
    body = page.body
    documented = bool(body) and isinstance(body[0], cst.SimpleStatementLine) and _is_string(body[0])
    above = page.span_of(body[0]).end_row if documented else 0
    following = body[1] if documented and len(body) > 1 else body[0] if body and not documented else None
    if not documented:
        above = _head(page, following)
    row = above + 1
    blanks = kept = 0
    while page.is_blank(row + blanks + kept):
        if kept or "\f" in page.rows[row + blanks - 1]:
            kept += 1  # a form feed stands between two pages of the text
        else:
            blanks += 1
    wanted = 0 if following is None and not page.is_comment(row + blanks + kept) else 1
    if isinstance(following, cst.FunctionDef | cst.ClassDef):
        between = range(row + blanks + kept, _first_row(page, following))
        wanted = 2 if all(page.is_comment(other) for other in between) else 1
    return page.insertion(row, [*[""] * (above > 0), statement, *[""] * (wanted - kept)], blanks)


def _head(page: _Page, following: _Statement | None) -> int:
    """The last row of the comments that the file begins with, and that are not about its first statement; 0 if none."""
    end = len(page.rows) + 1 if following is None else _first_row(page, following)
    comments = [row for row in range(1, end) if page.is_comment(row)]
    if following is not None:
        attached = _above(page, end, following)
        comments = [row for row in comments if row < attached]
    return comments[-1] if comments else 0


def _first_row(page: _Page, node: _Statement) -> int:
    """The row where a statement begins, its decorators included."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
        return page.span_of(node.decorators[0]).row
    return page.span_of(node).row


def _above(page: _Page, row: int, node: _Statement) -> int:
    """The first row of the comments right above a statement; its own row where those are the head of the file."""
    lines = [*(page.header if node is page.body[0] else ()), *node.leading_lines]
    first = row
    while lines and lines.pop().comment is not None:
        first -= 1
    if first > 1:
        return first
    about = isinstance(node, cst.FunctionDef | cst.ClassDef)
    return 1 if about and not any(_HEAD.search(line) for line in page.rows[: row - 1]) else row


_HEAD = re.compile(r"^#!|^#.*coding[:=]|copyright|licen[sc]e|SPDX", re.IGNORECASE)


# Extending a statement


def _extended(page: _Page, line: cst.SimpleStatementLine, wanted: _Import) -> Edit | None:
    """The edit that adds the name to a ``from`` import of the same module; None where the line holds none to extend."""
    if not wanted.name or wanted.alias:
        return None
    for node in line.body:
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            imports = _imported(node)
            if imports[0].module == wanted.module and not any(found.alias for found in imports):
                names = [found.name for found in imports]
                key = _member_key(wanted.name)
                index = next((index for index, name in enumerate(names) if _member_key(name) > key), len(names))
                return _added(page, node, names, index, wanted.name)
    return None


def _added(page: _Page, node: cst.ImportFrom, names: list[str], index: int, name: str) -> Edit:
    """The edit that makes a name the one at ``index`` of those that a statement imports, laid out as the others are."""
    assert not isinstance(node.names, cst.ImportStar)
    whole = page.span_of(node)
    spans = [page.span_of(item) for item in node.names]
    rows = [whole.row, *(span.row for span in spans), whole.end_row]
    ended = index < len(names) or isinstance(node.names[-1].comma, cst.Comma)
    if node.lpar is not None and ended and all(one < other for one, other in pairwise(rows)):
        indent = page.rows[rows[1] - 1][: spans[0].column - 1]
        return page.insertion(rows[index] + 1, [f"{indent}{name},"])
    long = len(page.rows[whole.row - 1]) + len(name) + 2 > _WIDTH
    if long and whole.row == whole.end_row and not page.rows[whole.row - 1][whole.end_column - 1 :].strip():
        listed = [f"{page.indent}{other},{page.newline}" for other in (*names[:index], name, *names[index:])]
        start = page.rows[whole.row - 1][whole.column - 1 : spans[0].column - 1].rstrip().removesuffix("(").rstrip()
        return Edit(whole, f"{start} ({page.newline}{''.join(listed)})")
    if index < len(names):
        place = spans[index]
        return Edit(Span(place.row, place.column, place.row, place.column), f"{name}, ")
    last = spans[-1]
    return Edit(Span(last.end_row, last.end_column, last.end_row, last.end_column), f", {name}")


_WIDTH = 88  # the tools' default; a longer list is written one name per line, which they keep at any other width
