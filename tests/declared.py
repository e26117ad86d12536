"""Reading deployment files that a test writes as text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.project import Project


def project(**files: str) -> Project:
    """A project that has these files and nothing on disk; see ``declared`` for the names."""
    overlay = {path: dedent(text).lstrip("\n").encode() for path, text in files.items()}
    return Project(Path("/nowhere/at/all"), overlay)


def declared(files: dict[str, str], *python: str) -> tuple[Declaration, ...]:
    """What the deployment files among ``files`` declare in a project that also has the Python files ``python``."""
    found = read(project(**files, **dict.fromkeys(python, "")), _programs(files))
    assert found.unreadable == ()
    return found.declarations


def only(files: dict[str, str], *python: str) -> Declaration:
    """The one function that the files declare."""
    (found,) = declared(files, *python)
    return found


def unreadable(files: dict[str, str]) -> tuple[Unreadable, ...]:
    """The deployment files that could not be read."""
    return read(project(**files), _programs(files)).unreadable


def _programs(files: dict[str, str]) -> list[str]:
    """The Python files among them that describe a deployment: those that were given with their text."""
    return [path for path in files if path.endswith(".py") and "aws_cdk" in files[path]]
