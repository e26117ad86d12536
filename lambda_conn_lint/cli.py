"""The command ``lambda-conn-lint``: arguments in, exit code out.

Exit codes: 0 nothing found or nothing left, 1 findings (an unparsable file is one), 2 wrong usage, a file that cannot
be written or an internal error. Standard output carries the chosen format and nothing else; what is said about the run
goes to standard error.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from lambda_conn_lint.checking import CLEAN, FAILED, check, describe
from lambda_conn_lint.options import UsageError, parse
from lambda_conn_lint.selection import UnknownSelectorError, expand
from lambda_conn_lint.targets import MissingPathError
from lambda_conn_lint.terminal import read_stdin, say, write

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (``None``: the process's own, without its name); the exit code."""
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, UnknownSelectorError, MissingPathError, OSError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        say("interrupted")
        return _INTERRUPTED
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
    return check(rest if first == "check" else arguments)


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
    targets = runner.targets(options, cwd, read_stdin)
    known = runner.known_handlers(targets, runner.settings(options), cwd)
    describe(options, targets)
    if options.list_format == "text":
        write(handlers.as_text(*known), options.output_file, sys.stdout)
        return CLEAN
    for line in () if options.quiet else handlers.open_ends(known.unresolved, known.unreadable):
        say(f"warning: {line}")
    write(handlers.as_json(known.handlers), options.output_file, sys.stdout)
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

    write(clients.render(CLIENTS, as_json=options.list_format == "json"), options.output_file, sys.stdout)
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
    write(rules.render(named, as_json=options.list_format == "json"), options.output_file, sys.stdout)
    return CLEAN


def _fail(message: str) -> int:
    say(f"error: {message}")
    return FAILED
