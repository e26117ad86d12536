"""Where the cache of a project lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lambda_conn_lint.cache.records import key_of
from lambda_conn_lint.config import COMMAND_LINE, Loaded

VARIABLE = "LAMBDA_CONN_LINT_CACHE_DIR"
"""The environment variable that names the folder; the command line wins over it, and it over configuration files."""

_DEFAULT = ".lambda_conn_lint_cache"


def folder(root: Path, loaded: Loaded, cwd: Path, environment: Mapping[str, str]) -> str | None:
    """The folder for the project with this root and these settings; none where nothing is to be kept.

    In a folder that the user names, each project has one of its own.
    """
    if not loaded.options.cache:
        return None
    named = _named(loaded, cwd, environment)
    if named is not None:
        return os.path.join(named, f"{root.name}-{key_of(os.fsencode(root))[:12]}")
    default = os.path.join(root, _DEFAULT)
    return None if os.path.islink(default) else default  # it may lead out of the project


def _named(loaded: Loaded, cwd: Path, environment: Mapping[str, str]) -> Path | None:
    given, variable = loaded.options.cache_dir, environment.get(VARIABLE)
    is_explicit = loaded.sources.get("cache_dir") == COMMAND_LINE
    if variable and not is_explicit:
        return cwd / variable
    return None if given is None else loaded.base("cache_dir", cwd) / given
