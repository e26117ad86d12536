"""One file as the fixer reads it: libcst's tree with parents and with the place of every node in the text.

Places are offsets into ``Text.clean``; edits are made as offsets too, and become rows and columns at the end.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import TypeAlias, TypeVar

import libcst as cst
from libcst._nodes.internal import CodegenState

from lambda_conn_lint.deep import run_with_room
from lambda_conn_lint.findings import Span
from lambda_conn_lint.fix.source.text import Text, TextError

FunctionNode: TypeAlias = cst.FunctionDef | cst.Lambda
StatementNode: TypeAlias = cst.SimpleStatementLine | cst.BaseCompoundStatement
SuiteNode: TypeAlias = cst.Module | cst.IndentedBlock | cst.SimpleStatementSuite
Range: TypeAlias = tuple[int, int]

_Node = TypeVar("_Node", bound=cst.CSTNode)


def is_within(place: Range, places: Iterable[Range]) -> bool:
    """Whether one of several places covers a place."""
    return any(first <= place[0] and place[1] <= last for first, last in places)


def is_name(node: cst.CSTNode | None, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def is_none(node: cst.CSTNode | None) -> bool:
    """Whether an expression is ``None``."""
    return is_name(node, "None")


_BLANKS = frozenset(
    {cst.SimpleWhitespace, cst.ParenthesizedWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline}
)


_SPACES = frozenset({cst.SimpleWhitespace, cst.Newline})
"""Blanks with nothing below them, about half of all nodes: nothing is noted for them."""


class _Recorder(CodegenState):
    """Notes for every node but spaces between which tokens it stands, with and without the blanks that belong to it.

    Writing comes by all nodes in the order of the text, so it also tells what is below what: ``nodes`` are all but
    blanks, each before those below it, and ``below`` is where those begin and end there.
    """

    def __init__(self, module: cst.Module) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.whole: dict[int, Range] = {}
        self.code: dict[int, Range] = {}
        self.nodes: list[cst.CSTNode] = []
        self.below: dict[int, Range] = {}
        self.parents: dict[int, cst.CSTNode] = {}
        self._open: list[tuple[int, int]] = []
        self._around: list[cst.CSTNode] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        kind = type(node)
        if kind in _SPACES:
            return
        if self._around:
            self.parents[id(node)] = self._around[-1]
        self._around.append(node)
        if kind not in _BLANKS:
            self.nodes.append(node)
        self._open.append((len(self.tokens), len(self.nodes)))

    def after_codegen(self, node: cst.CSTNode) -> None:
        if type(node) in _SPACES:
            return
        self._around.pop()
        token, first = self._open.pop()
        number = id(node)
        self.whole[number] = (token, len(self.tokens))
        self.below[number] = (first, len(self.nodes))

    def record_syntactic_position(  # type: ignore[override]  # libcst declares how its own manager is made
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Recorded:
        return _Recorded(self, node, start_node, end_node)


class _Recorded:
    """Notes the place of a node while it is written; a generator's manager takes three times as long."""

    __slots__ = ("_end", "_first", "_node", "_recorder", "_start")

    def __init__(
        self, recorder: _Recorder, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None
    ) -> None:
        self._recorder = recorder
        self._node = node
        self._start = start
        self._end = end

    def __enter__(self) -> None:
        self._first = len(self._recorder.tokens)

    def __exit__(self, *error: object) -> None:
        recorder = self._recorder
        first, last = self._first, len(recorder.tokens)
        if self._start is not None:
            first = recorder.code.get(id(self._start), recorder.whole[id(self._start)])[0]
        if self._end is not None:
            last = recorder.code.get(id(self._end), recorder.whole[id(self._end)])[1]
        recorder.code[id(self._node)] = (first, last)


def _recorded(source: str, module: cst.Module | None) -> tuple[cst.Module, _Recorder]:
    """The tree of a text, and what writing it out tells of its nodes."""
    module = cst.parse_module(source) if module is None else module
    recorder = _Recorder(module)
    module._codegen(recorder)
    return module, recorder


