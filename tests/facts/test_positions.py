"""Where things stand, compared with the positions of the standard library's ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from corpus import Sample, facts, named, sample, samples

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span

Definition = tuple[int, int, str]  # row, column, last part of the name

HAND_MADE = {
    "empty": b"",
    "no final newline": b"f(1)",
    "crlf": b"def f(a):\r\n    return g(\r\n        a,\r\n    )\r\n\r\nh()\r\n",
    "carriage returns alone": b"f()\rif a:\r    g(\r        1)\r",
    "mixed newlines": b"f()\r\ng()\nh(\r\n  1,\n  2)\r\n",
    "tabs": b"def f():\n\tif a:\n\t\treturn\tg(\t1\t)\n",
    "byte order mark": b"\xef\xbb\xbff(1); g(2)\n",
    "byte order mark and crlf": b"\xef\xbb\xbff(\r\n)\r\n",
    "latin-1": "# -*- coding: latin-1 -*-\ns = 'é', f(1), 'ü', g('ß')\n".encode("latin-1"),
    "form feed": b"f()\n\x0c\ndef g():\n    h()\n\x0c\nclass C:\n    x = k()\n",
    "form feed in a string": b"x = '\x0c', f('\x0c'), g()\n",
    "other line separators in a string": "x = '\x1c\x85\u2028', f('\u2029'), g()\n".encode(),
    "leading comments and blank lines": b"#!/usr/bin/env python\n\n\n# note\nf()  # g()\n",
    "non-ascii identifiers": "größe = fläche(länge, café(ñ)); 変数.関数(引数)\n".encode(),
    "non-ascii strings": "a = 'ü' + f('😀', g('é')) + h()\n".encode(),
    "non-ascii docstring": '"""ä\nö"""; f()\ndef g():\n    """😀"""; h(1)\n'.encode(),
    "decorators": (
        b"@a\n@b(1, c())\ndef f(): pass\n\n@d.e(\n  2)\nclass C(g(), metaclass=h()):\n    @k()\n    def m(self): pass\n"
    ),
    "async": b"async def f():\n    async with a() as b:\n        async for c in d():\n            await e(await g())\n",
    "async with decorator": b"class C:\n    @a()\n    async   def f(self): return b()\n",
    "nested": b"f(g(h(1), k=i()), *j(), **l())\n",
    "chain": b"a.b(1).c(2)(3)[d()].e()\n",
    "chain over lines": b"x = (\n    a.b(1)\n    .c(\n        2)\n    .d()\n)\n",
    "parentheses": b"(f)(1); (f(1)); ((g))((h)(2)); (  k  (  )  )\n",
    "parentheses over lines": b"((\n  f\n)(\n1\n))\n",
    "space before arguments": b"f (1); a . b (2); a. \\\n  b(3)\n",
    "continuation": b"x = \\\n    f(1) + \\\n  g(\\\n2)\nif a and \\\n   h(): pass\n",
    "statements on a line": b"f(); g(); h()\nif f(): g(); h()\nwhile a(): b()\n",
    "multi-line strings": b"f('''a\n b''', g()); h()\nx = '''\n''' ; k(\n)\n",
    "walrus": b"if (x := f()) and (y := (g())): pass\nwhile z := h(x): pass\nprint(w := k())\n",
    "lambda": b"x = lambda a, b=f(): g(a)(b)\ny = sorted(z, key=lambda a: (h(a)))\n",
    "comprehensions": (
        b"a = [f(x) for x in g() if h(x) for y in k(x)]\nb = {f(x): g(x) for x in h()}\nc = {f(x) for x in y}\n"
    ),
    "generator as argument": b"f(x for x in g()); h((x) for x in y)\n",
    "conditional and operators": b"x = f() if g() else not h()\ny = a() < b() <= c() is d() and e() or -k() ** l()\n",
    "displays": b"x = [f(), *g()], {h(): k(), **l()}, {n(), *o()}, (p(),)\n",
    "subscripts": b"x = a[f()][g():h():k(), ..., l()]\ny[b()] = c()\n",
    "targets": b"f().a = g()\nh()[k()] = b, *c().d = e()\nl().x += n()\ndel o().p, q()[r()]\n",
    "annotations": b"x: f() = g()\ndef h(a: k() = l(), *b: n(), c: o() = p(), **d: q()) -> r(): pass\n",
    "loops": b"for f().x in g():\n    h()\nelse:\n    k()\nwhile l():\n    break\nelse:\n    n()\n",
    "with": b"with f() as g().x, h(): k()\nwith (\n    l() as a,\n    n(),\n): pass\n",
    "try": b"try:\n    a()\nexcept b():\n    c()\nexcept (d(), e) as f:\n    g()\nelse:\n    h()\nfinally:\n    k()\n",
    "yield": b"def f():\n    x = yield g()\n    yield from h()\n    return (yield (k()))\n",
    "assert and raise": b"assert f()\nraise g()\n",
    "match": b"match f():\n    case C(1) if g():\n        h()\n    case _:\n        k()\n",
    "classes and functions within": (
        b"class A:\n  class B(f()):\n    def g(self):\n      def h(a=k()):\n        class C: l()\n"
    ),
    "one line definitions": b"def f(): return g()\nclass A: x = h()\n",
    "string prefixes": b"x = b'\\xff', f(rb'a'), u'b', g(r'\\d')\n",
    "implicit concatenation": b"x = f('a' 'b'\n  'c', g()), h()\n",
    "deep indentation": b"if a:\n if b:\n   if c:\n          if d: f(\n g())\n",
}


def calls(module: m.ModuleFacts) -> list[Span]:
    return sorted(node.span for node in m.descendants(module) if isinstance(node, m.Call))


def entered(module: m.ModuleFacts) -> list[Span]:
    return sorted(node.span for node in m.descendants(module) if isinstance(node, m.WithItem))


def definitions(module: m.ModuleFacts) -> list[Definition]:
    functions = [(each.row, each.column, each.name) for each in module.functions]
    classes = [(each.row, each.column, each.name) for each in module.classes]
    return sorted((row, column, name.rpartition(".")[2]) for row, column, name in functions + classes)


class Expected:
    """The positions that ``ast`` gives, with columns turned from 0-based bytes into 1-based code points."""

    def __init__(self, source: Sample) -> None:
        self._tree = ast.parse(source.data)
        self._lines = [line.encode() for line in source.text.split("\n")]

    def calls(self) -> list[Span]:
        nodes = _reached(self._tree)
        return sorted(self._span(node) for node in nodes if isinstance(node, ast.Call))

    def entered(self) -> list[Span]:
        blocks = [node for node in ast.walk(self._tree) if isinstance(node, ast.With | ast.AsyncWith)]
        return sorted(self._span(item.context_expr) for block in blocks for item in block.items)

    def definitions(self) -> list[Definition]:
        return sorted(
            (*self._span(node)[:2], getattr(node, "name", "<lambda>"))
            for node in ast.walk(self._tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        )

    def _span(self, node: ast.expr | ast.stmt) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            node.end_lineno,
            self._column(node.end_lineno, node.end_col_offset),
        )

    def _column(self, row: int, offset: int) -> int:
        return len(self._lines[row - 1][:offset].decode()) + 1


def _reached(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but what facts leave out on purpose: an assertion's message and the cause of an exception.

    Both are evaluated only while the invocation fails.
    """
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        left_out = getattr(node, "msg", None), getattr(node, "cause", None)
        pending.extend(child for child in ast.iter_child_nodes(node) if child not in left_out)


