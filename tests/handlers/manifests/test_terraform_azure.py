"""Terraform's function apps of Azure: which application each deploys."""

from __future__ import annotations

import pytest
from declared import declared

APP = """
data "archive_file" "code" {{
  type        = "zip"
  source_dir  = "${{path.module}}/../app"
  output_path = "${{path.module}}/app.zip"
}}

resource "{kind}" "orders" {{
  name = "orders"
  {code}
  {stack}
}}
"""
ZIP = "zip_deploy_file = data.archive_file.code.output_path"
STACK = 'site_config {\n    application_stack {\n      python_version = "3.12"\n    }\n  }'


def app(kind: str = "azurerm_linux_function_app", code: str = ZIP, stack: str = STACK) -> dict[str, str]:
    return {"infra/main.tf": APP.format(kind=kind, code=code, stack=stack)}


@pytest.mark.parametrize(
    ("kind", "stack"),
    [
        ("azurerm_linux_function_app", STACK),
        ("azurerm_function_app_flex_consumption", 'runtime_name = "python"'),
        ("azurerm_function_app", ""),
    ],
)
def test_the_application_that_is_deployed(kind: str, stack: str) -> None:
    (found,) = declared(app(kind, stack=stack), "app/function_app.py", "function_app.py")
    assert (found.name, found.row, found.platform, found.role) == (f"{kind}.orders", 7, "azure", "application")
    assert (found.root, found.file, found.attribute) == ("app", "app/function_app.py", "app")
    assert found.traits == ("concurrent",)


def test_an_application_that_is_not_there() -> None:
    (found,) = declared(app(), "app/other.py")
    assert (found.file, found.problem) == ("", "app/function_app.py does not exist")


def test_a_package_that_is_built_elsewhere() -> None:
    (found,) = declared(app(code='zip_deploy_file = "../dist/app.zip"'), "app/other.py")
    assert (found.file, found.problem) == ("", "dist/app.zip is an archive")


def test_a_package_that_depends_on_the_deployment() -> None:
    (found,) = declared(app(code="zip_deploy_file = var.zip"), "app/function_app.py")
    assert (found.file, found.problem) == ("", "zip_deploy_file depends on the deployment")


@pytest.mark.parametrize(
    "files",
    [
        app(code=""),
        app("azurerm_windows_function_app"),
        app(stack='site_config {\n    application_stack {\n      node_version = "20"\n    }\n  }'),
    ],
)
def test_what_says_nothing_of_python(files: dict[str, str]) -> None:
    assert declared(files, "app/other.py") == ()


def test_functions_with_files_of_their_own_speak_for_themselves() -> None:
    files = {**app(), "app/daily/function.json": '{"scriptFile": "__init__.py", "bindings": []}'}
    assert [one.source for one in declared(files, "app/daily/__init__.py")] == ["azure"]
