"""Which file an import means, in the layouts that projects of functions have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.link.values import Module
from lambda_conn_lint.project import Project

LIBRARIES = frozenset({"redis", "boto3", "json", "google"})


def modules(*paths: str, roots: Mapping[str, tuple[str, ...]] | None = None) -> Modules:
    """The import resolution of a project that has these files and no others."""
    project = Project(Path("/nowhere/at/all"), dict.fromkeys(paths, b""))
    return Modules(project, roots or {}, LIBRARIES.__contains__)


def absolute(path: str, dotted: str, *others: str, roots: Mapping[str, tuple[str, ...]] | None = None) -> str | None:
    """The file that ``import dotted`` in a file means; the folder with a slash where a package has none."""
    return location(modules(path, *others, roots=roots).absolute(path, dotted))


def relative(path: str, level: int, dotted: str, *others: str) -> str | None:
    return location(modules(path, *others).relative(path, level, dotted))


def location(module: Module | None) -> str | None:
    if module is None:
        return None
    return module.path or module.folder + "/"


@pytest.mark.parametrize(
    ("path", "dotted", "others", "found"),
    [
        pytest.param("app.py", "db", ["db.py"], "db.py", id="sibling at the root"),
        pytest.param("f/app.py", "db", ["f/db.py"], "f/db.py", id="sibling"),
        pytest.param("f/app.py", "db", ["f/db.py", "db.py"], "f/db.py", id="sibling before the root"),
        pytest.param("f/app.py", "db", ["db.py", "g/db.py"], "db.py", id="root"),
        pytest.param("f/app.py", "f.db", ["f/db.py"], "f/db.py", id="from the root, with the own folder"),
        pytest.param("a/b/c/app.py", "db", ["a/db.py", "db.py"], "a/db.py", id="the nearest ancestor"),
        pytest.param("a/b/app.py", "common.db", ["a/common/db.py", "common/db.py"], "a/common/db.py", id="dotted"),
        pytest.param("f/app.py", "db", ["src/db.py", "x/db.py"], "src/db.py", id="src beside an ancestor"),
        pytest.param("f/app.py", "db", ["python/db.py", "x/db.py"], "python/db.py", id="python beside an ancestor"),
        pytest.param("f/app.py", "db", ["lib/db.py", "x/db.py"], "lib/db.py", id="lib beside an ancestor"),
        pytest.param("f/app.py", "db", ["layer/python/db.py", "x/db.py"], "layer/python/db.py", id="a layer"),
        pytest.param("f/app.py", "db", ["layers/python/db.py", "x/db.py"], "layers/python/db.py", id="layers"),
        pytest.param("s/f/app.py", "db", ["s/src/db.py", "src/db.py"], "s/src/db.py", id="src of the service first"),
        pytest.param("f/app.py", "db", ["db.py", "src/db.py"], "db.py", id="an ancestor before its src"),
    ],
)
def test_places_that_are_looked_in(path: str, dotted: str, others: list[str], found: str) -> None:
    assert absolute(path, dotted, *others) == found


def test_declared_roots_come_before_the_own_folder_and_the_ancestors() -> None:
    path = "services/orders/handlers/app.py"
    roots = {path: ("services/orders", "layers/common/python")}
    everywhere = (
        "services/orders/db.py",
        "layers/common/python/db.py",
        "services/orders/handlers/db.py",
        "services/db.py",
        "db.py",
    )
    assert absolute(path, "db", *everywhere, roots=roots) == everywhere[0]
    assert absolute(path, "db", *everywhere[1:], roots=roots) == everywhere[1]
    assert absolute(path, "db", *everywhere[2:], roots=roots) == everywhere[2]
    assert absolute(path, "db", *everywhere[3:], roots=roots) == everywhere[3]
    assert absolute(path, "db", "far/away/db.py", "layers/common/python/db.py", roots=roots) == everywhere[1]


def test_roots_of_other_functions_around_come_after_the_own_folder() -> None:
    path = "services/orders/handlers/app.py"
    roots = {path: ("services/orders", "layers/common/python", "")}
    assert absolute(path, "db", "db.py", "services/orders/handlers/db.py", roots=roots) == (
        "services/orders/handlers/db.py"
    )


def test_a_module_beside_the_file_comes_before_a_mere_folder_in_the_root() -> None:
    path = "services/orders/handlers/app.py"
    others = ("services/orders/db/rows.py", "services/orders/handlers/db.py")
    assert absolute(path, "db", *others, roots={path: ("services/orders",)}) == others[1]


def test_declared_roots_are_those_of_the_importing_file() -> None:
    roots = {"a/app.py": ("layers/one/python",), "b/app.py": ("layers/two/python",)}
    found = modules("a/app.py", "b/app.py", "layers/one/python/db.py", "layers/two/python/db.py", roots=roots)
    assert location(found.absolute("a/app.py", "db")) == "layers/one/python/db.py"
    assert location(found.absolute("b/app.py", "db")) == "layers/two/python/db.py"


# Packages


@pytest.mark.parametrize(
    ("dotted", "others", "found"),
    [
        pytest.param("pkg", ["pkg/__init__.py", "pkg/db.py"], "pkg/__init__.py", id="package"),
        pytest.param("pkg.db", ["pkg/__init__.py", "pkg/db.py"], "pkg/db.py", id="module of a package"),
        pytest.param("pkg", ["pkg/db.py"], "pkg/", id="folder"),
        pytest.param("pkg.db", ["pkg/db.py"], "pkg/db.py", id="module of a folder"),
        pytest.param("pkg.sub", ["pkg/sub/db.py"], "pkg/sub/", id="folder in a folder"),
        pytest.param("pkg.sub.db", ["pkg/__init__.py", "pkg/sub/db.py"], "pkg/sub/db.py", id="folder in a package"),
        pytest.param("pkg", ["pkg.py", "pkg/data.py"], "pkg.py", id="module before a folder"),
        pytest.param("pkg.none", ["pkg/__init__.py"], None, id="no such module"),
        pytest.param("pkg", ["pkg/data.json"], None, id="a folder without code"),
    ],
)
def test_packages(dotted: str, others: list[str], found: str | None) -> None:
    assert absolute("app.py", dotted, *others) == found


def test_a_package_goes_before_a_module_of_its_name() -> None:
    # As the interpreter's own path finder does it.
    assert absolute("app.py", "pkg", "pkg.py", "pkg/__init__.py") == "pkg/__init__.py"


def test_a_file_does_not_import_itself() -> None:
    assert absolute("f/redis.py", "redis") is None
    assert absolute("f/db.py", "db") is None
    assert absolute("f/db.py", "db", "db.py") == "db.py"


def test_submodules() -> None:
    found = modules("pkg/__init__.py", "pkg/db.py", "pkg/sub/__init__.py", "pkg/space/x.py", "db.py", "lone.py")
    package = Module("pkg/__init__.py", "pkg")
    assert found.submodule(package, "db") == Module("pkg/db.py", "")
    assert found.submodule(package, "sub") == Module("pkg/sub/__init__.py", "pkg/sub")
    assert found.submodule(package, "space") == Module("", "pkg/space")
    assert found.submodule(package, "lone") is None
    assert found.submodule(Module("lone.py", ""), "db") is None


# Relative imports


@pytest.mark.parametrize(
    ("level", "dotted", "found"),
    [
        (1, "db", "a/b/db.py"),
        (1, "", "a/b/__init__.py"),
        (2, "db", "a/db.py"),
        (2, "", "a/"),
        (2, "c.db", "a/c/db.py"),
        (2, "c", "a/c/"),
        (3, "db", "db.py"),
        (3, "a.b", "a/b/__init__.py"),
        (4, "db", None),
        (9, "db", None),
        (1, "elsewhere", None),
    ],
)
def test_relative_levels(level: int, dotted: str, found: str | None) -> None:
    others = ("a/b/__init__.py", "a/b/db.py", "a/db.py", "a/c/db.py", "db.py", "x/elsewhere.py")
    assert relative("a/b/app.py", level, dotted, *others) == found


def test_relative_imports_of_a_package_start_in_its_folder() -> None:
    assert relative("a/__init__.py", 1, "db", "a/db.py", "db.py") == "a/db.py"
    assert relative("a/__init__.py", 2, "db", "a/db.py", "db.py") == "db.py"


# By name only


@pytest.mark.parametrize(
    ("dotted", "others", "found"),
    [
        pytest.param("db", ["x/y/db.py"], "x/y/db.py", id="module"),
        pytest.param("shared", ["x/shared/__init__.py"], "x/shared/__init__.py", id="package"),
        pytest.param("shared.db", ["x/shared/db.py"], "x/shared/db.py", id="dotted"),
        pytest.param("shared.db", ["x/shared/db.py", "y/other/db.py"], "x/shared/db.py", id="the other does not fit"),
        pytest.param("db", ["x/db.py", "y/db.py"], None, id="two"),
        pytest.param("db", ["x/db.py", "y/db/__init__.py"], None, id="module and package"),
        pytest.param("shared.db", ["x/shared/db.py", "y/shared/db.py"], None, id="two dotted"),
        pytest.param("d.db", ["x/old/db.py", "x/ad/db.py"], None, id="a part of a name is no name"),
        pytest.param("nothing", ["x/db.py"], None, id="none"),
    ],
)
def test_the_only_module_of_a_name(dotted: str, others: list[str], found: str | None) -> None:
    assert absolute("f/app.py", dotted, *others) == found


# Libraries


@pytest.mark.parametrize(
    ("dotted", "others"),
    [
        pytest.param("redis", ["x/redis.py"], id="module elsewhere"),
        pytest.param("redis.asyncio", ["x/redis/asyncio.py"], id="package elsewhere"),
        pytest.param("json", ["x/json.py"], id="standard library"),
        pytest.param("google", ["google/cloud.py"], id="a folder beside"),
        pytest.param("google.cloud", ["google/cloud/x.py"], id="a folder in a folder beside"),
    ],
)
def test_libraries_are_not_taken_for_files(dotted: str, others: list[str]) -> None:
    assert absolute("app.py", dotted, *others) is None


@pytest.mark.parametrize(
    ("path", "others", "found"),
    [
        pytest.param("f/app.py", ["f/redis.py"], "f/redis.py", id="sibling"),
        pytest.param("f/app.py", ["f/redis/__init__.py"], "f/redis/__init__.py", id="package beside"),
        pytest.param("f/app.py", ["redis.py"], "redis.py", id="root"),
        pytest.param("f/app.py", ["src/redis.py"], "src/redis.py", id="src"),
    ],
)
def test_a_file_on_the_path_hides_a_library(path: str, others: list[str], found: str) -> None:
    assert absolute(path, "redis", *others) == found


def test_a_module_below_a_library_in_a_folder_without_init_is_found() -> None:
    assert absolute("app.py", "google.cloud", "google/cloud.py") == "google/cloud.py"
