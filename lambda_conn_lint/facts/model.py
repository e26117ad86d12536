"""The facts of one module: a small tree of values, comparable and JSON-able.

It is Python without what the questions of this tool never ask for: comments, operators, literals beyond their value,
annotations of locals that hold no class. Every node is a tuple; positions stand only where something is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lambda_conn_lint.findings import Span

_WORD = re.compile(r"\w+")


class Node:
    """Anything that facts are made of."""

    __slots__ = ()


class Expression(Node):
    __slots__ = ()


class Statement(Node):
    __slots__ = ()


Block: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Name(Expression):
    id: str


@dataclass(frozen=True, slots=True)
class Attribute(Expression):
    value: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Argument(Node):
    value: Expression
    keyword: str = ""
    star: str = ""  # "", "*" or "**"


@dataclass(frozen=True, slots=True)
class Call(Expression):
    function: Expression
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Function(Expression):
    """A lambda expression: its number among the module's functions."""

    number: int


@dataclass(frozen=True, slots=True)
class Await(Expression):
    value: Expression


@dataclass(frozen=True, slots=True)
class Yield(Expression):
    value: Expression | None
    delegated: bool  # ``yield from``


@dataclass(frozen=True, slots=True)
class Display(Expression):
    """A list, tuple or set display."""

    kind: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Mapping(Expression):
    items: tuple[tuple[Expression | None, Expression], ...]  # a key of None is ``**value``


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    value: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    test: Expression
    body: Expression
    orelse: Expression


@dataclass(frozen=True, slots=True)
class Boolean(Expression):
    operator: str  # "and" or "or"
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not(Expression):
    value: Expression


@dataclass(frozen=True, slots=True)
class Compare(Expression):
    left: Expression
    operator: str
    right: Expression


@dataclass(frozen=True, slots=True)
class Clause(Node):
    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comprehension(Expression):
    kind: str  # "list", "set", "dict" or "generator"
    elements: tuple[Expression, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Walrus(Expression):
    target: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Star(Expression):
    value: Expression


@dataclass(frozen=True, slots=True)
class Opaque(Expression):
    """Any other expression: only what it is made from matters (operators, f-strings, slices).

    Literals are left out of it, but for programs that describe a deployment: there ``operator`` is "+", "/" or "f" (a
    text with values in it), and ``parts`` are all operands in order.
    """

    parts: tuple[Expression, ...]
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    targets: tuple[Expression, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class Annotate(Statement):
    target: Expression
    annotation: Expression
    value: Expression | None


@dataclass(frozen=True, slots=True)
class AugAssign(Statement):
    target: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Evaluate(Statement):
    value: Expression


@dataclass(frozen=True, slots=True)
class Return(Statement):
    value: Expression | None


@dataclass(frozen=True, slots=True)
class If(Statement):
    test: Expression
    body: Block
    orelse: Block


@dataclass(frozen=True, slots=True)
class For(Statement):
    target: Expression
    iterable: Expression
    body: Block
    orelse: Block


@dataclass(frozen=True, slots=True)
class While(Statement):
    test: Expression
    body: Block
    orelse: Block


@dataclass(frozen=True, slots=True)
class WithItem(Node):
    value: Expression
    target: Expression | None
    span: Span  # of the value


@dataclass(frozen=True, slots=True)
class With(Statement):
    items: tuple[WithItem, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Except(Node):
    types: Expression | None
    name: str
    body: Block


@dataclass(frozen=True, slots=True)
class Try(Statement):
    body: Block
    handlers: tuple[Except, ...]
    orelse: Block
    final: Block


@dataclass(frozen=True, slots=True)
class Case(Node):
    captures: tuple[str, ...]
    is_none: bool  # ``case None:``
    guard: Expression | None
    body: Block


@dataclass(frozen=True, slots=True)
class Match(Statement):
    subject: Expression
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Raise(Statement):
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    targets: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Declare(Statement):
    """``global`` or ``nonlocal``."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Define(Statement):
    """``def``: its number among the module's functions."""

    number: int


@dataclass(frozen=True, slots=True)
class DefineClass(Statement):
    """``class``: its number among the module's classes."""

    number: int


@dataclass(frozen=True, slots=True)
class Import(Statement):
    module: str
    alias: str  # "" binds the first component


@dataclass(frozen=True, slots=True)
class ImportFrom(Statement):
    level: int
    module: str
    names: tuple[tuple[str, str], ...]  # (name, bound as); ("*", "*") for a star


@dataclass(frozen=True, slots=True)
class Jump(Statement):
    """``break`` or ``continue``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: str
    kind: str  # "/", "", "kw", "*" or "**"
    annotation: Expression | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class FunctionFacts(Node):
    """One ``def`` or lambda expression; ``name`` is qualified in its module (``App.__init__``, ``outer.inner``)."""

    name: str
    row: int
    column: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    body: Block
    is_async: bool
    is_generator: bool
    returns: Expression | None
    bound: frozenset[str]  # names that are local to it: parameters and whatever its own body binds


@dataclass(frozen=True, slots=True)
class ClassFacts(Node):
    name: str
    row: int
    column: int
    bases: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class ModuleFacts(Node):
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    body: Block


class _Fields(dict[type[Node], tuple[str, ...]]):
    """Of each kind of node the fields that may hold nodes or tuples of nodes, in order, once it is asked for."""

    def __missing__(self, kind: type[Node]) -> tuple[str, ...]:
        slots: tuple[str, ...] = tuple(kind.__slots__)
        self[kind] = tuple(slot for slot in slots if any(map(_is_of_nodes, _WORD.findall(kind.__annotations__[slot]))))
        return self[kind]


_FIELDS = _Fields()


def _is_of_nodes(word: str) -> bool:
    named = globals().get(word)
    return word == "Block" or (isinstance(named, type) and issubclass(named, Node))


def fields(node: Node) -> tuple[str, ...]:
    """The fields of a node that may hold nodes or tuples of nodes, in order."""
    return _FIELDS[type(node)]


def descendants(root: object) -> Iterator[Node]:
    """All nodes of a tree of nodes and tuples, the root among them, in no particular order."""
    pending = [root]
    while pending:
        current = pending.pop()
        if type(current) is tuple:
            pending.extend(current)
        elif isinstance(current, Node):
            yield current
            pending.extend([getattr(current, field) for field in _FIELDS[type(current)]])
