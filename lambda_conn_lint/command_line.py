"""The command line: what follows a sub-command becomes ``Options``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

from lambda_conn_lint import __version__
from lambda_conn_lint.option_types import Face, Option, nearest, pairs
from lambda_conn_lint.options import STDIN, Options, UsageError, declared, flags, spelled_name

_EXCLUSIVE = (
    ("diff", "statistics"),
    ("diff", "show_fixes"),
    ("exit_zero", "exit_non_zero_on_fix"),
    ("config", "isolated"),
)
"""Flags that make no sense together, as in ruff."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(face: Face, arguments: Sequence[str], *, usage: str, description: str) -> Options:
    """The options of one sub-command from its arguments.

    Raises ``UsageError``, for an unknown option with the nearest valid one and for options that exclude each other,
    and ``SystemExit`` with 0 after ``--help`` or ``--version``.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if not any(argument.startswith("-") and argument != STDIN for argument in arguments[:end]):
        return Options(paths=(*arguments[:end], *arguments[end + 1 :]))  # making a parser costs more than most runs
    given, rest = _parser(face, usage, description).parse_known_args(arguments[:end])
    for argument in rest:
        if argument.startswith("-") and argument != "-":
            raise UsageError(_unknown(argument.partition("=")[0], face))
    options = Options(paths=(*rest, *arguments[end + 1 :]), given=frozenset(vars(given)), **vars(given))
    for one, other in _EXCLUSIVE:
        if getattr(options, one) and getattr(options, other):
            raise UsageError(f"--{spelled_name(one)} cannot be used together with --{spelled_name(other)}")
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
    for name, default, option in declared(face):
        spelled = [*flags(name, default, option), *([f"-{option.short}"] if option.short else [])]
        if option.type == "flag":
            parser.add_argument(*spelled, dest=name, action=_Flag, nargs=0, help=option.help)
        elif option.type == "list":
            parser.add_argument(
                *spelled,
                dest=name,
                action=_AppendList,
                type=partial(_comma_separated, option.item.read),
                metavar=option.metavar,
                help=option.help,
            )
        elif option.type == "table":
            parser.add_argument(
                *spelled,
                dest=name,
                action=_AppendList,
                type=partial(_pairs, option),
                metavar=option.metavar,
                help=option.help,
            )
        else:
            choices = f" ({', '.join(option.choices)}; {default} unless told)" if option.choices else ""
            parser.add_argument(
                *spelled,
                dest=name,
                choices=option.choices or None,
                metavar=option.metavar,
                help=option.help + choices,
            )
    return parser


class _Flag(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, not str(option_string).startswith("--no-"))


class _AppendList(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, (*getattr(namespace, self.dest, ()), *values))


def _comma_separated(item: Callable[[str], str], text: str) -> tuple[str, ...]:
    try:
        return tuple(item(part) for part in (part.strip() for part in text.split(",")) if part)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _pairs(option: Option, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A table of lists in one text, as flake8 writes it: ``one.py,two:LCL1 three/*.py:LCL2,LCL301``."""
    assert isinstance(option.entry, Option), "only tables of lists are given on the command line"
    try:
        return tuple((option.item.read(key), tuple(map(option.entry.item.read, values))) for key, values in pairs(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def second_word(first: str, arguments: Sequence[str], valid: tuple[str, ...]) -> str:
    """The word that follows the first one of a sub-command of two. Raises ``UsageError`` where it is none of these."""
    word = arguments[0] if arguments else ""
    if word not in valid:
        hint = f", the nearest to {word!r} is {nearest(word, valid)!r}" if word else ""
        raise UsageError(f"{first!r} takes one of {', '.join(map(repr, valid))}{hint}")
    return word


def _unknown(flag: str, face: Face) -> str:
    known = ("--help", "--version", *(flag for option in declared(face) for flag in flags(*option)))
    return f"unknown option {flag!r}, the nearest valid one is {nearest(flag, known)!r}"
