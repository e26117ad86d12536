"""The sub-command ``check``: what is found, shown as findings or as a diff, and fixed.

Fixes are worked out for whoever sees them: not for ``--statistics``, which only counts what is found.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from lambda_conn_lint import report
from lambda_conn_lint.command_line import parse
from lambda_conn_lint.options import Options, UsageError
from lambda_conn_lint.report.model import Outcome, Style
from lambda_conn_lint.report.summary import would_fix
from lambda_conn_lint.rules import BY_CODE, INTERNAL_ERROR
from lambda_conn_lint.targets import Target
from lambda_conn_lint.terminal import Progress, read_stdin, say, wants_colour, wants_progress, write, write_bytes

if TYPE_CHECKING:
    from lambda_conn_lint.runner import Fixed

CLEAN, FOUND, FAILED = 0, 1, 2

_USAGE = """lambda-conn-lint [check] [OPTIONS] [PATHS ...]
       lambda-conn-lint baseline write|check|prune [OPTIONS] [PATHS ...]
       lambda-conn-lint rule [OPTIONS] CODES ...
       lambda-conn-lint show handlers [OPTIONS] [PATHS ...]
       lambda-conn-lint show clients [OPTIONS]
       lambda-conn-lint show config [OPTIONS] [PATHS ...]
       lambda-conn-lint show schema"""
_HELP = """Finds clients that a serverless handler builds again on every invocation, and with --fix keeps them.

Checks the given files and folders, or the working directory; '-' is standard input. The whole project
of each path is analysed, and what lies in the given paths is reported. A folder that is called check,
baseline, rule or show is given as ./check."""


def check(arguments: list[str]) -> int:
    """Run the sub-command with these arguments; the exit code. Raises what ``cli.main`` turns into one."""
    options = parse("check", arguments, usage=_USAGE, description=_HELP)
    from lambda_conn_lint import runner

    started = time.monotonic()
    cwd = Path.cwd()
    options = runner.for_run(options, cwd)
    call = _Call(options, cwd, cache(read_stdin))
    _written(options)  # statistics in a format without them are an error, before anything is fixed
    targets = call.targets()
    changing = options.fix or options.diff
    progress = Progress(sys.stderr) if not options.quiet and wants_progress(sys.stderr, os.environ) else None
    try:
        if changing:
            fixed = runner.fix(targets, options, cwd, progress)
        elif options.statistics:
            outcome = runner.run(targets, cwd, progress)
        else:
            outcome = runner.run_with_fixes(targets, options, cwd, progress)
    finally:
        if progress is not None:
            progress.close()
    describe(options, targets, time.monotonic() - started)
    for warning in (fixed.outcome if changing else outcome).warnings:
        if not options.quiet and not options.reads_stdin:  # an editor asks about a text that is being written
            say(f"warning: {warning}")
    if not changing:
        return _report(outcome, options, sys.stdout)
    for path, why in fixed.failed.items():
        say(f"warning: {path}: not every fix was kept: {why}")
    return _show_diff(fixed, options) if options.diff else _write_fixes(fixed, call)


def describe(options: Options, targets: Sequence[Target], seconds: float | None = None) -> None:
    """Say on standard error what there was to check, and in how many seconds, as far as the user wants to know."""
    files = sum(len(target.files()) for target in targets)
    if not files and not options.quiet and not any(_has_code(target) for target in targets):
        hint = " (--no-force-exclude checks excluded ones too)" if options.force_exclude else ""
        say(f"warning: no Python files to check under the given paths{hint}")
    if options.verbose:
        for target in targets:
            asked = len(target.files())
            say(f"project {target.project.root}: {len(target.project.python)} Python files, {asked} asked for")
        if seconds is not None:
            say(f"took {seconds:.2f} s")


def _has_code(target: Target) -> bool:
    """Whether deployment files that were asked for may hold code themselves."""
    from lambda_conn_lint.inline import with_code

    return any(with_code(target.project, filter(target.wants, target.project.manifests)))


class _Call(NamedTuple):
    """What one call of the sub-command works with."""

    options: Options
    cwd: Path
    stdin: Callable[[], bytes]

    def targets(self) -> list[Target]:
        """What to check, as it is on disk now."""
        from lambda_conn_lint import runner

        return runner.targets(self.options, self.cwd, self.stdin)


def _write_fixes(fixed: Fixed, call: _Call) -> int:
    """Write what was fixed, and report what remains: of files that cannot be written, everything."""
    from lambda_conn_lint import runner

    if call.options.reads_stdin:
        write_bytes(next((change.after for change in fixed.changes), call.stdin()), None)
        return _report(fixed.outcome, call.options, sys.stderr)
    unwritten = runner.write(fixed.changes)
    if not unwritten:
        return _report(fixed.outcome, call.options, sys.stdout)
    for path, why in unwritten.items():
        say(f"error: {path} could not be written: {why}")
    remaining = runner.run_with_fixes(call.targets(), call.options, call.cwd, None)
    written = tuple(finding for finding in fixed.outcome.fixed if finding.filename not in unwritten)
    _report(remaining._replace(fixed=written), call.options, sys.stdout)
    return FAILED


def _show_diff(fixed: Fixed, options: Options) -> int:
    """Print what would be changed; of the findings only what kept a file from being checked, on standard error."""
    from lambda_conn_lint.report.diff import unified

    diff = "".join(
        unified(change.shown, change.before, change.after)
        for change in sorted(fixed.changes, key=lambda change: change.shown)
    )
    write_bytes(diff.encode("utf-8"), options.output_file)
    for finding in fixed.outcome.findings:
        if BY_CODE[finding.code].about_run:
            say(f"{'error' if finding.code == INTERNAL_ERROR else 'warning'}: {finding.filename}: {finding.message}")
    if not options.quiet:
        say(would_fix(fixed.outcome))
    if _is_broken(fixed.outcome):
        return FAILED
    return FOUND if fixed.changes and not options.exit_zero else CLEAN


def _report(outcome: Outcome, options: Options, stream: TextIO) -> int:
    """Write the findings in the chosen format; the exit code that they make."""
    write(_written(options)(outcome, _style(options, stream)), options.output_file, stream)
    if _is_broken(outcome):
        return FAILED
    counts = bool(outcome.findings) or (bool(outcome.fixed) and options.exit_non_zero_on_fix)
    return FOUND if counts and not options.exit_zero else CLEAN


def _written(options: Options) -> Callable[[Outcome, Style], str]:
    """What the chosen format makes of an outcome. Raises ``UsageError`` for statistics where it has none."""
    document = report.load(options.output_format)
    if not options.statistics:
        return document.findings
    if document.statistics is None:
        able = ", ".join(name for name in report.FORMATS if report.load(name).statistics is not None)
        raise UsageError(f"--statistics has no form as {options.output_format}, only as {able}")
    return document.statistics


def _is_broken(outcome: Outcome) -> bool:
    return any(finding.code == INTERNAL_ERROR for finding in outcome.findings)


def _style(options: Options, stream: TextIO) -> Style:
    to_file = options.output_file is not None
    colour = options.color == "always" if to_file else wants_colour(options.color, stream, os.environ)
    return Style(colour=colour, summary=not options.quiet, fixes=options.show_fixes)