@pytest.mark.parametrize("source", named(sample(name, data) for name, data in HAND_MADE.items()))
def test_hand_made(source: Sample) -> None:
    expected = Expected(source)
    assert calls(facts(source.data)) == expected.calls()
    assert definitions(facts(source.data)) == expected.definitions()


@pytest.mark.parametrize("source", named(samples()))
def test_calls_of_the_standard_library(source: Sample) -> None:
    assert calls(facts(source.data)) == Expected(source).calls()


@pytest.mark.parametrize(
    "text",
    [
        "with a: pass\n",
        "with a as b, c.d as e: pass\n",
        "with (a), (b.c()) as d: pass\n",
        "with (\n    a as b,  # note\n    c[0],\n): pass\n",
        "async def f():\n    async with ü.x, (yield) as y:\n        with z: pass\n",
    ],
)
def test_what_with_enters(text: str) -> None:
    assert entered(facts(text.encode())) == Expected(sample("with", text.encode())).entered()


@pytest.mark.parametrize("source", named(samples()))
def test_what_with_enters_in_the_standard_library(source: Sample) -> None:
    assert entered(facts(source.data)) == Expected(source).entered()


@pytest.mark.parametrize("source", named(samples()))
def test_definitions_of_the_standard_library(source: Sample) -> None:
    assert definitions(facts(source.data)) == Expected(source).definitions()


def test_the_sample_is_large() -> None:
    assert 50 <= len(samples()) <= 130
    assert sum(len(calls(facts(source.data))) for source in samples()) > 2_000


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param("f'{g(1)}'\n", [(1, 4, 1, 8)], id="plain"),
        pytest.param(
            "x = f'ü {g(a)!r:>{h()}} {{k()}}' + l()\n", [(1, 10, 1, 14), (1, 19, 1, 22), (1, 36, 1, 39)], id="spec"
        ),
        pytest.param("f'a' f'{g()}' 'b'\n", [(1, 9, 1, 12)], id="concatenated"),
        pytest.param(
            "x = f'''\n ä {g(\n  1)}\n{h()}'''; k()\n", [(2, 5, 3, 5), (4, 2, 4, 5), (4, 11, 4, 14)], id="lines"
        ),
        pytest.param("f(f'{g(f\"{h()}\")}')\n", [(1, 1, 1, 20), (1, 6, 1, 17), (1, 11, 1, 14)], id="nested"),
    ],
)  # ``ast`` places what stands in f-strings rightly from Python 3.12 on only
def test_calls_in_f_strings(text: str, spans: list[tuple[int, int, int, int]]) -> None:
    assert calls(facts(text.encode())) == [Span(*span) for span in spans]


def test_a_form_feed_before_code_does_not_shift_rows() -> None:
    # libcst drops it from the indentation, so columns of that line are one too small.
    source = sample("form feed", b"def f():\n    g()\n\x0cclass C:\n    x = h()\n\x0ck()\n")
    expected = Expected(source)
    assert [span.row for span in calls(facts(source.data))] == [span.row for span in expected.calls()] == [2, 4, 5]
    assert [row for row, _, _ in definitions(facts(source.data))] == [row for row, _, _ in expected.definitions()]


def test_a_file_in_another_encoding_counts_code_points() -> None:
    data = "# coding: utf-8\nx = 'äöü', f('😀'); g()\n".encode()
    assert calls(facts(data)) == [Span(2, 12, 2, 18), Span(2, 20, 2, 23)]
    data = "# coding: cp1252\nx = '€', f('ä')\n".encode("cp1252")
    assert calls(facts(data)) == [Span(2, 10, 2, 16)]
