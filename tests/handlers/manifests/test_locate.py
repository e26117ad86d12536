"""From handler strings to files."""

from __future__ import annotations

from pathlib import Path

import pytest
from declared import project

from lambda_conn_lint.handlers.manifests.locate import Place, join, locate, locate_packed, speaks_python
from lambda_conn_lint.project import Project


def _locate(handler: str, root: str, *files: str) -> Place:
    return locate(project(**dict.fromkeys(files, "")), [root], handler)


@pytest.mark.parametrize(
    ("handler", "root", "file", "attribute"),
    [
        ("app.run", "", "app.py", "run"),
        ("app.run", "src/orders", "src/orders/app.py", "run"),
        ("a/b/c.run", "", "a/b/c.py", "run"),
        ("a.b.c.run", "src", "src/a/b/c.py", "run"),
        ("a/b.c.run", "src", "src/a/b/c.py", "run"),
        ("pkg.run", "src", "src/pkg/__init__.py", "run"),
        ("get-orders.lambda_handler", "", "get-orders.py", "lambda_handler"),
        (" app.run ", "my folder", "my folder/app.py", "run"),
    ],
)
def test_the_file_and_the_attribute(handler: str, root: str, file: str, attribute: str) -> None:
    assert _locate(handler, root, file) == Place(file, attribute, root)


@pytest.mark.parametrize(
    "handler", ["run", "", ".run", "app.", "a..b.run", "/a.run", "../a.run", "com.x.Main::run", "a.b c"]
)
def test_strings_that_the_runtime_refuses(handler: str) -> None:
    assert (
        _locate(handler, "", "app.py", "run.py", "a.py").problem
        == f'handler "{handler}" is not of the form module.function'
    )


def test_a_built_in_module_is_refused() -> None:
    assert _locate("time.run", "", "time.py").problem == "handler module time is a built-in module"


def test_a_missing_file_is_named_and_an_excluded_one_too() -> None:
    assert _locate("app.run", "src").problem == "src/app.py does not exist"
    assert _locate("app.run", "", "other.py").problem == "app.py does not exist"


def test_an_excluded_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "app.py").write_text("")
    assert locate(Project(tmp_path), ["build"], "app.run").problem == "build/app.py is left out by an exclude"


def test_packages_are_looked_for_above_the_root_and_single_modules_are_not() -> None:
    assert _locate("orders.api.run", "orders", "orders/api.py") == Place("orders/api.py", "run", "")
    assert _locate("shop.api.run", "svc/.build/code", "svc/shop/api.py") == Place("svc/shop/api.py", "run", "svc")
    assert _locate("api.run", "svc/build", "svc/api.py").file == ""


def test_the_first_root_that_has_the_module_counts() -> None:
    files = project(**{"b/app.py": "", "c/app.py": ""})
    assert locate(files, ["a", "b", "c"], "app.run") == Place("b/app.py", "run", "b")


@pytest.mark.parametrize(
    ("folder", "path", "joined"),
    [
        ("infra", "../src/", "src"),
        ("", ".", ""),
        ("infra", "./fn", "infra/fn"),
        ("infra", "..", ""),
        ("infra", ".\\src\\fn", "infra/src/fn"),
        ("infra", "../../src", None),
        ("", "..", None),
        ("a", "/var/task", None),
    ],
)
def test_paths_are_relative_to_the_file_and_stay_in_the_project(folder: str, path: str, joined: str | None) -> None:
    assert join(folder, path) == joined


PACKED = {
    "src/handlers/orders/create/handler.py": "",
    "src/handlers/orders/show/handler.py": "",
    "src/handlers/me/orders/show/handler.py": "",
    "jobs/report.py": "",
    "a/twin/handler.py": "",
    "b/twin/handler.py": "",
    "tests/only/handler.py": "",
}


@pytest.mark.parametrize(
    ("archive", "handler", "file"),
    [
        ("./deploy/orders_create.zip", "handler.run", "src/handlers/orders/create/handler.py"),
        ("deploy/orders-show.zip", "handler.run", "src/handlers/orders/show/handler.py"),
        ("deploy/me_orders_show.zip", "handler.run", "src/handlers/me/orders/show/handler.py"),
        ("out/report.zip", "report.run", "jobs/report.py"),
        ("out/twin.zip", "handler.run", ""),
        ("out/only.zip", "handler.run", ""),
        ("out/create.zip", "other.run", ""),
    ],
)
def test_the_source_of_an_archive_is_found_by_its_name(archive: str, handler: str, file: str) -> None:
    found = locate_packed(project(**PACKED), "", archive, handler)
    assert found.file == file
    assert bool(found.problem) is not bool(file)


def test_of_equal_sources_the_one_beside_the_deployment_file_counts() -> None:
    assert locate_packed(project(**PACKED), "b", "out/twin.zip", "handler.run").file == "b/twin/handler.py"


@pytest.mark.parametrize(
    ("runtime", "answer"),
    [
        ("python3.12", True),
        ("Python3.6", True),
        ("python:3", True),
        ("python312", True),
        ("nodejs20.x", False),
        ("provided.al2", False),
    ],
)
def test_runtimes(runtime: str, answer: bool) -> None:
    assert speaks_python(runtime) is answer
