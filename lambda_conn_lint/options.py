"""Every option, declared once: its name, default and type, what it is for, and where it may be given.

``Options`` is both the declaration and the value. The command line's parser is built from its fields, so that an
option is added by adding a field; other places that take options read the same fields.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
from typing import Any, Literal, NamedTuple, NoReturn, TypeAlias, cast

from lambda_conn_lint import __version__
from lambda_conn_lint.patterns import PatternError, handler_pattern
from lambda_conn_lint.report import FORMATS
from lambda_conn_lint.targets import STDIN

Face: TypeAlias = Literal["check", "show handlers", "show clients", "rule"]
"""Where an option may be given: a sub-command of the command line."""

_Type: TypeAlias = Literal["flag", "list", "value"]

_EVERYWHERE: tuple[Face, ...] = ("check", "show handlers", "show clients", "rule")
_PROJECTS: tuple[Face, ...] = ("check", "show handlers")
_LISTS: tuple[Face, ...] = ("show handlers", "show clients", "rule")

_EXCLUSIVE = (("diff", "statistics"), ("diff", "show_fixes"), ("exit_zero", "exit_non_zero_on_fix"))
"""Flags that make no sense together, as in ruff."""


class UsageError(Exception):
    """What the user asked for makes no sense; the text says what, for people."""


class Option(NamedTuple):
    """How one field of ``Options`` is given.

    A ``list`` takes values with commas between them and may be repeated; ``item`` raises ``PatternError`` for a value
    that makes no sense. A ``flag`` that is on by default is given as ``--no-NAME``. ``name`` is what stands after the
    dashes; where it is empty, the field's name.
    """

    type: _Type
    help: str
    faces: tuple[Face, ...]
    metavar: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""
    name: str = ""
    item: Callable[[str], str] = str


def _option(default: object, option: Option) -> Any:
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True)
class Options:
    """What one call of the command was asked to do; ``paths`` is what stands on the command line beside options."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] | None = _option(
        None, Option("list", "report these codes or prefixes only (ALL: every code)", ("check",), "CODES")
    )
    ignore: tuple[str, ...] = _option((), Option("list", "do not report these codes or prefixes", ("check",), "CODES"))
    extend_select: tuple[str, ...] = _option(
        (), Option("list", "report these codes too, on top of the default or --select", ("check",), "CODES")
    )
    fix: bool = _option(False, Option("flag", "write the fixes that are proven to keep what the code does", ("check",)))
    unsafe_fixes: bool = _option(
        False, Option("flag", "with --fix or --diff: make the fixes too that have a doubt", ("check",))
    )
    diff: bool = _option(False, Option("flag", "print what --fix would change, and write nothing", ("check",)))
    show_fixes: bool = _option(
        False, Option("flag", "with --fix: count by file and code what was fixed, after the findings", ("check",))
    )
    fix_style: Literal["global", "cached"] = _option(
        "global",
        Option(
            "value",
            "keep clients in a module global, or cached, without a 'global' statement",
            ("check",),
            "STYLE",
            ("global", "cached"),
        ),
    )
    fixable: tuple[str, ...] | None = _option(
        None, Option("list", "fix these codes or prefixes only; all others are still reported", ("check",), "CODES")
    )
    unfixable: tuple[str, ...] = _option(
        (), Option("list", "report these codes or prefixes without fixing them", ("check",), "CODES")
    )
    exclude: tuple[str, ...] = _option(
        (), Option("list", "leave out files and folders that fit, besides the usual ones", _PROJECTS, "GLOBS")
    )
    force_exclude: bool = _option(
        True, Option("flag", "check the given paths even where they are excluded or ignored by git", _PROJECTS)
    )
    handler_pattern: tuple[str, ...] = _option(
        (),
        Option(
            "list",
            "functions that are handlers too: pkg.module:function, or a name alone; * ? [] are wild",
            _PROJECTS,
            "PATTERNS",
            item=handler_pattern,
        ),
    )
    output_format: str = _option(
        "text", Option("value", "how findings are written", ("check",), "FORMAT", tuple(FORMATS))
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
        None, Option("value", "the path that standard input stands for", _PROJECTS, "PATH")
    )
    color: str = _option(
        "auto", Option("value", "when to use colours", ("check",), "WHEN", ("auto", "always", "never"))
    )
    quiet: bool = _option(False, Option("flag", "print nothing but findings and errors", _PROJECTS, short="q"))
    verbose: bool = _option(False, Option("flag", "say on stderr what is being checked", _PROJECTS, short="v"))

    @property
    def reads_stdin(self) -> bool:
        """Whether standard input is to be checked, alone or together with paths (which makes no sense)."""
        return STDIN in self.paths or self.stdin_filename is not None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(face: Face, arguments: Sequence[str], *, usage: str, description: str) -> Options:
    """The options of one sub-command from its arguments.

    Raises ``UsageError``, for an unknown option with the nearest valid one and for options that exclude each other,
    and ``SystemExit`` with 0 after ``--help`` or ``--version``.
    """
    parser = _parser(face, usage, description)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    given, rest = parser.parse_known_args(arguments[:end])
    for argument in rest:
        if argument.startswith("-") and argument != "-":
            raise UsageError(_unknown(argument.partition("=")[0], face))
    options = Options(paths=(*rest, *arguments[end + 1 :]), **vars(given))
    for one, other in _EXCLUSIVE:
        if getattr(options, one) and getattr(options, other):
            raise UsageError(f"--{_spelled(one)} cannot be used together with --{_spelled(other)}")
    return options


def _parser(face: Face, usage: str, description: str) -> _Parser:
    parser = _Parser(
        prog="lambda-conn-lint",
        usage=usage,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"lambda-conn-lint {__version__}")
    for name, default, option in _declared(face):
        flags = [_flag(name, default, option), *([f"-{option.short}"] if option.short else [])]
        if option.type == "flag":
            parser.add_argument(*flags, dest=name, action="store_false" if default else "store_true", help=option.help)
        elif option.type == "list":
            parser.add_argument(
                *flags,
                dest=name,
                action=_AppendList,
                type=partial(_comma_separated, option.item),
                metavar=option.metavar,
                help=option.help,
            )
        else:
            choices = f" ({', '.join(option.choices)}; {default} unless told)" if option.choices else ""
            parser.add_argument(
                *flags,
                dest=name,
                choices=option.choices or None,
                metavar=option.metavar,
                help=option.help + choices,
            )
    return parser


class _AppendList(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, (*getattr(namespace, self.dest, ()), *values))


def _declared(face: Face) -> list[tuple[str, object, Option]]:
    declared = [(f.name, f.default, cast("Option", f.metadata["option"])) for f in fields(Options) if f.metadata]
    return [(name, default, option) for name, default, option in declared if face in option.faces]


def _flag(name: str, default: object, option: Option) -> str:
    spelled = option.name or _spelled(name)
    return f"--no-{spelled}" if option.type == "flag" and default else f"--{spelled}"


def _spelled(name: str) -> str:
    return name.replace("_", "-")


def _comma_separated(item: Callable[[str], str], text: str) -> tuple[str, ...]:
    try:
        return tuple(item(part) for part in (part.strip() for part in text.split(",")) if part)
    except PatternError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _unknown(flag: str, face: Face) -> str:
    known = ["--help", "--version", *(_flag(*declared) for declared in _declared(face))]
    return f"unknown option {flag!r}, the nearest valid one is {get_close_matches(flag, known, n=1, cutoff=0.0)[0]!r}"
