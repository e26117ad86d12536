"""Lowering: one visit of a libcst module gives its facts.

The visit enters only what can hold a name, a call, a binding or a test. It is our own dispatch and not libcst's
visitor, which rebuilds each node it passes and enters every bit of white space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.facts.positions import positions
from lambda_conn_lint.findings import Span

_LONGEST_TEXT = 300  # characters of a string literal that are kept; resource names and environment keys are shorter


class Unparsable(Exception):
    """libcst cannot parse the file. ``row`` and ``column`` are 1-based."""

    def __init__(self, message: str, row: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


def facts_of(source: bytes) -> m.ModuleFacts:
    """The facts of a module's bytes; raises ``Unparsable`` where libcst cannot parse them."""
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise Unparsable(error.message, error.raw_line, error.raw_column + 1) from None
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        raise Unparsable(f"cannot decode the file: {error}", 1, 1) from None
    return _Lowering(positions(module)).module(module)


class _Scope:
    """What the names bound in one function are; module and class scopes keep no list."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.declared: set[str] = set()
        self.is_generator = False


class _Lowering:
    def __init__(self, spans: dict[int, Span]) -> None:
        self._spans = spans
        self._functions: list[m.FunctionFacts | None] = []
        self._classes: list[m.ClassFacts | None] = []
        self._scopes: list[_Scope] = [_Scope()]
        self._prefix = ""

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
            m.WithItem(self.expression(item.item), None if item.asname is None else self._target(item.asname.name))
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
            cases.append(m.Case(captures, self._optional(case.guard), self._block(case.body)))
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
        self._scopes.append(_Scope())
        body = self._block(node.body)
        self._scopes.pop()
        self._prefix = outer
        span = self._spans.get(id(node), Span(1, 1, 1, 1))
        self._classes[index] = m.ClassFacts(name, span.row, span.column, bases, decorators, body)
        return (m.DefineClass(index),)

    def _function(
        self,
        name: str,
        span: Span,
        parameters: cst.Parameters,
        decorators: tuple[m.Expression, ...],
        is_async: bool,
        lower_body: Callable[[], m.Block],
        returns: m.Expression | None = None,
    ) -> int:
        lowered = self._parameters(parameters)
        index = len(self._functions)
        self._functions.append(None)
        qualified = self._prefix + name
        outer, self._prefix = self._prefix, qualified + "."
        scope = _Scope()
        scope.bound.update(parameter.name for parameter in lowered)
        self._scopes.append(scope)
        body = lower_body()
        self._scopes.pop()
        self._prefix = outer
        self._functions[index] = m.FunctionFacts(
            qualified,
            span.row,
            span.column,
            lowered,
            decorators,
            body,
            is_async,
            scope.is_generator,
            returns,
            frozenset(scope.bound - scope.declared),
        )
        return index

    def _parameters(self, node: cst.Parameters) -> tuple[m.Parameter, ...]:
        lowered: list[m.Parameter] = []
        for kind, group in (("/", node.posonly_params), ("", node.params)):
            lowered.extend(self._parameter(parameter, kind) for parameter in group)
        if isinstance(node.star_arg, cst.Param):
            lowered.append(self._parameter(node.star_arg, "*"))
        lowered.extend(self._parameter(parameter, "kw") for parameter in node.kwonly_params)
        if node.star_kwarg is not None:
            lowered.append(self._parameter(node.star_kwarg, "**"))
        return tuple(lowered)

    def _parameter(self, node: cst.Param, kind: str) -> m.Parameter:
        annotation = None if node.annotation is None else self.expression(node.annotation.annotation)
        return m.Parameter(node.name.value, kind, annotation, self._optional(node.default))

    # Targets

    def _target(self, node: cst.BaseExpression) -> m.Expression:
        if isinstance(node, cst.Name):
            self._bind(node.value)
            return m.Name(node.value)
        if isinstance(node, cst.Tuple | cst.List):
            items = tuple(
                m.Star(self._target(item.value)) if isinstance(item, cst.StarredElement) else self._target(item.value)
                for item in node.elements
            )
            return m.Display("tuple", items)
        return self.expression(node)

    def _bind(self, name: str) -> None:
        self._scopes[-1].bound.add(name)

    # Expressions

    def _optional(self, node: cst.BaseExpression | None) -> m.Expression | None:
        return None if node is None else self.expression(node)

    def expression(self, node: cst.CSTNode) -> m.Expression:
        lower = _EXPRESSIONS.get(type(node))
        return m.Opaque(()) if lower is None else lower(self, node)

    def _name(self, node: cst.Name) -> m.Expression:
        literal = _CONSTANTS.get(node.value)
        return m.Name(node.value) if literal is None else literal

    def _call(self, node: cst.Call) -> m.Expression:
        # Method chains nest to the left: walk down to the first receiver, so that a long chain is no deep recursion.
        links: list[cst.Call | cst.Attribute] = []
        inner: cst.BaseExpression = node
        while isinstance(inner, cst.Call | cst.Attribute):
            links.append(inner)
            inner = inner.func if isinstance(inner, cst.Call) else inner.value
        value = self.expression(inner)
        for link in reversed(links):
            if isinstance(link, cst.Call):
                arguments = tuple(self._argument(argument) for argument in link.args)
                value = m.Call(value, arguments, self._spans[id(link)])
            else:
                value = m.Attribute(value, link.attr.value)
        return value

    def _argument(self, node: cst.Arg) -> m.Argument:
        keyword = "" if node.keyword is None else node.keyword.value
        return m.Argument(self.expression(node.value), keyword, node.star)

    def _string(self, node: cst.SimpleString) -> m.Expression:
        value = node.evaluated_value
        return m.Literal(value[:_LONGEST_TEXT]) if isinstance(value, str) else m.Opaque(())

    def _concatenated(self, node: cst.ConcatenatedString) -> m.Expression:
        value = node.evaluated_value
        if isinstance(value, str):
            return m.Literal(value[:_LONGEST_TEXT])
        return _opaque(self.expression(node.left), self.expression(node.right))

    def _formatted(self, node: cst.FormattedString) -> m.Expression:
        return _opaque(*(self._formatted_part(part) for part in node.parts))

    def _formatted_part(self, part: cst.CSTNode) -> m.Expression:
        if not isinstance(part, cst.FormattedStringExpression):
            return m.Opaque(())
        spec = part.format_spec or ()
        return _opaque(self.expression(part.expression), *(self._formatted_part(inner) for inner in spec))

    def _templated(self, node: Any) -> m.Expression:
        return _opaque(*(self.expression(part.expression) for part in node.parts if hasattr(part, "expression")))

    def _integer(self, node: cst.Integer) -> m.Expression:
        return m.Literal(node.evaluated_value)

    def _float(self, node: cst.Float) -> m.Expression:
        return m.Literal(node.evaluated_value)

    def _lambda(self, node: cst.Lambda) -> m.Expression:
        span = self._spans.get(id(node), Span(1, 1, 1, 1))
        index = self._function(
            "<lambda>", span, node.params, (), False, lambda: (m.Return(self.expression(node.body)),)
        )
        return m.Function(index)

    def _await(self, node: cst.Await) -> m.Expression:
        return m.Await(self.expression(node.expression))

    def _yield(self, node: cst.Yield) -> m.Expression:
        self._scopes[-1].is_generator = True
        if isinstance(node.value, cst.From):
            return m.Yield(self.expression(node.value.item), True)
        return m.Yield(self._optional(node.value), False)

    def _display(self, node: cst.List | cst.Tuple | cst.Set) -> m.Expression:
        kind = "list" if isinstance(node, cst.List) else "tuple" if isinstance(node, cst.Tuple) else "set"
        items = tuple(
            m.Star(self.expression(item.value)) if isinstance(item, cst.StarredElement) else self.expression(item.value)
            for item in node.elements
        )
        return m.Display(kind, items)

    def _dict(self, node: cst.Dict) -> m.Expression:
        return m.Mapping(
            tuple(
                (self.expression(item.key), self.expression(item.value))
                if isinstance(item, cst.DictElement)
                else (None, self.expression(item.value))
                for item in node.elements
            )
        )

    def _subscript(self, node: cst.Subscript) -> m.Expression:
        parts = []
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                parts.append(self.expression(element.slice.value))
            else:
                bounds = (element.slice.lower, element.slice.upper, element.slice.step)
                parts.append(_opaque(*(self.expression(bound) for bound in bounds if bound is not None)))
        return m.Subscript(self.expression(node.value), parts[0] if len(parts) == 1 else m.Display("tuple", (*parts,)))

    def _conditional(self, node: cst.IfExp) -> m.Expression:
        return m.Conditional(self.expression(node.test), self.expression(node.body), self.expression(node.orelse))

    def _boolean(self, node: cst.BooleanOperation) -> m.Expression:
        operator = "and" if isinstance(node.operator, cst.And) else "or"
        return m.Boolean(operator, self.expression(node.left), self.expression(node.right))

    def _unary(self, node: cst.UnaryOperation) -> m.Expression:
        value = self.expression(node.expression)
        if isinstance(node.operator, cst.Not):
            return m.Not(value)
        if isinstance(node.operator, cst.Minus) and isinstance(value, m.Literal) and isinstance(value.value, int):
            return m.Literal(-value.value)
        return _opaque(value)

    def _binary(self, node: cst.BinaryOperation) -> m.Expression:
        parts: list[m.Expression] = []
        inner: cst.BaseExpression = node
        while isinstance(inner, cst.BinaryOperation):
            parts.append(self.expression(inner.right))
            inner = inner.left
        parts.append(self.expression(inner))
        return _opaque(*reversed(parts))

    def _comparison(self, node: cst.Comparison) -> m.Expression:
        left = self.expression(node.left)
        if len(node.comparisons) != 1:
            return _opaque(left, *(self.expression(part.comparator) for part in node.comparisons))
        (only,) = node.comparisons
        operator = _OPERATORS.get(type(only.operator))
        right = self.expression(only.comparator)
        return _opaque(left, right) if operator is None else m.Compare(left, operator, right)

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> m.Expression:
        # Targets of a comprehension are its own: they must not become locals of the function around it.
        scope = self._scopes[-1]
        before = set(scope.bound)
        clauses: list[m.Clause] = []
        names: set[str] = set()
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            iterable = self.expression(clause.iter)
            target = self._target(clause.target)
            names.update(_names(target))
            clauses.append(m.Clause(target, iterable, tuple(self.expression(one.test) for one in clause.ifs)))
            clause = clause.inner_for_in
        if isinstance(node, cst.DictComp):
            elements: tuple[m.Expression, ...] = (self.expression(node.key), self.expression(node.value))
        else:
            elements = (self.expression(node.elt),)
        scope.bound -= names - before
        return m.Comprehension(_COMPREHENSIONS[type(node)], elements, tuple(clauses))

    def _walrus(self, node: cst.NamedExpr) -> m.Expression:
        value = self.expression(node.value)
        if not isinstance(node.target, cst.Name):
            return _opaque(value)
        self._bind(node.target.value)
        return m.Walrus(node.target.value, value)

    def _starred(self, node: cst.StarredElement) -> m.Expression:
        return m.Star(self.expression(node.value))


def _opaque(*parts: m.Expression) -> m.Expression:
    kept: list[m.Expression] = []
    for part in parts:
        if isinstance(part, m.Opaque):
            kept.extend(part.parts)
        elif not isinstance(part, m.Literal):
            kept.append(part)
    return m.Opaque(tuple(kept))


def _dotted(node: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _names(target: m.Expression) -> Iterable[str]:
    if isinstance(target, m.Name):
        yield target.id
    elif isinstance(target, m.Display):
        for item in target.items:
            yield from _names(item)
    elif isinstance(target, m.Star):
        yield from _names(target.value)


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


_CONSTANTS = {"None": m.Literal(None), "True": m.Literal(True), "False": m.Literal(False)}
_OPERATORS: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.LessThan: "<",
    cst.GreaterThan: ">",
    cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=",
}
_COMPREHENSIONS: dict[type[cst.BaseComp], str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.DictComp: "dict",
    cst.GeneratorExp: "generator",
}
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
_EXPRESSIONS: dict[type[cst.CSTNode], Callable[[_Lowering, Any], m.Expression]] = {
    cst.Name: _Lowering._name,
    cst.Attribute: _Lowering._call,
    cst.Call: _Lowering._call,
    cst.SimpleString: _Lowering._string,
    cst.ConcatenatedString: _Lowering._concatenated,
    cst.FormattedString: _Lowering._formatted,
    cst.TemplatedString: _Lowering._templated,
    cst.Integer: _Lowering._integer,
    cst.Float: _Lowering._float,
    cst.Lambda: _Lowering._lambda,
    cst.Await: _Lowering._await,
    cst.Yield: _Lowering._yield,
    cst.List: _Lowering._display,
    cst.Tuple: _Lowering._display,
    cst.Set: _Lowering._display,
    cst.Dict: _Lowering._dict,
    cst.Subscript: _Lowering._subscript,
    cst.IfExp: _Lowering._conditional,
    cst.BooleanOperation: _Lowering._boolean,
    cst.UnaryOperation: _Lowering._unary,
    cst.BinaryOperation: _Lowering._binary,
    cst.Comparison: _Lowering._comparison,
    cst.ListComp: _Lowering._comprehension,
    cst.SetComp: _Lowering._comprehension,
    cst.DictComp: _Lowering._comprehension,
    cst.GeneratorExp: _Lowering._comprehension,
    cst.NamedExpr: _Lowering._walrus,
    cst.StarredElement: _Lowering._starred,
}
