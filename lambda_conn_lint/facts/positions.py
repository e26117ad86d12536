"""Where the nodes that may be reported stand, from one pass of libcst's code generator.

libcst's trees hold no positions; its provider computes them for every node, which costs more than parsing. This state
notes, for calls, definitions, lambda expressions and what ``with`` enters, between which tokens they stand, and counts
rows and columns once over the tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import libcst as cst
from libcst._nodes.internal import CodegenState

from lambda_conn_lint.findings import Span

_WANTED = frozenset({cst.Call, cst.FunctionDef, cst.ClassDef, cst.Lambda})
_UNRECORDED = nullcontext()  # one for all: most nodes are not wanted


class _Recorder(CodegenState):
    def __init__(self, module: cst.Module) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.between: list[tuple[int, int, int]] = []  # id of the node, first token, token after the last
        self._entered: set[int] = set()  # ids of the expressions that ``with`` statements enter

    def record_syntactic_position(  # type: ignore[override]  # libcst declares how its own manager is made
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        if type(node) is cst.WithItem:
            self._entered.add(id(node.item))
        wanted = type(node) in _WANTED or (self._entered and id(node) in self._entered)
        return self._recorded(node) if wanted else _UNRECORDED

    @contextmanager
    def _recorded(self, node: cst.CSTNode) -> Iterator[None]:
        first = len(self.tokens)
        yield
        self.between.append((id(node), first, len(self.tokens)))


def positions(module: cst.Module) -> dict[int, Span]:
    """Spans of the module's calls, definitions, lambda and ``with`` expressions, by the ``id`` of the node."""
    recorder = _Recorder(module)
    module._codegen(recorder)
    edges = sorted({edge for _, first, last in recorder.between for edge in (first, last)})
    at: dict[int, tuple[int, int]] = {}
    row, column, index = 1, 1, 0
    tokens = recorder.tokens
    for edge in edges:
        for token in tokens[index:edge]:
            if "\n" in token or "\r" in token:
                lines = token.replace("\r\n", "\n").replace("\r", "\n").split("\n")
                row += len(lines) - 1
                column = len(lines[-1]) + 1
            else:
                column += len(token)
        index = edge
        at[edge] = (row, column)
    return {node: Span(*at[first], *at[last]) for node, first, last in recorder.between}
