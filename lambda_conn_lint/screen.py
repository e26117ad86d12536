"""Which files can matter, from their bytes alone.

libcst is not imported here. What is asked of every file are a few searches that begin with a word and so cost little;
import statements are read, and ``ast`` is asked, only where those find something.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from copy import deepcopy
from functools import cached_property
from itertools import chain, islice

from lambda_conn_lint.handlers.origins import ADAPTERS
from lambda_conn_lint.import_statements import Imported, imports_in
from lambda_conn_lint.indentation import may_be_of_module
from lambda_conn_lint.project import Project, is_test

_GAP = rb"(?:[\s\\]|#[^\n]*\n)*"  # white space, continued lines and comments
_TYPES = rb"(?:\[[\s\S]{0,500}?\][\s\\]*)?"  # parameters of a function's type
_FIRST = re.compile(
    rb"def[\s\\]+([^ \t\n\r\f\v(\[\\]+)[\s\\]*"  # a set without a class in it is searched faster
    rb"(?=\[|\([\s\\#_eEdD])"  # turns most functions away at once
    + (_TYPES + rb"\(" + _GAP + rb"(?i:_*(?:events?|evt|data)_*|_+)" + _GAP + rb"[:,=]")
)
_SECOND = re.compile(rb"," + _GAP + rb"(?i:_*(?:lambda_?)?(?:context|ctx)_*|_+)" + _GAP + rb"[:,)=]")
"""In this order they stand in every function whose first two parameters look like an event and a context."""

_NEXT = re.compile(rb"\n[ \t\f]*(?:async[ \t]+)?def\b")

_NAMED = re.compile(rb"(?i:(?:.*_)?handler|lambda_.*|lambdahandler)")
"""Fits every name of a function that tells that it is a handler."""

_DOCUMENTED = rb"handler(?:(?<=\bhandler)|(?<=\blambda_handler))"
_ASSIGNED = re.compile(_DOCUMENTED + rb"\s*(?:\)?\s*=(?!=)|,[^\n]*=|:[^=\n]*=)")
_MENTIONED = re.compile(_DOCUMENTED + rb"[ \t\f]*(?:[,()\[\\#;:\r\n]|as\b|\Z)")
_IMPORTED = re.compile(
    rb"import[\s\\]*(?:\((?:[^)#]|#[^\n]*\n)*?|(?:\\\r?\n|[^\n])*?)\b(?:lambda_)?handler\b"
    rb"|\b(?:as|class)[\s\\]+(?:lambda_)?handler\b"
)
"""The first, or the other two, stand in every file that binds a documented name other than by ``def``."""

_CONTEXT_CLASS = re.compile(rb"\bLambdaContext\b")

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
        "datadog_lambda",
        "epsagon",
        "firebase_functions",
        "functions_framework",
        "lambda_decorators",
        "lumigo_tracer",
        "mangum",
        "modal",
        "newrelic.agent",
        "newrelic_lambda.lambda_handler",
        "runpod",
        "sentry_sdk.integrations.serverless",
        "zappa",
    }
)
"""Packages whose decorators, registrations and annotations make handlers of functions with any parameters."""

_DEPLOYING = "aws_cdk"
"""The package whose users may describe a deployment."""

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

_MOST_PLACES = 100  # for each, lines are walked

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
"""Top-level modules that come with Python."""


class Screen:
    """The screen of a project's Python files. A file that cannot be read shows nothing.

    ``packages`` are the packages that client libraries are imported from, ``defining`` files of the project that may
    define clients themselves. Everything is looked up when first asked for.
    """

    def __init__(self, project: Project, packages: Collection[str], defining: Collection[str] = ()) -> None:
        self.files = project.python
        self._project = project
        self._packages = frozenset(packages)
        self._defining = frozenset(defining)
        self._imports: dict[str, tuple[Imported, ...]] = {}
        self._handlers: dict[tuple[str, bool], bool] = {}

    def including(self, project: Project, paths: Iterable[str]) -> Screen:
        """The screen with further files, which only this project has."""
        more = sorted(set(paths).difference(self.files))
        screen = Screen(project, self._packages, self._defining)
        screen.files = tuple(sorted((*self.files, *more)))
        screen._imports.update(self._imports)
        screen._sightings = screen._seen(more, deepcopy(self._sightings))
        return screen

    def imports(self, path: str) -> tuple[Imported, ...]:
        """The import statements of a file."""
        if path not in self._imports:
            self._imports[path] = tuple(imports_in(self._read(path)))
        return self._imports[path]

    def has_client(self, path: str) -> bool:
        """Whether a file imports a client library, or may define clients itself."""
        return path in self._defining or self._takes_from(path, self._packages)

    @cached_property
    def has_clients(self) -> bool:
        return bool(self._defining) or self._sightings.has_clients

    @property
    def is_serverless(self) -> bool:
        return self._sightings.is_serverless

    @property
    def adapters(self) -> Collection[str]:
        """The files that turn invocations into requests to a web application."""
        return self._sightings.adapters

    @property
    def frameworks(self) -> Collection[str]:
        """The files that import a framework whose decorators and registrations make handlers."""
        return self._sightings.frameworks

    @property
    def programs(self) -> list[str]:
        """The files that may describe a deployment."""
        return self._sightings.programs

    def shows_handler(self, path: str, *, is_named: bool = False) -> bool:
        """Whether a file may define a handler as far as its bytes tell: there is no parse, and ``has_handler`` knows
        better."""
        seen = self._sightings
        if path in seen.frameworks or path in seen.contexts or path in seen.bound:
            return True
        return path in (seen.named if is_named else seen.shaped)

    def has_handler(self, path: str, *, is_named: bool = False) -> bool:
        """Whether a file may define a handler, by itself or through a framework that it imports.

        ``is_named`` says that a shape does not count where no function has a handler's name.
        """
        if (path, is_named) not in self._handlers:
            self._handlers[path, is_named] = self._may_define_handler(path, is_named)
        return self._handlers[path, is_named]

    def _may_define_handler(self, path: str, is_named: bool) -> bool:
        seen = self._sightings
        if path in seen.frameworks or path in seen.contexts:
            return True
        if not self.shows_handler(path, is_named=is_named):
            return False
        from lambda_conn_lint.gate.handlers import may_define_handler

        return may_define_handler(self._read(path), is_named=is_named)

    def _takes_from(self, path: str, packages: Collection[str]) -> bool:
        return any(package in packages for one in self.imports(path) for package in one.packages())

    @cached_property
    def _sightings(self) -> _Sightings:
        """What is looked for in every file, in one pass."""
        return self._seen(self.files, _Sightings())

    def _seen(self, paths: Iterable[str], found: _Sightings) -> _Sightings:
        """What was found in other files, with what there is in these."""
        is_platform = _mentioning((*_FRAMEWORKS, *_SERVERLESS, *ADAPTERS, _DEPLOYING))
        is_client = _mentioning(self._packages)
        for path in paths:
            data = self._read(path)
            found.look(path, data)
            if is_platform(data) or (not found.has_clients and is_client(data)):
                imports = self._imports[path] = tuple(imports_in(data))
                packages = frozenset(package for one in imports for package in one.packages())
                found.note(path, packages)
                found.has_clients = found.has_clients or not packages.isdisjoint(self._packages)
        found.adapters.sort()
        found.programs.sort()
        return found

    def _read(self, path: str) -> bytes:
        try:
            return self._project.read(path)
        except OSError:
            return b""


class _Sightings:
    """What one pass over all files has found: files by what their bytes hold, and signs of the project's platform."""

    def __init__(self) -> None:
        self.shaped: set[str] = set()
        self.named: set[str] = set()  # with a function that has the shape and a handler's name
        self.bound: set[str] = set()
        self.contexts: set[str] = set()
        self.frameworks: set[str] = set()
        self.adapters: list[str] = []
        self.programs: list[str] = []
        self.is_serverless = False
        self.has_clients = False

    def look(self, path: str, data: bytes) -> None:
        """Take in the bytes of a file."""
        first = _FIRST.search(data)
        if first is not None:
            names = _shaped(data)
            if names:
                self.shaped.add(path)
            if any(map(_NAMED.fullmatch, names)):
                self.named.add(path)
        start = data.find(b"handler")
        if start >= 0 and _binds(data, start):
            self.bound.add(path)
        if b"LambdaContext" in data and _CONTEXT_CLASS.search(data) is not None:
            self.contexts.add(path)

    def note(self, path: str, imported: frozenset[str]) -> None:
        """Take in the packages that a file may be importing from."""
        if not imported.isdisjoint(_FRAMEWORKS):
            self.frameworks.add(path)
        if not imported.isdisjoint(ADAPTERS):
            self.adapters.append(path)
        if _DEPLOYING in imported and not is_test(path):
            self.programs.append(path)
        self.is_serverless = self.is_serverless or not imported.isdisjoint(_SERVERLESS)


