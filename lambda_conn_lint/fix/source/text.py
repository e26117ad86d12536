r"""A file's text as its author wrote it, and as the parser reads it: edits are spliced into the former.

Rows end where Python ends them: at ``\n``, ``\r\n`` and ``\r``, and at no other separator. Rows and columns are those
of the parser's text, ``Text.clean``. It differs from the author's text in how newlines are spelled, and in two rows
that libcst does not always give back. A last row of blanks alone is empty. A form feed in the indentation of code
resets Python's count of it, and libcst drops it with all before it: such a row is shorter in ``clean`` by what libcst
drops, so that its columns are those of the facts. Splices keep both: what is put at column 1 stands behind the form
feed, and before the blanks.
"""

from __future__ import annotations

import io
import re
import token
import tokenize
import warnings
from bisect import bisect_right
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from lambda_conn_lint.findings import Edit, Span


class TextError(Exception):
    """A file that edits cannot be spliced into; its ``str`` is the reason, a sentence without its full stop."""


class Text:
    """The text of one Python file; raises ``TextError`` where it could not be written back to the very same bytes.

    ``text`` is the author's, without a byte order mark; ``clean`` is for libcst, which gives it back unchanged;
    ``newline`` is the file's most frequent one.
    """

    text: str
    clean: str
    newline: str

    def __init__(self, data: bytes) -> None:
        self.text, self._encoding = _decoded(data)
        self._mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
        if self._mark + _encoded(self.text, self._encoding) != data:
            raise TextError(f"the file's text cannot be written back to the same bytes in {self._encoding}")
        newlines = list(_NEWLINE.finditer(self.text))
        self.newline = Counter(found[0] for found in newlines).most_common(1)[0][0] if newlines else "\n"
        self._starts = [0, *(found.end() for found in newlines)]
        self._ends = [*(found.start() for found in newlines), len(self.text)]
        self.clean, self._dropped = _cleaned(_BLANK_END.sub("", _NEWLINE.sub("\n", self.text)))

    @property
    def is_plain(self) -> bool:
        """Whether the file holds nothing but ``clean``, in UTF-8."""
        return self.text == self.clean and self._encoding == "utf-8" and not self._mark

    @cached_property
    def quote(self) -> str:
        """The quote that most of the file's strings are written with, where both would do; ``"`` if none prevails."""
        quotes = Counter(_quotes(_tokens(self.clean)))
        return "'" if quotes["'"] > quotes['"'] else '"'

    def offset(self, row: int, column: int) -> int:
        """Where a row and column stand in ``text``; raises ValueError outside of it."""
        if not 1 <= row <= len(self._starts):
            raise ValueError(f"the text has no row {row}")
        offset = self._starts[row - 1] + self._dropped.get(row, 0) + column - 1
        if column < 1 or offset > self._ends[row - 1]:
            raise ValueError(f"row {row} has no column {column}")
        return offset

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into ``text``."""
        return Span(*self._place(start), *self._place(end))

    def slice(self, span: Span) -> str:
        """The author's text of a span."""
        start, end = self._bounds(span)
        return self.text[start:end]

    def apply(self, edits: Iterable[Edit]) -> bytes:
        """The file's bytes with the edits made.

        Equal edits count once; insertions at one place keep their order, and come before what else is replaced there.
        Raises ValueError for edits that overlap, TextError for content that the file's encoding cannot express.
        """
        changes = [(*self._bounds(edit.span), edit.content) for edit in dict.fromkeys(edits)]
        changes.sort(key=lambda change: change[:2])
        parts: list[str] = []
        done = 0
        for start, end, content in changes:
            if start < done:
                raise ValueError(f"two edits overlap at offset {start}")
            parts += self.text[done:start], content
            done = end
        text = "".join(parts) + self.text[done:]
        data = self._mark + _encoded(text, self._encoding)
        if _decoded(data)[0] != text:
            raise TextError("the fix would change how the file is decoded")
        return data

    def _place(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._starts, offset)
        return row, max(1, offset - self._starts[row - 1] - self._dropped.get(row, 0) + 1)

    def _bounds(self, span: Span) -> tuple[int, int]:
        start = self.offset(span.row, span.column)
        end = self.offset(span.end_row, span.end_column)
        if span.end_column == 1 and span.row < span.end_row:
            end = self._starts[span.end_row - 1]  # the form feed of a row that is not covered stays
        if end < start:
            raise ValueError(f"{span} ends before it starts")
        return start, end


_NEWLINE = re.compile(r"\r\n?|\n")
_BLANK_END = re.compile(r"(?<=\n)[ \t\f]+\Z")


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding, without the byte order mark, as the compiler reads a file."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(lines).readline)
    except SyntaxError as error:
        raise TextError(f"the file cannot be decoded ({error.msg})") from None
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        return data.removeprefix(BOM_UTF8).decode(encoding), encoding
    except (UnicodeError, LookupError):
        raise TextError(f"the file cannot be decoded as {encoding}") from None


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise TextError(f"{encoding} cannot express {text[error.start]!a}") from None
    except UnicodeError:
        raise TextError(f"{encoding} cannot express the text") from None


def _cleaned(text: str) -> tuple[str, dict[int, int]]:
    """What libcst gives back for the text, and how many characters it drops at the start of which rows.

    What libcst cannot parse stays as it is.
    """
    if not _LOSSY.search(text):
        return text, {}
    import libcst as cst

    try:
        clean = cst.parse_module(text).code
    except cst.ParserSyntaxError:
        return text, {}
    before, after = text.split("\n"), clean.split("\n")
    dropped = {
        row: len(old) - len(new) for row, (old, new) in enumerate(zip(before, after, strict=False), 1) if old != new
    }
    if len(before) != len(after) or any(before[row - 1][count:] != after[row - 1] for row, count in dropped.items()):
        raise TextError("the file's indentation goes over a backslash at the end of a line")
    return clean, dropped


_LOSSY = re.compile(r"^[ \t]*(?:\f[ \t\f]*[^\s#]|\\$)", re.MULTILINE)
r"""Where libcst may drop something: before code that follows a form feed, or that follows a row of ``\`` alone."""


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The text's tokens, as far as this interpreter can read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from tokenize.generate_tokens(io.StringIO(text).readline)
        except (tokenize.TokenError, SyntaxError):
            return


def _quotes(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[str]:
    """The quotes of strings whose author could have taken the other one; triple quotes do not count."""
    nested = 0  # in how many formatted strings: tokens of their own since Python 3.12
    for found in tokens:
        kind = token.tok_name[found.type]
        written = found.string.lstrip("bBfFrRtTuU")
        if kind.endswith("STRING_END"):
            nested -= 1
        elif nested == 0 and kind in ("STRING", "FSTRING_START", "TSTRING_START"):
            prefix = found.string[: -len(written)].lower()
            formatted = "f" in prefix or "t" in prefix
            if not written.startswith(('"""', "'''")) and (formatted or not _EITHER.search(written[1:-1])):
                yield written[0]
        nested += kind.endswith("STRING_START")


_EITHER = re.compile("[\"']")
