"""Code that stands in deployment files: what is found in it, where that is told, and what silences it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.cli import main
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.rounds import Choice, planned
from lambda_conn_lint.project import Project

CODE = "import boto3\ndef handler(event, context):\n    boto3.client('s3')\n"


def template(code: str, name: str = "One") -> str:
    """A SAM template with a function whose ``InlineCode`` is written like this."""
    return (
        f"Resources:\n  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        f"      Runtime: python3.12\n      Handler: index.handler\n      InlineCode: {code}\n"
    )


def literal(text: str, opening: str = "|") -> str:
    return f"{opening}\n{textwrap.indent(textwrap.dedent(text), ' ' * 8)}"


def found_in(folder: Path, text: str, name: str = "template.yaml") -> tuple[Finding, ...]:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return check(Project(folder), Settings()).findings


def places(findings: tuple[Finding, ...]) -> list[tuple[str, str, int, int]]:
    return [(finding.filename, finding.code, finding.span.row, finding.span.column) for finding in findings]


def test_a_finding_stands_where_the_code_stands_in_the_template(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, template(literal(CODE)))
    assert places((finding,)) == [("template.yaml", "LCL103", 10, 13)]
    assert (finding.span.end_row, finding.span.end_column) == (10, 31)
    assert [(step.filename, step.row, step.column, step.name) for step in finding.path] == [
        ("template.yaml", 9, 9, "handler"),
        ("template.yaml", 10, 13, "boto3.client"),
    ]
    assert [(handler.filename, handler.row) for handler in finding.handlers] == [("template.yaml", 9)]


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (literal(CODE, "|-"), (10, 13)),
        (literal(CODE, "|2"), (10, 13)),
        (literal(CODE, "!Sub |"), (10, 13)),
        (literal("\n\n" + CODE), (12, 13)),
        (f"\n        Fn::Sub: {literal(CODE).replace(chr(10), chr(10) + '  ')}", (11, 15)),
        (f"!Sub\n        - {literal(CODE).replace(chr(10), chr(10) + '  ')}\n        - X: y", (11, 15)),
        (json.dumps(CODE), (7, 7)),
        ("'import boto3\n\n        def handler(event, context): boto3.client(\"s3\")'", (7, 7)),
        (f">\n{textwrap.indent(CODE.replace(chr(10), chr(10) * 2), ' ' * 8)}", (7, 7)),
        ('!Join ["\\n", ["import boto3", "def handler(e, context):", " boto3.client(0)"]]', (7, 7)),
    ],
)
def test_literal_code_has_exact_places_and_other_code_the_row_where_it_begins(
    tmp_path: Path, code: str, place: tuple[int, int]
) -> None:
    assert [row[2:] for row in places(found_in(tmp_path, template(code)))] == [place]


def test_code_in_json(tmp_path: Path) -> None:
    properties = {"Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": CODE}}
    document = {"Resources": {"One": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    text = json.dumps(document, indent=2)
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "ZipFile" in line)
    assert places(found_in(tmp_path, text, "stack.json")) == [("stack.json", "LCL103", row, 11)]


def test_a_template_with_other_line_ends(tmp_path: Path) -> None:
    text = template(literal(CODE)).replace("\n", "\r\n")
    assert places(found_in(tmp_path, text)) == [("template.yaml", "LCL103", 10, 13)]


def test_texts_of_several_functions_do_not_mix(tmp_path: Path) -> None:
    shared = template(literal("import boto3\ns3 = boto3.client('s3')\ndef handler(event, context): s3.x()"))
    other = template(literal("from index import s3\ndef make(): s3('s3')\ndef handler(event, context): make()"), "Two")
    assert found_in(tmp_path, shared + other.removeprefix("Resources:\n")) == ()


def test_other_languages_are_left_alone(tmp_path: Path) -> None:
    assert found_in(tmp_path, template(literal(CODE)).replace("python3.12", "nodejs20.x")) == ()


def test_code_that_depends_on_the_deployment_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(template(f"!If [A, {json.dumps(CODE)}, x]"), encoding="utf-8")
    found, open_ends = handlers(Project(tmp_path), Settings())
    assert found == ()
    assert [getattr(one, "problem", "") for one in open_ends] == ["inline code"]


def test_references_of_the_template_are_no_syntax_errors(tmp_path: Path) -> None:
    code = literal("LIMIT = ${Limit}\n" + CODE, "!Sub |")
    assert places(found_in(tmp_path, template(code))) == [("template.yaml", "LCL103", 11, 13)]


def test_code_that_is_not_python(tmp_path: Path) -> None:
    findings = found_in(tmp_path, template(literal("import boto3\ndef handler(event, context:\n  boto3.client(1)")))
    assert [place[:3] for place in places(findings)] == [("template.yaml", "LCL001", 9)]


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (CODE.replace("'s3')", "'s3')  # noqa: LCL103"), 0),
        (CODE.replace("'s3')", "'s3')  # noqa: LCL101"), 1),
        (CODE.replace("'s3')", "'s3')  # noqa"), 0),
        (CODE + "# noqa\n", 1),
        ("# flake8: noqa\n" + CODE, 0),
        (CODE.replace("'s3')", "\n        's3',\n    )  # noqa"), 1),
        (CODE.replace("'s3')", "'''\n''')  # noqa"), 0),
    ],
)
@pytest.mark.parametrize("write", [literal, json.dumps])
def test_comments_in_the_code_silence_by_the_same_rules(tmp_path: Path, code: str, left: int, write: object) -> None:
    assert callable(write)
    assert len(found_in(tmp_path, template(write(code)))) == left


def test_a_comment_in_one_function_says_nothing_of_another(tmp_path: Path) -> None:
    silenced = template(literal("# flake8: noqa\n" + CODE))
    assert len(found_in(tmp_path, silenced + template(literal(CODE), "Two").removeprefix("Resources:\n"))) == 1


def test_comments_of_the_template_itself_are_not_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "# flake8: noqa\n" + template(json.dumps(CODE) + "  # noqa")
    (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["--output-format=concise", "--select=ALL", "."]) == 1
    assert "template.yaml:8:7: LCL103" in capsys.readouterr().out


def test_code_in_a_template_has_no_fix(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(template(literal(CODE)), encoding="utf-8")
    (finding,) = planned(Project(tmp_path), Settings(), Choice(), lambda findings, data: findings)
    assert finding.fix is None
    assert finding.reason == "its code stands in a deployment file, and only Python files are edited"


def test_handlers_in_templates_are_listed(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(template(literal(CODE)), encoding="utf-8")
    found, open_ends = handlers(Project(tmp_path), Settings())
    assert [(one.filename, one.row, one.name, one.platform) for one in found] == [
        ("template.yaml", 9, "handler", "aws"),
    ]
    assert open_ends == ()


def test_what_a_layer_builds_for_code_in_a_template(tmp_path: Path) -> None:
    (tmp_path / "layer/python").mkdir(parents=True)
    (tmp_path / "layer/python/clients.py").write_text("import boto3\ndef make():\n    return boto3.client('s3')\n")
    (tmp_path / "clients.py").write_text("def make(): ...\n")
    code = template(literal("from clients import make\ndef handler(event, context): make()"))
    layers = (
        "      Layers: [!Ref Shared]\n"
        "  Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}\n"
    )
    (finding,) = found_in(tmp_path, code + layers)
    assert (finding.filename, finding.path[0].filename) == ("layer/python/clients.py", "template.yaml")


@pytest.mark.parametrize(
    ("given", "told"),
    [(["."], True), (["deploy"], True), (["deploy/template.yaml"], True), (["src"], False), (["src/app.py"], False)],
)
def test_given_paths_choose_what_is_reported(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    told: bool,
) -> None:
    for folder in (".git", "deploy", "src"):
        (tmp_path / folder).mkdir()
    (tmp_path / "src/app.py").write_text("X = 1\n")
    (tmp_path / "deploy/template.yaml").write_text(template(literal(CODE)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["--output-format=concise", *given]) == int(told)
    captured = capsys.readouterr()
    assert ("deploy/template.yaml:10:13: LCL103" in captured.out) == told
    assert captured.err == ""


def test_a_baseline_counts_code_in_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(template(literal(CODE)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["baseline", "write"]) == 0
    assert main([]) == 0
    file.write_text("# moved\n" + template(literal(CODE)), encoding="utf-8")
    assert main([]) == 0
    file.write_text(template(literal("def handler(event, context): ...")), encoding="utf-8")
    capsys.readouterr()
    assert main(["baseline", "check"]) == 1
    assert 'template.yaml: LCL103 boto3.client("s3"): none of 1 left' in capsys.readouterr().out


def test_what_a_build_has_written_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import boto3\n")
    (tmp_path / "cdk.out").mkdir()
    assert found_in(tmp_path, template(literal(CODE)), "cdk.out/Stack.template.json") == ()


def test_a_deployment_file_that_cannot_be_read_is_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.py").write_text("import boto3\n")
    (tmp_path / "template.yaml").write_text("Resources:\n  A: {Type: AWS::Serverless::Function\n  B: [\n")
    monkeypatch.chdir(tmp_path)
    for arguments, times in ((["."], 1), (["--fix", "."], 1), (["--statistics", "."], 1), (["--quiet", "."], 0)):
        assert main(arguments) == 0
        assert capsys.readouterr().err.count("template.yaml: the deployment file could not be read: line") == times
