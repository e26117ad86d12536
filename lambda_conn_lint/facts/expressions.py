"""Lowering of expressions, of functions as far as they are expressions, and of the names that both bind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import libcst as cst

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span

_LONGEST_TEXT = 300  # characters of a string literal that are kept; resource names and environment keys are shorter


class Scope:
    """What the names bound in one function are; module and class scopes keep no list."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.declared: set[str] = set()
        self.is_generator = False


class ExpressionLowering:
    """Gives expressions; ``spans`` are where calls and definitions stand, by the ``id`` of the node."""

    def __init__(self, spans: dict[int, Span]) -> None:
        self._spans = spans
        self._functions: list[m.FunctionFacts | None] = []
        self._classes: list[m.ClassFacts | None] = []
        self._scopes: list[Scope] = [Scope()]
        self._prefix = ""

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
        scope = Scope()
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
        value = _text(node)
        return m.Opaque(()) if value is None else m.Literal(value[:_LONGEST_TEXT])

    def _concatenated(self, node: cst.ConcatenatedString) -> m.Expression:
        parts: list[m.Expression] = []
        inner: cst.BaseExpression = node
        while isinstance(inner, cst.ConcatenatedString):
            parts.append(self.expression(inner.left))
            inner = inner.right
        parts.append(self.expression(inner))
        texts = [part.value for part in parts if isinstance(part, m.Literal)]
        if len(texts) == len(parts):
            return m.Literal("".join(map(str, texts))[:_LONGEST_TEXT])
        return _opaque(*parts)

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
        try:
            return m.Literal(node.evaluated_value)
        except (SyntaxError, ValueError):
            return m.Opaque(())  # longer than this interpreter converts

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
            elif isinstance(element.slice, cst.Slice):
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


def _text(node: cst.SimpleString) -> str | None:
    """The text of a string literal; none for bytes, and for what only another interpreter can read."""
    if "b" in node.prefix:
        return None
    if "\\" not in node.raw_value or "r" in node.prefix:
        return node.raw_value
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that mean nothing: the author's interpreter says it
            value = node.evaluated_value
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None


def _opaque(*parts: m.Expression) -> m.Expression:
    kept: list[m.Expression] = []
    for part in parts:
        if isinstance(part, m.Opaque):
            kept.extend(part.parts)
        elif not isinstance(part, m.Literal):
            kept.append(part)
    return m.Opaque(tuple(kept))


def _names(target: m.Expression) -> Iterable[str]:
    if isinstance(target, m.Name):
        yield target.id
    elif isinstance(target, m.Display):
        for item in target.items:
            yield from _names(item)
    elif isinstance(target, m.Star):
        yield from _names(target.value)


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
_EXPRESSIONS: dict[type[cst.CSTNode], Callable[[ExpressionLowering, Any], m.Expression]] = {
    cst.Name: ExpressionLowering._name,
    cst.Attribute: ExpressionLowering._call,
    cst.Call: ExpressionLowering._call,
    cst.SimpleString: ExpressionLowering._string,
    cst.ConcatenatedString: ExpressionLowering._concatenated,
    cst.FormattedString: ExpressionLowering._formatted,
    cst.TemplatedString: ExpressionLowering._templated,
    cst.Integer: ExpressionLowering._integer,
    cst.Float: ExpressionLowering._float,
    cst.Lambda: ExpressionLowering._lambda,
    cst.Await: ExpressionLowering._await,
    cst.Yield: ExpressionLowering._yield,
    cst.List: ExpressionLowering._display,
    cst.Tuple: ExpressionLowering._display,
    cst.Set: ExpressionLowering._display,
    cst.Dict: ExpressionLowering._dict,
    cst.Subscript: ExpressionLowering._subscript,
    cst.IfExp: ExpressionLowering._conditional,
    cst.BooleanOperation: ExpressionLowering._boolean,
    cst.UnaryOperation: ExpressionLowering._unary,
    cst.BinaryOperation: ExpressionLowering._binary,
    cst.Comparison: ExpressionLowering._comparison,
    cst.ListComp: ExpressionLowering._comprehension,
    cst.SetComp: ExpressionLowering._comprehension,
    cst.DictComp: ExpressionLowering._comprehension,
    cst.GeneratorExp: ExpressionLowering._comprehension,
    cst.NamedExpr: ExpressionLowering._walrus,
    cst.StarredElement: ExpressionLowering._starred,
}
