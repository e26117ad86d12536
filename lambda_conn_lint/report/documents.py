"""JSON that every parser takes."""

from __future__ import annotations

import json


def document(content: object) -> str:
    r"""The content as indented JSON in pure ASCII, with a newline at its end.

    A byte of a file name that is not UTF-8 stands as ``\udcff`` in Python. As JSON that is half a character, which
    strict parsers refuse together with the whole document, so it is written as those six characters.
    """
    return json.dumps(_well_formed(content), indent=2) + "\n"


def _well_formed(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    return value
