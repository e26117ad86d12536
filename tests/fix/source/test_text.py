from __future__ import annotations

import io
import itertools
import random
import re
import tokenize
from codecs import BOM_UTF8

import libcst as cst
import pytest
from corpus import Sample, named, samples

from lambda_conn_lint.findings import Edit, Span
from lambda_conn_lint.fix.source.text import Text, TextError

KEPT = {
    "empty": b"",
    "one newline": b"\n",
    "no final newline": b"x = 1",
    "blanks behind the last statement": b"x = 1   ",
    "byte order mark": BOM_UTF8 + b"x = 1\n",
    "byte order mark alone": BOM_UTF8,
    "byte order mark and cookie": BOM_UTF8 + b"# coding: utf-8\nx = '\xc3\xa9'\n",
    "crlf": b"def f():\r\n    return 1\r\n",
    "carriage returns alone": b"def f():\r    return 1\r",
    "mixed newlines": b"a = 1\r\nb = 2\rc = '''\r\n\n\r'''\nd = 4",
    "tabs": b"def f():\n\tif a:\n\t\treturn\t1\n",
    "form feed on its own line": b"a = 1\n\x0c\ndef f():\n    pass\n \x0c \n    \x0c\n",
    "form feed before a comment": b"if a:\n    b\n\x0c# c\n    d\n",
    "form feed in strings and comments": b"a = '\x0c'  # \x0c\nb = '''\n\x0c b\n'''\n",
    "form feed within a statement": b"a = (1,\n\x0c 2) +\x0c3\nb = \\\n\x0c 1\n",
    "other separators": "a = '\x0b\x1c\x1d\x1e\x85\u2028\u2029'  # \x0b\u2028\nb = 1\n".encode(),
    "backslash alone between the lines of a statement": b"a = 1 + \\\n\\\n2\n",
}

COOKIES = {
    "emacs": ("# -*- coding: {} -*-\n", "latin-1"),
    "vim": ("# vim: set fileencoding={} :\n", "cp1252"),
    "plain": ("# coding: {}\n", "koi8-r"),
    "equals sign": ("#coding={}\n", "iso-8859-15"),
    "second line": ("#!/usr/bin/env python\n# coding: {}\n", "cp1251"),
    "second line after a blank one": ("\n# coding: {}\n", "latin-1"),
    "second line after a carriage return": ("#!/usr/bin/env python\r# coding: {}\r", "latin-1"),
    "after a form feed": ("\x0c# coding: {}\n", "latin-1"),
    "many bytes for a character": ("# coding: {}\n", "shift_jis"),
    "escapes between alphabets": ("# coding: {}\n", "iso2022_jp"),
    "upper case": ("# coding: {}\n", "UTF-8"),
    "with a mark of its own": ("# coding: {}\n", "utf-8-sig"),
}
LETTERS = {"koi8-r": "Ж", "cp1251": "Ж", "shift_jis": "日本", "iso2022_jp": "日本", "iso-8859-15": "€"}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in KEPT.items()])
def test_a_file_is_kept(data: bytes) -> None:
    text = Text(data)

    assert text.apply(()) == data
    assert text.text == data.removeprefix(BOM_UTF8).decode()
    assert text.clean == text.text.replace("\r\n", "\n").replace("\r", "\n")
    assert cst.parse_module(text.clean).code == text.clean


@pytest.mark.parametrize(("line", "encoding"), [pytest.param(*cookie, id=name) for name, cookie in COOKIES.items()])
def test_declared_encoding(line: str, encoding: str) -> None:
    source = line.format(encoding) + f"a = '{LETTERS.get(encoding, 'é')}'\n"
    data = source.encode("utf-8" if encoding == "utf-8-sig" else encoding)
    bound: dict[str, object] = {}
    exec(compile(data, "<file>", "exec"), bound)

    text = Text(data)

    assert text.text == source
    assert text.apply(()) == data
    end = len(text.text)
    changed: dict[str, object] = {}
    exec(compile(text.apply([Edit(text.span(end, end), f"b = {bound['a']!r}\n")]), "<file>", "exec"), changed)
    assert changed["a"] == changed["b"] == bound["a"]


def test_a_cookie_inside_the_code_is_none() -> None:
    assert Text("# note\ra = 'é' # coding: latin-1\r".encode()).text == "# note\ra = 'é' # coding: latin-1\r"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"a = '\xe9'\n", "cannot be decoded", id="not UTF-8"),
        pytest.param(b"#\n#\n#\na = '\xe9'\n", "cannot be decoded as utf-8", id="not UTF-8 further down"),
        pytest.param(b"# coding: ascii\na = '\xe9'\n", "cannot be decoded as ascii", id="not as declared"),
        pytest.param(b"# coding: nonsense\n", "unknown encoding: nonsense", id="unknown encoding"),
        pytest.param(b"# coding: rot13\n", "cannot be decoded as rot13", id="no encoding of text"),
        pytest.param(b"# coding: undefined\n", "cannot be decoded as undefined", id="an encoding without characters"),
        pytest.param(BOM_UTF8 + b"# coding: latin-1\n", "encoding problem: utf-8", id="mark and cookie differ"),
        pytest.param(
            b"# coding: utf-7\na = '+AGE-'\n", "written back to the same bytes in utf-7", id="not the same back"
        ),
        pytest.param(b"# coding: utf-16\n# \n", "cannot be", id="two bytes to a character"),
        pytest.param(b"\\\na = 1\n", "backslash", id="backslash before a statement"),
        pytest.param(b"if a:\n    b\n    \\\nc\n", "backslash", id="backslash for an indentation"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TextError, match=reason):
        Text(data)


