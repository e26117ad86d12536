"""The standard streams: what is read and written there, whether to use colours, and a progress line for long runs."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_PATIENCE = 1.0
_INTERVAL = 0.1


def read_stdin() -> bytes:
    """All of standard input."""
    return sys.stdin.buffer.read()


def say(message: str) -> None:
    """Tell people something about the run, on standard error."""
    print(f"lambda-conn-lint: {message}", file=sys.stderr)


def write(text: str, file: str | None, stream: TextIO) -> None:
    """Write a report to a file, or else to a stream of the process, where what that cannot encode is escaped.

    A reader that has seen enough and is gone is no error. Raises ``OSError`` for the file.
    """
    if file is not None:
        Path(file).write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    with _reader_may_be_gone(stream):
        stream.write(text)
        stream.flush()


def write_bytes(data: bytes, file: str | None) -> None:
    """Write what other programs take apart as it is, to a file or else to standard output, otherwise as ``write``."""
    if file is not None:
        Path(file).write_bytes(data)
        return
    with _reader_may_be_gone(sys.stdout):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


@contextmanager
def _reader_may_be_gone(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def wants_colour(choice: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to ``stream``.

    The option (``always``, ``never``) decides, then ``NO_COLOR`` and ``FORCE_COLOR`` where they are set and not empty,
    then whether the stream is a terminal that is not a dumb one. Source: no-color.org, force-color.org.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or _is_terminal(stream, environ)


def wants_progress(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether somebody watches: a terminal, but not one that CI or pre-commit makes up to collect the output."""
    return _is_terminal(stream, environ) and not environ.get("CI") and not environ.get("PRE_COMMIT")


class Progress:
    """One line on a terminal that counts files, rewritten in place; nothing is shown in the first second.

    An instance is called with how many files are done and how many there are; ``close`` removes the line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = time.monotonic() + _PATIENCE
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _INTERVAL
        text = f"checking {done}/{total} files"
        self._write(f"\r{text.ljust(self._shown)}")
        self._shown = len(text)

    def close(self) -> None:
        if self._shown:
            self._write(f"\r{' ' * self._shown}\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _is_terminal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    return stream.isatty() and environ.get("TERM") != "dumb"
