"""One construction of a client that all invocations may share: whether it can be kept, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.judge.derived import stores
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.holding import is_certain
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.judge.slice import Slice, Slicer, brought_by
from lambda_conn_lint.fix.keep.borrow import Borrow, borrow_of
from lambda_conn_lint.fix.source.assigned import assigned, assigned_bare
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError
from lambda_conn_lint.fix.source.tree import FunctionNode, is_none
from lambda_conn_lint.fix.uses.model import Use

STEPS = frozenset({"initialize_client", "initialize", "wait_for_initialization", "block_until_ready", "wait_init"})
"""Methods that finish what a constructor has begun."""


class Target(NamedTuple):
    """Where a construction's value goes: a local variable, by its assignment; or nothing of the kind."""

    name: str
    statement: cst.SimpleStatementLine | None
    annotation: str


class Release(NamedTuple):
    """What ends the client today: a statement with the call, or a ``with`` item around the construction or its name."""

    statement: cst.SimpleStatementLine | None
    item: cst.WithItem | None


@dataclass(frozen=True)
class Candidate:
    """A construction that can be kept.

    ``setup`` are the statements right behind it that belong to it; ``doubts`` make the fix unsafe.
    """

    call: cst.Call
    client: Client
    target: Target
    slice: Slice
    setup: tuple[cst.SimpleStatementLine, ...]
    releases: tuple[Release, ...]
    doubts: tuple[str, ...]
    is_threaded: bool

    @property
    def name(self) -> str:
        """The variable that the construction is assigned to, or ""."""
        return self.target.name


