"""Walking a project's tree: what is the author's, and what is a cache, a build copy, ignored by git, or vendored."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.configfile import FILES

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

MANIFEST_SUFFIXES = (
    ".yaml",
    ".yml",
    ".json",
    ".template",
    ".tf",
    ".tofu",
    ".tfvars",
    ".sh",
    "zappa_settings.toml",
    "Jenkinsfile",
    "Makefile",
)
"""How the names of files end that may be deployment files."""

IMAGE_FILE = re.compile(r"(?:Dockerfile|Containerfile)(?:[.\-_].*)?|.*\.[Dd]ockerfile")
"""How a file is called that says what is in an image."""

SERVICE_PROGRAM = re.compile(r"serverless(?:[.\-_].*)?\.[mc]?[jt]s")
"""How a service file of the Serverless Framework is called that is a program."""

_PROGRAM_SUFFIXES = (".ts", ".js", ".mts", ".mjs")  # deployment files below a folder with a cdk.json
# Files of excluded folders that are deployment files all the same: by the folder's name, how their names end.
_EXCEPTIONS = {".chalice": "config.json", "cdk.out": ".template.json"}

WORKER_FILES = frozenset({"wrangler.toml", "wrangler.json", "wrangler.jsonc"})
"""Files that describe the Cloudflare Workers of their folder."""

# Installed packages that people copy beside their handlers without the *.dist-info folder.
_VERSION_FILES = frozenset({"version.py", "_version.py", "__version__.py", "__about__.py", "py.typed"})
_COPIED = frozenset(
    {
        "aiohttp",
        "aws_lambda_powertools",
        "boto3",
        "botocore",
        "certifi",
        "chardet",
        "charset_normalizer",
        "crhelper",
        "cryptography",
        "dateutil",
        "google",
        "grpc",
        "httpx",
        "idna",
        "jinja2",
        "jmespath",
        "numpy",
        "pandas",
        "pip",
        "pkg_resources",
        "psycopg",
        "psycopg2",
        "pymongo",
        "pymysql",
        "redis",
        "requests",
        "s3transfer",
        "setuptools",
        "sqlalchemy",
        "urllib3",
        "yaml",
    }
)


class Excludes:
    """Exclude patterns, as flake8 and ruff understand them: of a name, or of a path from the project's root."""

    def __init__(self, patterns: Iterable[str]) -> None:
        names: list[str] = []
        paths: list[str] = []
        for pattern in patterns:
            bare = pattern.removeprefix("./").rstrip("/")
            (paths if "/" in bare else names).append(translate(bare))
        self._name = re.compile("|".join(names) or r"(?!)")
        self._path = re.compile("|".join(paths)) if paths else None

    def matches(self, folder: str, name: str) -> bool:
        """Whether one entry of a folder is excluded; what is above it is not looked at."""
        if self._name.match(name) is not None:
            return True
        return self._path is not None and self._path.match(f"{folder}/{name}" if folder else name) is not None

    def cover(self, path: str) -> bool:
        """Whether a file, or a folder that it lies in, fits."""
        for end in re.finditer("/|$", path):
            folder, _, name = path[: end.start()].rpartition("/")
            if self.matches(folder, name):
                return True
        return False


class Listing(NamedTuple):
    """Project-relative posix paths of Python files, of possible deployment files, of files of Cloudflare Workers, and
    of the folders with a file that may hold our configuration.
    """

    python: list[str]
    manifests: list[str]
    workers: list[str]
    configured: list[str]


class _Folder(NamedTuple):
    path: str
    absolute: str
    is_beside_code: bool
    ignored: tuple[tuple[str, GitIgnoreSpec], ...]  # the .gitignore files that hold here, each with its folder
    has_programs: bool = False  # whether this folder or one above it has a cdk.json


