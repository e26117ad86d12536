"""Lines of a cache file: each is a JSON array of a key, a checksum and a value.

The key tells what the value belongs to, without a parse, and the checksum that nobody has changed it since: a value is
taken as it was given or not at all.
"""

from __future__ import annotations

import json

ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
"""Gives the form of a value. Escapes would make one character of two surrogates that stand beside each other."""

_KEY_SIZE = 16  # bytes; twice as many characters
_SUM_SIZE = 8
_KEY_END = 2 + 2 * _KEY_SIZE
_SUM_END = _KEY_END + 3 + 2 * _SUM_SIZE
_VALUE = _SUM_END + 2


def key_of(data: bytes) -> str:
    """The key of what is known by its bytes."""
    from hashlib import blake2b  # takes longer to load than a short run can spare that has nothing to remember

    return blake2b(data, digest_size=_KEY_SIZE).hexdigest()


def record(key: str, text: str) -> bytes:
    """The line for a value in this form, which has to be in one line itself; without its end."""
    value = text.encode("utf-8", "surrogatepass")
    return b'["%b","%b",%b]' % (key.encode("ascii"), _checksum(key, value), value)


def key_in(line: bytes) -> str:
    """The key of a line, which may be none of ours."""
    return line[2:_KEY_END].decode("ascii", "replace")


def text_in(line: bytes) -> str:
    """The form of a line's value. Raises ``ValueError`` where it is not as it was written."""
    value = line[_VALUE:-1]
    if line[_KEY_END + 3 : _SUM_END] != _checksum(key_in(line), value):
        raise ValueError("not as it was written")
    return value.decode("utf-8", "surrogatepass")


def _checksum(key: str, value: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(value, digest_size=_SUM_SIZE, key=key.encode("ascii", "replace")).hexdigest().encode("ascii")
