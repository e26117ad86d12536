"""Facts are plain values, and the names that functions bind are those that the interpreter's symbol tables tell."""

from __future__ import annotations

import ast
import json
import subprocess
import symtable
import sys
from collections import Counter
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from corpus import Sample, facts, named, samples

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.facts.lower import UnparsableError, facts_of
from lambda_conn_lint.facts.names import free_names
from lambda_conn_lint.findings import Span

SYMTABLE_INLINES = sys.version_info[:2] >= (3, 12)

Bound = tuple[int, str, frozenset[str]]  # row, last part of the name, local names


def lowered(text: str) -> m.ModuleFacts:
    return facts_of(dedent(text).lstrip("\n").encode())


# Plain values


def slots(node: m.Node) -> tuple[str, ...]:
    return tuple(type(node).__slots__)


def encoded(value: object) -> Any:
    """Facts as what JSON can say: each node a list that starts with the name of its class."""
    if isinstance(value, m.Node):
        return [type(value).__name__, *(encoded(getattr(value, slot)) for slot in slots(value))]
    if isinstance(value, Span):
        return ["Span", *value]
    if isinstance(value, frozenset):
        return ["{}", *sorted(value)]
    if isinstance(value, tuple):
        return ["()", *map(encoded, value)]
    assert value is None or type(value) in (str, int, float, bool), f"JSON has no {type(value).__name__}"
    return value


def decoded(value: Any) -> Any:
    """The facts that ``encoded`` was given."""
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "{}":
        return frozenset(rest)
    if kind == "()":
        return tuple(map(decoded, rest))
    return Span(*rest) if kind == "Span" else getattr(m, kind)(*map(decoded, rest))


@pytest.mark.parametrize("source", named(samples()))
def test_facts_survive_json(source: Sample) -> None:
    found = facts(source.data)
    text = json.dumps(encoded(found))
    again = decoded(json.loads(text))
    assert again == found
    assert hash(again) == hash(found)
    # True, 1 and 1.0 are equal, so equality alone would not tell them apart.
    assert json.dumps(encoded(again)) == text


def nodes(value: object) -> Iterator[m.Node]:
    if isinstance(value, m.Node):
        yield value
        for slot in slots(value):
            yield from nodes(getattr(value, slot))
    elif isinstance(value, tuple):
        for item in value:
            yield from nodes(item)


@pytest.mark.parametrize("source", named(samples()))
def test_every_node_is_a_descendant(source: Sample) -> None:
    found = facts(source.data)
    assert Counter(map(id, m.descendants(found))) == Counter(map(id, nodes(found)))


@pytest.mark.parametrize(
    "literal", ["1e999", "-1", "10**400", "1" + "0" * 400, r"'\ud800'", r"'\0\n'", "'ä😀'", "0x_ff", "1_0.5e-3", "True"]
)
def test_literals_survive_json(literal: str) -> None:
    found = lowered(f"x = {literal}\n")
    assert decoded(json.loads(json.dumps(encoded(found)))) == found


def test_the_same_bytes_give_the_same_facts_and_others_do_not() -> None:
    text = "def f(a):\n    return g(a)\n"
    assert lowered(text) == lowered(text)
    assert lowered(text) == lowered(text.replace("(a)\n", "(a)  # note\n"))
    assert lowered(text) != lowered(text.replace("g(a)", "g( a)"))
    assert lowered("x = True\n") != lowered("x = 'True'\n")


def test_nothing_but_libcst_and_the_model_is_needed() -> None:
    script = (
        "import sys, lambda_conn_lint.facts.lower\n"
        "print(*sorted(name for name in sys.modules if name.startswith('lambda_conn_lint')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "lambda_conn_lint",
        "lambda_conn_lint.facts",
        "lambda_conn_lint.facts.expressions",
        "lambda_conn_lint.facts.lower",
        "lambda_conn_lint.facts.model",
        "lambda_conn_lint.facts.positions",
        "lambda_conn_lint.facts.unwieldy",
        "lambda_conn_lint.findings",
        "lambda_conn_lint.traits",
    ]


# Names that functions bind


def bound(module: m.ModuleFacts) -> Counter[Bound]:
    return Counter((each.row, each.name.rpartition(".")[2], each.bound) for each in module.functions)


