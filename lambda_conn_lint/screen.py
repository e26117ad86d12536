"""Which files can matter, from their bytes alone.

Three sets decide what is parsed: files that import a client library, files with a sign of a handler, and the modules
on the import paths between them. Nothing is parsed to find them, and libcst is not imported. One search for the word
``import`` finds the lines that tell most of it; everything else is asked of few files.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from lambda_conn_lint.project import Project

_FIRST = re.compile(rb"[(,]\s*(?:#[^\n]*\n\s*)*(?i:_*(?:events?|evt|data)_*|_+)\s*[:,=/]")
_SECOND = re.compile(rb",\s*(?:#[^\n]*\n\s*)*(?i:_*(?:lambda_?)?(?:context|ctx)_*|_+)\s*[:,)=/]")
"""Both stand in every file that has a function whose parameters look like an event and a context."""

_NAMED = re.compile(rb"\bdef[\s\\]+(?i:(?:[^\s(]*_)?handler|lambda_[^\s(]*|lambdahandler)\s*[(\[]")
"""Stands in every file that has a function whose own name tells that it is a handler."""

_BOUND = re.compile(
    rb"\b(?:lambda_)?handler\s*(?:=(?!=)|,[^\n]*=|:[^=\n]*=)|\bas\s+(?:lambda_)?handler\b|\bLambdaContext\b"
)
"""Stands in every file that binds a name which the platforms document, other than by ``def``."""

_FRAMEWORKS = frozenset(
    {
        "aws_durable_execution_sdk_python",
        "aws_lambda_context",
        "aws_lambda_powertools",
        "aws_lambda_typing",
        "azure.durable_functions",
        "awslambdaric",
        "azure.functions",
        "chalice",
        "crhelper",
        "firebase_functions",
        "functions_framework",
        "mangum",
        "modal",
        "runpod",
        "zappa",
    }
)
"""Packages whose decorators, registrations and annotations make handlers of functions with any parameters."""

_WEB_FRAMEWORKS = frozenset({"fastapi", "flask", "starlette"})
"""Packages whose routes are handlers where the project hands its application to an adapter."""

_DOCUMENTED = frozenset({"handler", "lambda_handler"})

_SERVERLESS = frozenset(
    {
        "aioboto3",
        "aws_lambda_powertools",
        "aws_lambda_typing",
        "aws_xray_sdk",
        "awslambdaric",
        "azure.functions",
        "boto3",
        "botocore",
        "chalice",
        "crhelper",
        "firebase_functions",
        "functions_framework",
        "google.cloud",
        "mangum",
    }
)
"""Imports of a cloud platform: one of them anywhere in the project lets a free name with a handler's shape count."""

_WORD = re.compile(rb"\bimport(?:\b|_module\b)|\b__import__\b")
_STATEMENT = re.compile(rb"\s*(?:from\b(.*?)\bimport\b(.*)|import\s(.*))", re.DOTALL)
_STRING_IMPORT = re.compile(rb"(?:import_module|__import__)\(\s*[\"']([\w.]+)")
_COMMENT = re.compile(rb"#[^\n]*")
_OPENING = re.compile(rb"import[\s\\]*\(")
_LONGEST = 2_000  # lines of one import statement; more is a text that only looks like one

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
"""Top-level modules that come with Python."""


class Imported(NamedTuple):
    """One import statement: the dots before the module, the module, and the names taken from it."""

    level: int
    module: str
    names: tuple[str, ...]

    def packages(self) -> Iterator[str]:
        """Every dotted name that the statement may be importing from, from the outside in."""
        if self.level:
            return
        parts = self.module.split(".")
        for end in range(1, len(parts) + 1):
            yield ".".join(parts[:end])
        for name in self.names:
            yield f"{self.module}.{name}"


class FileScreen(NamedTuple):
    """What the bytes of one file show."""

    has_client: bool
    has_framework: bool
    is_serverless: bool
    imports: tuple[Imported, ...]


