"""Which files are read at all, and what a broken one does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml
from declared import project, unreadable

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.project import Project

TEMPLATE = """
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.run, Runtime: python3.12}
"""


def test_a_broken_template_is_unreadable_with_the_row_and_the_others_are_still_read() -> None:
    broken = TEMPLATE + "    Metadata:\n\t\tX: 1\n"
    declared, _, failed = read(project(**{"a/template.yaml": broken, "b/template.yaml": TEMPLATE, "b/app.py": ""}))
    assert [found.manifest for found in declared] == ["b/template.yaml"]
    assert [(one.manifest, one.problem.split(":")[0]) for one in failed] == [("a/template.yaml", "line 6")]


def test_a_broken_file_that_names_no_function_is_nobodys_business() -> None:
    assert unreadable({"values.yaml": "a: [\n\t}", "template.yaml": "Resources: {{\n\t"}) == ()


def test_files_without_the_bytes_are_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("lambda_conn_lint.handlers.manifests.documents.load", fail)
    files = {"data.json": "[1, 2]", "a.yml": "Type: AWS::S3::Bucket", "serverless.yml": "service: x\nprovider: aws"}
    assert read(project(**files)) == ((), (), ())
    with pytest.raises(AssertionError, match="parsed"):
        read(project(**{"template.yaml": TEMPLATE}))


def test_a_file_that_vanished_since_the_listing_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    listed = Project(tmp_path)
    (tmp_path / "template.yaml").unlink()
    declared, _, failed = read(listed)
    assert declared == ()
    assert [one.manifest for one in failed] == ["template.yaml"]


def test_files_on_disk_with_odd_names_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "db connect " / "it's {{cookiecutter.name}}"
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "app.py").write_text("def run(event, context): ...\n")
    ((found,), _, failed) = read(Project(tmp_path))
    assert (found.file, failed) == ("db connect /it's {{cookiecutter.name}}/app.py", ())


def test_build_copies_are_not_read(tmp_path: Path) -> None:
    for folder in (".aws-sam/build", "cdk.out"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "template.yaml").write_text(TEMPLATE)
    assert read(Project(tmp_path)) == ((), (), ())


@pytest.mark.parametrize("name", ["template.yaml", "serverless.yml"])
def test_damaged_files_never_raise(name: str) -> None:
    whole = {
        "template.yaml": """
            Globals: {Function: &g {Runtime: !Ref Python, Layers: [!Ref Shared]}}
            Parameters: {Python: {Type: String, Default: python3.12}}
            Resources:
              Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: !Sub "layers/${Stage}"}}
              Orders:
                Type: AWS::Serverless::Function
                Metadata: {DockerContext: ., Dockerfile: Dockerfile}
                Properties:
                  <<: *g
                  PackageType: !If [A, Image, Zip]
                  ImageConfig: {Command: [app.run]}
                  CodeUri: !Join ["/", [src, !FindInMap [M, k, v]]]
                  Handler: app.run
        """,
        "serverless.yml": """
            service: shop
            provider: {name: aws, runtime: "${self:custom.runtime}", layers: [{Ref: CommonLambdaLayer}]}
            custom: {runtime: python3.12, wsgi: {app: api.app}}
            layers: {common: {path: layer}}
            functions:
              - "${file(more.yml):functions}"
              - orders: {handler: app.run, module: src, package: {artifact: x.zip}}
                images: {image: {name: "${opt:x, 'y'}", command: [app.run]}}
        """,
    }[name]
    original = project(**{name: whole}).read(name).decode()
    chance = random.Random(7)
    parsed = 0
    for _ in range(400):
        characters = list(original)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(characters))
            characters[at : at + chance.randint(0, 12)] = chance.choice(
                ["", ":", " [", "{", "!Ref ", "&a ", "*a", "\n", "\t", "~", "- "]
            )
        damaged = "".join(characters)
        declared, _, failed = read(project(**{name: damaged, "app.py": "", "src/app.py": ""}))
        parsed += not failed
        assert all(found.file == "" or found.attribute for found in declared)
    assert parsed > 20, "the damage must leave files that still parse"


def test_everything_works_without_the_loader_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    from lambda_conn_lint.handlers.manifests import yaml_documents

    monkeypatch.delattr(yaml, "CSafeLoader")
    yaml_documents._parser.cache_clear()
    try:
        ((found,), _, failed) = read(project(**{"template.yaml": TEMPLATE, "app.py": ""}))
    finally:
        yaml_documents._parser.cache_clear()
    assert (found.file, found.row, failed) == ("app.py", 2, ())
