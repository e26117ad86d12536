"""Values of a CDK program that are neither texts nor numbers: names of libraries, and where code comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.evaluate import Value


class Dotted(NamedTuple):
    """A name of a library: ``aws_cdk.aws_lambda.Runtime.PYTHON_3_12``."""

    name: str

    def member(self, name: str) -> Value:
        return Dotted(f"{self.name}.{name}")

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


class Asset(NamedTuple):
    """Code from a folder, a file or an archive."""

    path: str


class Image(NamedTuple):
    """Code from an image that is built in a folder, with the arguments of its making."""

    path: str
    arguments: Mapping[str, Value]


class Elsewhere(NamedTuple):
    """Code that is not in the project, and why."""

    problem: str


class InlineCode(NamedTuple):
    """Code that stands in the program, and the row of the call that takes it."""

    text: str
    row: int


class FileText(NamedTuple):
    """The text of a file, or the file opened to read it."""

    path: str
