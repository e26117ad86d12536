"""Every option, declared once: its name, default and type, what it is for, and where it may be given.

``Options`` is both the declaration and the value. The command line's parser is built from its fields, so that an
option is added by adding a field; other places that take options read the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, cast

from lambda_conn_lint.client_table import CLIENT_KEYS, Declared
from lambda_conn_lint.handlers.model import AUTO, MODES, PLATFORMS
from lambda_conn_lint.option_types import CODE, GLOB, HANDLER, QUALIFIED, Face, Option, one_of
from lambda_conn_lint.report import FORMATS

_EVERYWHERE: tuple[Face, ...] = ("check", "show handlers", "show clients", "show config", "show schema", "rule")
_BASELINE: tuple[Face, ...] = ("baseline write", "baseline check", "baseline prune")
_PROJECTS: tuple[Face, ...] = ("check", "show handlers", *_BASELINE)
_CONFIGURED: tuple[Face, ...] = ("check", "show handlers", "show clients", "show config", *_BASELINE, "flake8")
_LISTS: tuple[Face, ...] = ("show handlers", "show clients", "show config", "rule")
_SETTING: tuple[Face, ...] = ("check", "file")
_REPORTED: tuple[Face, ...] = ("check", *_BASELINE, "file")
_ANALYSIS: tuple[Face, ...] = ("check", "show handlers", *_BASELINE, "file", "flake8")

STDIN = "-"
"""What stands for standard input among the paths."""


class UsageError(Exception):
    """What the user asked for makes no sense; the text says what, for people."""


def _option(default: object, option: Option) -> Any:
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True)
class Options:
    """What one call of the command was asked to do.

    ``paths`` is what stands on the command line beside options; ``given`` names the fields of options that stand there.
    """

    paths: tuple[str, ...] = ()
    given: frozenset[str] = field(default=frozenset(), compare=False)
    config: str | None = _option(
        None, Option("value", "read the configuration from this file, and from no other", _CONFIGURED, "FILE")
    )
    isolated: bool = _option(False, Option("flag", "read no configuration file", _CONFIGURED))
    select: tuple[str, ...] | None = _option(
        None, Option("list", "report these codes or prefixes only (ALL: every code)", _REPORTED, "CODES", item=CODE)
    )
    ignore: tuple[str, ...] = _option(
        (), Option("list", "do not report these codes or prefixes", _REPORTED, "CODES", item=CODE)
    )
    extend_select: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "report these codes too, on top of the default or --select",
            (*_REPORTED, "flake8"),
            "CODES",
            item=CODE,
            flake8="enable",
        ),
    )
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = _option(
        (),
        Option(
            "table",
            "do not report these codes in files that fit the pattern: 'gen:LCL1 src/old.py:LCL103,LCL301'",
            _REPORTED,
            "PATTERN:CODES",
            item=GLOB,
            entry=Option("list", "codes or prefixes", item=CODE),
        ),
    )
    fix: bool = _option(
        False,
        Option("flag", "write the fixes that are proven to keep what the code does", _SETTING, whole_run=True),
    )
    unsafe_fixes: bool = _option(
        False,
        Option("flag", "with --fix or --diff: make the fixes too that have a doubt", _SETTING, whole_run=True),
    )
    diff: bool = _option(False, Option("flag", "print what --fix would change, and write nothing", ("check",)))
    show_fixes: bool = _option(
        False,
        Option(
            "flag", "with --fix: count by file and code what was fixed, after the findings", _SETTING, whole_run=True
        ),
    )
    fix_style: Literal["global", "cached"] = _option(
        "global",
        Option(
            "value",
            "keep clients in a module global, or cached, without a 'global' statement",
            _SETTING,
            "STYLE",
            ("global", "cached"),
        ),
    )
    fixable: tuple[str, ...] | None = _option(
        None,
        Option("list", "fix these codes or prefixes only; all others are still reported", _SETTING, "CODES", item=CODE),
    )
    unfixable: tuple[str, ...] = _option(
        (), Option("list", "report these codes or prefixes without fixing them", _SETTING, "CODES", item=CODE)
    )
    extend_safe_fixes: tuple[str, ...] = _option(
        (),
        Option("list", "take unsafe fixes of these codes or prefixes for safe ones", _SETTING, "CODES", item=CODE),
    )
    exclude: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "leave out files and folders that fit, besides the usual ones",
            (*_PROJECTS, "file"),
            "GLOBS",
            item=GLOB,
        ),
    )
    force_exclude: bool = _option(
        True,
        Option(
            "flag", "let what is excluded, or ignored by git, be left out even where it is given", (*_PROJECTS, "file")
        ),
    )
    handler_pattern: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "functions that are handlers too: pkg.module:function, or a name alone; * ? [] are wild",
            _ANALYSIS,
            "PATTERNS",
            item=HANDLER,
        ),
    )
    handler_decorators: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "decorators, by qualified name, that make a function a handler",
            _ANALYSIS,
            "NAMES",
            item=QUALIFIED,
        ),
    )
    memoising_decorators: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "decorators, by qualified name, that keep the result of a function as functools.cache does",
            (*_REPORTED, "flake8"),
            "NAMES",
            item=QUALIFIED,
        ),
    )
    platforms: tuple[str, ...] | None = _option(
        None,
        Option(
            "list",
            "only handlers of these platforms count, and those whose platform is unknown",
            _ANALYSIS,
            "NAMES",
            item=one_of(PLATFORMS),
        ),
    )
    handlers: Literal["auto", "all", "declared"] = _option(
        AUTO,
        Option(
            "value",
            "which functions count as handlers: declared ones only (by a deployment file, a framework or a pattern), "
            "all that look like one too, or all but those where deployment files name every function (auto)",
            _ANALYSIS,
            "WHICH",
            MODES,
        ),
    )
    clients: tuple[Declared, ...] = _option(
        (),
        Option(
            "table",
            "constructors, by qualified name, that are clients too; or what is different about one that is known",
            ("file",),
            item=QUALIFIED,
            entry=CLIENT_KEYS,
            short_for="kind",
        ),
    )
    baseline: str | None = _option(
        None,
        Option(
            "value",
            "the file with the findings to leave alone; .lambda-conn-lint-baseline.json in the project unless told",
            _REPORTED,
            "FILE",
        ),
    )
    cache: bool = _option(
        True,
        Option("flag", "use what earlier runs have found out about the project, and keep it", (*_PROJECTS, "file")),
    )
    cache_dir: str | None = _option(
        None,
        Option(
            "value",
            "keep what is known of the project in this folder; in .lambda_conn_lint_cache in the project unless told",
            (*_PROJECTS, "file"),
            "FOLDER",
        ),
    )
    use_baseline: bool = _option(
        True, Option("flag", "report what is in the baseline as well", ("check",), name="baseline")
    )
    output_format: str = _option(
        "text", Option("value", "how findings are written", _SETTING, "FORMAT", tuple(FORMATS), whole_run=True)
    )
    list_format: str = _option(
        "text", Option("value", "how the list is written", _LISTS, "FORMAT", ("text", "json"), name="output-format")
    )
    output_file: str | None = _option(
        None, Option("value", "write to this file instead of standard output", _EVERYWHERE, "FILE")
    )
    statistics: bool = _option(False, Option("flag", "count the findings by code instead of listing them", ("check",)))
    exit_zero: bool = _option(False, Option("flag", "exit with 0 even if there are findings", ("check",)))
    exit_non_zero_on_fix: bool = _option(
        False, Option("flag", "exit with 1 if something was fixed, even if nothing is left", ("check",))
    )
    stdin_filename: str | None = _option(
        None, Option("value", "the path that standard input stands for", ("check", "show handlers"), "PATH")
    )
    project_root: str | None = _option(
        None,
        Option(
            "value",
            "take this folder for the project, with all that is in it",
            (*_PROJECTS, "show config"),
            "FOLDER",
        ),
    )
    color: str = _option(
        "auto", Option("value", "when to use colours", ("check",), "WHEN", ("auto", "always", "never"))
    )
    quiet: bool = _option(False, Option("flag", "print nothing but findings and errors", _PROJECTS, short="q"))
    verbose: bool = _option(False, Option("flag", "say on stderr what is being checked", _PROJECTS, short="v"))

    @property
    def explicit(self) -> Mapping[str, object]:
        """What was given explicitly, by the names of fields."""
        return {name: getattr(self, name) for name in sorted(self.given)}

    @property
    def reads_stdin(self) -> bool:
        """Whether standard input is to be checked, alone or together with paths (which makes no sense)."""
        return STDIN in self.paths or self.stdin_filename is not None


def declared(face: Face) -> list[tuple[str, object, Option]]:
    """The options that may be given there: the names of their fields, their defaults and how they are given.

    ``show config`` takes whatever decides the value of a setting.
    """
    options = [(f.name, f.default, cast("Option", f.metadata["option"])) for f in fields(Options) if f.metadata]
    found = [one for one in options if face in one[2].faces]
    if face == "show config":
        taken = {flag for one in found for flag in flags(*one)}
        settings = (one for one in options if {"check", "file"} <= set(one[2].faces))
        found += [one for one in settings if taken.isdisjoint(flags(*one))]
    return found


def flags(name: str, default: object, option: Option) -> tuple[str, ...]:
    """How an option is spelled on the command line; a flag that files may set is given either way."""
    spelled = f"--{option.name or spelled_name(name)}"
    negated = f"--no-{spelled[2:]}"
    if option.type == "flag" and "file" in option.faces:
        return (spelled, negated)
    return (negated,) if option.type == "flag" and default else (spelled,)


def spelled_name(name: str) -> str:
    """How a field is spelled for users: on the command line after the dashes, and as a key of a configuration file."""
    return name.replace("_", "-")
