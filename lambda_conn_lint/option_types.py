"""What an option is made of: where it may be given, and which texts, lists and tables it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from lambda_conn_lint.patterns import HANDLER_PATTERN, handler_pattern
from lambda_conn_lint.selection import check_selector, selectors

Face: TypeAlias = Literal[
    "check",
    "show handlers",
    "show clients",
    "show config",
    "show schema",
    "rule",
    "baseline write",
    "baseline check",
    "baseline prune",
    "file",
    "flake8",
]
"""Where an option may be given: a sub-command of the command line, a configuration file, or flake8's options."""

Type: TypeAlias = Literal["flag", "list", "value", "table"]


class Text(NamedTuple):
    """Texts of one kind: ``read`` gives the text back or raises ``ValueError``, which says what is wrong with it.

    ``choices`` are the valid ones, where they can be counted; otherwise ``pattern`` is a regular expression, in the
    dialect that Python and JSON Schema share, which fits as a whole what ``read`` takes.
    """

    read: Callable[[str], str]
    pattern: str = ""
    choices: Callable[[], tuple[str, ...]] = tuple


class Option(NamedTuple):
    """How one option is given.

    A ``flag`` that is on by default is given as ``--no-NAME`` on the command line. A ``list`` takes values with commas
    between them and may be repeated. A ``table`` has names of the user's own as keys; ``entry`` is what each of them is
    set to: another option, or a table with these keys, of which ``short_for`` has to be there and may stand for it.
    ``item`` is what a text has to be: the value, one of the list, or a key of the table. ``name`` is what stands after
    the dashes; where it is empty, the field's name. ``flake8`` is what flake8 calls it instead. ``whole_run`` marks
    what cannot differ between the projects of one run, and is read from the configuration nearest to the working
    directory.
    """

    type: Type
    help: str
    faces: tuple[Face, ...] = ()
    metavar: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""
    name: str = ""
    flake8: str = ""
    item: Text = Text(str)
    entry: Option | Mapping[str, Option] | None = None
    short_for: str = ""
    whole_run: bool = False


def nearest(text: str, valid: tuple[str, ...]) -> str:
    """The valid spelling that was most probably meant; there has to be one."""
    from difflib import get_close_matches

    return get_close_matches(text, valid, n=1, cutoff=0.0)[0]


def pairs(text: str) -> list[tuple[str, list[str]]]:
    """The keys of a table, each with its values, in one text: ``one.py,two:LCL1 three/*.py: LCL2,LCL301``.

    Commas and white space separate, a colon stands between keys and their values. What follows values is the next key
    as soon as it does not look like a code. Raises ``ValueError`` where keys lack values.
    """
    found: list[tuple[str, list[str]]] = []
    keys: list[str] = []
    values: list[str] | None = None
    for word in re.findall(r"[^\s,:]+|:", text):
        if word == ":":
            if not keys or values == []:
                raise ValueError(f"{text!r} is not of the form 'PATTERN:CODES PATTERN:CODES'")
            values = []
            found += [(key, values) for key in keys]
        elif values is None or (values and _CODE_LIKE.fullmatch(word) is None):
            keys = [word] if values is not None else [*keys, word]
            values = None
        else:
            values.append(word)
    if (values is None and keys) or values == []:
        raise ValueError(f"{keys[-1]!r} has no codes; the form is 'PATTERN:CODES PATTERN:CODES'")
    return found


def one_of(choices: tuple[str, ...]) -> Text:
    """The kind of text of which there are these few."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{text!r} is not valid, the nearest valid value is {nearest(text, choices)!r}")
        return text

    return Text(read, choices=lambda: choices)


_CODE_LIKE = re.compile(r"[A-Z]+[0-9]*")
_IDENTIFIER = r"[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*"
_QUALIFIED = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})+"
_PATH = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"


def _qualified(text: str) -> str:
    if re.fullmatch(_QUALIFIED, text) is None:
        raise ValueError(f"{text!r} is not a qualified name such as 'package.module.function'")
    return text


def _path(text: str) -> str:
    if re.fullmatch(_PATH, text) is None:
        raise ValueError(f"{text!r} is not the name of a method or function, nor a dotted path to one")
    return text


def _glob(text: str) -> str:
    if not text.strip():
        raise ValueError("a pattern must not be empty")
    return text


CODE = Text(check_selector, choices=selectors)
HANDLER = Text(handler_pattern, HANDLER_PATTERN)
QUALIFIED = Text(_qualified, _QUALIFIED)
PATH = Text(_path, _PATH)
GLOB = Text(_glob, r"[\s\S]*\S[\s\S]*")
