"""What the tree of one file tells besides its nodes."""

from __future__ import annotations

import pytest

from lambda_conn_lint.fix.source.text import Text
from lambda_conn_lint.fix.source.tree import Tree


@pytest.mark.parametrize(
    ("data", "indent"),
    [
        pytest.param("", "    ", id="empty"),
        pytest.param("if a: b\n", "    ", id="no block"),
        pytest.param("if a:\n  if b:\n    c\n", "  ", id="two blanks"),
        pytest.param("if a:\n\tif b:\n\t\tc\n", "\t", id="tabs"),
        pytest.param("if a:\n        b\n", " " * 8, id="eight blanks"),
        pytest.param("if a:\n   b\nif c:\n  d\nif e:\n  f\n", "   ", id="the first"),
        pytest.param("a = '''\n  if:\n    b\n'''\nf(\n  1)\nif c:\n    d\n", "    ", id="strings and brackets"),
        pytest.param("if a:\r\n\tb\r\n", "\t", id="crlf"),
        pytest.param("if a:\n  b\n\x0c  c\n", "  ", id="form feed"),
    ],
)
def test_indent(data: str, indent: str) -> None:
    assert Tree(Text(data.encode())).indent == indent