@pytest.mark.parametrize(
    ("data", "clean"),
    [
        pytest.param("\x0cdef f():\n    a\n", "def f():\n    a\n", id="first line"),
        pytest.param("a\n\x0c\x0cdef f():\n    a\n", "a\ndef f():\n    a\n", id="before a function"),
        pytest.param("a\n  \x0cclass C: pass\r\n", "a\nclass C: pass\n", id="after blanks"),
        pytest.param("if a:\n    b\n  \x0c    c\n\x0c    d\n", "if a:\n    b\n    c\n    d\n", id="in a block"),
        pytest.param("a = (\n\x0cb)\n\x0cc\n", "a = (\n\x0cb)\nc\n", id="one in brackets, one before code"),
        pytest.param("a = '''\n\x0cb'''\n\x0cc\n", "a = '''\n\x0cb'''\nc\n", id="one in a string, one before code"),
    ],
)
def test_a_form_feed_before_code_is_kept_from_the_parser_alone(data: str, clean: str) -> None:
    text = Text(data.encode())

    assert text.clean == clean
    assert cst.parse_module(clean).code == clean
    assert text.apply(()) == data.encode()
    compile(data, "<file>", "exec")
    row = len(clean.split("\n")) - 1
    last = clean.split("\n")[row - 1]
    whole = Span(row, 1, row, len(last) + 1)
    assert text.slice(whole) == last
    assert text.span(text.offset(row, 1), text.offset(row, len(last) + 1)) == whole
    assert text.apply([Edit(whole, last.replace("pass", "ok"))]) == data.replace("pass", "ok").encode()


@pytest.mark.parametrize("data", ["a = 1\n  ", "if a:\n    b\n\n  ", "if a:\r\n    b\r\n \x0c\r\n\t\x0c", "  "])
def test_blanks_behind_the_last_newline_are_kept_from_the_parser_alone(data: str) -> None:
    text = Text(data.encode())

    assert text.clean == re.sub(r"\n[ \t\f]+$", "\n", data.replace("\r\n", "\n"))
    assert cst.parse_module(text.clean).code == text.clean
    row = text.clean.count("\n") + 1
    end = data.rindex("\n") + 1 if "\n" in data else 0
    assert text.apply([Edit(Span(row, 1, row, 1), "c\n")]) == f"{data[:end]}c\n{data[end:]}".encode()


def test_a_form_feed_stays_when_the_line_before_it_goes() -> None:
    text = Text(b"a = 1\nb = 2\n\x0cdef f(): pass\n")

    assert text.slice(Span(2, 1, 3, 1)) == "b = 2\n"
    assert text.apply([Edit(Span(2, 1, 3, 1), "")]) == b"a = 1\n\x0cdef f(): pass\n"
    assert text.apply([Edit(Span(3, 1, 3, 1), "c = 3\n")]) == b"a = 1\nb = 2\n\x0cc = 3\ndef f(): pass\n"


@pytest.mark.parametrize(
    ("data", "newline"),
    [
        pytest.param("", "\n", id="empty"),
        pytest.param("a", "\n", id="no newline"),
        pytest.param("a\r\nb\r\nc\n", "\r\n", id="mostly crlf"),
        pytest.param("a\r\nb\nc\n", "\n", id="mostly line feeds"),
        pytest.param("a\rb\r", "\r", id="carriage returns"),
        pytest.param("a\r\nb\n", "\r\n", id="the first of two"),
        pytest.param("a\x0bb\x0cc\x1c\u2028\n", "\n", id="other separators"),
    ],
)
def test_newline(data: str, newline: str) -> None:
    assert Text(data.encode()).newline == newline


@pytest.mark.parametrize(
    ("data", "quote"),
    [
        pytest.param("", '"', id="empty"),
        pytest.param("f('a')\n", "'", id="single"),
        pytest.param("f('a', \"b\")\n", '"', id="as many"),
        pytest.param("f('a', 'b', \"c\")\n", "'", id="mostly single"),
        pytest.param("f(\"it's\", \"it's\", 'b')\n", "'", id="quotes that the text forces"),
        pytest.param("'''a'''\n'''b'''\nf(\"c\")\n", '"', id="triple quotes do not count"),
        pytest.param('"""a"""\nf(\'c\')\n', "'", id="docstring"),
        pytest.param("f(rb'a', U'b', \"c\")\n", "'", id="prefixes"),
        pytest.param("f(f\"{a['b']}{c['d']}\")\n", '"', id="within a formatted string"),
        pytest.param('f(F"it\'s {a}", \'b\', rf"{c}")\n', '"', id="formatted strings"),
    ],
)
def test_quote(data: str, quote: str) -> None:
    assert Text(data.encode()).quote == quote


