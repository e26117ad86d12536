"""Real source to compare with the standard library's own reading of it: modules of the running interpreter."""

from __future__ import annotations

import io
import sysconfig
import tokenize
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from lambda_conn_lint.facts.lower import facts_of
from lambda_conn_lint.facts.model import ModuleFacts

_ROOT = Path(sysconfig.get_path("stdlib"))
_LEFT_OUT = frozenset(
    {"__pycache__", "ensurepip", "idlelib", "lib2to3", "site-packages", "test", "tests", "turtledemo"}
)
_SIZES = range(2_000, 50_000)  # bytes: not trivial, and quick to parse
_SAMPLED = 60


class Sample(NamedTuple):
    """One module: a name for people, its bytes, and its text as the interpreter decodes it."""

    name: str
    data: bytes
    text: str


def sample(name: str, data: bytes) -> Sample:
    """A module from its bytes; raises SyntaxError or UnicodeDecodeError where the interpreter would."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return Sample(name, data, io.TextIOWrapper(io.BytesIO(data), encoding).read())


@cache
def samples() -> tuple[Sample, ...]:
    """About sixty modules of the standard library, always the same ones for one interpreter."""
    paths = [path for path in sorted(_ROOT.rglob("*.py")) if _is_wanted(path)]
    chosen = paths[:: max(1, len(paths) // _SAMPLED)]
    return tuple(sample(path.relative_to(_ROOT).as_posix(), path.read_bytes()) for path in chosen)


@cache
def facts(data: bytes) -> ModuleFacts:
    """The facts of a module, lowered once for all the tests that look at them."""
    return facts_of(data)


def _is_wanted(path: Path) -> bool:
    return _LEFT_OUT.isdisjoint(path.relative_to(_ROOT).parts) and path.stat().st_size in _SIZES


def named(sources: Iterable[Sample]) -> list[object]:
    """Modules as parameters of a test, each with its name."""
    return [pytest.param(source, id=source.name) for source in sources]
