"""The findings of one file at a time, for a linter that hands over file after file and knows nothing of projects.

The project of a file is looked at as a whole when its first file is asked for, and once: what is known of it serves all
its files. A file that is asked for again, or that has changed since, starts that anew, and so a process that lints for
long never tells of a text that is gone.
"""

from __future__ import annotations

import gc
import importlib
import os
import tokenize
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lambda_conn_lint import check, config, messages, runner, targets
from lambda_conn_lint.baseline import BaselineError
from lambda_conn_lint.collector import Audible, known
from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.project import Marks, Project, find_root, is_test
from lambda_conn_lint.rules import INTERNAL_ERROR
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.targets import Target

if TYPE_CHECKING:
    from lambda_conn_lint.surroundings import Surroundings

_Stamp: TypeAlias = tuple[int, int, int]
_NAMELESS = "<stdin>.py"


class FileByFile:
    """Answers for single files. ``given`` are options that win over what the projects' configuration files say."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given
        self._folders: dict[str, tuple[Path, str]] = {}
        self._marks: dict[Path, Marks] = {}
        self._snapshots: dict[Path, _Snapshot] = {}

    def findings(self, filename: str | None, lines: Sequence[str]) -> Sequence[Finding]:
        """What is found in a file, sorted; ``lines`` is its text as it is to be taken, with ``\\n`` at the ends.

        A text without a name is taken for a file in the working directory. Paths in the findings are relative to the
        project's root. A configuration or a baseline that makes no sense is a finding in each file of the project.
        Raises whatever a defect raises.
        """
        folder, name = os.path.split(os.path.abspath(_NAMELESS if filename is None else filename))
        root, within = self._located(folder)
        path = f"{within}/{name}" if within else name
        if is_test(path):
            return ()
        snapshot = self._snapshots.get(root)
        if snapshot is None or not snapshot.is_current(path):
            try:
                snapshot = self._snapshots[root] = _Snapshot(root, self._given)
            except (config.ConfigError, BaselineError) as error:
                return (Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, messages.unparsable(str(error))),)
        return snapshot.findings(path, lines)

    def _located(self, folder: str) -> tuple[Path, str]:
        """The root of the project that a folder belongs to, and where in it that is."""
        if folder not in self._folders:
            resolved = Path(folder).resolve()
            root = find_root(resolved, self._marks)
            within = resolved.relative_to(root).as_posix()
            self._folders[folder] = root, "" if within == "." else within
        return self._folders[folder]


class _Snapshot:
    """A project as it was on disk when it was first asked for."""

    def __init__(self, root: Path, given: Mapping[str, object]) -> None:
        cwd = Path.cwd()
        named = given.get("config")
        named_path = None if named is None else Path(str(named))
        loaded = config.load(root, given, config=named_path, isolated=bool(given.get("isolated")))
        self._target = targets.whole_project(root, loaded, cwd)
        self._exclude = targets.excludes(loaded, root, cwd)
        self._is_excluded = targets.is_excluded(root, loaded, cwd)
        self._stamps = {path: _stamp(root, path) for path in self._target.project.python}
        self._asked: set[str] = set()
        self._audible = Audible(self._target, known(self._target, cwd))
        self._on_disk = _Link(self._target, self._audible)

    def is_current(self, path: str) -> bool:
        """Whether this is the moment to tell of a file: it is asked for the first time, and is as it was."""
        return path not in self._asked and self._stamps.get(path) in (None, _stamp(self._target.project.root, path))

    def findings(self, path: str, lines: Sequence[str]) -> Sequence[Finding]:
        """What is found in a file with this text, which may be newer than the disk's."""
        self._asked.add(path)
        project = self._target.project
        if self._is_excluded:
            return ()
        if project.has(path):
            if _is_text(project, path, lines):
                return self._on_disk.findings(path)
            project = project.with_overlay({path: _encoded(lines)})
        elif project.exists(path) or project.is_excluded(path):
            return ()
        else:
            project = Project(project.root, {path: _encoded(lines)}, exclude=self._exclude)
        return _Link(self._target._replace(project=project), self._audible).findings(path)


class _Link:
    """One project, linked when the first of its files is asked for that may hold findings."""

    def __init__(self, target: Target, audible: Audible) -> None:
        self._target = target
        self._audible = audible
        self._settings = runner.settings(target.options, target.codes)
        self._failure: Exception | None = None
        self._surroundings: Surroundings | None = None

    def findings(self, path: str) -> Sequence[Finding]:
        """What is found in a file. Raises the same again where linking the project has failed once."""
        if self._failure is not None:
            raise self._failure
        try:
            found = self._found.get(path) if path in self._near else None
        except Exception as error:
            self._failure = error.with_traceback(None)
            raise
        return self._audible.but_baselined(found, self._target.project.read(path)) if found else ()

    @cached_property
    def _near(self) -> frozenset[str]:
        """The files that may hold findings."""
        _settle("lambda_conn_lint.screen")
        screened = check.screen(self._target.project, self._settings)
        if screened is None:
            return frozenset()
        self._surroundings = check.surroundings(screened)
        return self._surroundings.near_clients

    @cached_property
    def _found(self) -> Mapping[str, list[Finding]]:
        """The findings of every file, and with them the defects in files whose facts they depend on."""
        around = self._surroundings
        assert around is not None, "there are files that may hold findings"
        _settle("lambda_conn_lint.linking")
        found: dict[str, list[Finding]] = {}
        for finding in check.report(check.link(around, self._settings), self._settings).findings:
            is_defect = finding.code == INTERNAL_ERROR
            if is_defect or not self._target.ignores(finding.filename, finding.code):
                found.setdefault(finding.filename, []).append(finding)
            if is_defect:
                for path in around.related(finding.filename):
                    message = f"{finding.filename}: {finding.message}"
                    found.setdefault(path, []).append(finding._replace(filename=path, message=message))
        self._surroundings = None  # a run may go on for long
        return found


@cache
def _settle(module: str) -> None:
    """Load a module, and take all that is loaded by now out of the garbage collector's sight, once per process.

    It stays until the end in any case, and the linter makes enough garbage for it to be walked over again and again.
    """
    importlib.import_module(module)
    if hasattr(gc, "freeze"):  # PyPy has none
        gc.freeze()


def _stamp(root: Path, path: str) -> _Stamp | None:
    try:
        status = os.stat(root / path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _is_text(project: Project, path: str, lines: Sequence[str]) -> bool:
    """Whether a file holds this text."""
    try:
        data = project.read(path)
    except OSError:
        return False
    return data == "".join(lines).encode("utf-8", "replace") or read_lines(data) == list(lines)


def _encoded(lines: Sequence[str]) -> bytes:
    """The bytes that a text stands for: in the encoding that it declares, by which they are read again."""
    text = "".join(lines)
    beginning = iter([line.encode("utf-8", "replace") for line in lines[:2]])
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(beginning))
        return text.encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return text.encode("utf-8", "replace")
