"""What deployment files say is known until one of them changes, whatever happens to the rest of the project."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cache.services import OLD, Services

from lambda_conn_lint.handlers.manifests import documents
from lambda_conn_lint.project import Project, read_file

Run = Callable[..., tuple[int, str, str]]
HANDLER = 'import boto3\n\n\ndef {name}(event, context):\n    return boto3.client("s3")\n'
INLINE = """Resources:
  Inner:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.run
      Code:
        ZipFile: |
          import boto3
          def run(event, context):
              return boto3.client("s3")
"""


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which files are old enough to be known by their times."""
    monkeypatch.setattr("lambda_conn_lint.cache.trace.time.time_ns", lambda: 1 << 62)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The YAML and JSON files that are parsed."""
    paths: list[str] = []
    load = documents.load

    def noting(path: str, data: bytes) -> list[documents.Value]:
        paths.append(path)
        return load(path, data)

    monkeypatch.setattr(documents, "load", noting)
    return paths


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read by way of a project."""
    paths: list[str] = []

    def noting(path: str, look: Callable[..., None]) -> bytes:
        paths.append(Path(path).name)
        return read_file(path, look)

    monkeypatch.setattr("lambda_conn_lint.cache.trace.read_file", noting)
    return paths


def test_after_a_changed_handler_no_deployment_file_is_read(
    folder: Path, run: Run, loaded: list[str], read: list[str]
) -> None:
    services = Services(folder, 3)
    services.write("values.json", "{}")
    run("--statistics")
    assert loaded == ["template.yaml"]
    assert {"template.yaml", "values.json"} <= set(read)
    loaded.clear()
    read.clear()
    services.write("service_0/app.py", HANDLER.format(name="handler"))
    found = run("--statistics")
    assert loaded == []
    assert "app.py" in read
    assert not {"template.yaml", "values.json"} & set(read)
    assert found == run("--statistics", "--no-cache")


def test_one_file_that_is_asked_for_makes_use_of_it(folder: Path, run: Run, loaded: list[str]) -> None:
    services = Services(folder, 3)
    run("--statistics")
    loaded.clear()
    services.write("service_1/app.py", HANDLER.format(name="handler"))
    found = run("--output-format", "json", "service_1/app.py")
    assert loaded == []
    assert found == run("--output-format", "json", "service_1/app.py", "--no-cache")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("template.yaml", INLINE),
        ("more/template.yaml", INLINE),
        ("values.yaml", INLINE),
        ("service_0/main.py", HANDLER.format(name="start")),
        ("deploy.py", "import aws_cdk\n"),
    ],
    ids=["changed", "added", "sifted out before", "code that may be declared", "a program"],
)
def test_deployment_files_are_read_again_where_they_may_say_something_else(
    folder: Path, run: Run, loaded: list[str], path: str, text: str
) -> None:
    services = Services(folder, 3)
    services.write("values.yaml", "a: 1\n")
    run("--output-format", "json")
    loaded.clear()
    services.write(path, text)
    found = run("--output-format", "json")
    assert "template.yaml" in loaded
    assert found == run("--output-format", "json", "--no-cache")


def test_what_is_not_there_is_looked_for_again(folder: Path, run: Run) -> None:
    services = Services(folder, 3)
    services.write(
        "template.yaml",
        "Resources: {In: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./inner.txt}}}\n",
    )
    run("--output-format", "json")
    services.write("inner.txt", INLINE)
    assert run("--output-format", "json") == run("--output-format", "json", "--no-cache")


def test_fixing_parses_deployment_files_once(folder: Path, run: Run, loaded: list[str]) -> None:
    services = Services(folder, 3)
    services.write("service_0/app.py", HANDLER.format(name="handler"))
    found = run("--diff", "--unsafe-fixes")
    assert loaded == ["template.yaml"]
    loaded.clear()
    assert found == run("--diff", "--unsafe-fixes", "--no-cache")
    assert loaded.count("template.yaml") > 1, "else the cache has had nothing to save"


def test_all_that_can_be_declared_comes_back(folder: Path, run: Run, loaded: list[str]) -> None:
    services = Services(folder, 3)
    services.write("template.yaml", INLINE)
    services.write("broken.yaml", "Resources:\n  A:\n    Type: AWS::Serverless::Function\n   B: [python\n")
    services.write(
        "automation.yaml",
        "steps:\n- action: aws:executeScript\n  inputs: {Runtime: python3.11, Handler: run, Script: 'x.py'}\n",
    )
    run("--statistics")
    loaded.clear()
    services.write("service_2/app.py", HANDLER.format(name="handler"))
    found = run("--output-format", "json")
    assert loaded == []
    assert "template.yaml" in found[1]
    assert "broken.yaml" in found[2]
    assert found == run("--output-format", "json", "--no-cache")


def test_only_the_clock_has_changed(folder: Path, run: Run, loaded: list[str]) -> None:
    services = Services(folder, 3)
    run("--statistics")
    loaded.clear()
    os.utime(folder / "template.yaml", (OLD + 5, OLD + 5))
    services.write("service_0/app.py", HANDLER.format(name="handler"))
    run("--statistics")
    assert loaded == []


def test_no_deployment_file_is_parsed_where_no_python_file_names_a_client(
    folder: Path, run: Run, loaded: list[str]
) -> None:
    services = Services(folder, 3)
    for file in folder.rglob("*.py"):
        services.write(str(file.relative_to(folder)), "x = 1\n")
    assert run("--no-cache")[0] == 0
    assert loaded == []
    assert Project(folder).manifests == ("template.yaml",)
