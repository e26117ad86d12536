"""The files of one project, as bytes: disk below, an overlay above.

The overlay holds text that is newer than the disk's: standard input, an editor's buffer, a fix's next round. Everything
that reads a file of the project reads it here, so that no other part of the engine knows where bytes come from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

DEFAULT_EXCLUDES = (
    ".*",
    "__pycache__",
    "__pypackages__",
    "_build",
    "build",
    "buck-out",
    "cdk.out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
    "env",
    "virtualenv",
    "*.egg",
    "*.egg-info",
)
"""Folder and file names that are never the author's code: caches, environments, build copies (fnmatch patterns)."""

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "unit_tests", "integration_tests", "e2e"})
_TEST_FILE = re.compile(r"(?:test_.*|.*_test|tests?|conftest)\.py")

_MANIFEST_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_DEPLOYMENT_FILES = (
    "template.yaml",
    "template.yml",
    "template.json",
    "samconfig.toml",
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
    "cdk.json",
)
# Installed packages that people copy beside their handlers without the *.dist-info folder.
_VERSION_FILES = frozenset({"version.py", "_version.py", "__version__.py", "__about__.py", "py.typed"})
_COPIED = frozenset(
    [
        "boto3",
        "botocore",
        "s3transfer",
        "urllib3",
        "requests",
        "certifi",
        "idna",
        "chardet",
        "charset_normalizer",
        "pymysql",
        "psycopg2",
        "psycopg",
        "redis",
        "pymongo",
        "sqlalchemy",
        "jmespath",
        "dateutil",
        "yaml",
        "jinja2",
        "aws_lambda_powertools",
        "crhelper",
        "pkg_resources",
        "setuptools",
        "pip",
        "numpy",
        "pandas",
        "cryptography",
        "google",
        "grpc",
        "httpx",
        "aiohttp",
    ]
)


class Project:
    """The files under ``root``, with ``overlay`` (project-relative posix path -> bytes) taking precedence.

    ``python`` and ``manifests`` are sorted project-relative posix paths, listed once at construction: the author's
    Python files, and the files that may be deployment files by their suffix. ``is_reported`` tells tests and the like
    from code that findings may be in. ``read`` raises ``OSError`` for a file that is not there.
    """

    def __init__(
        self,
        root: Path,
        overlay: Mapping[str, bytes] | None = None,
        *,
        exclude: Iterable[str] = (),
    ) -> None:
        self.root = root
        self.overlay = dict(overlay or {})
        self._exclude = (*DEFAULT_EXCLUDES, *exclude)
        self._bytes: dict[str, bytes] = {}
        listed = _list_files(root, self._is_excluded)
        listed.update(self.overlay)
        self.python = tuple(sorted(path for path in listed if path.endswith(".py")))
        self.manifests = tuple(sorted(path for path in listed if path.endswith(_MANIFEST_SUFFIXES)))
        self._known = frozenset(self.python)
        self.folders = frozenset(_folders(self.python))

    def read(self, path: str) -> bytes:
        """The bytes of a file; the overlay's, if it has any."""
        if path in self.overlay:
            return self.overlay[path]
        return (self.root / path).read_bytes()

    def has(self, path: str) -> bool:
        """Whether this is a Python file of the project."""
        return path in self._known

    def exists(self, path: str) -> bool:
        """Whether the project has this file at all, of whatever kind."""
        return path in self._known or path in self.overlay or (self.root / path).is_file()

    def is_excluded(self, path: str) -> bool:
        """Whether a part of the path, or the whole of it, fits an exclude pattern."""
        return any(self._is_excluded(*_split(path[: m.start()])) for m in re.finditer("/|$", path))

    def _is_excluded(self, folder: str, name: str) -> bool:
        whole = f"{folder}/{name}" if folder else name
        return any(
            fnmatchcase(name, pattern) or fnmatchcase(whole, pattern.removeprefix("./").rstrip("/"))
            for pattern in self._exclude
        )


