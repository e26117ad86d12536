"""The files that an import may name and the imports that may name a file, found without a look at each of them."""

from __future__ import annotations

from itertools import product

import pytest

from lambda_conn_lint.fix.uses.imports import Files, Imports, stem

PATHS = ["__init__.py", "a.py", "b/a.py", "c/b/a.py", "b/__init__.py", "c/b/__init__.py", "c/d.py", "c/d/a.py"]
ABSOLUTE = ["a", "b", "b.a", "c.b.a", "x.c.b.a", "d", "d.b"]
MEANT = {
    "a": ["a.py", "b/a.py", "c/b/a.py", "c/d/a.py"],
    "b": ["b/__init__.py", "c/b/__init__.py"],
    "b.a": ["a.py", "b/a.py", "c/b/a.py"],
    "c.b.a": ["a.py", "b/a.py", "c/b/a.py"],
    "x.c.b.a": ["a.py", "b/a.py", "c/b/a.py"],
    "d": ["c/d.py"],
    "d.b": ["b/__init__.py"],
}


@pytest.mark.parametrize("dotted", ABSOLUTE)
def test_an_absolute_import_may_mean_what_ends_alike(dotted: str) -> None:
    assert Files(PATHS).alike("c/d/e.py", 0, dotted) == MEANT[dotted]


@pytest.mark.parametrize(
    ("level", "dotted", "meant"),
    [(1, "a", ["c/d/a.py"]), (2, "b.a", ["c/b/a.py"]), (3, "", ["__init__.py"]), (4, "a", []), (1, "e", [])],
)
def test_a_relative_import_means_one_file(level: int, dotted: str, meant: list[str]) -> None:
    assert Files(PATHS).alike("c/d/e.py", level, dotted) == meant


def test_folders_that_hold_the_importer_come_before_others() -> None:
    assert Files(PATHS).above("c/d/e.py", "a") == ["a.py", "c/d/a.py"]
    assert Files(PATHS).above("c/d/e.py", "d") == ["c/d.py"]


@pytest.mark.parametrize(("level", "dotted"), [*product([0], ABSOLUTE), (1, "a"), (2, "b.a"), (3, ""), (4, "a")])
def test_both_directions_agree(level: int, dotted: str) -> None:
    imports, near = Imports(), Imports()
    imports.add(7, "c/d/e.py", level, dotted)
    near.add(7, "c/d/e.py", level, dotted, is_near=True)
    files = Files(PATHS)
    assert [path for path in sorted(PATHS) if imports.of(path) == {7}] == files.alike("c/d/e.py", level, dotted)
    if not level:
        assert [path for path in sorted(PATHS) if near.of(path) == {7}] == files.above("c/d/e.py", dotted)


def test_a_file_is_called_by_its_last_name() -> None:
    assert [stem(path) for path in ("c/d.py", "c/b/__init__.py", "__init__.py")] == ["d", "b", ""]
