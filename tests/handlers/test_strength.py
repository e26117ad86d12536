"""Which handlers count, and what is known of how a platform runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, handlers
from lambda_conn_lint.findings import Handler
from lambda_conn_lint.handlers.model import LeftOut
from lambda_conn_lint.project import Project

FUNCTION = "import boto3\n\n\ndef {name}(event, context):\n    return boto3.client('s3')\n"
SAM = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
MEMBER = """
  {name}:
    Type: AWS::Serverless::Function
    Properties: {{Runtime: python3.12, CodeUri: {code}, Handler: app.run}}
"""


def found(files: dict[str, str], mode: str = "auto") -> tuple[dict[str, Handler], list[LeftOut]]:
    """The handlers of a project by file and name, and what does not count."""
    overlay = {path: text.encode() for path, text in files.items()}
    listed, open_ends = handlers(Project(Path("/nowhere/at/all"), overlay), Settings(handlers=mode))
    left_out = [one for one in open_ends if isinstance(one, LeftOut)]
    return {f"{handler.filename}:{handler.name}": handler for handler in listed}, left_out


def project(*functions: str, template: str = "template.yaml") -> dict[str, str]:
    """A template that declares ``app.run`` in these folders, and a script that looks like a handler."""
    text = SAM + "".join(MEMBER.format(name=f"Fn{n}", code=code) for n, code in enumerate(functions))
    return {
        template: text,
        "orders/app.py": FUNCTION.format(name="run"),
        "orders/more.py": FUNCTION.format(name="lambda_handler"),
        "scripts/try.py": FUNCTION.format(name="lambda_handler"),
    }


def test_what_looks_like_a_handler_outside_of_all_declared_code_is_left_out_and_listed() -> None:
    listed, left_out = found(project("orders/"))
    assert set(listed) == {"orders/app.py:run", "orders/more.py:lambda_handler"}
    assert [(one.filename, one.row, one.name) for one in left_out] == [("scripts/try.py", 4, "lambda_handler")]
    assert "the code of none" in left_out[0].reason


@pytest.mark.parametrize(
    "files",
    [
        project("orders/", "missing/"),
        project("orders/", "s3://packages/upload.zip"),
        {**project("orders/"), "broken/template.yaml": SAM + "  A: [\n    Type: AWS::Serverless::Function"},
        {key: text for key, text in project().items() if key != "template.yaml"},
        {**project("orders/"), "infra/stack.py": "import aws_cdk\n"},
        {
            **{key: text for key, text in project().items() if key != "template.yaml"},
            "Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY orders/ ./\nCMD ["app.run"]\n',
        },
    ],
    ids=["missing code", "uploaded code", "unreadable file", "no deployment file", "a program too", "an image"],
)
def test_it_counts_where_deployment_files_do_not_account_for_every_function(files: dict[str, str]) -> None:
    listed, left_out = found(files)
    assert "scripts/try.py:lambda_handler" in listed
    assert left_out == []


def test_a_deployment_file_accounts_for_its_own_part_of_the_project_only() -> None:
    files = project("../orders/", template="billing/template.yaml")
    assert "scripts/try.py:lambda_handler" not in found(files)[0]
    files = {"billing/template.yaml": SAM + MEMBER.format(name="A", code="src/"), **project()}
    del files["template.yaml"]
    files["billing/src/app.py"] = FUNCTION.format(name="run")
    assert "scripts/try.py:lambda_handler" in found(files)[0]


def test_modes() -> None:
    files = project("orders/")
    assert set(found(files, "all")[0]) == {
        "orders/app.py:run",
        "orders/more.py:lambda_handler",
        "scripts/try.py:lambda_handler",
    }
    listed, left_out = found(files, "declared")
    assert set(listed) == {"orders/app.py:run"}
    assert [one.filename for one in left_out] == ["orders/more.py", "scripts/try.py"]


def test_a_guessed_place_is_weaker_than_a_declared_one() -> None:
    exact = found(project("orders/"))[0]["orders/app.py:run"]
    guessed = found(project("s3://packages/orders.zip"))[0]["orders/app.py:run"]
    assert [(e.kind, e.strength) for e in exact.evidence if e.kind == "sam"] == [("sam", "certain")]
    assert [(e.kind, e.strength) for e in guessed.evidence if e.kind == "sam"] == [("sam", "strong")]


GOOGLE = """
resource "google_cloudfunctions2_function" "f" {
  name = "f"
  build_config {
    runtime     = "python312"
    entry_point = "main_entry"
    source { storage_source { object = google_storage_bucket_object.o.name } }
  }
  service_config { max_instance_request_concurrency = %s }
}
resource "google_storage_bucket_object" "o" { source = data.archive_file.z.output_path }
data "archive_file" "z" {
  type       = "zip"
  source_dir = "src"
}
"""
FRAMEWORK = (
    "import boto3\nimport functions_framework\n\n\n@functions_framework.http\ndef main_entry(request):\n"
    "    return boto3.client('s3')\n"
)


@pytest.mark.parametrize(("number", "threads"), [("1", False), ("80", True)])
def test_the_declared_concurrency_of_google_decides_about_threads(number: str, threads: bool) -> None:
    listed, _ = found({"main.tf": GOOGLE % number, "src/main.py": FRAMEWORK})
    assert listed["src/main.py:main_entry"].has_threads is threads


def test_threads_without_a_deployment_file() -> None:
    assert found({"main.py": FRAMEWORK})[0]["main.py:main_entry"].has_threads
    assert not found({"app.py": FUNCTION.format(name="lambda_handler")})[0]["app.py:lambda_handler"].has_threads


def test_traits_reach_the_routes_behind_an_adapter() -> None:
    template = SAM + (
        "  Api:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.12\n      CodeUri: src/\n"
        "      Handler: main.handler\n      SnapStart: {ApplyOn: PublishedVersions}\n"
    )
    main = (
        "import boto3\nfrom fastapi import FastAPI\nfrom mangum import Mangum\n\napp = FastAPI()\n\n\n"
        "@app.get('/')\ndef index():\n    return boto3.client('s3')\n\n\nhandler = Mangum(app)\n"
    )
    index = found({"template.yaml": template, "src/main.py": main})[0]["src/main.py:index"]
    assert index.traits == ("snap-start",)
    assert not index.has_threads
    assert json.loads(json.dumps(index))