def is_test(path: str) -> bool:
    """Whether a path is a test's by its name: tests build clients on purpose."""
    *folders, name = path.split("/")
    return _TEST_FILE.fullmatch(name) is not None or not _TEST_FOLDERS.isdisjoint(folders)


def find_root(start: Path) -> Path:
    """The project that a file or folder belongs to.

    That is the nearest ancestor with our configuration or a ``.git``, so that a file has the same project however it
    is named on the command line, and services of one repository share what lies beside them. Without either it is the
    nearest ancestor with a deployment file, and without that the folder itself (of a file: the one it is in).
    """
    folder = start if start.is_dir() else start.parent
    ancestors = (folder, *folder.parents)
    for candidate in ancestors:
        if (candidate / ".git").exists() or _is_configured(candidate):
            return candidate
    for candidate in ancestors:
        if any((candidate / name).exists() for name in _DEPLOYMENT_FILES):
            return candidate
    return folder


def _is_configured(folder: Path) -> bool:
    try:
        return b"[tool.lambda-conn-lint" in (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _folders(paths: Iterable[str]) -> set[str]:
    found: set[str] = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _list_files(root: Path, is_excluded: Callable[[str, str], bool]) -> dict[str, bytes]:
    """Every file below ``root`` that is not excluded, ignored by git or vendored, as keys of a dictionary."""
    found: dict[str, bytes] = {}
    ignored = _GitIgnore()
    pending = [("", os.fspath(root), False)]
    while pending:
        folder, absolute, is_beside_code = pending.pop()
        try:
            with os.scandir(absolute) as entries:
                listing = list(entries)
        except OSError:
            continue
        names = {entry.name for entry in listing}
        if is_beside_code and _is_copied_package(folder.rpartition("/")[2], names):
            continue
        if ".gitignore" in names:
            ignored.read(folder, os.path.join(absolute, ".gitignore"))
        installed = _installed(absolute, names)
        has_code = any(name.endswith(".py") for name in names)
        for entry in listing:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name in installed or is_excluded(folder, entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not ignored.matches(path, True):
                    pending.append((path, entry.path, has_code))
                continue
            is_wanted = entry.name.endswith((".py", *_MANIFEST_SUFFIXES)) and entry.is_file()
            if is_wanted and not ignored.matches(path, False):
                found[path] = b""
    return found


def _is_copied_package(name: str, names: set[str]) -> bool:
    """Whether a folder beside somebody's code is a library that was copied there."""
    if "__init__.py" not in names:
        return False
    if name in _COPIED:
        return True
    from lambda_conn_lint.catalog import catalogue

    return not _VERSION_FILES.isdisjoint(names) and name in catalogue().packages


def _installed(absolute: str, names: set[str]) -> set[str]:
    """The entries of a folder that an installer has put there, by the records it left."""
    found: set[str] = set()
    for name in names:
        if name.endswith(".dist-info"):
            found.add(name)
            try:
                with open(os.path.join(absolute, name, "RECORD"), encoding="utf-8", errors="replace") as record:
                    found.update(line.partition("/")[0].partition(",")[0] for line in record)
            except OSError:
                found.add(name.partition("-")[0])
    return found


class _GitIgnore:
    """The ``.gitignore`` files from the root down; the parser is imported when there is one."""

    def __init__(self) -> None:
        self._specs: list[tuple[str, GitIgnoreSpec]] = []

    def read(self, folder: str, absolute: str) -> None:
        from pathspec import GitIgnoreSpec

        try:
            with open(absolute, encoding="utf-8", errors="replace") as lines:
                self._specs.append((folder, GitIgnoreSpec.from_lines(lines)))
        except (OSError, ValueError):
            return  # what git cannot read ignores nothing

    def matches(self, path: str, is_folder: bool) -> bool:
        for folder, spec in self._specs:
            if folder and not path.startswith(folder + "/"):
                continue
            relative = path[len(folder) + 1 :] if folder else path
            if spec.match_file(relative + "/" if is_folder else relative):
                return True
        return False
