"""Edits of whole statements: taken out, moved in or out by one level, with the author's lines otherwise untouched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.fix.source.origins import CLOSING, Origins
from lambda_conn_lint.fix.source.scopes import Scopes
from lambda_conn_lint.fix.source.snippets import Snippets
from lambda_conn_lint.fix.source.tree import Range, StatementNode, Tree


class Change(NamedTuple):
    """An edit as offsets into ``Text.clean``; ``content`` ends its lines in "\\n".

    A ``soft`` one moves a line: it is not needed where another edit replaces that line.
    """

    start: int
    end: int
    content: str
    soft: bool = False


_RELEASE = re.compile(
    r"\b(clos|releas|clean|shut|disconnect|teardown|tear down|tidy|dispos|quit|finally)", re.IGNORECASE
)
"""What comments speak of that stand above the end of a client."""

_DIRECTIVE = re.compile(r"#\s*(noqa|nosec|type:\s*ignore|pyright:|pylint:|mypy:|nosemgrep|NOSONAR)")


def own_comments(statement: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    """The comment lines right above a statement."""
    lines: Sequence[cst.EmptyLine] = getattr(statement, "leading_lines", ())
    own = len(lines)
    while own > 0 and lines[own - 1].comment is not None:
        own -= 1
    return lines[own:]


class Layout:
    """Makes changes of one file."""

    def __init__(self, tree: Tree, scopes: Scopes, origins: Origins, snippets: Snippets) -> None:
        self._tree = tree
        self._scopes = scopes
        self._origins = origins
        self._snippets = snippets

    def without(
        self, statement: StatementNode, removed: Collection[int], *, with_comments: bool = False
    ) -> Iterator[Change]:
        """Takes a statement out, and what stands around it for its sake alone.

        ``removed`` are the ids of all statements that go. Where a block would be left empty, its ``if``, ``try`` or
        ``finally`` goes too if it does nothing else; else ``pass`` stays. The comments right above the statement go
        ``with_comments``, and where they speak of a release.
        """
        block, _ = self._tree.suite(statement)
        if any(id(other) not in removed for other in block.body) or block.body[0] is not statement:
            yield self._line(statement, with_comments=with_comments)
            return
        owner = self._tree.parent(block)
        if isinstance(owner, cst.Finally):
            yield from self._without_finally(owner)
        elif (isinstance(owner, cst.If) and self._is_bare(owner)) or _is_only_guarded(owner, block):
            assert isinstance(owner, cst.BaseCompoundStatement)
            yield from self.without(owner, {*removed, id(owner)})
        elif isinstance(owner, cst.Else) and isinstance(block, cst.IndentedBlock):
            yield Change(self._tree.line_start(self._tree.code(owner)[0]), self.lines(block)[1], "")
        elif isinstance(owner, cst.With) and self._is_suppressing(owner):
            yield from self.without(owner, {*removed, id(owner)})
            yield from self._without_import_of(owner.items[0], "contextlib.suppress")
        else:
            yield Change(*self._tree.code(statement), "pass")

    def text(self, statement: cst.SimpleStatementLine) -> str:
        """A statement as it stands in a line without indentation, with the comments right above and behind it."""
        start, end = self._tree.code(statement)
        for comment in own_comments(statement)[:1]:
            start = self._tree.code(comment)[0]
            start += len(self._tree.indent_at(start))
        return self._snippets.cut((start, self._tree.line_end(max(start, end - 1)))).rstrip()

    def directive(self, call: cst.Call) -> Range | None:
        """The comment behind a construction that tells tools what to overlook in it, with the blanks before it.

        Only where the construction is all that its statement assigns or returns.
        """
        small = self._tree.parent(call)
        line = None if small is None else self._tree.parent(small)
        if not isinstance(small, cst.Assign | cst.AnnAssign | cst.Return) or not isinstance(
            line, cst.SimpleStatementLine
        ):
            return None
        comment = line.trailing_whitespace.comment
        if comment is None or small.value is not call or len(line.body) > 1 or not _DIRECTIVE.match(comment.value):
            return None
        return self._tree.code(line)[1], self._tree.code(comment)[1]

    def shift(self, block: cst.BaseSuite, levels: int, *, footer: bool = True) -> Iterator[Change]:
        """Moves the lines of a block in (1) or out (-1); those inside strings stay where they are."""
        start, end = self.lines(block, footer=footer)
        outer = self._tree.indent_at(self._tree.code(self._owner(block))[0])
        inner = self._tree.indent_at(self._tree.code(block)[0])
        unit = inner.removeprefix(outer)
        position = start
        while position < end:
            line_end = self._tree.line_end(position)
            is_blank = not self._tree.source[position:line_end].strip()
            if not is_blank and not self._snippets.has_verbatim((position - 1, position)):
                if levels > 0:
                    yield Change(position, position, unit, True)
                elif self._tree.source.startswith(inner, position):
                    yield Change(position + len(outer), position + len(inner), "", True)
                else:  # a comment or a continued line that stands further out
                    kept = self._tree.indent_at(position)
                    cut = min(len(unit), len(kept))
                    yield Change(position, position + cut, "", True)
            position = line_end

    def wrapped(self, statements: Sequence[cst.BaseStatement], last: str, unit: str) -> Iterator[Change]:
        """Puts statements into a ``try`` whose ``finally`` is one line; comments above the first one stay above.

        A single ``try`` without ``finally`` is given one instead.
        """
        first = self._tree.code(statements[0])[0]
        if isinstance(statements[0], cst.FunctionDef | cst.ClassDef) and statements[0].decorators:
            first = self._tree.code(statements[0].decorators[0])[0]
        start = self._tree.line_start(first)
        indent = self._tree.indent_at(start)
        end = self._behind_comments(self._tree.line_end(max(start, self._tree.code(statements[-1])[1] - 1)), indent)
        if not _is_open_try(statements):
            yield Change(start, start, f"{indent}try:\n")
            yield from self._moved_in(start, end, unit)
        newline = "" if self._tree.source[:end].endswith("\n") else "\n"
        ending = "" if newline else "\n"
        yield Change(end, end, f"{newline}{indent}finally:\n{indent}{unit}{last}{ending}")

    def _behind_comments(self, end: int, indent: str) -> int:
        """The end of a block with the comments below its last statement that stand further in than ``indent``."""
        position = end
        while position < len(self._tree.source):
            line_end = self._tree.line_end(position)
            line = self._tree.source[position:line_end].strip()
            if line.startswith("#") and self._tree.indent_at(position).removeprefix(indent)[:1].isspace():
                end = line_end
            elif line:
                break
            position = line_end
        return end

    def _moved_in(self, position: int, end: int, unit: str) -> Iterator[Change]:
        while position < end:
            line_end = self._tree.line_end(position)
            is_blank = not self._tree.source[position:line_end].strip()
            if not is_blank and not self._snippets.has_verbatim((position - 1, position)):
                yield Change(position, position, unit, True)
            position = line_end

    def without_closing(self, item: cst.WithItem, *, is_module_needed: bool) -> Iterator[Change]:
        """Takes the import of ``closing`` out where a ``with`` item was its only use.

        ``is_module_needed`` tells that other text of the fix uses ``contextlib`` itself.
        """
        if not (is_module_needed and isinstance(item.item, cst.Call) and isinstance(item.item.func, cst.Attribute)):
            yield from self._without_import_of(item, CLOSING)

    def _without_import_of(self, item: cst.WithItem, function: str) -> Iterator[Change]:
        if not isinstance(item.item, cst.Call) or self._origins.of(item.item.func) != function:
            return
        name = item.item.func.value if isinstance(item.item.func, cst.Attribute) else item.item.func
        if not isinstance(name, cst.Name):
            return
        home = self._scopes.home(name)
        if home is None or len(home.loads(name.value)) != 1:
            return
        binding = home.bound[name.value][0]
        assert isinstance(binding, cst.ImportAlias)
        yield from self.without_alias(binding)

    def _is_suppressing(self, around: cst.With) -> bool:
        item = around.items[0].item
        return (
            len(around.items) == 1
            and around.items[0].asname is None
            and isinstance(item, cst.Call)
            and self._origins.of(item.func) == "contextlib.suppress"
        )

    def lines(self, block: cst.BaseSuite, *, footer: bool = True) -> Range:
        """The lines of an indented block, below the line of its colon; its footer are comments at its end."""
        statements = block.body
        end = self._tree.whole(block)[1] if footer else self._tree.whole(statements[-1])[1]
        return self._tree.whole(statements[0])[0], end

    def header(self, compound: cst.With | cst.Try | cst.Finally) -> Range:
        """From the keyword up to the end of the line of the colon, with its newline."""
        return self._tree.code(compound)[0], self.lines(compound.body)[0]

    def without_alias(self, alias: cst.ImportAlias, removed: Collection[int] = ()) -> Iterator[Change]:
        """Takes one name out of an import statement, or the statement with its last one.

        ``removed`` are the ids of all names that go.
        """
        statement = self._tree.parent(alias)
        assert isinstance(statement, cst.Import | cst.ImportFrom)
        assert not isinstance(statement.names, cst.ImportStar)
        names = list(statement.names)
        index = next(number for number, other in enumerate(names) if other is alias)
        stays = [other is not alias and id(other) not in removed for other in names]
        if not any(stays):
            line = self._tree.statement(statement)
            yield from self.without(line, {id(line)})
        elif any(stays[index:]):
            yield Change(self._tree.code(alias)[0], self._tree.code(names[index + 1])[0], "")
        else:
            yield Change(self._end(names[index - 1]), self._end(alias), "")

    def _end(self, alias: cst.ImportAlias) -> int:
        """Where a name ends, without the comma behind it."""
        last = alias.name if alias.asname is None else alias.asname.name
        return self._tree.code(last)[1]

    def _line(self, statement: StatementNode, *, with_comments: bool) -> Change:
        start, end = self._tree.code(statement)
        comments = own_comments(statement)
        if comments and (with_comments or self._is_about_release(comments)):
            start = self._tree.code(comments[0])[0]
        if isinstance(statement, cst.SimpleStatementLine):
            return Change(self._tree.line_start(start), self._tree.line_end(end), "")
        return Change(self._tree.line_start(start), self._tree.line_end(max(start, end - 1)), "")

    def _is_about_release(self, comments: Sequence[cst.EmptyLine]) -> bool:
        return any(comment.comment is not None and _RELEASE.search(comment.comment.value) for comment in comments)

    def _without_finally(self, final: cst.Finally) -> Iterator[Change]:
        around = self._tree.parent(final)
        assert isinstance(around, cst.Try | cst.TryStar)
        start = self._tree.line_start(self._tree.code(final)[0])
        end = self.lines(final.body)[1]
        if around.handlers:
            yield Change(start, end, "")
            return
        if self._snippets.has_verbatim(self.lines(around.body)):
            # Lines inside strings cannot move, so the block keeps its level.
            yield Change(start, end, f"{self._tree.indent_at(start)}finally:\n{self._first_indent(final)}pass\n")
            return
        opening = self._tree.line_start(self._tree.code(around)[0])
        yield Change(opening, self.lines(around.body)[0], "")
        yield from self.shift(around.body, -1)
        yield Change(start, end, "")

    def _first_indent(self, final: cst.Finally) -> str:
        return self._tree.indent_at(self._tree.code(final.body.body[0])[0])

    def _is_bare(self, branch: cst.If) -> bool:
        """Whether an ``if`` has one branch and a test that does nothing."""
        above = self._tree.parent(branch)
        is_elif = isinstance(above, cst.If) and above.orelse is branch
        does_nothing = not any(
            True
            for kind in (cst.Call, cst.Await, cst.NamedExpr, cst.Subscript)
            for _ in self._tree.find(branch.test, kind)
        )
        return branch.orelse is None and not is_elif and does_nothing

    def _owner(self, block: cst.BaseSuite) -> cst.CSTNode:
        owner = self._tree.parent(block)
        assert owner is not None
        return owner


def _is_open_try(statements: Sequence[cst.BaseStatement]) -> bool:
    only = statements[0]
    return len(statements) == 1 and isinstance(only, cst.Try | cst.TryStar) and only.finalbody is None


def _is_only_guarded(owner: cst.CSTNode | None, block: cst.CSTNode) -> bool:
    """Whether a block is what a ``try`` guards, and nothing else of it runs when the block raises nothing."""
    return isinstance(owner, cst.Try) and owner.body is block and owner.orelse is None and owner.finalbody is None