class Tree:
    """The tree of one file. Raises ``TextError`` for a text that libcst does not parse or give back as it is.

    ``module`` is what libcst has made of the file's bytes, where that is at hand.
    """

    def __init__(self, text: Text, module: cst.Module | None = None) -> None:
        self.text = text
        self.source = text.clean
        try:
            self.module, recorder = run_with_room(partial(_recorded, text.clean, module if text.is_plain else None))
        except cst.ParserSyntaxError as error:
            raise TextError("the file cannot be parsed") from error
        if "".join(recorder.tokens) != text.clean:
            raise TextError("the file's blanks are not given back as they are written")
        self._edges = [0, *accumulate(map(len, recorder.tokens))]
        self._edges.append(self._edges[-1])  # the last newline is taken back where the file has none
        self._code, self._whole = recorder.code, recorder.whole
        self._lines = [0, *(newline.end() for newline in re.finditer("\n", text.clean))]
        self._nodes, self._below, self._parents = recorder.nodes, recorder.below, recorder.parents
        self._kinds: dict[type[cst.CSTNode], list[int]] = {}
        for number, node in enumerate(self._nodes):
            self._kinds.setdefault(type(node), []).append(number)
        self._calls = {self.code(call): call for call in self.find(self.module, cst.Call)}

    @property
    def indent(self) -> str:
        """The white space by which the file indents its first block; four blanks if it has none."""
        return self.module.default_indent

    # Places

    def code(self, node: cst.CSTNode) -> Range:
        """Where the node stands, without parentheses around it and blanks beside it."""
        first, last = self._code.get(id(node)) or self._whole[id(node)]
        return self._edges[first], self._edges[last]

    def whole(self, node: cst.CSTNode) -> Range:
        """The same with parentheses and blanks; of a statement, with the comments above it and the end of its line."""
        first, last = self._whole[id(node)]
        return self._edges[first], self._edges[last]

    def slice(self, node: cst.CSTNode) -> str:
        start, end = self.code(node)
        return self.source[start:end]

    def line_start(self, offset: int) -> int:
        return self._lines[bisect_right(self._lines, offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset behind the newline that ends the line, or the end of the text."""
        index = bisect_right(self._lines, offset)
        return self._lines[index] if index < len(self._lines) else len(self.source)

    def indent_at(self, offset: int) -> str:
        """The blanks that the line begins with."""
        start = self.line_start(offset)
        end = start
        while end < len(self.source) and self.source[end] in " \t":
            end += 1
        return self.source[start:end]

    def span(self, place: Range) -> Span:
        return Span(*self._point(place[0]), *self._point(place[1]))

    def _point(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._lines, offset)
        return row, offset - self._lines[row - 1] + 1

    def place(self, span: Span) -> Range:
        return self._lines[span.row - 1] + span.column - 1, self._lines[span.end_row - 1] + span.end_column - 1

    def call(self, span: Span) -> cst.Call | None:
        """The call that a finding or a use speaks of."""
        if max(span.row, span.end_row) > len(self._lines):
            return None
        return self._calls.get(self.place(span))

    def calls(self) -> list[cst.Call]:
        return list(self._calls.values())

    # Surroundings

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the parent up to the module."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def statement(self, node: cst.CSTNode) -> StatementNode:
        """The innermost statement line or compound statement that holds the node, or is it."""
        for above in (node, *self.ancestors(node)):
            if isinstance(above, cst.SimpleStatementLine | cst.BaseCompoundStatement):
                return above
            if isinstance(above, cst.SimpleStatementSuite):  # ``def f(): return g()``: the def's own line
                continue
        raise AssertionError("every expression stands in a statement")

    def top_level(self, node: cst.CSTNode) -> StatementNode:
        """The statement of the module's body that holds the node."""
        last = node
        for above in self.ancestors(node):
            if isinstance(above, cst.Module):
                break
            last = above
        assert isinstance(last, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        return last

    def suite(self, statement: cst.CSTNode) -> tuple[SuiteNode, int]:
        """The block that a statement stands in, and which of its statements it is."""
        block = self.parent(statement)
        assert isinstance(block, cst.Module | cst.IndentedBlock | cst.SimpleStatementSuite)
        for index, other in enumerate(block.body):
            if other is statement:
                return block, index
        raise AssertionError("a statement stands in its block")

    def function(self, node: cst.CSTNode) -> FunctionNode | None:
        """The innermost function whose body holds the node; its decorators, defaults and annotations do not count."""
        below = node
        for above in self.ancestors(node):
            if isinstance(above, cst.FunctionDef | cst.Lambda) and below is above.body:
                return above
            below = above
        return None

    def qualified(self, function: cst.FunctionDef) -> str:
        """The function's name as facts spell it: ``Store.connect``, ``outer.inner``."""
        around = [
            above.name.value for above in self.ancestors(function) if isinstance(above, cst.FunctionDef | cst.ClassDef)
        ]
        return ".".join([*reversed(around), function.name.value])

    def class_around(self, node: cst.CSTNode) -> cst.ClassDef | None:
        return next((above for above in self.ancestors(node) if isinstance(above, cst.ClassDef)), None)

    def find(self, root: cst.CSTNode, kind: type[_Node]) -> Iterator[_Node]:
        """All nodes of just this class below a node, and it itself, in the order of the text."""
        first, last = self._below[id(root)]
        numbers = self._kinds.get(kind, [])
        for index in range(bisect_left(numbers, first - 1), bisect_left(numbers, last)):
            node = self._nodes[numbers[index]]
            if isinstance(node, kind):
                yield node

    def nodes(self, root: cst.CSTNode) -> Sequence[cst.CSTNode]:
        """All nodes below a node but blanks, and it itself, in the order of the text."""
        first, last = self._below[id(root)]
        return self._nodes[first - 1 : last]

    def children(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes right below a node but blanks, in the order of the text. libcst's own are made anew each time."""
        number, last = self._below[id(node)]
        while number < last:
            child = self._nodes[number]
            yield child
            number = self._below[id(child)][1]

    def strings(self, root: cst.CSTNode) -> Iterator[cst.SimpleString | cst.FormattedString]:
        """The string literals below a node, one for each piece of a concatenation."""
        yield from self.find(root, cst.SimpleString)
        yield from self.find(root, cst.FormattedString)
