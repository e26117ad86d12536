"""What tests of the flake8 plugin share: a small project, and what a run of flake8 came to."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

HELPER = '''"""Builds a client."""
import boto3


def load():
    """Build it."""
    return boto3.client("s3")
'''
HANDLER = '''"""A handler."""
import helper


def handler(event, context):
    """Ask the helper."""
    return helper.load()
'''


class Line(NamedTuple):
    """One line of what flake8 reports; row and column from 1."""

    path: str
    row: int
    column: int
    code: str
    message: str


class Linted(NamedTuple):
    """What a run of flake8 came to: its exit code, what it reported, and everything it printed."""

    status: int
    lines: list[Line]
    text: str

    @property
    def found(self) -> list[tuple[str, int, str]]:
        """Path, row and code of each line."""
        return [(line.path, line.row, line.code) for line in self.lines]


Lint: TypeAlias = Callable[..., Linted]

FORMAT = "%(path)s|%(row)d|%(col)d|%(code)s|%(text)s"


def read(status: int, text: str) -> Linted:
    """What was reported in ``FORMAT``."""
    fields = [line.split("|", 4) for line in text.splitlines() if line.count("|") >= 4]
    found = [Line(path.removeprefix("./"), int(row), int(column), *rest) for path, row, column, *rest in fields]
    return Linted(status, [line for line in found if line.code.startswith("LCL")], text)


SCRIPT = """
import multiprocessing
import os
import pathlib
import sys

from lambda_conn_lint import check

link = check.link


def noted(*arguments):
    with open(pathlib.Path(__file__).with_name("links"), "a") as log:
        log.write(f"{os.getpid()}\\n")
    return link(*arguments)


check.link = noted  # a process that is spawned runs this file too

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from flake8.main.cli import main

    raise SystemExit(main())
"""
"""flake8 in a process of its own, which notes each link; its first argument is how workers are started."""
