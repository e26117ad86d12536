"""Unified diffs of bytes, as ``patch`` and ``git apply`` read them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

_CONTEXT = 3


def unified(filename: str, before: bytes, after: bytes) -> str:
    r"""What changes in a file, with three lines of context; empty where nothing does.

    Lines end at ``\n`` alone, as for the programs that apply diffs: a ``\r`` before it stays, and should be printed as
    it is. The text is UTF-8's; other bytes are shown as backslash escapes, and such a diff does not apply. Unusual
    characters in the name are escaped as git does.
    """
    old, new = _lines(before), _lines(after)
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT)
    hunks = [line for group in groups for line in _hunk(group, old, new)]
    name = _name(filename)
    return "".join([f"--- {name}\n", f"+++ {name}\n", *hunks]) if hunks else ""


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _hunk(group: list[tuple[str, int, int, int, int]], old: list[bytes], new: list[bytes]) -> Iterator[str]:
    (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
    yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@\n"
    for change, first, last, other_first, other_last in group:
        if change == "equal":
            yield from _marked(" ", old[first:last])
        else:
            yield from _marked("-", old[first:last])
            yield from _marked("+", new[other_first:other_last])


def _range(start: int, end: int) -> str:
    """An empty range is named by the line before it."""
    count = end - start
    return str(start + 1) if count == 1 else f"{start + 1 if count else start},{count}"


def _marked(sign: str, lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        shown = line.decode("utf-8", "backslashreplace")
        yield sign + shown if line.endswith(b"\n") else f"{sign}{shown}\n\\ No newline at end of file\n"


def _name(filename: str) -> str:
    """The name, quoted where it holds what would end it or could be taken for something else."""
    if filename.isprintable() and '"' not in filename and "\\" not in filename:
        return f"{filename}\t" if " " in filename else filename  # a tab tells where a name with blanks ends
    escaped = (
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else _ESCAPES.get(byte, f"\\{byte:03o}")
        for byte in filename.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(escaped)}"'


_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", 9: "\\t", 10: "\\n", 13: "\\r"}
