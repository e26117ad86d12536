"""Calls that set up a client for the whole process and give nothing: they are made once, under a flag."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.edits.liveness import Liveness
from lambda_conn_lint.fix.edits.patch import Patch
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.judge.slice import Slicer
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.layout import Change
from lambda_conn_lint.fix.source.placement import above
from lambda_conn_lint.fix.templates.naming import Namer


class ActionExaminer:
    """Examines such calls of one file."""

    def __init__(self, ground: Ground, file: SourceFile, slicer: Slicer) -> None:
        self._ground = ground
        self._file = file
        self._tree = file.tree
        self._slicer = slicer
        self._namer = Namer(file.scopes.identifiers)

    def examine(self, call: cst.Call, client: Client, files: Iterable[str]) -> Patch:
        """What takes the place of the call. Raises ``RefusalError``.

        ``files`` are those on the ways to the call: none of them may end what it sets up.
        """
        if not isinstance(self._tree.parent(call), cst.Expr):
            raise RefusalError("what it gives is used, besides what it sets up")
        for end in {name.rpartition(".")[2] for name in client.close} | {"close", "shutdown"}:
            if not self._ground.containing(f".{end}(").isdisjoint(files):
                raise RefusalError(f"`{end}()` may end what it sets up")
        sliced = self._slicer.slice(call)
        if sliced.keys or sliced.imports:
            raise RefusalError("its arguments are only known in the function")
        package = client.name.partition(".")[0]
        names = self._namer.action(package)
        unit = self._tree.indent
        snippets = self._file.snippets
        lines = [
            *(snippets.cut(self._tree.code(local.statement)) for local in sliced.locals),
            snippets.expression(call),
            f"{names.variable} = True",
        ]
        body = [f"global {names.variable}", f"if not {names.variable}:"]
        body += [unit + line for text in lines for line in text.split("\n")]
        text = [f"{names.variable} = False", "", "", f"def {names.accessor}():", *(unit + line for line in body)]
        liveness = Liveness(self._file)
        liveness.take(self._tree.code(call))
        dead = {id(local.statement) for local in liveness.dead(sliced.locals)}
        changes = [*above(self._tree, call, "\n".join(text)), Change(*self._tree.code(call), f"{names.accessor}()")]
        for local in sliced.locals:
            if id(local.statement) in dead:
                changes += self._file.layout.without(local.statement, dead)
        doubt = f"setting up `{package}` once may leave for later what each new one delivered of the one before"
        return Patch(call, tuple(changes), (), (doubt,), f"Set up `{package}` once, in `{names.accessor}()`")
