"""Which files can matter, from their bytes alone.

Three sets decide what is parsed: files that name a client library, files with a sign of a handler, and the modules on
the import paths between them. Nothing is parsed to find them, and libcst is not imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lambda_conn_lint.project import Project

_HANDLER = re.compile(
    rb"\b(?:_*(?:lambda_)?context_*|_*ctx_*|LambdaContext|\w*[hH]andler\w*|crhelper|chalice|Chalice|functions_framework"
    rb"|firebase_functions|azure\.functions|azure\.durable_functions|aws_durable_execution_sdk_python|modal|runpod|zappa"
    rb"|aws_lambda_powertools)\b"
)
"""Texts of which one stands in every file that may define a handler; what is one is decided from facts."""

_SERVERLESS = re.compile(
    rb"\b(?:boto3|botocore|aws_lambda_powertools|aws_lambda_typing|aws_xray_sdk|awslambdaric|chalice|crhelper|mangum"
    rb"|functions_framework|firebase_functions|google\.cloud|azure\.functions|aioboto3)\b"
)
"""Imports of a cloud platform: one of them anywhere in the project lets a free name with a handler's shape count."""

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\(?[^#\n]*)|import[ \t]+([^#\n]+))", re.MULTILINE
)


class FileScreen(NamedTuple):
    """What the bytes of one file show; ``imports`` are (level, module, names) of its import statements."""

    has_client: bool
    has_handler: bool
    is_serverless: bool
    imports: tuple[tuple[int, str, tuple[str, ...]], ...]


class Screen:
    """The screen of every Python file of a project; reads each of them once. Unreadable files are left out."""

    def __init__(self, project: Project, tokens: Iterable[str]) -> None:
        client = re.compile(b"|".join(sorted(re.escape(token.encode()) for token in tokens)))
        self.files: Mapping[str, FileScreen] = {
            path: found for path in project.python if (found := _screen(project, path, client)) is not None
        }

    @property
    def has_clients(self) -> bool:
        return any(found.has_client for found in self.files.values())

    @property
    def is_serverless(self) -> bool:
        return any(found.is_serverless for found in self.files.values())


def _screen(project: Project, path: str, client: re.Pattern[bytes]) -> FileScreen | None:
    try:
        data = project.read(path)
    except OSError:
        return None
    return FileScreen(
        client.search(data) is not None,
        _HANDLER.search(data) is not None,
        _SERVERLESS.search(data) is not None,
        tuple(_imports(data)),
    )


def _imports(data: bytes) -> Iterable[tuple[int, str, tuple[str, ...]]]:
    for match in _IMPORT.finditer(data):
        source, names, plain = match.groups()
        if source is not None:
            module = source.lstrip(b".")
            if names.startswith(b"("):
                end = data.find(b")", match.start(2))
                names = data[match.start(2) + 1 : end if end >= 0 else None]
            words = (re.split(rb"\s+as\s+|\s*#", name.strip())[0] for name in re.split(rb",|\n", names))
            yield len(source) - len(module), _text(module), tuple(_text(word.strip()) for word in words if word.strip())
        else:
            for name in plain.split(b","):
                yield 0, _text(name.strip().split(b" ")[0].split(b";")[0].strip()), ()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
