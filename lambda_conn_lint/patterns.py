"""Patterns that name handlers: ``module:function``, or the name of a function in whatever module."""

from __future__ import annotations

import re

_NAME = r"[\w\u0080-\uffff*?\[\]!-]+"
_DOTTED = rf"{_NAME}(?:\.{_NAME})*"

HANDLER_PATTERN = rf"(?![^:]*\.py:)(?:{_DOTTED}:{_DOTTED}|{_NAME})"
"""A regular expression, in the dialect that Python and JSON Schema share, which fits a valid pattern as a whole."""


class PatternError(ValueError):
    """A pattern that could never fit; the text says what it should look like."""


def handler_pattern(text: str) -> str:
    """The pattern, where it has the right shape; ``*``, ``?`` and ``[...]`` are wild.

    Raises ``PatternError``, which names the pattern that was probably meant: a path, or the dotted form that deployment
    files use (``src/app.handler``), is not one.
    """
    if re.fullmatch(HANDLER_PATTERN, text):
        return text
    meant = _meant(text)
    hint = f", did you mean {meant!r}?" if meant else ""
    raise PatternError(f"{text!r} is neither 'module:function' nor the name of a function{hint}")


def _meant(text: str) -> str:
    module, colon, function = text.partition(":")
    if not colon:
        module, _, function = text.rpartition(".")
    module = module.removesuffix(".py").replace("\\", "/").strip("./").replace("/", ".")
    return f"{module}:{function}" if re.fullmatch(_DOTTED, module) and re.fullmatch(_DOTTED, function) else ""
