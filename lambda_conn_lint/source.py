"""A file's text by lines, decoded as Python and flake8 decode it."""

from __future__ import annotations

import io


def read_lines(data: bytes) -> list[str]:
    r"""The lines of a Python file, each with its ``\n``, without a byte order mark.

    The encoding is the declared one or UTF-8; where that does not work, latin-1, which never fails.
    """
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        lines = _decode(data, encoding)
    except (SyntaxError, UnicodeError, LookupError):
        lines = _decode(data, "latin-1")
    if lines:
        lines[0] = lines[0].removeprefix("\ufeff").removeprefix("\xef\xbb\xbf")
    return lines


def _decode(data: bytes, encoding: str) -> list[str]:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding).readlines()