def _shaped(data: bytes) -> list[bytes]:
    """The names of functions of the module's own scope that look as if they took an event and a context."""
    firsts = (one for one in _FIRST.finditer(data) if _is_followed(data, one.end() - 1))
    return [one[1] for one in _of_module(data, firsts)]


def _is_followed(data: bytes, position: int) -> bool:
    """Whether something that looks like a context follows before the next function."""
    following = _NEXT.search(data, position)
    return _SECOND.search(data, position, len(data) if following is None else following.start()) is not None


def _binds(data: bytes, start: int) -> bool:
    """Whether something after this position looks as if the module bound a documented name, other than by ``def``."""
    found: Iterator[re.Match[bytes]] = chain(_ASSIGNED.finditer(data, start), _imported(data, start))
    if b"global" not in data:  # by that a function binds names of the module
        found = _of_module(data, found)
    return next(found, None) is not None


def _imported(data: bytes, start: int) -> Iterator[re.Match[bytes]]:
    if _MENTIONED.search(data, start) is not None:
        yield from _IMPORTED.finditer(data)


def _of_module(data: bytes, found: Iterator[re.Match[bytes]]) -> Iterator[re.Match[bytes]]:
    """Those that may belong to the module's own scope. Where there are very many, the last ones are not looked at."""
    yield from (one for one in islice(found, _MOST_PLACES) if may_be_of_module(data, one.start()))
    yield from found