class Screen:
    """The screen of every Python file of a project; reads each of them once. Unreadable files are left out.

    ``packages`` are the packages that client libraries are imported from, ``defining`` files of the project that may
    define clients themselves.
    """

    def __init__(self, project: Project, packages: Collection[str], defining: Collection[str] = ()) -> None:
        self._project = project
        self._handlers: dict[tuple[str, bool], bool] = {}
        files: dict[str, FileScreen] = {}
        for path in project.python:
            try:
                data = project.read(path)
            except OSError:
                continue
            imports = tuple(imports_in(data))
            imported = {package for one in imports for package in one.packages()}
            has_framework = not imported.isdisjoint(_FRAMEWORKS)
            is_serverless = not imported.isdisjoint(_SERVERLESS)
            has_client = path in defining or not imported.isdisjoint(packages)
            files[path] = FileScreen(has_client, has_framework, is_serverless, imports)
        self.files: Mapping[str, FileScreen] = files

    @property
    def has_clients(self) -> bool:
        return any(found.has_client for found in self.files.values())

    @property
    def is_serverless(self) -> bool:
        return any(found.is_serverless for found in self.files.values())

    def importing(self, package: str) -> list[str]:
        """The files that import a package or something in it."""
        dotted = package + "."
        return [
            path
            for path, found in self.files.items()
            if any(one.module == package or one.module.startswith(dotted) for one in found.imports)
        ]

    def has_handler(self, path: str, *, is_named: bool = False) -> bool:
        """Whether a file has a sign of a handler; looked up when first asked for.

        ``is_named`` says that a shape does not count where no function has a handler's name.
        """
        if (path, is_named) not in self._handlers:
            self._handlers[path, is_named] = self._looks_like_handler(path, is_named)
        return self._handlers[path, is_named]

    def _looks_like_handler(self, path: str, is_named: bool) -> bool:
        for one in self.files[path].imports:
            if not _DOCUMENTED.isdisjoint(one.names):
                return True
            if any(package in _FRAMEWORKS or package in _WEB_FRAMEWORKS for package in one.packages()):
                return True
        try:
            data = self._project.read(path)
        except OSError:
            return False
        has_shape = _SECOND.search(data) is not None and _FIRST.search(data) is not None
        has_shape = has_shape and (not is_named or _NAMED.search(data) is not None)
        return has_shape or _BOUND.search(data) is not None


def imports_in(data: bytes) -> Iterator[Imported]:
    """The import statements of a module, and whatever in a string or comment looks like one."""
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    word = _WORD.search(data)
    while word is not None:
        start = _start_of_line(data, word.start())
        end = _end_of_statement(data, word.start())
        text = _COMMENT.sub(b"", data[start:end])
        for match in _STRING_IMPORT.finditer(text):
            yield Imported(0, match[1].decode(), ())
        for statement in re.split(rb"[;:]", text.translate(_SPACED)):
            found = _STATEMENT.match(statement)
            if found is not None:
                yield from _read(found)
        word = _WORD.search(data, max(end, word.end()))


_SPACED = bytes.maketrans(b"\\()", b"   ")


def _start_of_line(data: bytes, position: int) -> int:
    """Where the logical line starts that an import stands in, before lines that are continued."""
    start = data.rfind(b"\n", 0, position) + 1
    while data.endswith(b"\\\n", 0, start):
        start = data.rfind(b"\n", 0, start - 1) + 1
    return start


def _end_of_statement(data: bytes, position: int) -> int:
    """Where the logical line ends that an import stands in: after its bracket, and after continued lines."""
    end = _end_of_line(data, position)
    while data.endswith(b"\\", position, end) and end < len(data):
        end = _end_of_line(data, end + 1)
    if _OPENING.match(data, position, end) is None:
        return end
    closing, line = end, data[position:end]
    for _ in range(_LONGEST):
        if b")" in _COMMENT.sub(b"", line):
            return closing
        if closing >= len(data):
            break
        closing, line = _end_of_line(data, closing + 1), data[closing + 1 : _end_of_line(data, closing + 1)]
    return end


def _end_of_line(data: bytes, position: int) -> int:
    end = data.find(b"\n", position)
    return len(data) if end < 0 else end


def _read(match: re.Match[bytes]) -> Iterator[Imported]:
    source, names, plain = match.groups()
    if source is None:
        yield from (Imported(0, name, ()) for name in _first_words(plain))
        return
    source = b"".join(source.split())
    module = source.lstrip(b".")
    yield Imported(len(source) - len(module), module.decode("utf-8", "replace"), tuple(_first_words(names)))


def _first_words(names: bytes) -> Iterator[str]:
    """What is imported, without the names it is bound to."""
    for name in names.split(b","):
        words = name.split()
        if words:
            yield words[0].decode("utf-8", "replace")
