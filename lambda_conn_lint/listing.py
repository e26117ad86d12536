"""Walking a project's tree: what is the author's, and what is a cache, a build copy, ignored by git, or vendored."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.configfile import FILES
from lambda_conn_lint.gitignore import Rules, rules

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

PROGRAM_SUFFIXES = (".ts", ".js", ".mts", ".mjs")
"""How the names of programs end that are deployment files below a folder with a cdk.json."""

# Files of excluded folders that are deployment files all the same: by the folder's name, how their names end.
_EXCEPTIONS = {".chalice": "config.json", "cdk.out": ".template.json"}

TEST_FOLDERS = frozenset({"test", "tests", "testing", "unit_tests", "integration_tests", "e2e"})
"""Folders of tests: what they deploy is made up, or is deployed by other files too."""

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

_WILD = frozenset("*?[/")


class Excludes:
    """Exclude patterns, as flake8 and ruff understand them: of a name, or of a path from the project's root."""

    def __init__(self, patterns: Iterable[str]) -> None:
        bare = [pattern.removeprefix("./").rstrip("/") for pattern in patterns]
        self._names = frozenset(name for name in bare if _WILD.isdisjoint(name))
        globs = [translate(pattern) for pattern in bare if "/" not in pattern and pattern not in self._names]
        paths = [translate(pattern) for pattern in bare if "/" in pattern]
        self._glob = re.compile("|".join(globs) or r"(?!)")
        self._path = re.compile("|".join(paths)) if paths else None

    def fit_name(self, name: str) -> bool:
        """Whether entries of this name are excluded, wherever they lie."""
        return name in self._names or self._glob.match(name) is not None

    def fit_path(self, path: str) -> bool:
        """Whether an entry is excluded by where it lies; what is above it is not looked at."""
        return self._path is not None and self._path.match(path) is not None

    def cover(self, path: str) -> bool:
        """Whether a file, or a folder that it lies in, fits."""
        for end in re.finditer("/|$", path):
            above = path[: end.start()]
            if self.fit_name(above.rpartition("/")[2]) or self.fit_path(above):
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
    is_beside_installed: bool  # whether an installer has left records of what it put there
    ignored: tuple[tuple[int, Rules], ...]  # the .gitignore files that hold here, each with where paths start for it
    has_programs: bool = False  # whether this folder or one above it has a cdk.json
    is_test: bool = False  # whether this folder or one above it is one of tests


def list_files(root: Path, excludes: Excludes) -> Listing:
    """What a project consists of. Unreadable folders are left out; symbolic links to folders are not followed."""
    found = Listing([], [], [], [])
    kinds = _Kinds(excludes)
    pending = [_Folder("", os.fspath(root), False, False, ())]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder.absolute) as scan:
                entries = {entry.name: entry for entry in scan}
        except OSError:
            continue
        if (folder.is_beside_code or folder.is_beside_installed) and _is_copied_package(folder, entries):
            continue
        if ".gitignore" in entries or "cdk.json" in entries:
            has_programs = folder.has_programs or "cdk.json" in entries
            has_rules = ".gitignore" in entries and not entries[".gitignore"].is_symlink()  # git follows none
            ignored = _with_ignore_file(folder) if has_rules else folder.ignored
            folder = folder._replace(ignored=ignored, has_programs=has_programs)
        if not WORKER_FILES.isdisjoint(entries):
            found.workers.extend(f"{folder.path}/{name}".lstrip("/") for name in WORKER_FILES.intersection(entries))
        if not entries.keys().isdisjoint(FILES):
            found.configured.append(folder.path)
        pending.extend(_list_folder(folder, entries, kinds, found))
    return found


# What the name of an entry says of it.
_OTHER, _PYTHON, _MANIFEST, _PROGRAM, _EXCLUDED, _RECORDS = range(6)


class _Kinds(dict[str, int]):
    """The kind of every name that was asked for: most names of a tree occur in many of its folders."""

    def __init__(self, excludes: Excludes) -> None:
        super().__init__()
        self.excludes = excludes

    def __missing__(self, name: str) -> int:
        kind = self[name] = self._kind(name)
        return kind

    def _kind(self, name: str) -> int:
        if name.endswith(".dist-info"):
            return _RECORDS
        if self.excludes.fit_name(name):
            return _EXCLUDED
        if name.endswith(".py"):
            return _PYTHON
        if is_manifest(name):
            return _MANIFEST
        return _PROGRAM if name.endswith(PROGRAM_SUFFIXES) else _OTHER


