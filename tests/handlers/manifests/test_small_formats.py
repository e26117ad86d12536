"""Formats that say little: Chalice, Zappa, Azure, gcloud and Dockerfiles."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from declared import declared, only

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.project import Project


def test_a_chalice_project_is_an_application(tmp_path: Path) -> None:
    (tmp_path / "api" / ".chalice").mkdir(parents=True)
    (tmp_path / "api" / ".chalice" / "config.json").write_text('{\n  "version": "2.0",\n  "app_name": "shop"\n}\n')
    (tmp_path / "api" / "vendor").mkdir()
    for name in ("app.py", "vendor/common.py"):
        (tmp_path / "api" / name).write_text("")
    ((found,), _, _) = read(Project(tmp_path))
    assert (found.name, found.row, found.file, found.attribute) == ("shop", 3, "api/app.py", "app")
    assert (found.role, found.root, found.layers) == ("application", "api", ("api/vendor",))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zappa_settings.json", '{"dev": {"lambda_handler": "jobs.run"}}'),
        ("zappa_settings.yaml", "dev:\n  lambda_handler: jobs.run\n"),
        pytest.param(
            "zappa_settings.toml",
            '[dev]\nlambda_handler = "jobs.run"\n',
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="TOML comes with Python 3.11"),
        ),
    ],
)
def test_zappa_settings_in_all_their_languages(name: str, text: str) -> None:
    found = only({f"app/{name}": text}, "app/jobs.py")
    assert (found.name, found.file, found.attribute, found.role) == (
        "dev.lambda_handler",
        "app/jobs.py",
        "run",
        "handler",
    )


@pytest.mark.parametrize(
    ("settings", "file"),
    [("shop.settings", "app/shop/settings.py"), ("settings", "app/settings.py"), ("conf", "app/conf/__init__.py")],
)
def test_zappa_settings_of_a_django_project(settings: str, file: str) -> None:
    found = only({"app/zappa_settings.json": f'{{"dev": {{"django_settings": "{settings}"}}}}'}, file)
    assert (found.name, found.handler, found.file, found.role) == ("dev.django_settings", settings, file, "settings")


def test_azure_functions_of_other_languages_and_without_their_file() -> None:
    bindings = '"bindings": [{"type": "httpTrigger"}]'
    assert declared({"a/function.json": f"{{{bindings}}}", "a/index.js": ""}) == ()
    assert declared({"a/function.json": f'{{"scriptFile": "run.ps1", {bindings}}}'}) == ()
    found = only({"a/function.json": f'{{"scriptFile": "../shared/run.py", {bindings}}}'}, "shared/run.py")
    assert (found.name, found.file, found.attribute, found.root) == ("a", "shared/run.py", "main", "")
    found = only({"a/function.json": f'{{"scriptFile": "run.py", {bindings}}}'})
    assert (found.file, found.problem) == ("", "run.py does not exist")


def test_an_azure_application_beside_its_host() -> None:
    found = only({"api/host.json": '{"version": "2.0"}'}, "api/function_app.py")
    assert (found.file, found.attribute, found.role, found.platform) == (
        "api/function_app.py",
        "app",
        "application",
        "azure",
    )
    assert declared({"api/host.json": '{"version": "2.0"}'}, "api/main.py") == ()


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("gcloud functions deploy a --runtime=python312 --entry-point=run --source=fn", "fn/main.py"),
        ("gcloud functions deploy a --runtime python312 --entry-point run --source ./fn", "fn/main.py"),
        ("gcloud functions deploy a \\\n  --runtime=python312 \\\n  --entry-point=run --source fn", "fn/main.py"),
        ("gcloud functions deploy a --entry-point=run --source=$SOURCE", "main.py"),
    ],
)
def test_commands_of_scripts(command: str, file: str) -> None:
    found = only({"deploy/deploy.sh": f"#!/bin/sh\nset -e\n{command}\n"}, f"deploy/{file}")
    assert (found.row, found.file, found.attribute, found.platform) == (3, f"deploy/{file}", "run", "google")


def test_commands_that_deploy_something_else() -> None:
    script = """
        # gcloud functions deploy old --entry-point=run --runtime=python312
        gcloud functions deploy a --entry-point=run --runtime=nodejs20
        docker run --entry-point=run image
    """
    assert declared({"deploy.sh": script}, "other.py") == ()


def test_an_entry_point_that_is_not_known() -> None:
    found = only({"deploy.sh": "gcloud functions deploy a --entry-point=$NAME --runtime=python312\n"}, "main.py")
    assert found.problem == "--entry-point depends on the deployment"


BASE = "FROM public.ecr.aws/lambda/python:3.12\n"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (BASE + 'COPY . .\nCMD ["app.run"]\n', "fn/app.py"),
        (BASE + 'COPY bin/app.py ${LAMBDA_TASK_ROOT}\nCMD [ "app.run" ]\n', "fn/bin/app.py"),
        ('FROM python:3.12\nRUN pip install awslambdaric\nCOPY src/ ./\nCMD ["app.run"]\n', "fn/src/app.py"),
    ],
)
def test_images_of_lambda(text: str, file: str) -> None:
    found = only({"fn/Dockerfile": text}, file)
    assert (found.source, found.file, found.attribute) == ("dockerfile", file, "run")
    assert found.row == text.count("\n")


def test_images_of_servers_are_nobodys_business() -> None:
    text = 'FROM python:3.12\nCOPY . .\nCMD ["app.run"]\n'
    assert declared({"Dockerfile": text, "worker.Dockerfile": BASE + "CMD python app.py\n"}, "app.py") == ()
