"""The sub-commands ``baseline write``, ``baseline check`` and ``baseline prune``."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from lambda_conn_lint import baseline
from lambda_conn_lint.baseline import Entry, Stale
from lambda_conn_lint.checking import CLEAN, FAILED, FOUND, describe
from lambda_conn_lint.command_line import parse, second_word
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.option_types import Face
from lambda_conn_lint.options import UsageError
from lambda_conn_lint.report.excerpt import printable
from lambda_conn_lint.report.summary import number_of
from lambda_conn_lint.rules import INTERNAL_ERROR
from lambda_conn_lint.targets import Target, shown
from lambda_conn_lint.terminal import Progress, read_stdin, say, wants_progress, write

if TYPE_CHECKING:
    from lambda_conn_lint.collector import Audible

_USAGE = "lambda-conn-lint {} [OPTIONS] [PATHS ...]"
_WRITE: Final = "baseline write"
_CHECK: Final = "baseline check"
_PRUNE: Final = "baseline prune"
_HELP: dict[Face, str] = {
    _WRITE: "Writes the findings in the given files and folders, or the working directory, into the baseline, in place "
    "of\nwhat it says about these; 'check' leaves them alone from then on.",
    _CHECK: "Lists what the baseline counts and is not found any more. Exit code 1 if there is something.",
    _PRUNE: "Takes out of the baseline what is not found any more; nothing is added to it.",
}


def run(arguments: Sequence[str]) -> int:
    """Run the sub-command that the first argument names with the others; the exit code.

    Raises what ``cli.main`` turns into one.
    """
    faces = {face.partition(" ")[2]: face for face in _HELP}
    face = faces[second_word("baseline", arguments, tuple(faces))]
    options = parse(face, arguments[1:], usage=_USAGE.format(face), description=_HELP[face])
    if options.reads_stdin:
        raise UsageError("a baseline is about files, not about standard input")
    from lambda_conn_lint import runner

    cwd = Path.cwd()
    targets = runner.targets(options, cwd, read_stdin)
    progress = Progress(sys.stderr) if not options.quiet and wants_progress(sys.stderr, os.environ) else None
    try:
        concerned = targets if face == _WRITE else _with_baseline(targets)
        looked = [_look(target, cwd, progress, is_new=face == _WRITE) for target in concerned]
    finally:
        if progress is not None:
            progress.close()
    describe(options, targets)
    summary = _STEPS[face](looked, cwd)
    stale = [line for look in looked for line in _stale_lines(look, cwd)] if face != _WRITE else []
    write("".join([*stale, *(() if options.quiet else summary)]), None, sys.stdout)
    is_broken = [_tell(look, cwd, quiet=options.quiet) for look in looked]
    if any(is_broken):
        return FAILED
    return FOUND if stale and face == _CHECK else CLEAN


def _with_baseline(targets: list[Target]) -> list[Target]:
    """The projects that have a baseline or name one; all of them where none does, which is an error."""
    return [one for one in targets if one.options.baseline is not None or one.baseline.exists()] or targets


class _Look(NamedTuple):
    """One project: what its baseline counts, what is found, and the files in which findings may be missing."""

    target: Target
    file: Path
    audible: Audible
    found: Counter[Entry]
    unchecked: frozenset[str]
    problems: tuple[Finding, ...]

    @property
    def stale(self) -> list[Stale]:
        return self.audible.stale(self.found, self.unchecked)

    def covers(self, entry: Entry) -> bool:
        return self.audible.covers(entry, self.unchecked)


def _look(target: Target, cwd: Path, progress: Progress | None, *, is_new: bool) -> _Look:
    """Check a project as ``check`` would without a baseline. Raises ``BaselineError``.

    ``is_new`` is whether the baseline may be missing.
    """
    from lambda_conn_lint import runner
    from lambda_conn_lint.check import check
    from lambda_conn_lint.collector import Audible, by_file

    file = target.baseline
    counts = {} if is_new and not file.exists() else baseline.load(file, shown(file, cwd))
    audible = Audible(target, counts)
    report = check(target.project, runner.settings(target.options, target.codes), progress)
    found: Counter[Entry] = Counter()
    for _, data, findings in by_file(target, report.findings, {}):
        found += audible.entries(findings, data or b"")
    problems = () if report.linking is None else tuple(report.linking.problems())
    return _Look(target, file, audible, found, report.unchecked, problems)


def _tell(look: _Look, cwd: Path, *, quiet: bool) -> bool:
    """Say which files could not be checked; whether a defect of this tool is among the reasons."""
    for problem in look.problems:
        is_defect = problem.code == INTERNAL_ERROR
        if is_defect or not quiet:
            path = look.target.shown(problem.filename, cwd)
            say(f"{'error' if is_defect else 'warning'}: {path}: {problem.message}")
    return any(problem.code == INTERNAL_ERROR for problem in look.problems)


def _write(looked: Sequence[_Look], cwd: Path) -> list[str]:
    lines: list[str] = []
    for look in looked:
        counts = baseline.rewritten(look.audible.counts, look.found, look.covers)
        if not counts and look.target.options.baseline is None and not look.file.exists():
            lines.append(f"Nothing to write to {shown(look.file, cwd)}.\n")
            continue
        _save(look.file, counts)
        files = number_of(len({entry.path for entry in counts}), "file")
        lines.append(f"{shown(look.file, cwd)} now counts {number_of(sum(counts.values()), 'finding')} in {files}.\n")
    return lines


def _check(looked: Sequence[_Look], cwd: Path) -> list[str]:
    return [_summary(look, cwd, "has") for look in looked]


def _prune(looked: Sequence[_Look], cwd: Path) -> list[str]:
    for look in looked:
        if look.stale:
            _save(look.file, baseline.pruned(look.audible.counts, look.stale))
    return [_summary(look, cwd, "has lost") for look in looked]


_STEPS: dict[Face, Callable[[Sequence[_Look], Path], list[str]]] = {
    _WRITE: _write,
    _CHECK: _check,
    _PRUNE: _prune,
}


def _stale_lines(look: _Look, cwd: Path) -> list[str]:
    return [
        f"{printable(look.target.shown(entry.path, cwd))}: {entry.code} {printable(entry.text)}: "
        f"{found or 'none'} of {counted} left\n"
        for entry, counted, found in look.stale
    ]


def _summary(look: _Look, cwd: Path, verb: str) -> str:
    number = len(look.stale)
    what = f"{number or 'no'} stale {'entry' if number == 1 else 'entries'}"
    return f"{shown(look.file, cwd)} {verb} {what}.\n"


def _save(file: Path, counts: baseline.Counts) -> None:
    from lambda_conn_lint.fix.write import write_new

    try:
        write_new(file, baseline.rendered(counts))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None  # it may be about a temporary file beside it