def tables(outer: symtable.SymbolTable, cls: str = "") -> Iterator[tuple[symtable.Function, str]]:
    """The tables of functions, each with the class around it, if any."""
    for inner in outer.get_children():
        kind = str(getattr(inner.get_type(), "value", inner.get_type()))
        if isinstance(inner, symtable.Function) and kind == "function" and not is_comprehension(inner):
            yield inner, cls
        yield from tables(inner, inner.get_name() if kind == "class" else cls)


def is_comprehension(table: symtable.SymbolTable) -> bool:
    return isinstance(table, symtable.Function) and ".0" in table.get_parameters()


def expected(text: str) -> Counter[Bound]:
    """The same by ``symtable``."""
    found: Counter[Bound] = Counter()
    for table, cls in tables(symtable.symtable(text, "sample", "exec")):
        symbols = [symbol for symbol in table.get_symbols() if symbol.is_local()]
        names = {
            plain(symbol.get_name(), cls)
            for symbol in symbols
            if symbol.is_parameter() or symbol.is_assigned() or symbol.is_imported() or symbol.is_annotated()
        }
        name = "<lambda>" if table.get_name() == "lambda" else plain(table.get_name(), cls)
        found[table.get_lineno(), name, frozenset(names)] += 1
    return found


def inlined(text: str) -> set[str]:
    """Targets of comprehensions: from Python 3.12 on, ``symtable`` counts them among the names of the function."""
    nodes = ast.walk(ast.parse(text)) if SYMTABLE_INLINES else ()
    targets = [node.target for node in nodes if isinstance(node, ast.comprehension)]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def plain(name: str, cls: str) -> str:
    """A private name as it is written."""
    prefix = f"_{cls.lstrip('_')}"
    return name.removeprefix(prefix) if cls and name.startswith(prefix + "__") and not name.endswith("__") else name


def assert_same_names(source: bytes, text: str) -> None:
    left_out = inlined(text)
    both = bound(facts(source)), expected(text)
    found, wanted = (Counter((row, name, names - left_out) for row, name, names in each.elements()) for each in both)
    assert found == wanted


@pytest.mark.parametrize("source", named(samples()))
def test_bound_names_of_the_standard_library(source: Sample) -> None:
    assert_same_names(source.data, source.text)


BINDING = {
    "parameters": "def f(a, /, b, *c, d, e=1, **g): pass",
    "assignments": (
        "def f():\n    a = b, (c, *d) = [e.x, g[0]] = h\n    i: int\n    j: int = 1\n    k += 1\n    l.m: int = 2"
    ),
    "statements": "def f():\n    for a, (b, *c) in d: pass\n    with e as g, h as (i, j): pass\n    del k, (l, n[0])",
    "exceptions": "def f():\n    try: pass\n    except A as a: b = 1\n    else: c = 1\n    finally: d = 1",
    "imports": (
        "def f():\n    import a, b.c, d.e as g\n    from h import i, j as k\n    from . import l\n    from ..m import n"
    ),
    "definitions": (
        "def f():\n    def a(b): c = 1\n    async def d(): e = 1\n"
        "    class G:\n        h = 1\n        def i(self): j = 1"
    ),
    "global": "def f():\n    global a, b\n    a = c = 1\n    for b in d: pass",
    "global afterwards in another function": "def f():\n    a = 1\n    def g():\n        global a\n        a = 2",
    "nonlocal": (
        "def f():\n    a = b = 1\n    def g():\n        nonlocal a\n"
        "        a = b = 2\n        def h():\n            nonlocal b\n            b = 3"
    ),
    "comprehension": (
        "def f(a):\n    return [b for b, *c in a], {d: e for d in a for e in d}, {g for g in a}, (h for h in a if h)"
    ),
    "comprehension over a local": "def f():\n    a = 1\n    b = [a for a in c]\n    return {d for e in a for d in e}",
    "walrus": "def f():\n    if (a := b): pass\n    while (c := d()) and (e := c): pass\n    g((h := 1), i=(j := 2))",
    "walrus in a comprehension": "def f(a):\n    return [b for c in a if (b := g(c))], any((d := e) for e in a)",
    "walrus in nested comprehensions": "def f(a):\n    return [[(b := d) for d in c] for c in a]",
    "walrus in a lambda": "def f():\n    return lambda a: (b := a), [lambda c: (d := c) for e in g]",
    "lambda": "f = lambda a, *b, c=(lambda d: d), **e: [a for g in b]",
    "match": (
        "def f(a):\n    match a:\n        case [b, *c]: pass\n"
        "        case {'d': d, **e}: pass\n        case C(g, h=i): pass\n"
        "        case (1 | 2) as j: pass\n        case D.E | 'k' | -1 | None: pass\n        case [*_] | {}: pass\n"
        "        case C(l=[n, o.p], q=(r, [s])) if t: u = 1\n        case _: pass"
    ),
    "private names": (
        "class _C:\n    def __f(self, __a):\n        __b = [__c for __c in __a]\n        def __g(): __h = 1"
    ),
    "defaults and decorators": "def f(a=(b := 1)):\n    @(c := d)\n    def e(g=(h := 2), *, i: (j := 3) = 4): k = 1",
    "class in a function": (
        "def f():\n    class C((a := B), metaclass=(c := M)):\n        d = (e := 1)\n        g = [(h) for h in i]"
    ),
    "async": (
        "async def f():\n    async for a in b: pass\n    async with c as d: pass\n"
        "    return [e async for e in g if (h := await e)]"
    ),
    "loops": (
        "def f():\n    while a: b = 1\n    else: c = 1\n"
        "    for d.e in g: pass\n    for h[i] in j: pass\n    else: k = 1"
    ),
    "unreachable": "def f():\n    return a\n    a = 1\n    if 0: b = 1",
    "augmented attribute": "def f():\n    a.b += 1\n    c[d] -= 1",
}


