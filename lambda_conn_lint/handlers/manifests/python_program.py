"""Python programs that describe a deployment, lowered to the facts of a module.

Not by libcst, as all other Python: such a program is never reported on or changed, so that nothing of what libcst adds
is needed, and the interpreter's own parser is some ten times as fast.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span

_NOTHING = m.Opaque(())
_DEEPEST = 150  # levels of syntax


def facts_of(data: bytes) -> m.ModuleFacts:
    """The facts of a file, as far as programs that describe a deployment need them.

    Raises ``SyntaxError`` and ``ValueError`` (a null byte) for what is not Python, and ``RecursionError`` and
    ``MemoryError`` for what is nested too deeply.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that mean nothing: the author's interpreter says it
        tree = ast.parse(data)
    return _Lowering().module(tree)


class _Lowering:
    """One file."""

    def __init__(self) -> None:
        self._functions: list[m.FunctionFacts] = []
        self._classes: list[m.ClassFacts] = []

    def module(self, tree: ast.Module) -> m.ModuleFacts:
        body = self._block(tree.body, "", 0)
        return m.ModuleFacts(tuple(self._functions), tuple(self._classes), body)

    def _block(self, nodes: list[ast.stmt], owner: str, depth: int) -> m.Block:
        if depth > _DEEPEST:
            return ()
        return tuple(statement for node in nodes for statement in self._statement(node, owner, depth + 1))

    def _statement(self, node: ast.stmt, owner: str, depth: int) -> Iterator[m.Statement]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield m.Define(self._function(f"{owner}{node.name}", node, node.args, node.body, owner, depth))
        elif isinstance(node, ast.ClassDef):
            yield self._class(node, owner, depth)
        elif isinstance(node, ast.ImportFrom):
            names = tuple((one.name, one.asname or one.name) for one in node.names)
            yield m.ImportFrom(node.level, node.module or "", names)
        elif isinstance(node, ast.Import):
            for one in node.names:
                yield m.Import(one.name, one.asname or "")
        elif isinstance(node, ast.Assign):
            targets = tuple(self._expression(target, depth) for target in node.targets)
            yield m.Assign(targets, self._expression(node.value, depth))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield m.Assign((self._expression(node.target, depth),), self._expression(node.value, depth))
        elif isinstance(node, ast.Return):
            yield m.Return(None if node.value is None else self._expression(node.value, depth))
        elif isinstance(node, ast.Expr):
            yield m.Evaluate(self._expression(node.value, depth))
        else:
            yield from self._compound(node, owner, depth)

    def _compound(self, node: ast.stmt, owner: str, depth: int) -> Iterator[m.Statement]:
        if isinstance(node, ast.For):
            target, iterable = self._expression(node.target, depth), self._expression(node.iter, depth)
            body, orelse = self._block(node.body, owner, depth), self._block(node.orelse, owner, depth)
            yield m.For(target, iterable, body, orelse)
        elif isinstance(node, ast.With):
            items = tuple(
                m.WithItem(
                    self._expression(item.context_expr, depth),
                    None if item.optional_vars is None else self._expression(item.optional_vars, depth),
                    _span(item.context_expr),
                )
                for item in node.items
            )
            yield m.With(items, self._block(node.body, owner, depth))
        else:  # whatever else has blocks: all of them may run
            for field in ("body", "orelse", "finalbody"):
                yield from self._block(getattr(node, field, []), owner, depth)
            for handler in getattr(node, "handlers", []):
                yield from self._block(handler.body, owner, depth)

    def _class(self, node: ast.ClassDef, owner: str, depth: int) -> m.Statement:
        name = f"{owner}{node.name}"
        bases = tuple(m.Argument(self._expression(base, depth)) for base in node.bases)
        body = self._block(node.body, f"{name}.", depth)
        self._classes.append(m.ClassFacts(name, node.lineno, node.col_offset + 1, bases, (), body))
        return m.DefineClass(len(self._classes) - 1)

    def _function(
        self, name: str, node: ast.AST, arguments: ast.arguments, body: list[ast.stmt], owner: str, depth: int
    ) -> int:
        number = len(self._functions)
        row = getattr(node, "lineno", 1)
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
        pairs = [*zip(plain, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
        parameters = tuple(
            m.Parameter(
                one.arg,
                "" if index < len(plain) else "kw",
                None,
                None if default is None else self._expression(default, depth),
            )
            for index, (one, default) in enumerate(pairs)
        )
        facts = m.FunctionFacts(name, row, 1, parameters, (), (), False, False, None, frozenset())
        self._functions.append(facts)
        block = self._block(body, "", depth)
        self._functions[number] = m.FunctionFacts(name, row, 1, parameters, (), block, False, False, None, frozenset())
        return number

    # Expressions

    def _expression(self, node: ast.expr, depth: int) -> m.Expression:
        lower = _EXPRESSIONS.get(type(node))
        return _NOTHING if lower is None or depth > _DEEPEST else lower(self, node, depth + 1)

    def _name(self, node: ast.Name, depth: int) -> m.Expression:
        return m.Name(node.id)

    def _constant(self, node: ast.Constant, depth: int) -> m.Expression:
        value = node.value
        return m.Literal(value) if value is None or isinstance(value, str | int | bool) else _NOTHING

    def _attribute(self, node: ast.Attribute, depth: int) -> m.Expression:
        return m.Attribute(self._expression(node.value, depth), node.attr)

    def _call(self, node: ast.Call, depth: int) -> m.Expression:
        plain = [
            m.Argument(self._expression(one.value, depth), star="*")
            if isinstance(one, ast.Starred)
            else m.Argument(self._expression(one, depth))
            for one in node.args
        ]
        named = [
            m.Argument(self._expression(one.value, depth), one.arg or "", "" if one.arg else "**")
            for one in node.keywords
        ]
        return m.Call(self._expression(node.func, depth), (*plain, *named), _span(node))

    def _subscript(self, node: ast.Subscript, depth: int) -> m.Expression:
        return m.Subscript(self._expression(node.value, depth), self._expression(node.slice, depth))

    def _display(self, node: ast.List | ast.Tuple | ast.Set, depth: int) -> m.Expression:
        return m.Display("list", tuple(self._expression(item, depth) for item in node.elts))

    def _starred(self, node: ast.Starred, depth: int) -> m.Expression:
        return m.Star(self._expression(node.value, depth))

    def _mapping(self, node: ast.Dict, depth: int) -> m.Expression:
        pairs = zip(node.keys, node.values, strict=True)
        return m.Mapping(
            tuple((None if k is None else self._expression(k, depth), self._expression(v, depth)) for k, v in pairs)
        )

    def _joined(self, node: ast.JoinedStr, depth: int) -> m.Expression:
        return m.Opaque(tuple(self._expression(part, depth) for part in node.values), "f")

    def _formatted(self, node: ast.FormattedValue, depth: int) -> m.Expression:
        is_plain = node.format_spec is None and node.conversion in (-1, ord("s"))
        return self._expression(node.value, depth) if is_plain else _NOTHING

    def _binary(self, node: ast.BinOp, depth: int) -> m.Expression:
        operator = "+" if isinstance(node.op, ast.Add) else "/" if isinstance(node.op, ast.Div) else ""
        sides = (self._expression(node.left, depth), self._expression(node.right, depth))
        return m.Opaque(sides, operator) if operator else _NOTHING

    def _conditional(self, node: ast.IfExp, depth: int) -> m.Expression:
        test, body, orelse = (self._expression(part, depth) for part in (node.test, node.body, node.orelse))
        return m.Conditional(test, body, orelse)

    def _boolean(self, node: ast.BoolOp, depth: int) -> m.Expression:
        operator = "and" if isinstance(node.op, ast.And) else "or"
        value, *rest = (self._expression(part, depth) for part in node.values)
        for part in rest:
            value = m.Boolean(operator, value, part)
        return value

    def _lambda(self, node: ast.Lambda, depth: int) -> m.Expression:
        body: list[ast.stmt] = [ast.Return(node.body)]
        return m.Function(self._function("<lambda>", node, node.args, body, "", depth))

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp, depth: int) -> m.Expression:
        clauses = tuple(
            m.Clause(
                self._expression(one.target, depth),
                self._expression(one.iter, depth),
                tuple(self._expression(test, depth) for test in one.ifs),
            )
            for one in node.generators
        )
        if isinstance(node, ast.DictComp):
            elements = (self._expression(node.key, depth), self._expression(node.value, depth))
            return m.Comprehension("dict", elements, clauses)
        return m.Comprehension("list", (self._expression(node.elt, depth),), clauses)


def _span(node: ast.expr) -> Span:
    end = (node.end_lineno or node.lineno, (node.end_col_offset or node.col_offset) + 1)
    return Span(node.lineno, node.col_offset + 1, *end)


_EXPRESSIONS: dict[type[ast.expr], Callable[..., m.Expression]] = {
    ast.Name: _Lowering._name,
    ast.Constant: _Lowering._constant,
    ast.Attribute: _Lowering._attribute,
    ast.Call: _Lowering._call,
    ast.Subscript: _Lowering._subscript,
    ast.List: _Lowering._display,
    ast.Tuple: _Lowering._display,
    ast.Set: _Lowering._display,
    ast.Starred: _Lowering._starred,
    ast.Dict: _Lowering._mapping,
    ast.JoinedStr: _Lowering._joined,
    ast.FormattedValue: _Lowering._formatted,
    ast.BinOp: _Lowering._binary,
    ast.IfExp: _Lowering._conditional,
    ast.BoolOp: _Lowering._boolean,
    ast.Lambda: _Lowering._lambda,
    ast.ListComp: _Lowering._comprehension,
    ast.GeneratorExp: _Lowering._comprehension,
    ast.DictComp: _Lowering._comprehension,
}
