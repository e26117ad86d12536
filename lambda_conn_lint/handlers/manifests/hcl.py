"""Terraform's language (HCL) lowered to blocks whose attributes are expressions of ``facts.model``.

The parser is tree-sitter's: it starts in milliseconds, has no tables to build or to cache on disk, and reads what is
right in a file that is broken elsewhere. https://github.com/tree-sitter-grammars/tree-sitter-hcl
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.handlers.manifests import documents

if TYPE_CHECKING:
    from tree_sitter import Node

_NOTHING = m.Opaque(())
_DEEPEST = 150  # levels of syntax; what is nested deeper is no configuration
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}
# Types of blocks that have labels, and how many: JSON nests them.
_LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "provider": 1}


class Attributes(Mapping[str, m.Expression]):
    """The attributes of a block by name, each lowered when it is first asked for: few ever are."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._known: dict[str, m.Expression] = {}

    def put(self, name: str, value: m.Expression | Node) -> None:
        """Set an attribute to an expression, or to what is to be lowered."""
        if isinstance(value, m.Expression):
            self._known[name] = value
        else:
            self._nodes[name] = value

    def __getitem__(self, name: str) -> m.Expression:
        if name in self._nodes:
            self._known[name] = _expression(self._nodes.pop(name), 0)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter((*self._known, *self._nodes))

    def __len__(self) -> int:
        return len(self._known) + len(self._nodes)


class HclBlock(NamedTuple):
    """One block: ``resource "type" "name" { ... }``. ``row`` is 1-based."""

    type: str
    labels: tuple[str, ...]
    attributes: Attributes
    blocks: list[HclBlock]
    row: int

    def inner(self, type_: str) -> HclBlock | None:
        """The first block of a type in this one."""
        return next((block for block in self.blocks if block.type == type_), None)


class Parsed(NamedTuple):
    """The blocks and attributes of a file, and the 1-based row of the first thing that is not HCL (0 where all is)."""

    body: HclBlock
    broken: int = 0


def parse(data: bytes) -> Parsed:
    """Lower a file; what cannot be read is left out."""
    root = _parser().parse(data.removeprefix(b"\xef\xbb\xbf")).root_node
    body = HclBlock("", (), Attributes(), [], 1)
    _fill(body, root, 0)
    return Parsed(body, _first_error(root))


def parse_json(value: documents.Value) -> Parsed:
    """Lower a ``.tf.json`` file that has been read already.

    https://developer.hashicorp.com/terraform/language/syntax/json
    """
    body = HclBlock("", (), Attributes(), [], 1)
    top = documents.block(value)
    for type_, content in top.items():
        for inner in content if isinstance(content, list) else [content]:
            body.blocks.extend(_json_blocks(type_, (), inner, _LABELS.get(type_, 0), top.rows[type_]))
    return Parsed(body)


def template(text: str) -> m.Expression:
    """The expression that a text with ``${...}`` is."""
    if "${" not in text:
        return m.Literal(text)
    parsed = parse(f"x = {json.dumps(text, ensure_ascii=False)}\n".encode(errors="replace"))
    return parsed.body.attributes.get("x", _NOTHING)


@functools.cache
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _first_error(root: Node) -> int:
    """The 1-based row of the first thing that is not HCL, or 0."""
    if not root.has_error:
        return 0
    pending = list(reversed(root.children))  # the root itself may be one, and begins too early to be of use
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            return int(node.start_point[0]) + 1
        pending.extend(
            child for child in reversed(node.children) if child.has_error or child.is_error or child.is_missing
        )
    return 1


def _fill(block: HclBlock, node: Node, depth: int) -> None:
    for child in node.named_children:
        if child.type in ("body", "ERROR") and depth < _DEEPEST:
            _fill(block, child, depth + 1)
        elif child.type == "attribute":
            named = child.named_children
            if len(named) == 2:
                block.attributes.put(_text(named[0]), named[1])
        elif child.type == "block" and depth < _DEEPEST:
            first, *rest = child.named_children or [child]
            labels = tuple(_label(one) for one in rest if one.type in ("string_lit", "identifier"))
            inner = HclBlock(_text(first), labels, Attributes(), [], child.start_point[0] + 1)
            _fill(inner, child, depth + 1)
            block.blocks.append(inner)


def _label(node: Node) -> str:
    return _text(node).strip('"')


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", errors="replace")


def _expression(node: Node, depth: int) -> m.Expression:
    """An ``expression`` node: a value and what is taken from it."""
    return _chain(node.named_children, depth + 1)


def _chain(nodes: Sequence[Node], depth: int) -> m.Expression:
    if not nodes or depth > _DEEPEST:
        return _NOTHING
    lower = _PRIMARY.get(nodes[0].type)
    value = _NOTHING if lower is None else lower(nodes[0], depth + 1)
    for link in nodes[1:]:
        if link.type == "get_attr" and link.named_children:
            value = m.Attribute(value, _text(link.named_children[0]))
        elif link.type == "index":
            inner = link.named_children[0] if link.named_children else link
            key = next((one for one in inner.named_children if one.type == "expression"), None)
            value = m.Subscript(value, m.Literal(_text(inner).strip(".")) if key is None else _expression(key, depth))
        elif link.type != "comment":
            return _NOTHING  # a splat: a list that only the deployment knows
    return value


def _literal(node: Node, depth: int) -> m.Expression:
    child = node.named_children[0] if node.named_children else node
    if child.type == "string_lit":
        return m.Literal("".join(_unescaped(_text(p)) for p in child.named_children if p.type == "template_literal"))
    if child.type == "bool_lit":
        return m.Literal(_text(child) == "true")
    if child.type == "numeric_lit":
        try:
            return m.Literal(int(_text(child)))
        except ValueError:
            return m.Literal(_text(child))
    return m.Literal(None)