def _list_folder(
    folder: _Folder, entries: dict[str, os.DirEntry[str]], kinds: _Kinds, found: Listing
) -> Iterable[_Folder]:
    """Take in the files of a folder; the folders in it that are to be looked at."""
    for name in entries.keys() & _EXCEPTIONS.keys():
        found.manifests.extend(_exceptions(folder.path, entries[name]))
    prefix = f"{folder.path}/" if folder.path else ""
    records = [name for name in entries if kinds[name] == _RECORDS and entries[name].is_dir()]
    installed = _installed([entries[name] for name in records]) if records else frozenset()
    inner: list[os.DirEntry[str]] = []
    for name, entry in entries.items():
        kind = kinds[name]
        if kind >= _EXCLUDED or name in installed:
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and (kind == _OTHER or (kind == _PROGRAM and not folder.has_programs)):
            continue
        path = prefix + name
        if kinds.excludes.fit_path(path) or (folder.ignored and _is_ignored(path, name, is_folder, folder.ignored)):
            continue
        if is_folder:
            inner.append(entry)
        elif kind == _PYTHON:
            if _is_file(entry):
                found.python.append(path)
        elif not folder.is_test and _is_file(entry):
            found.manifests.append(path)
    has_code = bool(inner) and any(name.endswith(".py") for name in entries)
    return [
        _Folder(
            path=prefix + entry.name,
            absolute=entry.path,
            is_beside_code=has_code,
            is_beside_installed=bool(records),
            ignored=folder.ignored,
            has_programs=folder.has_programs,
            is_test=folder.is_test or entry.name in TEST_FOLDERS,
        )
        for entry in inner
    ]


def is_manifest(name: str, has_programs: bool = False) -> bool:
    """Whether a file may be a deployment file by its name; ``has_programs`` tells that it lies below a cdk.json."""
    if name.endswith(MANIFEST_SUFFIXES):
        return True
    if name.endswith(PROGRAM_SUFFIXES):
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


def _is_copied_package(folder: _Folder, entries: Mapping[str, os.DirEntry[str]]) -> bool:
    """Whether a folder beside somebody's code, or beside what was installed, is a library that was copied there."""
    package = entries.get("__init__.py")
    if package is None:
        return False
    name = folder.path.rpartition("/")[2]
    if name in _COPIED:
        return True
    is_versioned = any(version in entries for version in _VERSION_FILES)
    if not is_versioned and not folder.is_beside_installed:
        return False
    from lambda_conn_lint.catalog import catalogue

    if name in sys.stdlib_module_names or name not in catalogue().packages:
        return False
    return is_versioned or _tells_version(package.path)


def _tells_version(path: str) -> bool:
    """Whether a module says which version it is of, as libraries do."""
    try:
        with open(path, "rb") as file:
            return b"__version__" in file.read()
    except OSError:
        return False


def _installed(records: Iterable[os.DirEntry[str]]) -> frozenset[str]:
    """The entries of a folder that an installer has put there, by the records it left."""
    return frozenset(name for entry in records for name in _recorded(entry))


def _recorded(entry: os.DirEntry[str]) -> set[str]:
    try:
        with open(os.path.join(entry.path, "RECORD"), encoding="utf-8", errors="replace") as record:
            return {line.partition("/")[0].partition(",")[0] for line in record}
    except OSError:
        return {entry.name.partition("-")[0]}


def _with_ignore_file(folder: _Folder) -> tuple[tuple[int, Rules], ...]:
    try:
        with open(os.path.join(folder.absolute, ".gitignore"), "rb") as file:
            here = rules(file.read())
    except OSError:
        return folder.ignored  # what git cannot read ignores nothing
    return (*folder.ignored, (len(folder.path) + 1 if folder.path else 0, here))


def _is_ignored(path: str, name: str, is_folder: bool, ignored: tuple[tuple[int, Rules], ...]) -> bool:
    """Whether git ignores an entry: the innermost file that says anything of it decides."""
    for start, here in reversed(ignored):
        verdict = here.verdict(path[start:], name, is_folder)
        if verdict is not None:
            return verdict
    return False
