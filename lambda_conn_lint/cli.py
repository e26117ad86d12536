"""The command ``lambda-conn-lint``: arguments in, exit code out.

Exit codes: 0 nothing found, 1 findings (an unparsable file is one), 2 wrong usage or an internal error.
Standard output carries the chosen format and nothing else; what is said about the run goes to standard error.
"""

from __future__ import annotations

import io
import os
import sys
import time
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from lambda_conn_lint import report
from lambda_conn_lint.options import Options, UsageError, parse
from lambda_conn_lint.report.model import Outcome, Style
from lambda_conn_lint.rules import INTERNAL_ERROR
from lambda_conn_lint.selection import UnknownSelectorError, expand
from lambda_conn_lint.targets import MissingPathError, Target
from lambda_conn_lint.terminal import Progress, wants_colour, wants_progress

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

_CHECK_USAGE = """lambda-conn-lint [check] [OPTIONS] [PATHS ...]
       lambda-conn-lint rule [OPTIONS] CODES ...
       lambda-conn-lint show handlers [OPTIONS] [PATHS ...]
       lambda-conn-lint show clients [OPTIONS]"""
_CHECK_HELP = """Finds clients that a serverless handler builds again on every invocation.

Checks the given files and folders, or the working directory; '-' is standard input. The whole project
of each path is analysed, and what lies in the given paths is reported. A folder that is called check,
rule or show is given as ./check."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (``None``: the process's own, without its name); the exit code."""
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, UnknownSelectorError, MissingPathError, OSError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except SystemExit:  # --help and --version have printed what they have to
        return CLEAN
    except Exception:
        traceback.print_exc()
        return _fail("internal error; nothing was checked. Please report it with the lines above")


def _dispatch(arguments: list[str]) -> int:
    """A sub-command is the first word only, and ``show`` takes a second: folders may be called handlers or clients."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first == "rule":
        return _rule(rest)
    if first == "show":
        return _show(rest)
    return _check(rest if first == "check" else arguments)


def _check(arguments: list[str]) -> int:
    options = parse("check", arguments, usage=_CHECK_USAGE, description=_CHECK_HELP)
    from lambda_conn_lint import runner

    started = time.monotonic()
    cwd = Path.cwd()
    settings = runner.settings(options)
    targets = runner.targets(options, cwd, _read_stdin)
    progress = Progress(sys.stderr) if not options.quiet and wants_progress(sys.stderr, os.environ) else None
    try:
        outcome = runner.run(targets, settings, cwd, progress)
    finally:
        if progress is not None:
            progress.close()
    _describe(options, targets, time.monotonic() - started)
    document = report.FORMATS[options.output_format]
    written = document.statistics if options.statistics else document.findings
    _write(written(outcome, _style(options)), options)
    return _status(outcome, options)


def _show(arguments: list[str]) -> int:
    lists = {"handlers": _show_handlers, "clients": _show_clients}
    what = arguments[0] if arguments else ""
    if what not in lists:
        nearest = get_close_matches(what, lists, n=1, cutoff=0.0)[0]
        raise UsageError(f"'show' takes 'handlers' or 'clients', the nearest to {what!r} is {nearest!r}")
    return lists[what](arguments[1:])


def _show_handlers(arguments: list[str]) -> int:
    options = parse(
        "show handlers",
        arguments,
        usage="lambda-conn-lint show handlers [OPTIONS] [PATHS ...]",
        description="Lists the functions that a platform calls on every invocation, and how each one is known.",
    )
    from lambda_conn_lint import runner
    from lambda_conn_lint.report import handlers

    cwd = Path.cwd()
    targets = runner.targets(options, cwd, _read_stdin)
    known = runner.known_handlers(targets, runner.settings(options), cwd)
    _describe(options, targets)
    if options.list_format == "text":
        _write(handlers.as_text(*known), options)
        return CLEAN
    for line in () if options.quiet else handlers.open_ends(known.unresolved, known.unreadable):
        _say(f"warning: {line}")
    _write(handlers.as_json(known.handlers), options)
    return CLEAN


def _show_clients(arguments: list[str]) -> int:
    options = parse(
        "show clients",
        arguments,
        usage="lambda-conn-lint show clients [OPTIONS]",
        description="Lists the constructors of client libraries that are known, with the code that each one gets.",
    )
    if options.paths:
        raise UsageError(f"'show clients' takes no paths, {options.paths[0]!r} was given")
    from lambda_conn_lint.catalog import CLIENTS
    from lambda_conn_lint.report import clients

    _write(clients.render(CLIENTS, as_json=options.list_format == "json"), options)
    return CLEAN


def _rule(arguments: list[str]) -> int:
    options = parse(
        "rule",
        arguments,
        usage="lambda-conn-lint rule [OPTIONS] CODES ...",
        description="Explains rules: codes, beginnings of codes, or ALL.",
    )
    if not options.paths:
        raise UsageError("'rule' takes at least one code, such as LCL101, LCL2 or ALL")
    from lambda_conn_lint.report import rules

    named = sorted({rule for selector in options.paths for rule in expand(selector)})
    _write(rules.render(named, as_json=options.list_format == "json"), options)
    return CLEAN


def _status(outcome: Outcome, options: Options) -> int:
    if any(finding.code == INTERNAL_ERROR for finding in outcome.findings):
        return FAILED
    return FOUND if outcome.findings and not options.exit_zero else CLEAN


def _style(options: Options) -> Style:
    to_file = options.output_file is not None
    colour = options.color == "always" if to_file else wants_colour(options.color, sys.stdout, os.environ)
    return Style(colour=colour, summary=not options.quiet)


def _describe(options: Options, targets: Sequence[Target], seconds: float | None = None) -> None:
    files = sum(len(target.files()) for target in targets)
    if not files and not options.quiet:
        hint = " (--no-force-exclude checks excluded ones too)" if options.force_exclude else ""
        _say(f"warning: no Python files to check under the given paths{hint}")
    if options.verbose:
        for target in targets:
            asked = len(target.files())
            _say(f"project {target.project.root}: {len(target.project.python)} Python files, {asked} asked for")
        if seconds is not None:
            _say(f"took {seconds:.2f} s")


def _write(text: str, options: Options) -> None:
    """Write what was asked for; a reader that has seen enough and is gone does not change the exit code."""
    if options.output_file is not None:
        Path(options.output_file).write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read()


def _fail(message: str) -> int:
    _say(f"error: {message}")
    return FAILED


def _say(message: str) -> None:
    print(f"lambda-conn-lint: {message}", file=sys.stderr)