def _template(node: Node, depth: int) -> m.Expression:
    quoted = node.named_children[0] if node.named_children else node
    parts: list[m.Expression] = []
    for part in quoted.named_children:
        if part.type == "template_literal":
            parts.append(m.Literal(_unescaped(_text(part))))
        elif part.type == "template_interpolation":
            inner = next((one for one in part.named_children if one.type == "expression"), None)
            parts.append(_NOTHING if inner is None else _expression(inner, depth))
        elif part.type == "template_directive":
            parts.append(_NOTHING)
    return parts[0] if len(parts) == 1 else m.Opaque(tuple(parts), "f")


def _unescaped(text: str) -> str:
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    return text


def _variable(node: Node, depth: int) -> m.Expression:
    return m.Name(_text(node))


def _function(node: Node, depth: int) -> m.Expression:
    name, *rest = node.named_children
    arguments = [
        m.Argument(_expression(one, depth))
        for group in rest
        if group.type == "function_arguments"
        for one in group.named_children
        if one.type == "expression"
    ]
    row = node.start_point[0] + 1
    return m.Call(m.Name(_text(name)), tuple(arguments), Span(row, 1, row, 1))


def _collection(node: Node, depth: int) -> m.Expression:
    child = node.named_children[0] if node.named_children else node
    if child.type == "tuple":
        items = (one for one in child.named_children if one.type == "expression")
        return m.Display("list", tuple(_expression(one, depth) for one in items))
    pairs: list[tuple[m.Expression, m.Expression]] = []
    for element in child.named_children:
        expressions = [one for one in element.named_children if one.type == "expression"]
        if element.type == "object_elem" and len(expressions) == 2:
            key = _expression(expressions[0], depth)
            pairs.append((m.Literal(key.id) if isinstance(key, m.Name) else key, _expression(expressions[1], depth)))
    return m.Mapping(tuple(pairs))


def _for(node: Node, depth: int) -> m.Expression:
    child = node.named_children[0] if node.named_children else node
    intro = next((one for one in child.named_children if one.type == "for_intro"), None)
    elements = [_expression(one, depth) for one in child.named_children if one.type == "expression"]
    if intro is None or not elements:
        return _NOTHING
    names = [m.Name(_text(one)) for one in intro.named_children if one.type == "identifier"]
    iterable = next((_expression(one, depth) for one in intro.named_children if one.type == "expression"), _NOTHING)
    conditions = tuple(
        _expression(inner, depth)
        for one in child.named_children
        if one.type == "for_cond"
        for inner in one.named_children
        if inner.type == "expression"
    )
    target = names[0] if len(names) == 1 else m.Display("tuple", tuple(names))
    kind = "dict" if child.type == "for_object_expr" and len(elements) == 2 else "list"
    return m.Comprehension(kind, tuple(elements), (m.Clause(target, iterable, conditions),))


def _conditional(node: Node, depth: int) -> m.Expression:
    parts = [_expression(one, depth) for one in node.named_children if one.type == "expression"]
    return m.Conditional(*parts) if len(parts) == 3 else _NOTHING


def _operation(node: Node, depth: int) -> m.Expression:
    child = node.named_children[0] if node.named_children else node
    operands: list[list[Node]] = [[]]
    operator = ""
    for one in child.children:
        if one.is_named:
            operands[-1].append(one)
        else:
            operator = _text(one)
            operands.append([])
    if child.type == "unary_operation":
        value = _chain(operands[-1], depth)
        if operator == "-" and isinstance(value, m.Literal) and isinstance(value.value, int):
            return m.Literal(-value.value)
        return m.Not(value) if operator == "!" else _NOTHING
    if len(operands) != 2:
        return _NOTHING
    left, right = _chain(operands[0], depth), _chain(operands[1], depth)
    if operator in ("==", "!="):
        return m.Compare(left, operator, right)
    if operator in ("&&", "||"):
        return m.Boolean("and" if operator == "&&" else "or", left, right)
    return _NOTHING


def _inner(node: Node, depth: int) -> m.Expression:
    return _expression(node, depth)


_PRIMARY = {
    "literal_value": _literal,
    "template_expr": _template,
    "variable_expr": _variable,
    "function_call": _function,
    "collection_value": _collection,
    "for_expr": _for,
    "conditional": _conditional,
    "operation": _operation,
    "expression": _inner,
}


def _json_blocks(
    type_: str, labels: tuple[str, ...], value: documents.Value, missing: int, row: int
) -> Iterator[HclBlock]:
    content = documents.block(value)
    if missing:
        for name, inner in content.items():
            for one in inner if isinstance(inner, list) and missing == 1 else [inner]:
                yield from _json_blocks(type_, (*labels, name), one, missing - 1, content.rows[name])
        return
    block = HclBlock(type_, labels, Attributes(), [], row)
    for name, inner in content.items():
        block.attributes.put(name, _json_expression(inner))
        for one in _blocks_in(inner):
            block.blocks.extend(_json_blocks(name, (), one, 0, content.rows[name]))
    yield block


def _blocks_in(value: documents.Value) -> Iterable[documents.Value]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, documents.Block)]


def _json_expression(value: documents.Value) -> m.Expression:
    if isinstance(value, str):
        return template(value)
    if isinstance(value, list):
        return m.Display("list", tuple(_json_expression(item) for item in value))
    if isinstance(value, documents.Block):
        return m.Mapping(tuple((template(key), _json_expression(item)) for key, item in value.items()))
    return m.Literal(None)
