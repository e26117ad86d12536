"""What deployment files cost: which modules are imported, what is parsed, and how often files are read."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.handlers.manifests import formats, read
from lambda_conn_lint.inline import with_code
from lambda_conn_lint.project import Project

SAM = "Resources: {One: {Type: AWS::Serverless::Function, Properties: {Handler: app.run, Runtime: python3.12}}}\n"
JSON = '{"Resources": {"One": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12"}}}}'
OTHER = SAM.replace("python3.12", "nodejs20.x")
PLAIN = "Resources: {Bucket: {Type: AWS::S3::Bucket}}\n"
NESTING = "Resources: {In: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}}\n"
TERRAFORM = 'resource "aws_lambda_function" "one" {\n  handler = "app.run"\n  runtime = "python3.12"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "one" {\n  bucket = "x"\n}\n'
NOTHING = {
    "en.json": '{"a": 1}',
    "values.yaml": "a: 1\n",
    "run.sh": "ls\n",
    "Dockerfile": "FROM python\n",
    "a.tf": BUCKET,
}

READERS = {f"lambda_conn_lint.handlers.manifests.{one.module}" for one in formats.FORMATS}
PARSERS = {"yaml", "tree_sitter", "libcst"}
SCRIPT = """
import sys
from pathlib import Path
from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.project import Project
before = set(sys.modules)
read(Project(Path(sys.argv[1])))
print(*(set(sys.modules) - before))
"""


@pytest.mark.subprocess
@pytest.mark.parametrize(
    ("files", "imported"),
    [
        pytest.param({}, set(), id="nothing"),
        pytest.param(NOTHING, set(), id="nothing of interest"),
        pytest.param({**NOTHING, "t.yaml": OTHER}, {"sam"}, id="another language"),
        pytest.param({**NOTHING, "t.yaml": SAM}, {"sam", "yaml"}, id="sam"),
        pytest.param({"t.json": JSON}, {"sam"}, id="json"),
        pytest.param({"a.tf": TERRAFORM, "b.tf": BUCKET}, {"terraform", "tree_sitter"}, id="terraform"),
        pytest.param({"host.json": '{"version": "2.0"}'}, {"azure"}, id="azure"),
        pytest.param({"deploy.sh": "gcloud functions deploy x --entry-point x\n"}, {"gcloud"}, id="gcloud"),
    ],
)
def test_only_readers_and_parsers_of_what_is_there_are_imported(
    tmp_path: Path, files: dict[str, str], imported: set[str]
) -> None:
    _write(tmp_path, files)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    names = set(done.stdout.split())
    found = {name.rpartition(".")[2] for name in names & (READERS | PARSERS)}
    assert found - {"dockerfile"} == imported, "only what a template may name as well comes with others"


@pytest.mark.parametrize(
    ("files", "parsed"),
    [
        (NOTHING, []),
        ({"a.yaml": PLAIN, "b.yaml": OTHER, "package.json": JSON}, []),
        ({"a.yaml": SAM, "b.yaml": PLAIN, "c.json": JSON}, ["a.yaml", "c.json"]),
        ({"serverless.yml": "provider: {name: aws}\n", "host.json": '{"a": 1}'}, []),
        ({"a/serverless.yml": "provider: {name: aws, runtime: python3.12}\nfunctions: {}\n"}, ["a/serverless.yml"]),
        ({"cdk.out/x.template.json": JSON, "y.template.json": JSON}, ["cdk.out/x.template.json", "y.template.json"]),
        (
            {"a.yaml": NESTING, "b.yaml": SAM},
            ["a.yaml", "b.yaml"],
        ),
        ({"a.yaml": NESTING, "b.yaml": PLAIN}, ["a.yaml"]),
        ({"schema.json": '{"Resources": {"Type": {"enum": ["AWS::Lambda::Function"]}}}'}, []),
        ({"expected.json": '[{"ResourceType": "AWS::Lambda::Function"}]'}, []),
        ({"policy.yaml": "Resources: [AWS::Lambda::Function]\n"}, []),
        ({"a.yaml": "x: &kind AWS::Lambda::Function\nResources: {One: {Type: *kind}}\n"}, ["a.yaml"]),
        ({"a.yaml": 'Resources: {One: {"Type" : # one\n  "AWS::Lambda::Function"}}\n'}, ["a.yaml"]),
    ],
)
def test_each_file_that_names_functions_is_parsed_once_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], parsed: list[str]
) -> None:
    from lambda_conn_lint.handlers.manifests import documents

    seen: list[str] = []
    load = documents.load

    def counted(path: str, data: bytes) -> list[documents.Value]:
        seen.append(path)
        return load(path, data)

    monkeypatch.setattr(documents, "load", counted)
    _write(tmp_path, files)
    read(Project(tmp_path))
    assert sorted(seen) == parsed


def test_modules_of_terraform_are_parsed_once_however_often_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lambda_conn_lint.handlers.manifests import hcl

    parsed: list[bytes] = []
    parse = hcl.parse

    def counted(data: bytes) -> hcl.Parsed:
        parsed.append(data)
        return parse(data)

    monkeypatch.setattr(hcl, "parse", counted)
    calls = "".join(f'module "{name}" {{\n  source = "./one"\n}}\n' for name in ("a", "b", "c"))
    _write(tmp_path, {"main.tf": calls, "one/main.tf": TERRAFORM, "other/main.tf": BUCKET})
    assert len(read(Project(tmp_path)).declarations) == 3
    assert sorted(parsed) == sorted([calls.encode(), TERRAFORM.encode()])


def test_of_terraform_only_files_that_are_asked_for_something_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lambda_conn_lint.handlers.manifests import hcl

    parsed: list[bytes] = []
    parse = hcl.parse

    def counted(data: bytes) -> hcl.Parsed:
        parsed.append(data)
        return parse(data)

    monkeypatch.setattr(hcl, "parse", counted)
    function = TERRAFORM.replace('"app.run"', "var.handler")
    variable = 'variable "handler" {\n  default = "app.run"\n}\n'
    _write(tmp_path, {"main.tf": function, "variables.tf": variable, "bucket.tf": BUCKET, "roles.tf": "broken {"})
    ((declared,), _, failed) = read(Project(tmp_path))
    assert (declared.handler, failed) == ("app.run", ())
    assert sorted(parsed) == sorted([function.encode(), variable.encode()])


class _Counting(Project):
    """A project that counts what is read."""

    reads: Counter[str]

    def read(self, path: str) -> bytes:
        self.__dict__.setdefault("reads", Counter())[path] += 1
        return super().read(path)


INLINE = SAM.replace(
    "Handler: app.run", 'Handler: index.run, InlineCode: "import boto3\\ndef run(e, c): boto3.client(1)"'
)


@pytest.mark.parametrize("template", [SAM, PLAIN, INLINE])
def test_deployment_files_are_read_once_where_no_python_file_names_a_client(tmp_path: Path, template: str) -> None:
    _write(tmp_path, {"a/t.yaml": template, "b/values.yaml": "a: 1\n", "c/Dockerfile": "FROM x\n", "app.py": "x = 1\n"})
    project = _Counting(tmp_path)
    check(project, Settings())
    manifests = {path: project.reads[path] for path in project.manifests}
    assert max(manifests.values()) == 1
    assert manifests["a/t.yaml"] == 1


def test_what_may_hold_code_is_asked_twice_and_read_once(tmp_path: Path) -> None:
    _write(tmp_path, {"a.yaml": INLINE, "b.yaml": SAM, "c.json": "{}", "d.tf": TERRAFORM})
    project = _Counting(tmp_path)
    assert list(with_code(project, project.manifests)) == list(with_code(project, project.manifests)) == ["a.yaml"]
    assert project.reads == {"a.yaml": 1, "b.yaml": 1, "c.json": 1}


@pytest.mark.parametrize(
    ("text", "is_parsed"),
    [
        (TERRAFORM, True),
        ('resource aws_lambda_function one {\n  handler = "app.run"\n  runtime = "python3.12"\n}\n', True),
        ('output "arn" {\n  value = aws_lambda_function.one.arn\n}\n', False),
        ('resource "aws_lambda_function_url" "one" {\n  function_name = "one"\n}\n', False),
    ],
)
def test_terraform_files_that_only_refer_to_functions_are_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, is_parsed: bool
) -> None:
    from lambda_conn_lint.handlers.manifests import hcl

    seen: list[bytes] = []
    parse = hcl.parse

    def counted(data: bytes) -> hcl.Parsed:
        seen.append(data)
        return parse(data)

    monkeypatch.setattr(hcl, "parse", counted)
    _write(tmp_path, {"a.tf": text})
    read(Project(tmp_path))
    assert seen == ([text.encode()] if is_parsed else [])


def test_files_are_not_screened_again_where_templates_hold_code(tmp_path: Path) -> None:
    _write(tmp_path, {"t.yaml": INLINE, "app.py": "x = 1\n"})
    project = _Counting(tmp_path)
    assert check(project, Settings()).surroundings is not None
    assert project.reads["app.py"] == 1


def test_a_format_is_known_by_the_name_of_its_module() -> None:
    assert all(callable(one.reader().read) for one in formats.FORMATS)


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
