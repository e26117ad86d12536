"""The command ``lambda-conn-lint``: arguments in, exit code out.

Exit codes: 0 nothing found or nothing left, 1 findings (an unparsable file is one), 2 wrong usage, a file that cannot
be written or an internal error. Standard output carries the chosen format and nothing else; what is said about the run
goes to standard error.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from lambda_conn_lint.baseline import BaselineError
from lambda_conn_lint.checking import CLEAN, FAILED, check, describe
from lambda_conn_lint.command_line import parse, second_word
from lambda_conn_lint.config import ConfigError
from lambda_conn_lint.options import UsageError
from lambda_conn_lint.selection import UnknownSelectorError, expand
from lambda_conn_lint.targets import MissingPathError
from lambda_conn_lint.terminal import read_stdin, say, write

_INTERRUPTED = 130
_COLLECT_AFTER = 50_000
"""New objects between two collections of garbage. Trees are hardly ever any: Python's 700 cost a tenth of a run."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (``None``: the process's own, without its name); the exit code."""
    thresholds = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *thresholds[1:])
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, ConfigError, BaselineError, UnknownSelectorError, MissingPathError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except KeyboardInterrupt:
        say("interrupted")
        return _INTERRUPTED
    except SystemExit:  # --help and --version have printed what they have to
        return CLEAN
    except Exception:
        import traceback

        traceback.print_exc()
        return _fail("internal error; nothing was checked. Please report it with the lines above")
    finally:
        gc.set_threshold(*thresholds)


def _dispatch(arguments: list[str]) -> int:
    """A sub-command is the first word only, and ``show`` takes a second: folders may be called handlers or clients."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first in ("baseline", "show") and rest[:1] in (["--help"], ["-h"]):
        return check(["--help"])  # which tells the words that may follow
    if first == "rule":
        return _rule(rest)
    if first == "baseline":
        from lambda_conn_lint import baselining

        return baselining.run(rest)
    if first == "show":
        return _show(rest)
    return check(rest if first == "check" else arguments)


def _show(arguments: list[str]) -> int:
    lists = {
        "handlers": _show_handlers,
        "clients": _show_clients,
        "config": _show_config,
        "schema": _show_schema,
    }
    return lists[second_word("show", arguments, tuple(lists))](arguments[1:])


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
    known = runner.known_handlers(targets, cwd)
    describe(options, targets)
    if options.list_format == "text":
        write(handlers.as_text(*known), options.output_file, sys.stdout)
        return CLEAN
    if not options.quiet:
        for line in handlers.open_ends(known.unresolved, known.unreadable):
            say(f"warning: {line}")
        for line in handlers.without(known.left_out):
            say(f"left out: {line}")
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
    from lambda_conn_lint import runner
    from lambda_conn_lint.catalog import CLIENTS
    from lambda_conn_lint.client_table import rows
    from lambda_conn_lint.report import clients

    known = rows(CLIENTS, runner.for_run(options, Path.cwd()).clients)
    write(clients.render(known, as_json=options.list_format == "json"), options.output_file, sys.stdout)
    return CLEAN


def _show_config(arguments: list[str]) -> int:
    options = parse(
        "show config",
        arguments,
        usage="lambda-conn-lint show config [OPTIONS] [PATHS ...]",
        description="Lists the settings that hold for the projects of the given paths, and where each comes from.",
    )
    from lambda_conn_lint import runner
    from lambda_conn_lint.report import config

    cwd = Path.cwd()
    projects = [
        config.Settings(target.shown("", cwd), target.loaded) for target in runner.targets(options, cwd, read_stdin)
    ]
    run = runner.loaded(options, cwd)
    listed = config.as_json if options.list_format == "json" else config.as_text
    write(listed(run, projects), options.output_file, sys.stdout)
    return CLEAN


def _show_schema(arguments: list[str]) -> int:
    options = parse(
        "show schema",
        arguments,
        usage="lambda-conn-lint show schema [OPTIONS]",
        description="Prints the JSON schema of the table [tool.lambda-conn-lint] in pyproject.toml.",
    )
    if options.paths:
        raise UsageError(f"'show schema' takes no paths, {options.paths[0]!r} was given")
    from lambda_conn_lint import schema

    write(schema.render(), options.output_file, sys.stdout)
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
