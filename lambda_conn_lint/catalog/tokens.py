"""Which texts tell that a file may import a client library, before anybody parses it.

A token is searched as plain text, so it must stand in every usual way of writing the import (``import a.b``,
``import a.b as c``, ``from a import b``, ``from a.b import c``), and in as few other files as possible. Not covered are
imports by string and spaces or line breaks inside a dotted name.
"""

from __future__ import annotations

from functools import cache

# Packages that many distributions share: only what follows tells which library it is.
_SHARED_PACKAGES = frozenset(
    {"aws_lambda_powertools", "aws_lambda_powertools.utilities", "azure", "google", "http", "mysql"}
)

# Packages named by an everyday word: the word alone stands in too many files.
_EVERYDAY_WORDS = frozenset({"databases", "dataset", "pg", "records"})


def import_tokens(name: str) -> tuple[str, ...]:
    """Texts of which at least one stands in every file that imports what the qualified ``name`` names."""
    return _tokens_of_package(*_package(name))


def _package(name: str) -> tuple[str, str]:
    """The shortest distinctive package of a name, and the shared package that it is in, if any."""
    parent = ""
    parts = name.split(".")
    package = parts[0]
    for part in parts[1:]:
        if package not in _SHARED_PACKAGES:
            break
        parent, package = package, f"{package}.{part}"
    return package, parent


@cache
def _tokens_of_package(package: str, parent: str) -> tuple[str, ...]:
    if parent:
        return (package, f"from {parent} import")
    if package in _EVERYDAY_WORDS:
        return (f"import {package}", f"from {package}", f", {package}")
    return (package,)
