"""The formats of deployment files. A new one is a module with a function ``read``, and a line in ``FORMATS``."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from lambda_conn_lint.listing import IMAGE_FILE, SERVICE_PROGRAM

if TYPE_CHECKING:
    from lambda_conn_lint.handlers.manifests.files import Files
    from lambda_conn_lint.handlers.model import Found


class Reader(Protocol):
    """A module that knows one format. It is imported when a file may be of that."""

    def read(self, files: Files, path: str) -> Iterator[Found]:
        """What the file declares.

        Raises on nothing that it may hold. What cannot be read is noted in ``files.unreadable``. A file that only looks
        like one of the format is told by its bytes as far as can be, and not parsed.
        """


class Format(NamedTuple):
    """One format: ``name`` is a regular expression that fits the whole name of its files, without folders.

    One of the ``words`` stands in the bytes of every file that holds a function, unless its author has written a key
    with escapes for letters.
    """

    module: str
    name: str
    words: tuple[bytes, ...]

    def reader(self) -> Reader:
        """The module that reads it."""
        return cast(Reader, importlib.import_module(f"{__package__}.{self.module}"))


_DOCUMENT = r".*\.(?:ya?ml|json|template)"

FORMATS = (
    Format("sam", _DOCUMENT, (b"AWS::",)),
    Format("ssm", _DOCUMENT, (b"aws:executeScript",)),
    Format("serverless", r"serverless(?:[.\-_].*)?\.(?:ya?ml|json)", (b"functions",)),
    Format("serverless_code", SERVICE_PROGRAM.pattern, (b"functions",)),
    Format("terraform", r".*\.(?:tf|tofu)(?:\.json)?", (b"function", b"lambda", b"module")),
    Format("cdk_out", r".*\.template\.json", (b"AWS::Lambda::Function",)),
    Format("cdk_python", r".*\.py", (b"aws_cdk",)),
    Format(
        "cdk_typescript",
        r"(?!.*\.(?:test|spec|d)\.\w+$).*\.m?[jt]s",
        (b"andler", b"DockerImageFunction", b"PythonFunction"),
    ),
    Format("dockerfile", IMAGE_FILE.pattern, (b"CMD", b"cmd", b"Cmd")),
    Format("chalice", r"config\.json", (b"app_name",)),
    Format("zappa", r"zappa_settings\.(?:json|toml|ya?ml)", (b"function", b"handler", b"django_settings")),
    Format("azure", r"(?:function|host)\.json", (b"bindings", b"version")),
    Format(
        "gcloud",
        r"(?:.*[-_.])?cloudbuild(?:[-_.].*)?\.(?:ya?ml|json)|.*\.sh|Jenkinsfile|Makefile",
        (b"--entry-point",),
    ),
)

# Large files of package managers that declare no functions.
_NEVER = frozenset({"package.json", "package-lock.json", "pnpm-lock.yaml", "tsconfig.json"})


def words_by_name(name: str) -> tuple[tuple[bytes, Format], ...]:
    """The formats that a file of this name may be of, each after a word that then stands in the file."""
    if name in _NEVER:
        return ()
    return tuple((word, one) for fits, one in _names() if fits(name) for word in one.words)


@functools.cache
def _names() -> list[tuple[Callable[[str], object], Format]]:
    return [(re.compile(one.name).fullmatch, one) for one in FORMATS]