def test_rows_end_where_python_ends_them() -> None:
    text = Text("é\x0b\r\n\u2028b\r\x0cc\n".encode())

    assert [text.offset(row, 1) for row in (1, 2, 3, 4)] == [0, 4, 7, 10]
    assert text.slice(Span(1, 2, 2, 3)) == "\x0b\r\n\u2028b"
    assert text.span(4, 6) == Span(2, 1, 2, 3)
    for row, column in ((0, 1), (5, 1), (1, 0), (1, 4), (4, 2)):
        with pytest.raises(ValueError, match="has no"):
            text.offset(row, column)


def test_edits_at_one_place_keep_their_order_and_count_once() -> None:
    text = Text(b"abcd\n")
    at, replaced = Span(1, 2, 1, 2), Span(1, 2, 1, 4)

    edits = [Edit(replaced, "X"), Edit(at, "2"), Edit(at, "1"), Edit(at, "2"), Edit(Span(1, 4, 1, 4), "3")]

    assert text.apply(iter(edits)) == b"a21X3d\n"
    assert text.apply([Edit(replaced, "X"), Edit(replaced, "X")]) == b"aXd\n"


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([Edit(Span(1, 1, 1, 3), ""), Edit(Span(1, 2, 1, 4), "")], id="partly"),
        pytest.param([Edit(Span(1, 1, 1, 3), "a"), Edit(Span(1, 1, 1, 3), "b")], id="two for one span"),
        pytest.param([Edit(Span(1, 2, 1, 2), "a"), Edit(Span(1, 1, 1, 3), "")], id="an insertion inside"),
        pytest.param([Edit(Span(1, 3, 1, 2), "")], id="backwards"),
    ],
)
def test_edits_that_overlap(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"overlap|ends before"):
        Text(b"abcd\n").apply(edits)


@pytest.mark.parametrize(
    ("data", "edit", "reason"),
    [
        pytest.param(
            b"# coding: cp1252\n",
            Edit(Span(2, 1, 2, 1), "a = '\u20ac\u03a9'\n"),
            r"cp1252 cannot express '\\u03a9'",
            id="a character that the encoding lacks",
        ),
        pytest.param(
            b"a\n", Edit(Span(2, 1, 2, 1), "\ud800"), r"utf-8 cannot express '\\ud800'", id="a lone surrogate"
        ),
        pytest.param(
            b"# coding: latin-1\na = '\xe9'\n",
            Edit(Span(1, 1, 1, 1), "b\nc\n"),
            "cannot be decoded",
            id="the declaration is pushed down",
        ),
        pytest.param(
            b"# coding: utf-8\na = '\xc3\xa9'\n",
            Edit(Span(1, 11, 1, 16), "latin-1"),
            "cannot be decoded|would change",
            id="another encoding is declared",
        ),
    ],
)
def test_content_that_the_encoding_cannot_hold(data: bytes, edit: Edit, reason: str) -> None:
    with pytest.raises(TextError, match=reason):
        Text(data).apply([edit])


@pytest.mark.parametrize("source", named(samples()))
def test_the_standard_library_is_kept(source: Sample) -> None:
    text = Text(source.data)

    assert text.apply(()) == source.data
    assert cst.parse_module(text.clean).code == text.clean
    assert text.clean == source.text
    found = [token for token in tokenize.generate_tokens(io.StringIO(source.text).readline) if token.string.strip()]
    for token in found:
        (row, column), (end_row, end_column) = token.start, token.end
        span = Span(row, column + 1, end_row, end_column + 1)
        assert text.slice(span) == token.string
        assert text.span(text.offset(*span[:2]), text.offset(*span[2:])) == span


@pytest.mark.parametrize("source", named(samples()))
def test_splices_equal_a_rewrite_of_the_text(source: Sample) -> None:
    chance = random.Random(source.name)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source.data).readline)
    marks = (b"", BOM_UTF8) if encoding == "utf-8" else (b"",)
    for newline, mark in itertools.product(("\n", "\r\n", "\r"), marks):
        whole = source.text.replace("\n", newline)
        text = Text(mark + whole.encode(encoding))
        rows = source.text.split("\n")
        edges: set[tuple[int, int]] = set()
        for _ in range(12):
            row = chance.randrange(len(rows))
            edges.add((row, chance.randrange(len(rows[row]) + 1)))
        places = sorted(edges)[: len(edges) // 2 * 2]
        edits = []
        expected = whole
        for (row, column), (end_row, end_column) in reversed(list(zip(places[::2], places[1::2], strict=True))):
            content = chance.choice(("", "é", f"a{newline}b", "(;'" * 5))
            edits.append(Edit(Span(row + 1, column + 1, end_row + 1, end_column + 1), content))
            start = len(newline.join([*rows[:row], rows[row][:column]]))
            end = len(newline.join([*rows[:end_row], rows[end_row][:end_column]]))
            expected = expected[:start] + content + expected[end:]
        chance.shuffle(edits)
        assert text.apply(edits) == mark + expected.encode(encoding)