def _mentioning(packages: Iterable[str]) -> Callable[[bytes], bool]:
    """Whether bytes may hold an import of one of some packages: of all that are, and of few that are not."""
    words = _any_of({name.partition(".")[0].encode() for name in packages}) + rb"\b"
    after_from = re.compile(rb"from[\s\\]+" + words)
    # What follows the word in 'from x import y' is no package.
    after_import = re.compile(
        rb"import(?:(?<![\w.][ \t]import)[\s\\](?:[^\n;#\\]|\\\r?\n)*?\b|(?:_module|__)\(\s*[\"'])" + words
    )
    return lambda data: after_from.search(data) is not None or after_import.search(data) is not None


def _any_of(words: Collection[bytes]) -> bytes:
    """A regular expression that fits any of these, and decides by as few bytes as possible."""
    if not words:
        return rb"(?!)"
    ordered = sorted(words)
    first, last = ordered[0], ordered[-1]
    if first == last:
        return re.escape(first)
    shared = next((at for at, byte in enumerate(first) if byte != last[at]), len(first))  # all between share it too
    rest: dict[bytes, list[bytes]] = {}
    for word in ordered:
        rest.setdefault(word[shared : shared + 1], []).append(word[shared:])
    return re.escape(first[:shared]) + b"(?:" + b"|".join(map(_any_of, rest.values())) + b")"
