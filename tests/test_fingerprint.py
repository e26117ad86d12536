from __future__ import annotations

import ast

import pytest

from lambda_conn_lint.fingerprint import normalised


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            [
                'boto3.client("s3", region_name="eu-west-1")',
                'boto3.client(\n    "s3",\n    region_name="eu-west-1",\n)',
                "boto3 . client( 's3',  # the bucket's\r\n\tregion_name = 'eu-west-1' )",
                'boto3.client("s3", \\\n  region_name="eu-west-1")',
            ],
            'boto3.client("s3", region_name="eu-west-1")',
            id="layout",
        ),
        pytest.param(["f((1,))", "f( (1, ), )"], "f((1,))", id="tuple of one"),
        pytest.param(["f((1, 2))", "f((1, 2,))"], "f((1, 2))", id="tuple of two"),
        pytest.param(["f((1))"], "f((1))", id="no tuple"),
        pytest.param(["f(x[1,])"], "f(x[1,])", id="subscript by a tuple"),
        pytest.param(["f([1,], {2,}, {3: 4,})"], "f([1], {2}, {3:4})", id="displays"),
        pytest.param(["f()(1,)"], "f()(1)", id="call of a call"),
        pytest.param(["f(a if b(c) else not d)", "f(a if b ( c ) else not d)"], "f(a if b(c) else not d)", id="words"),
        pytest.param(["f(lambda: (yield))", "f(lambda:(yield))"], "f(lambda:(yield))", id="keywords"),
        pytest.param(["f(x in (1,), None)"], "f(x in (1,), None)", id="tuple after a keyword"),
        pytest.param(["f('a' 'b')", 'f("a"\n  "b")'], 'f("a" "b")', id="strings side by side"),
        pytest.param(["f('#', \"'\", '\"', 'it\\'s')"], "f(\"#\", \"'\", '\"', 'it\\'s')", id="quotes that matter"),
        pytest.param(["f('''a\n  b''')"], "f('''a\n  b''')", id="inside of strings"),
        pytest.param(["f(f'{x}', rb'y')"], 'f(f"{x}", rb"y")', id="prefixes"),
        pytest.param(["f(*a, **b, c=-1.5e-3)"], "f(*a, **b, c=-1.5e-3)", id="signs"),
    ],
)
def test_layout_does_not_count(texts: list[str], expected: str) -> None:
    assert [normalised(text) for text in texts] == [expected] * len(texts)
    assert normalised(expected) == expected
    assert {ast.dump(ast.parse(text)) for text in texts} == {ast.dump(ast.parse(expected))}


@pytest.mark.parametrize(
    ("one", "other"),
    [("f(1)", "f(2)"), ("f(a)", "f(b)"), ("f('a b')", "f('ab')"), ("f(a.b)", "f(a, b)"), ("f((1,))", "f((1))")],
)
def test_what_is_different_stays_different(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("text", ["", "f(", "'", '"""', ")", ",)", "\\", "f(é, ,)", "\0"])
def test_no_text_is_too_odd(text: str) -> None:
    assert normalised(f" {text}\n") == normalised(text)