def list_files(root: Path, excludes: Excludes) -> Listing:
    """What a project consists of. Unreadable folders are left out; symbolic links to folders are not followed."""
    found = Listing([], [], [], [])
    pending = [_Folder("", os.fspath(root), False, ())]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder.absolute) as scan:
                entries = list(scan)
        except OSError:
            continue
        names = {entry.name for entry in entries}
        if folder.is_beside_code and _is_copied_package(folder.path.rpartition("/")[2], names):
            continue
        ignored = folder.ignored
        if ".gitignore" in names:
            ignored = _with_ignore_file(folder)
        for name in WORKER_FILES & names:
            found.workers.append(f"{folder.path}/{name}".lstrip("/"))
        if not names.isdisjoint(FILES):
            found.configured.append(folder.path)
        here = folder._replace(ignored=ignored, has_programs=folder.has_programs or "cdk.json" in names)
        pending.extend(_list_folder(here, entries, names, excludes, found))
    return found


def _list_folder(
    folder: _Folder, entries: list[os.DirEntry[str]], names: set[str], excludes: Excludes, found: Listing
) -> Iterable[_Folder]:
    installed = _installed(entries, names)
    has_code = any(name.endswith(".py") for name in names)
    ignored = folder.ignored
    for entry in entries:
        name = entry.name
        if name in _EXCEPTIONS:
            found.manifests.extend(_exceptions(folder.path, entry))
        if name in installed or excludes.matches(folder.path, name):
            continue
        path = f"{folder.path}/{name}" if folder.path else name
        if entry.is_dir(follow_symlinks=False):
            if not _is_ignored(path + "/", ignored):
                yield _Folder(path, entry.path, has_code, ignored, folder.has_programs)
        elif name.endswith(".py"):
            if _is_file(entry) and not _is_ignored(path, ignored):
                found.python.append(path)
        elif is_manifest(name, folder.has_programs) and _is_file(entry) and not _is_ignored(path, ignored):
            found.manifests.append(path)


def is_manifest(name: str, has_programs: bool = False) -> bool:
    """Whether a file may be a deployment file by its name; ``has_programs`` tells that it lies below a cdk.json."""
    if name.endswith(MANIFEST_SUFFIXES):
        return True
    if name.endswith(_PROGRAM_SUFFIXES):
        return has_programs or SERVICE_PROGRAM.fullmatch(name) is not None
    return IMAGE_FILE.fullmatch(name) is not None


def _exceptions(folder: str, entry: os.DirEntry[str]) -> Iterable[str]:
    """The deployment files of an excluded folder."""
    try:
        with os.scandir(entry.path) as scan:
            names = sorted(inner.name for inner in scan if inner.is_file())
    except OSError:
        return
    base = f"{folder}/{entry.name}" if folder else entry.name
    yield from (f"{base}/{name}" for name in names if name.endswith(_EXCEPTIONS[entry.name]))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a link that leads in a circle


def _is_copied_package(name: str, names: set[str]) -> bool:
    """Whether a folder beside somebody's code is a library that was copied there."""
    if "__init__.py" not in names:
        return False
    if name in _COPIED:
        return True
    from lambda_conn_lint.catalog import catalogue

    return not _VERSION_FILES.isdisjoint(names) and name in catalogue().packages


def _installed(entries: list[os.DirEntry[str]], names: set[str]) -> set[str]:
    """The entries of a folder that an installer has put there, by the records it left."""
    if not any(name.endswith(".dist-info") for name in names):
        return set()
    found: set[str] = set()
    for entry in entries:
        if entry.name.endswith(".dist-info"):
            found.add(entry.name)
            try:
                with open(os.path.join(entry.path, "RECORD"), encoding="utf-8", errors="replace") as record:
                    found.update(line.partition("/")[0].partition(",")[0] for line in record)
            except OSError:
                found.add(entry.name.partition("-")[0])
    return found


def _with_ignore_file(folder: _Folder) -> tuple[tuple[str, GitIgnoreSpec], ...]:
    from pathspec import GitIgnoreSpec

    try:
        with open(os.path.join(folder.absolute, ".gitignore"), encoding="utf-8", errors="replace") as lines:
            spec = GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):
        return folder.ignored  # what git cannot read ignores nothing
    return (*folder.ignored, (folder.path, spec))


def _is_ignored(path: str, ignored: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    """Whether git ignores a path: the innermost file that says anything of it decides."""
    for folder, spec in reversed(ignored):
        verdict = spec.check_file(path[len(folder) + 1 :] if folder else path).include
        if verdict is not None:
            return verdict
    return False
