"""Lowering: one visit of a libcst module gives its facts.

The visit enters only what can hold a name, a call, a binding or a test. It is our own dispatch and not libcst's
visitor, which rebuilds each node it passes and enters every bit of white space.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.facts.expressions import ExpressionLowering, Scope
from lambda_conn_lint.facts.positions import positions
from lambda_conn_lint.facts.unwieldy import UnparsableError, refuse_unwieldy
from lambda_conn_lint.findings import Span

if TYPE_CHECKING:
    from lambda_conn_lint.facts.trees import Trees

__all__ = ["UnparsableError", "facts_of"]


def facts_of(source: bytes, trees: Trees | None = None) -> m.ModuleFacts:
    """The facts of a module's bytes; raises ``UnparsableError`` where libcst cannot parse them.

    ``trees`` takes in the module's tree.
    """
    refuse_unwieldy(source)
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise _unparsable(source, error) from None
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        raise UnparsableError(f"cannot decode the file: {error}", 1, 1) from None
    if trees is not None:
        trees.keep(source, module)
    return _Lowering(positions(module)).module(module)


def _unparsable(source: bytes, error: cst.ParserSyntaxError) -> UnparsableError:
    """What is wrong in the interpreter's words, where it refuses the file too: libcst points behind the error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<file>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as own:
        return UnparsableError(f"not valid Python 3: {own.msg}", max(own.lineno or 1, 1), max(own.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError):
        pass  # null bytes, or nested too deep for the interpreter
    message = error.message.partition(": expected one of")[0]
    return UnparsableError(f"libcst cannot parse it: {message}", error.raw_line, error.raw_column + 1)


class _Lowering(ExpressionLowering):
    def module(self, node: cst.Module) -> m.ModuleFacts:
        body = self._statements(node.body)
        return m.ModuleFacts(
            tuple(function for function in self._functions if function is not None),
            tuple(found for found in self._classes if found is not None),
            body,
        )

    # Statements

    def _statements(self, nodes: Iterable[cst.CSTNode]) -> m.Block:
        block: list[m.Statement] = []
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                for small in node.body:
                    self._statement(small, block)
            else:
                self._statement(node, block)
        return tuple(block)

    def _block(self, node: cst.BaseSuite | None) -> m.Block:
        if node is None:
            return ()
        if isinstance(node, cst.SimpleStatementSuite):
            block: list[m.Statement] = []
            for small in node.body:
                self._statement(small, block)
            return tuple(block)
        return self._statements(node.body)

    def _statement(self, node: cst.CSTNode, block: list[m.Statement]) -> None:
        lower = _STATEMENTS.get(type(node))
        if lower is not None:
            block.extend(lower(self, node))

    def _expression_statement(self, node: cst.Expr) -> Sequence[m.Statement]:
        value = self.expression(node.value)
        return () if isinstance(value, m.Literal) else (m.Evaluate(value),)

    def _assign(self, node: cst.Assign) -> Sequence[m.Statement]:
        value = self.expression(node.value)
        return (m.Assign(tuple(self._target(target.target) for target in node.targets), value),)

    def _annotated(self, node: cst.AnnAssign) -> Sequence[m.Statement]:
        value = None if node.value is None else self.expression(node.value)
        return (m.Annotate(self._target(node.target), self.expression(node.annotation.annotation), value),)

    def _augmented(self, node: cst.AugAssign) -> Sequence[m.Statement]:
        return (m.AugAssign(self._target(node.target), self.expression(node.value)),)

    def _return(self, node: cst.Return) -> Sequence[m.Statement]:
        return (m.Return(self._optional(node.value)),)

    def _raise(self, node: cst.Raise) -> Sequence[m.Statement]:
        return (m.Raise(self._optional(node.exc)),)

    def _assert(self, node: cst.Assert) -> Sequence[m.Statement]:
        return (m.Evaluate(self.expression(node.test)),)

    def _delete(self, node: cst.Del) -> Sequence[m.Statement]:
        target = self._target(node.target)
        return (m.Delete(target.items if isinstance(target, m.Display) else (target,)),)

    def _declare(self, node: cst.Global | cst.Nonlocal) -> Sequence[m.Statement]:
        names = tuple(item.name.value for item in node.names)
        self._scopes[-1].declared.update(names)
        return (m.Declare("global" if isinstance(node, cst.Global) else "nonlocal", names),)

    def _if(self, node: cst.If) -> Sequence[m.Statement]:
        # A long chain of elif is a deep tree: from the end backwards, so that its length is no recursion depth.
        chain: list[cst.If] = [node]
        while isinstance(chain[-1].orelse, cst.If):
            chain.append(chain[-1].orelse)
        lowered = [(self.expression(link.test), self._block(link.body)) for link in chain]
        last = chain[-1].orelse
        orelse = self._block(last.body) if isinstance(last, cst.Else) else ()
        for test, body in reversed(lowered):
            orelse = (m.If(test, body, orelse),)
        return orelse

    def _while(self, node: cst.While) -> Sequence[m.Statement]:
        return (m.While(self.expression(node.test), self._block(node.body), self._else(node.orelse)),)

    def _for(self, node: cst.For) -> Sequence[m.Statement]:
        iterable = self.expression(node.iter)
        return (m.For(self._target(node.target), iterable, self._block(node.body), self._else(node.orelse)),)

    def _else(self, node: cst.Else | None) -> m.Block:
        return () if node is None else self._block(node.body)

    def _with(self, node: cst.With) -> Sequence[m.Statement]:
        items = tuple(
            m.WithItem(
                self.expression(item.item),
                None if item.asname is None else self._target(item.asname.name),
                self._spans.get(id(item.item), Span(1, 1, 1, 1)),
            )
            for item in node.items
        )
        return (m.With(items, self._block(node.body)),)

    def _try(self, node: cst.Try | cst.TryStar) -> Sequence[m.Statement]:
        body = self._block(node.body)
        handlers = []
        for handler in node.handlers:
            types = self._optional(handler.type)
            name = ""
            if handler.name is not None and isinstance(handler.name.name, cst.Name):
                name = handler.name.name.value
                self._bind(name)
            handlers.append(m.Except(types, name, self._block(handler.body)))
        final = () if node.finalbody is None else self._block(node.finalbody.body)
        return (m.Try(body, tuple(handlers), self._else(node.orelse), final),)

    def _match(self, node: cst.Match) -> Sequence[m.Statement]:
        cases = []
        for case in node.cases:
            captures = tuple(_captures(case.pattern))
            for name in captures:
                self._bind(name)
            cases.append(m.Case(captures, _is_none(case.pattern), self._optional(case.guard), self._block(case.body)))
        return (m.Match(self.expression(node.subject), tuple(cases)),)

    def _jump(self, node: cst.Break | cst.Continue) -> Sequence[m.Statement]:
        return (m.Jump("break" if isinstance(node, cst.Break) else "continue"),)

    def _import(self, node: cst.Import) -> Sequence[m.Statement]:
        lowered = []
        for item in node.names:
            module = _dotted(item.name)
            alias = ""
            if item.asname is not None and isinstance(item.asname.name, cst.Name):
                alias = item.asname.name.value
            self._bind(alias or module.partition(".")[0])
            lowered.append(m.Import(module, alias))
        return lowered

    def _import_from(self, node: cst.ImportFrom) -> Sequence[m.Statement]:
        module = "" if node.module is None else _dotted(node.module)
        names: list[tuple[str, str]] = []
        if isinstance(node.names, cst.ImportStar):
            names.append(("*", "*"))
        else:
            for item in node.names:
                name = _dotted(item.name)
                bound = name
                if item.asname is not None and isinstance(item.asname.name, cst.Name):
                    bound = item.asname.name.value
                self._bind(bound)
                names.append((name, bound))
        return (m.ImportFrom(len(node.relative), module, tuple(names)),)

    def _define(self, node: cst.FunctionDef) -> Sequence[m.Statement]:
        name = node.name.value
        self._bind(name)
        decorators = tuple(self.expression(decorator.decorator) for decorator in node.decorators)
        span = self._spans.get(id(node), Span(1, 1, 1, 1))
        returns = None if node.returns is None else self.expression(node.returns.annotation)
        index = self._function(
            name, span, node.params, decorators, node.asynchronous is not None, lambda: self._block(node.body), returns
        )
        return (m.Define(index),)

    def _define_class(self, node: cst.ClassDef) -> Sequence[m.Statement]:
        self._bind(node.name.value)
        decorators = tuple(self.expression(decorator.decorator) for decorator in node.decorators)
        bases = tuple(self._argument(argument) for argument in (*node.bases, *node.keywords))
        index = len(self._classes)
        self._classes.append(None)
        name = self._prefix + node.name.value
        outer, self._prefix = self._prefix, name + "."
        self._scopes.append(Scope())
        body = self._block(node.body)
        self._scopes.pop()
        self._prefix = outer
        span = self._spans.get(id(node), Span(1, 1, 1, 1))
        self._classes[index] = m.ClassFacts(name, span.row, span.column, bases, decorators, body)
        return (m.DefineClass(index),)


def _dotted(node: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _is_none(pattern: cst.MatchPattern) -> bool:
    return isinstance(pattern, cst.MatchSingleton) and pattern.value.value == "None"


def _captures(pattern: cst.CSTNode) -> Iterable[str]:
    """Names that a match pattern binds."""
    if isinstance(pattern, cst.MatchAs | cst.MatchStar) and pattern.name is not None:
        yield pattern.name.value
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        yield pattern.rest.value
    if isinstance(pattern, cst.MatchValue):
        return
    for child in pattern.children:
        if not isinstance(child, cst.BaseExpression | cst.BaseParenthesizableWhitespace):
            yield from _captures(child)


_STATEMENTS: dict[type[cst.CSTNode], Callable[[_Lowering, Any], Sequence[m.Statement]]] = {
    cst.Expr: _Lowering._expression_statement,
    cst.Assign: _Lowering._assign,
    cst.AnnAssign: _Lowering._annotated,
    cst.AugAssign: _Lowering._augmented,
    cst.Return: _Lowering._return,
    cst.Raise: _Lowering._raise,
    cst.Assert: _Lowering._assert,
    cst.Del: _Lowering._delete,
    cst.Global: _Lowering._declare,
    cst.Nonlocal: _Lowering._declare,
    cst.If: _Lowering._if,
    cst.While: _Lowering._while,
    cst.For: _Lowering._for,
    cst.With: _Lowering._with,
    cst.Try: _Lowering._try,
    cst.TryStar: _Lowering._try,
    cst.Match: _Lowering._match,
    cst.Break: _Lowering._jump,
    cst.Continue: _Lowering._jump,
    cst.Import: _Lowering._import,
    cst.ImportFrom: _Lowering._import_from,
    cst.FunctionDef: _Lowering._define,
    cst.ClassDef: _Lowering._define_class,
}
