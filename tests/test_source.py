from __future__ import annotations

import pytest

from lambda_conn_lint.source import read_lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b"a\nb", ["a\n", "b"], id="no final newline"),
        pytest.param(b"a\r\nb\rc\n", ["a\n", "b\n", "c\n"], id="every newline becomes one"),
        pytest.param(b"a\x0cb\x1cc\n", ["a\x0cb\x1cc\n"], id="a form feed ends no line"),
        pytest.param("é\n".encode(), ["é\n"], id="UTF-8 unless told"),
        pytest.param(b"\xef\xbb\xbfa\n", ["a\n"], id="byte order mark"),
        pytest.param(b"# coding: cp1252\n\x80\n", ["# coding: cp1252\n", "€\n"], id="declared encoding"),
        pytest.param(b"# coding: nonsense\n\xe9\n", ["# coding: nonsense\n", "é\n"], id="unknown encoding"),
        pytest.param(b"a\n\xe9\n", ["a\n", "é\n"], id="not UTF-8"),
        pytest.param(
            b"\xef\xbb\xbf# coding: latin-1\n\xe9\n", ["# coding: latin-1\n", "é\n"], id="mark and cookie differ"
        ),
    ],
)
def test_read_lines(data: bytes, lines: list[str]) -> None:
    assert read_lines(data) == lines