class Examiner:
    """Examines constructions of one file."""

    def __init__(self, ground: Ground, file: SourceFile, slicer: Slicer) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree
        self._slicer = slicer

    def examine(self, call: cst.Call, client: Client, uses: Iterable[Use]) -> Candidate:
        """Raises ``RefusalError`` where the client cannot be shared, or its construction cannot move."""
        borrow = borrow_of(client, uses)
        target = self._target(call)
        setup = tuple(self._setup(call, target, borrow))
        sliced = self._slicer.slice(call, [part for line in setup for part in brought_by(line)])
        releases = tuple(self._releases(call, client, target, borrow))
        return Candidate(call, client, target, sliced, setup, releases, borrow.doubts, borrow.is_threaded)

    def _target(self, call: cst.Call) -> Target:
        parent = self._tree.parent(call)
        if isinstance(parent, cst.NamedExpr) and isinstance(parent.target, cst.Name):
            return Target(parent.target.value, None, "")
        annotation = ""
        named = self._entered(call)
        if named:
            return Target(named, None, "")
        if isinstance(parent, cst.IfExp):
            parent = self._tree.parent(parent)
            if isinstance(parent, cst.Assign) and isinstance(parent.targets[0].target, cst.Name):
                return Target(parent.targets[0].target.value, None, "")
        if isinstance(parent, cst.Assign) and len(parent.targets) > 1:
            first = parent.targets[0].target
            return Target(first.value if isinstance(first, cst.Name) else "", None, "")
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target: cst.BaseExpression = parent.targets[0].target
        elif isinstance(parent, cst.AnnAssign):
            target = parent.target
            annotation = self._tree.slice(parent.annotation.annotation)
        else:
            return Target("", None, "")
        line = self._tree.parent(parent)
        statement = line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
        if isinstance(target, cst.Attribute):
            return Target(target.attr.value, None, annotation)
        return Target(target.value, statement, annotation) if isinstance(target, cst.Name) else Target("", None, "")

    def _entered(self, call: cst.Call) -> str:
        """The name that a ``with`` around the construction gives."""
        parent = self._tree.parent(self._file.origins.with_closing(call))
        if not isinstance(parent, cst.WithItem) or parent.asname is None:
            return ""
        return parent.asname.name.value if isinstance(parent.asname.name, cst.Name) else ""

    # Set-up

    def _setup(self, call: cst.Call, target: Target, borrow: Borrow) -> Iterator[cst.SimpleStatementLine]:
        """The statements right behind the construction that change the client for good. Raises ``RefusalError``."""
        function = self._tree.function(call)
        here = (self._file.path, self._tree.qualified(function) if isinstance(function, cst.FunctionDef) else "")
        calls = {use.span for use in borrow.changes if use.kind == "method" and use.path == self._file.path}
        stored = self._stores(function, target)
        others = [
            use
            for use in borrow.changes
            if use.path != self._file.path or (use.kind == "write" and ((use.path, use.function) != here or not stored))
        ]
        for line in self._behind(target):
            statement = line.body[0]
            if isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
                step = statement.value
                span = self._tree.span(self._tree.code(step))
                name = step.func.attr.value if isinstance(step.func, cst.Attribute) else ""
                if not (span in calls or name in STEPS) or not self._is_about(step.func, target.name):
                    break
                calls.discard(span)
            elif isinstance(statement, cst.Assign) and self._is_attribute_of(statement, target.name):
                stored -= {id(one.target) for one in statement.targets}
            else:
                break
            if not all(self._slicer.is_movable(part) for part in brought_by(line)):
                raise RefusalError("it is set up with what only the function knows")
            yield line
        if calls or others or stored:
            use = next(
                (use for use in borrow.changes if use in others or use.span in calls or use.kind == "write"), None
            )
            if use is None:
                raise RefusalError(f"an attribute of `{target.name}` is set, which later invocations would meet")
            what = f"sets `{use.name}` of" if use.kind == "write" else f"calls `{use.name}()` on"
            raise RefusalError(f"`{use.function or use.path}` {what} it, which later invocations would meet")

    def _stores(self, function: FunctionNode | None, target: Target) -> set[int]:
        """The attributes that the function sets on the client's variable, by the ids of their nodes."""
        if not isinstance(function, cst.FunctionDef) or not target.name:
            return set()
        return {id(node) for node in stores(self._file, function, target.name)}

    def _behind(self, target: Target) -> Iterator[cst.SimpleStatementLine]:
        if target.statement is None:
            return
        block, index = self._tree.suite(target.statement)
        for statement in block.body[index + 1 :]:
            if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
                return
            yield statement

    def _is_about(self, node: cst.BaseExpression, name: str) -> bool:
        while isinstance(node, cst.Attribute):
            node = node.value
        return isinstance(node, cst.Name) and node.value == name

    def _is_attribute_of(self, statement: cst.Assign, name: str) -> bool:
        return all(
            isinstance(target.target, cst.Attribute) and self._is_about(target.target, name)
            for target in statement.targets
        )

    # Release

    def _releases(self, call: cst.Call, client: Client, target: Target, borrow: Borrow) -> Iterator[Release]:
        for use in borrow.closings:
            # Where the next use connects again, closing elsewhere does no harm, and is a finding of its own afterwards.
            if self._is_here(call, use) or not self._may_wait(client, use):
                yield Release(self._closing(call, use), None)
        items = list(self._items(call, target))
        if len(items) < len(borrow.entries):
            use = borrow.entries[0]
            raise RefusalError(f"it is entered with `{use.name}` in `{use.function}`")
        for item in items:
            around = self._tree.parent(item)
            if isinstance(around, cst.With) and around.asynchronous is not None:
                raise RefusalError("it is entered with `async with`")
            is_closing = isinstance(item.item, cst.Call) and item.item is not call
            if is_closing or client.with_exit == "closes":
                yield Release(None, item)

    def _may_wait(self, client: Client, use: Use) -> bool:
        """Whether a closing in another function is right as it is, and can go in a later round."""
        if client.after_close not in ("reconnects", "works") or use.span is None:
            return False
        try:
            file = self._ground.file(use.path)
        except TextError:
            return False
        closing = file.tree.call(use.span)
        receiver = closing.func.value if closing is not None and isinstance(closing.func, cst.Attribute) else None
        return receiver is not None and is_certain(file, receiver)

    def _is_here(self, call: cst.Call, use: Use) -> bool:
        """Whether a use is in the function of the construction."""
        node = self._tree.call(use.span) if use.path == self._file.path and use.span is not None else None
        return node is not None and self._tree.function(node) is self._tree.function(call)

    def _closing(self, call: cst.Call, use: Use) -> cst.SimpleStatementLine:
        where = f"`{use.function}`" if use.function else f"`{use.path}`"
        closing = self._tree.call(use.span) if use.path == self._file.path and use.span is not None else None
        if closing is None or self._tree.function(closing) is not self._tree.function(call):
            raise RefusalError(f"{where} closes it")
        above = self._tree.parent(closing)
        if isinstance(above, cst.BooleanOperation) and isinstance(above.operator, cst.And) and above.right is closing:
            above = self._tree.parent(above)
        expression = above
        line = None if expression is None else self._tree.parent(expression)
        if not isinstance(expression, cst.Expr) or not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
            raise RefusalError("its `close()` is part of another expression")
        root = closing.func
        while isinstance(root, cst.Attribute):
            root = root.value
        if not isinstance(root, cst.Name):
            raise RefusalError("what is closed cannot be told by name")
        home = self._file.scopes.home(root)
        bindings = [] if home is None else home.bound[root.value]
        others = [one for one in bindings if not is_none(assigned_bare(self._tree, one)) and not self._holds(one, call)]
        if home is None or isinstance(home.node, cst.Module) or others:
            raise RefusalError(f"`{root.value}` is closed, and may be something else by then")
        return line

    def _holds(self, binding: cst.CSTNode, call: cst.Call) -> bool:
        """Whether a variable is bound to the construction, and not to something made from it."""
        target = self._tree.parent(binding)
        if isinstance(target, cst.AsName):
            item = self._tree.parent(target)
            return isinstance(item, cst.WithItem) and item.item is self._file.origins.with_closing(call)
        value = target.value if isinstance(target, cst.NamedExpr) else assigned(self._tree, binding)
        return value is not None and value is self._file.origins.with_closing(call)

    def _items(self, call: cst.Call, target: Target) -> Iterator[cst.WithItem]:
        """The ``with`` items that the construction, or the variable it is assigned to, stands in."""
        function = self._tree.function(call)
        home = self._file.scopes.at(function) if function is not None else None
        names = home.loads(target.name) if home is not None and target.statement is not None else []
        for node in (call, *names):
            parent = self._tree.parent(self._file.origins.with_closing(node))
            if isinstance(parent, cst.WithItem):
                yield parent
