"""TypeScript and JavaScript lowered to the facts of a module, as far as programs that describe a deployment need it.

What is kept are functions, calls, assignments, loops and literals; types, classes' members without a value and
everything else are left out. The parser is tree-sitter's, which reads on after what it does not understand.
https://github.com/tree-sitter/tree-sitter-typescript
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_NOTHING = m.Opaque(())
_DEEPEST = 150  # levels of syntax
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")
_WRAPPERS = (
    "as_expression",
    "non_null_expression",
    "satisfies_expression",
    "parenthesized_expression",
    "await_expression",
)


def facts_of(data: bytes) -> m.ModuleFacts:
    """The facts of a file; ``constructor`` is called ``__init__`` and ``this`` ``self``, as in Python."""
    return _Lowering().module(_parser().parse(data).root_node)


def is_broken(data: bytes) -> bool:
    """Whether something in a file is not understood; where it begins the parser cannot tell well."""
    return bool(_parser().parse(data).root_node.has_error)


@functools.cache
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_typescript

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_typescript()))


def _text(node: Node | None) -> str:
    return "" if node is None else (node.text or b"").decode("utf-8", errors="replace")


def _span(node: Node) -> Span:
    row, column = node.start_point
    end_row, end_column = node.end_point
    return Span(row + 1, column + 1, end_row + 1, end_column + 1)


class _Lowering:
    """One file."""

    def __init__(self) -> None:
        self._functions: list[m.FunctionFacts] = []
        self._classes: list[m.ClassFacts] = []
        self._class = ""

    def module(self, root: Node) -> m.ModuleFacts:
        body = self._block(root.named_children, 0)
        return m.ModuleFacts(tuple(self._functions), tuple(self._classes), body)

    # Statements

    def _block(self, nodes: Sequence[Node], depth: int) -> m.Block:
        return tuple(statement for node in nodes for statement in self._statement(node, depth + 1))

    def _statement(self, node: Node, depth: int) -> Iterator[m.Statement]:
        if depth > _DEEPEST:
            return
        kind = node.type
        lower = _STATEMENTS.get(kind)
        if lower is not None:
            yield from lower(self, node, depth)
        elif kind == "export_statement" and (exported := node.child_by_field_name("value")) is not None:
            yield m.Assign((m.Name("default"),), self._expression(exported, depth))
        elif kind in _EXPRESSIONS or kind in _WRAPPERS or kind in _FUNCTIONS:
            yield m.Evaluate(self._expression(node, depth))
        else:  # blocks of every kind: both sides of an ``if``, a ``try``, a ``switch``, an export
            yield from self._block(node.named_children, depth)

    def _define(self, node: Node, depth: int) -> Iterator[m.Statement]:
        yield m.Define(self._function(node, _text(node.child_by_field_name("name")), depth))

    def _declare(self, node: Node, depth: int) -> Iterator[m.Statement]:
        value = node.child_by_field_name("value")
        if value is not None:
            yield self._assign(node.child_by_field_name("name"), value, depth)

    def _return(self, node: Node, depth: int) -> Iterator[m.Statement]:
        yield m.Return(self._expression(node.named_children[0], depth) if node.named_children else None)

    def _for(self, node: Node, depth: int) -> Iterator[m.Statement]:
        target, iterable = node.child_by_field_name("left"), node.child_by_field_name("right")
        body = node.child_by_field_name("body")
        if target is not None and iterable is not None and body is not None:
            inner = self._block([body], depth)
            yield m.For(self._target(target), self._expression(iterable, depth), inner, ())

    def _evaluate(self, node: Node, depth: int) -> Iterator[m.Statement]:
        for child in node.named_children:
            right = child.child_by_field_name("right") if child.type == "assignment_expression" else None
            if right is not None:
                yield self._assign(child.child_by_field_name("left"), right, depth)
            else:
                yield m.Evaluate(self._expression(child, depth))

    def _import(self, node: Node, depth: int) -> Iterator[m.Statement]:
        source = _text(node.child_by_field_name("source")).strip("\"'`")
        for clause in node.named_children:
            for one in clause.named_children if clause.type == "import_clause" else ():
                if one.type == "namespace_import" and one.named_children:
                    yield m.Import(source, _text(one.named_children[0]))
                elif one.type == "identifier":
                    yield m.ImportFrom(0, source, (("default", _text(one)),))
                elif one.type == "named_imports":
                    fields = ("name", "alias")
                    names = [[_text(s.child_by_field_name(field)) for field in fields] for s in one.named_children]
                    yield m.ImportFrom(0, source, tuple((name, alias or name) for name, alias in names))

    def _assign(self, target: Node | None, value: Node, depth: int) -> m.Statement:
        is_name = target is not None and target.type == "identifier"
        if is_name and value.type in ("arrow_function", "function_expression"):
            return m.Define(self._function(value, _text(target), depth))
        left = _NOTHING if target is None else self._target(target)
        return m.Assign((left,), self._expression(value, depth))

    def _target(self, node: Node) -> m.Expression:
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            return m.Name(_text(node))
        if node.type == "array_pattern":
            return m.Display("tuple", tuple(self._target(one) for one in node.named_children))
        return self._expression(node, 0) if node.type == "member_expression" else _NOTHING

    def _define_class(self, node: Node, depth: int) -> Iterator[m.Statement]:
        name = _text(node.child_by_field_name("name"))
        outer, self._class = self._class, name
        bases = [
            m.Argument(self._expression(value, depth))
            for heritage in node.named_children
            if heritage.type == "class_heritage"
            for clause in heritage.named_children
            if clause.type == "extends_clause"
            for value in clause.named_children[:1]
        ]
        fields: list[m.Statement] = []
        body = node.child_by_field_name("body")
        for member in body.named_children if body is not None else ():
            if member.type == "method_definition":
                method = _text(member.child_by_field_name("name"))
                self._function(member, f"{name}.{'__init__' if method == 'constructor' else method}", depth)
            elif member.type == "public_field_definition":
                value = member.child_by_field_name("value")
                if value is not None:
                    field = _text(member.child_by_field_name("name"))
                    target = m.Attribute(m.Name("self"), field)
                    fields.append(m.Assign((target,), self._expression(value, depth)))
        self._class = outer
        span = _span(node)
        self._classes.append(m.ClassFacts(name, span.row, span.column, tuple(bases), (), tuple(fields)))
        yield m.DefineClass(len(self._classes) - 1)

    def _function(self, node: Node, name: str, depth: int) -> int:
        number = len(self._functions)
        span = _span(node)
        empty = m.FunctionFacts(name, span.row, span.column, (), (), (), False, False, None, frozenset())
        self._functions.append(empty)
        parameters = node.child_by_field_name("parameters")
        only = node.child_by_field_name("parameter")
        named = [only] if only is not None else parameters.named_children if parameters is not None else []
        lowered = tuple(self._parameter(one, depth) for one in named if one.type != "comment")
        body = node.child_by_field_name("body")
        block: m.Block = ()
        if body is not None and depth < _DEEPEST:
            is_block = body.type == "statement_block"
            block = self._block([body], depth) if is_block else (m.Return(self._expression(body, depth + 1)),)
        self._functions[number] = m.FunctionFacts(
            name, span.row, span.column, lowered, (), block, False, False, None, frozenset()
        )
        return number

    def _parameter(self, node: Node, depth: int) -> m.Parameter:
        pattern = node if node.type == "identifier" else node.child_by_field_name("pattern")
        default = node.child_by_field_name("value")
        name = _text(pattern) if pattern is not None and pattern.type == "identifier" else ""
        return m.Parameter(name, "", None, None if default is None else self._expression(default, depth))

    # Expressions

    def _expression(self, node: Node, depth: int) -> m.Expression:
        if depth > _DEEPEST:
            return _NOTHING
        if node.type in _WRAPPERS:
            return self._expression(node.named_children[0], depth + 1) if node.named_children else _NOTHING
        if node.type in _FUNCTIONS:
            return m.Function(self._function(node, "<lambda>", depth))
        lower = _EXPRESSIONS.get(node.type)
        return _NOTHING if lower is None else lower(self, node, depth + 1)

    def _name(self, node: Node, depth: int) -> m.Expression:
        return m.Name(_text(node))

    def _this(self, node: Node, depth: int) -> m.Expression:
        return m.Name("self")

    def _literal(self, node: Node, depth: int) -> m.Expression:
        values: dict[str, bool | None] = {"true": True, "false": False, "null": None}
        return m.Literal(values[node.type])

    def _number(self, node: Node, depth: int) -> m.Expression:
        written = _text(node)
        return m.Literal(int(written)) if written.isdecimal() and written.isascii() and len(written) < 9 else _NOTHING

    def _string(self, node: Node, depth: int) -> m.Expression:
        return m.Literal("".join(_unescaped(_text(part)) for part in node.named_children))

    def _template(self, node: Node, depth: int) -> m.Expression:
        parts = tuple(
            self._expression(part.named_children[0], depth)
            if part.type == "template_substitution" and part.named_children
            else m.Literal(_unescaped(_text(part)))
            for part in node.named_children
        )
        if all(isinstance(part, m.Literal) for part in parts):
            return m.Literal("".join(str(part.value) for part in parts if isinstance(part, m.Literal)))
        return m.Opaque(parts, "f")

    def _member(self, node: Node, depth: int) -> m.Expression:
        value = node.child_by_field_name("object")
        name = _text(node.child_by_field_name("property"))
        return _NOTHING if value is None else m.Attribute(self._expression(value, depth), name)

    def _subscript(self, node: Node, depth: int) -> m.Expression:
        value, key = node.child_by_field_name("object"), node.child_by_field_name("index")
        if value is None or key is None:
            return _NOTHING
        return m.Subscript(self._expression(value, depth), self._expression(key, depth))

    def _call(self, node: Node, depth: int) -> m.Expression:
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = node.child_by_field_name("arguments")
        if called is None or arguments is None:
            return _NOTHING
        given = tuple(
            m.Argument(self._expression(one, depth)) for one in arguments.named_children if one.type != "comment"
        )
        return m.Call(self._expression(called, depth), given, _span(node))

    def _array(self, node: Node, depth: int) -> m.Expression:
        return m.Display("list", tuple(self._item(one, depth) for one in node.named_children if one.type != "comment"))

    def _item(self, node: Node, depth: int) -> m.Expression:
        if node.type == "spread_element" and node.named_children:
            return m.Star(self._expression(node.named_children[0], depth))
        return self._expression(node, depth)

    def _object(self, node: Node, depth: int) -> m.Expression:
        pairs: list[tuple[m.Expression | None, m.Expression]] = []
        for one in node.named_children:
            if one.type == "pair":
                key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
                if key is not None and value is not None:
                    name = m.Literal(_text(key)) if key.type == "property_identifier" else self._expression(key, depth)
                    pairs.append((name, self._expression(value, depth)))
            elif one.type == "shorthand_property_identifier":
                pairs.append((m.Literal(_text(one)), m.Name(_text(one))))
            elif one.type == "spread_element" and one.named_children:
                pairs.append((None, self._expression(one.named_children[0], depth)))
        return m.Mapping(tuple(pairs))

    def _conditional(self, node: Node, depth: int) -> m.Expression:
        parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
        test, body, orelse = (_NOTHING if part is None else self._expression(part, depth) for part in parts)
        return m.Conditional(test, body, orelse)

    def _binary(self, node: Node, depth: int) -> m.Expression:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return _NOTHING
        operator = _text(node.child_by_field_name("operator"))
        sides = (self._expression(left, depth), self._expression(right, depth))
        if operator == "+":
            return m.Opaque(sides, "+")
        if operator in ("||", "??", "&&"):
            return m.Boolean("and" if operator == "&&" else "or", *sides)
        if operator in ("===", "==", "!==", "!="):
            return m.Compare(sides[0], operator[:2], sides[1])
        return _NOTHING

    def _computed(self, node: Node, depth: int) -> m.Expression:
        return self._expression(node.named_children[0], depth) if node.named_children else _NOTHING


def _unescaped(text: str) -> str:
    for escape, character in (("\\n", "\n"), ("\\'", "'"), ('\\"', '"'), ("\\\\", "\\")):
        text = text.replace(escape, character)
    return text


_EXPRESSIONS: dict[str, Callable[[_Lowering, Node, int], m.Expression]] = {
    "identifier": _Lowering._name,
    "super": _Lowering._name,
    "meta_property": _Lowering._name,
    "this": _Lowering._this,
    "true": _Lowering._literal,
    "false": _Lowering._literal,
    "null": _Lowering._literal,
    "number": _Lowering._number,
    "string": _Lowering._string,
    "template_string": _Lowering._template,
    "member_expression": _Lowering._member,
    "subscript_expression": _Lowering._subscript,
    "call_expression": _Lowering._call,
    "new_expression": _Lowering._call,
    "array": _Lowering._array,
    "object": _Lowering._object,
    "ternary_expression": _Lowering._conditional,
    "binary_expression": _Lowering._binary,
    "computed_property_name": _Lowering._computed,
}
_STATEMENTS: dict[str, Callable[[_Lowering, Node, int], Iterator[m.Statement]]] = {
    "import_statement": _Lowering._import,
    "class_declaration": _Lowering._define_class,
    "abstract_class_declaration": _Lowering._define_class,
    "class": _Lowering._define_class,
    "function_declaration": _Lowering._define,
    "variable_declarator": _Lowering._declare,
    "return_statement": _Lowering._return,
    "for_in_statement": _Lowering._for,
    "expression_statement": _Lowering._evaluate,
}
