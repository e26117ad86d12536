"""Which package a client is imported from: what tells, before anybody parses a file, that it may build one."""

from __future__ import annotations

# Packages that many distributions share: only what follows tells which library it is.
_SHARED_PACKAGES = frozenset(
    {"aws_lambda_powertools", "aws_lambda_powertools.utilities", "azure", "google", "http", "mysql"}
)


def source(name: str) -> str:
    """The shortest package of a qualified name that belongs to one library alone."""
    parts = name.split(".")
    package = parts[0]
    for part in parts[1:]:
        if package not in _SHARED_PACKAGES:
            break
        package = f"{package}.{part}"
    return package