@pytest.mark.parametrize("text", BINDING.values(), ids=BINDING)
def test_bound_names(text: str) -> None:
    assert_same_names(text.encode(), text)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="except* is newer than this Python's symbol tables")
def test_bound_names_of_exception_groups() -> None:
    text = "def f():\n    try: a = 1\n    except* A as b: c = 1\n    except* (B, C): d = 1\n    finally: e = 1\n"
    assert_same_names(text.encode(), text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are newer than this Python's symbol tables")
def test_bound_names_beside_type_parameters() -> None:
    text = "def f[T: (int, str), *Ts, **P](a: T) -> T:\n    b = a\n\nclass C[T](B[T]):\n    def g[U](self): c = 1\n"
    assert_same_names(text.encode(), text)


def test_targets_of_comprehensions_are_not_bound() -> None:
    (function,) = lowered(
        "def f(a):\n    b = [c for c in a]\n    return {d: e for d, (e, *g) in a if (h := d)}\n"
    ).functions
    assert function.bound == {"a", "b", "h"}


def test_names_from_around_a_function() -> None:
    module = lowered(
        """
        def outer(a):
            b = c
            def inner(d=e):
                nonlocal b
                b = d + f
                return lambda g: g + h + a
            class K(i):
                j = k
                def m(self, n=o):
                    return p
            return [q + r for q in s]
        """
    )
    by_name = {function.name: free_names(module, function) for function in module.functions}
    assert by_name["outer"] >= {"c", "e", "f", "h", "i", "k", "o", "p", "r", "s"}
    assert not by_name["outer"] & {"a", "b", "d", "g", "inner", "K", "n", "self"}
    assert by_name["outer.inner"] == {"b", "f", "h", "a"}


# What the nodes are


def only_statement(text: str) -> m.Statement:
    (statement,) = lowered(text).body
    return statement


def test_elif_is_an_if_in_the_other_branch() -> None:
    text = "if a: f()\nelif b: g()\nelif c: h()\nelse: k()\n"
    branches = []
    statement: m.Node | None = only_statement(text)
    while isinstance(statement, m.If):
        branches.append(statement.test)
        (statement,) = statement.orelse
    assert branches == [m.Name("a"), m.Name("b"), m.Name("c")]
    assert isinstance(statement, m.Evaluate)


def test_newer_and_older_syntax_of_generics_differ_in_nothing_that_counts() -> None:
    new = lowered("def f[T](a: T) -> T:\n    return g(a)\nclass C[T](B):\n    x: T = h()\ntype X = int\n")
    old = lowered("def f(a: T) -> T:\n    return g(a)\nclass C(B):\n    x: T = h()\n")
    assert (new.functions, new.classes, new.body) == (old.functions, old.classes, old.body)


def test_exception_groups_are_exceptions() -> None:
    assert lowered("try: a\nexcept* B as c: d\n") == lowered("try: a\nexcept B as c: d\n")


def test_a_comprehension_keeps_its_clauses_in_order() -> None:
    statement = only_statement("x = {a: b for a in c if d if e for b in a}\n")
    assert isinstance(statement, m.Assign)
    assert statement.value == m.Comprehension(
        "dict",
        (m.Name("a"), m.Name("b")),
        (m.Clause(m.Name("a"), m.Name("c"), (m.Name("d"), m.Name("e"))), m.Clause(m.Name("b"), m.Name("a"), ())),
    )


def test_targets_of_every_kind() -> None:
    statement = only_statement("a = b.c, [*d, e[0]] = f\n")
    pair = m.Display("tuple", (m.Star(m.Name("d")), m.Subscript(m.Name("e"), m.Literal(0))))
    first, second = m.Name("a"), m.Display("tuple", (m.Attribute(m.Name("b"), "c"), pair))
    assert statement == m.Assign((first, second), m.Name("f"))


@pytest.mark.parametrize(
    ("body", "is_generator"),
    [
        ("yield", True),
        ("x = yield 1", True),
        ("yield from a", True),
        ("return [(yield)]", True),
        ("return a", False),
        ("return lambda: (yield)", False),
        ("def g(): yield", False),
        ("return (a for a in b)", False),
    ],
)
def test_generators(body: str, is_generator: bool) -> None:
    assert lowered(f"def f():\n    {body}\n").functions[0].is_generator is is_generator


def test_parameters_with_their_kinds() -> None:
    (function,) = lowered("async def f(a, /, b: B, *c, d=1, **e) -> G: pass\n").functions
    assert function.is_async
    assert [(each.name, each.kind) for each in function.parameters] == [
        ("a", "/"), ("b", ""), ("c", "*"), ("d", "kw"), ("e", "**")
    ]  # fmt: skip
    assert function.parameters[1].annotation == m.Name("B")
    assert function.parameters[3].default == m.Literal(1)
    assert function.returns == m.Name("G")


def test_functions_and_classes_are_numbered_and_named_by_where_they_stand() -> None:
    module = lowered(
        "class A:\n    class B:\n        def f(self):\n            def g(): pass\n            return lambda: 1\n"
    )
    assert [each.name for each in module.classes] == ["A", "A.B"]
    assert [each.name for each in module.functions] == ["A.B.f", "A.B.f.g", "A.B.f.<lambda>"]
    assert module.body == (m.DefineClass(0),)


def test_long_texts_are_cut_and_bytes_are_opaque() -> None:
    statement = only_statement(f"x = '{'a' * 5000}', b'b', 'c' 'd', 'e' f'{{g}}'\n")
    assert isinstance(statement, m.Assign)
    assert isinstance(statement.value, m.Display)
    text, *rest = statement.value.items
    assert text == m.Literal("a" * 300)
    assert rest == [m.Opaque(()), m.Literal("cd"), m.Opaque((m.Name("g"),))]


# What cannot be parsed


@pytest.mark.parametrize(
    ("data", "row"),
    [
        pytest.param(b"def f(:\n", 1, id="parameters"),
        pytest.param(b"x = 1\n\n  y = 2\n", 3, id="unexpected indentation"),
        pytest.param(b"print 'a'\n", 1, id="Python 2"),
        pytest.param(b"a\nb\nif c:\nd\n", 4, id="missing indentation"),
    ],
)
def test_a_syntax_error_has_its_place(data: bytes, row: int) -> None:
    with pytest.raises(UnparsableError) as raised:
        facts_of(data)
    assert raised.value.row == row
    assert raised.value.column >= 1
    assert raised.value.message


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xfe", id="UTF-16"),
        pytest.param(b"x = '\xe9'\n", id="latin-1 without a cookie"),
        pytest.param(b"# coding: nonsense\nx\n", id="unknown encoding"),
        pytest.param(b"# coding: hex\nx\n", id="no text encoding"),
        pytest.param(b"# coding: ascii\nx = '\xc3\xa9'\n", id="not in the encoding"),
        pytest.param(b"\xef\xbb\xbf# coding: latin-1\nx\n", id="mark and cookie differ"),
    ],
)
def test_bytes_that_cannot_be_decoded(data: bytes) -> None:
    with pytest.raises(UnparsableError, match="decode") as raised:
        facts_of(data)
    assert (raised.value.row, raised.value.column) == (1, 1)


@pytest.mark.parametrize(
    "data", [b"f(\0)\n", b"x = '\n", b"if a:\n\tf()\n        g()\n", b"x = 08\n", b"x = )\n", b"x = (\n"]
)
def test_errors_of_the_tokenizer(data: bytes) -> None:
    with pytest.raises(UnparsableError):
        facts_of(data)
