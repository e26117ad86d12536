"""The facts of one module: a small tree of values, comparable and JSON-able.

It is Python without what the questions of this tool never ask for: comments, operators, literals beyond their value,
annotations of locals that hold no class. Every node is a tuple; positions stand only where something is reported.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias, Union

from lambda_conn_lint.findings import Span


class Name(NamedTuple):
    id: str


class Attribute(NamedTuple):
    value: Expression
    name: str


class Argument(NamedTuple):
    value: Expression
    keyword: str = ""
    star: str = ""  # "", "*" or "**"


class Call(NamedTuple):
    function: Expression
    arguments: tuple[Argument, ...]
    span: Span


class Literal(NamedTuple):
    value: str | int | float | bool | None


class Function(NamedTuple):
    """A lambda expression: an index into the module's functions."""

    index: int


class Await(NamedTuple):
    value: Expression


class Yield(NamedTuple):
    value: Expression | None
    delegated: bool  # ``yield from``


class Display(NamedTuple):
    """A list, tuple or set display."""

    kind: str
    items: tuple[Expression, ...]


class Mapping(NamedTuple):
    items: tuple[tuple[Expression | None, Expression], ...]  # a key of None is ``**value``


class Subscript(NamedTuple):
    value: Expression
    index: Expression


class Conditional(NamedTuple):
    test: Expression
    body: Expression
    orelse: Expression


class Boolean(NamedTuple):
    operator: str  # "and" or "or"
    left: Expression
    right: Expression


class Not(NamedTuple):
    value: Expression


class Compare(NamedTuple):
    left: Expression
    operator: str
    right: Expression


class Clause(NamedTuple):
    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


class Comprehension(NamedTuple):
    kind: str  # "list", "set", "dict" or "generator"
    elements: tuple[Expression, ...]
    clauses: tuple[Clause, ...]


class Walrus(NamedTuple):
    target: str
    value: Expression


class Star(NamedTuple):
    value: Expression


class Opaque(NamedTuple):
    """Any other expression: only what it is made from matters (operators, f-strings, slices)."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = Union[
    Name,
    Attribute,
    Call,
    Literal,
    Function,
    Await,
    Yield,
    Display,
    Mapping,
    Subscript,
    Conditional,
    Boolean,
    Not,
    Compare,
    Comprehension,
    Walrus,
    Star,
    Opaque,
]


class Assign(NamedTuple):
    targets: tuple[Expression, ...]
    value: Expression


class Annotate(NamedTuple):
    target: Expression
    annotation: Expression
    value: Expression | None


class AugAssign(NamedTuple):
    target: Expression
    value: Expression


class Evaluate(NamedTuple):
    value: Expression


class Return(NamedTuple):
    value: Expression | None


class If(NamedTuple):
    test: Expression
    body: Block
    orelse: Block


class For(NamedTuple):
    target: Expression
    iterable: Expression
    body: Block
    orelse: Block


class While(NamedTuple):
    test: Expression
    body: Block
    orelse: Block


class WithItem(NamedTuple):
    value: Expression
    target: Expression | None


class With(NamedTuple):
    items: tuple[WithItem, ...]
    body: Block


class Except(NamedTuple):
    types: Expression | None
    name: str
    body: Block


class Try(NamedTuple):
    body: Block
    handlers: tuple[Except, ...]
    orelse: Block
    final: Block


class Case(NamedTuple):
    captures: tuple[str, ...]
    guard: Expression | None
    body: Block


class Match(NamedTuple):
    subject: Expression
    cases: tuple[Case, ...]


class Raise(NamedTuple):
    value: Expression | None


class Delete(NamedTuple):
    targets: tuple[Expression, ...]


class Declare(NamedTuple):
    """``global`` or ``nonlocal``."""

    kind: str
    names: tuple[str, ...]


class Define(NamedTuple):
    """``def``: an index into the module's functions."""

    index: int


class DefineClass(NamedTuple):
    """``class``: an index into the module's classes."""

    index: int


class Import(NamedTuple):
    module: str
    alias: str  # "" binds the first component


class ImportFrom(NamedTuple):
    level: int
    module: str
    names: tuple[tuple[str, str], ...]  # (name, bound as); ("*", "*") for a star


class Jump(NamedTuple):
    """``break`` or ``continue``."""

    kind: str


Statement: TypeAlias = Union[
    Assign,
    Annotate,
    AugAssign,
    Evaluate,
    Return,
    If,
    For,
    While,
    With,
    Try,
    Match,
    Raise,
    Delete,
    Declare,
    Define,
    DefineClass,
    Import,
    ImportFrom,
    Jump,
]
Block: TypeAlias = "tuple[Statement, ...]"


class Parameter(NamedTuple):
    name: str
    kind: str  # "/", "", "kw", "*" or "**"
    annotation: Expression | None
    default: Expression | None


class FunctionFacts(NamedTuple):
    """One ``def`` or lambda expression; ``name`` is qualified in its module (``App.__init__``, ``outer.inner``)."""

    name: str
    row: int
    column: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    body: Block
    is_async: bool
    is_generator: bool
    bound: frozenset[str]  # names that are local to it: parameters and whatever its own body binds


class ClassFacts(NamedTuple):
    name: str
    row: int
    column: int
    bases: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: Block


class ModuleFacts(NamedTuple):
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    body: Block
