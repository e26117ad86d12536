"""Functions of SAM and CloudFormation templates."""

from __future__ import annotations

import json

import pytest
from declared import declared, only, project

from lambda_conn_lint.handlers.manifests import read


def _function(properties: str, *, kind: str = "AWS::Serverless::Function", rest: str = "") -> dict[str, str]:
    return {"template.yaml": f"{rest}\nResources:\n  Orders:\n    Type: {kind}\n    Properties: {{{properties}}}\n"}


def _problem(properties: str, *python: str, kind: str = "AWS::Serverless::Function") -> str:
    found = only(_function(f"Runtime: python3.12, {properties}", kind=kind), *python)
    assert found.file == ""
    return found.problem


SHOP = """
    AWSTemplateFormatVersion: "2010-09-09"
    Transform: AWS::Serverless-2016-10-31

    Globals:
      Function:
        Runtime: python3.12
        Handler: main.handler
        Timeout: 30
        Environment:
          Variables:
            TABLE_NAME: !Ref OrdersTable

    Resources:
      OrdersTable:
        Type: AWS::DynamoDB::Table
      CreateOrder:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/create order/
          Policies:
            - DynamoDBCrudPolicy: {TableName: !Ref OrdersTable}
      Thumbnails:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/thumbnails/
          Runtime: nodejs20.x
          Handler: index.handler
      Stream:
        Type: 'AWS::Serverless::Function'
        Properties:
          Handler: shop/stream.on_records
          Events:
            Table:
              Type: DynamoDB
              Properties: {Stream: !GetAtt OrdersTable.StreamArn, StartingPosition: LATEST}
"""


def test_a_service_with_globals_two_roots_and_another_language() -> None:
    create, stream = declared(
        {"backend/template.yaml": SHOP}, "backend/src/create order/main.py", "backend/shop/stream.py"
    )
    assert create._asdict() == {
        "source": "sam",
        "manifest": "backend/template.yaml",
        "row": 16,
        "name": "CreateOrder",
        "handler": "main.handler",
        "root": "backend/src/create order",
        "file": "backend/src/create order/main.py",
        "attribute": "handler",
        "platform": "aws",
        "problem": "",
        "role": "handler",
        "layers": (),
        "traits": (),
        "inline": None,
        "is_guessed": False,
    }
    assert (stream.root, stream.file, stream.attribute) == ("backend", "backend/shop/stream.py", "on_records")


def test_the_same_template_as_json_with_its_rows() -> None:
    template = {
        "Globals": {"Function": {"Runtime": "python3.12", "CodeUri": "src"}},
        "Outputs": {"Orders": {"Value": {"Fn::GetAtt": ["Orders", "Arn"]}}},
        "Resources": {
            "Orders": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": {"Fn::Sub": "app.run"}}},
        },
    }
    text = json.dumps(template, indent=1)
    found = only({"template.json": text}, "src/app.py")
    assert (found.file, found.attribute) == ("src/app.py", "run")
    assert text.splitlines()[found.row - 1] == '  "Orders": {'
    assert "Outputs" in "".join(text.splitlines()[: found.row - 1])


@pytest.mark.parametrize(
    ("code", "file", "root"),
    [
        ("", "app.py", ""),
        ("CodeUri: .", "app.py", ""),
        ("CodeUri: ./src/orders/", "src/orders/app.py", "src/orders"),
        ("CodeUri: src/app.py", "src/app.py", "src"),
        ("CodeUri: !Sub src/orders", "src/orders/app.py", "src/orders"),
        ("CodeUri: !Ref Folder", "lambdas/app.py", "lambdas"),
        ("CodeUri: !Sub '${Folder}/orders'", "lambdas/orders/app.py", "lambdas/orders"),
        ("CodeUri: !Sub ['${A}/${Folder}', {A: src}]", "src/lambdas/app.py", "src/lambdas"),
        ("CodeUri: !Join ['/', [src, !Ref Folder]]", "src/lambdas/app.py", "src/lambdas"),
        ("CodeUri: !FindInMap [Code, orders, folder]", "mapped/app.py", "mapped"),
        ("CodeUri: !If [Prod, src, !Sub src]", "src/app.py", "src"),
        ("CodeUri: build/orders.zip", "orders/app.py", "orders"),
    ],
)
def test_code_uri(code: str, file: str, root: str) -> None:
    rest = "Parameters: {Folder: {Type: String, Default: lambdas}}\nMappings: {Code: {orders: {folder: mapped}}}\n"
    found = only(_function(f"Runtime: python3.12, Handler: app.run, {code}", rest=rest), file)
    assert (found.file, found.root, found.problem) == (file, root, "")


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ("Handler: app.run, CodeUri: s3://bucket/app.zip", "CodeUri is on S3"),
        ("Handler: app.run, CodeUri: {Bucket: b, Key: app.zip}", "CodeUri is on S3"),
        ("Handler: app.run, CodeUri: !Sub 's3://${Bucket}/app.zip'", "CodeUri depends on the deployment"),
        ("Handler: app.run, CodeUri: !If [Prod, a, b]", "CodeUri depends on the deployment"),
        ("Handler: app.run, CodeUri: '${codeuri}'", "CodeUri depends on the deployment"),
        ("Handler: app.run, CodeUri: ../elsewhere", "CodeUri ../elsewhere is outside the project"),
        ("Handler: app.run, CodeUri: build/app.zip", "build/app.zip is an archive"),
        ("Handler: app.run, CodeUri: src", "src/app.py does not exist"),
        ("Handler: app.run, InlineCode: 'def run(event, context): pass'", "inline code"),
        ("Handler: run", 'handler "run" is not of the form module.function'),
        ("Handler: !ImportValue Name", "Handler depends on the deployment"),
        ("CodeUri: src", "no Handler"),
    ],
)
def test_functions_without_code_say_why(properties: str, problem: str) -> None:
    assert _problem(properties) == problem


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("Code: {ZipFile: 'def run(event, context): pass'}", "inline code"),
        ("Code: {ZipFile: !Sub 'def run(event, context): pass'}", "inline code"),
        ("Code: {S3Bucket: b, S3Key: k}", "Code is on S3"),
        ("Code: !Ref Location", "Code depends on the deployment"),
        ("Role: x", "no Code"),
    ],
)
def test_cloudformation_functions_without_code(code: str, problem: str) -> None:
    two = ("a/index.py", "b/index.py")  # so that nobody can tell which of them it is
    assert _problem(f"Handler: index.run, {code}", *two, kind="AWS::Lambda::Function") == problem


@pytest.mark.parametrize("code", ["{S3Bucket: b, S3Key: k}", "!Ref Location"])
def test_the_only_file_that_an_upload_can_be_made_from(code: str) -> None:
    properties = f"Runtime: python3.12, Handler: index.run, Code: {code}"
    found = only(_function(properties, kind="AWS::Lambda::Function"), "src/index.py", "src/tests/index.py")
    assert (found.file, found.root, found.problem) == ("src/index.py", "src", "")


def test_a_cloudformation_function_with_a_folder_ignores_sams_globals() -> None:
    rest = "Globals: {Function: {Handler: other.run}}"
    found = only(
        _function("Runtime: python3.9, Handler: app.run, Code: fn", kind="AWS::Lambda::Function", rest=rest),
        "fn/app.py",
    )
    assert (found.source, found.file) == ("cloudformation", "fn/app.py")


@pytest.mark.parametrize("runtime", ["nodejs20.x", "provided.al2023", "java21", "!Ref Node"])
def test_other_languages_are_no_declarations(runtime: str) -> None:
    rest = "Parameters: {Node: {Type: String, Default: nodejs20.x}}"
    assert declared(_function(f"Runtime: {runtime}, Handler: app.run", rest=rest), "app.py") == ()


@pytest.mark.parametrize("runtime", ["Runtime: !Ref Unknown, ", "Runtime: !If [Old, python3.9, python3.12], ", ""])
def test_an_unknown_runtime_is_decided_by_the_file(runtime: str) -> None:
    files = _function(f"{runtime}Handler: app.run")
    assert only(files, "app.py").file == "app.py"
    assert declared(files, "other.py") == ()


def test_the_default_of_a_parameter_of_an_ssm_type_is_no_value() -> None:
    rest = "Parameters: {Folder: {Type: 'AWS::SSM::Parameter::Value<String>', Default: src}}"
    function = _function("Runtime: python3.12, Handler: app.run, CodeUri: !Ref Folder", rest=rest)
    found = only(function, "src/app.py", "lib/app.py")
    assert found.problem == "CodeUri depends on the deployment"


IMAGE = """
    Resources:
      Model:
        Type: AWS::Serverless::Function
        Properties:
          PackageType: Image
          {config}
        Metadata:
          DockerContext: ./docker
          Dockerfile: Dockerfile.model
"""
DOCKERFILE = """
    FROM public.ecr.aws/lambda/python:3.12 AS base
    COPY requirements.txt ./
    RUN pip install \\
        -r requirements.txt
    COPY --chown=1:1 app/* ${LAMBDA_TASK_ROOT}
    CMD ["server.run"]
"""


def _image(config: str, dockerfile: str, *python: str) -> tuple[tuple[str, str, str], ...]:
    files = {"template.yaml": IMAGE.format(config=config), "docker/Dockerfile.model": dockerfile}
    return tuple((found.handler, found.file, found.problem) for found in declared(files, *python))


def test_an_image_with_a_command_in_the_template() -> None:
    found = _image("ImageConfig: {Command: [predict.run]}", DOCKERFILE, "docker/predict.py", "docker/app/server.py")
    assert found == (("predict.run", "docker/predict.py", ""),)


def test_an_image_with_the_command_in_the_dockerfile_and_copied_folders() -> None:
    assert _image("Timeout: 3", DOCKERFILE, "docker/app/server.py") == (("server.run", "docker/app/server.py", ""),)
    assert _image("Timeout: 3", DOCKERFILE) == (("server.run", "", "docker/server.py does not exist"),)


def test_images_that_start_something_else() -> None:
    server = "FROM python:3.12\nCMD uvicorn main:app\n"
    assert _image("Timeout: 3", server, "docker/main.py") == (("", "", "the image's CMD names no handler"),)
    node = 'FROM public.ecr.aws/lambda/nodejs:20\nCMD ["server.run"]\n'
    assert _image("Timeout: 3", node) == ()


def test_an_image_from_a_registry_is_unknown_unless_its_command_is_here() -> None:
    template = "Code: {ImageUri: x}, ImageConfig: {Command: [app.run]}"
    files = _function(template, kind="AWS::Lambda::Function")
    assert only(files, "app.py").file == "app.py"
    assert declared(files, "other.py") == ()


def test_layers_of_the_same_template_are_roots() -> None:
    template = """
        Globals:
          Function:
            Runtime: python3.12
            Layers: [!Ref Shared, !Sub "arn:aws:lambda:${AWS::Region}:1:layer:Insights:1"]
        Resources:
          Shared:
            Type: AWS::Serverless::LayerVersion
            Properties: {ContentUri: layers/shared}
          Drivers:
            Type: AWS::Lambda::LayerVersion
            Properties: {Content: layers/drivers/}
          Remote:
            Type: AWS::Lambda::LayerVersion
            Properties: {Content: {S3Bucket: b, S3Key: k}}
          Orders:
            Type: AWS::Serverless::Function
            Properties: {Handler: app.run, Layers: [!Ref Drivers, !Ref Remote, !Ref Shared, !Ref Orders]}
    """
    found = only({"template.yaml": template}, "app.py", "layers/shared/python/shop/db.py", "layers/drivers/pg.py")
    assert found.layers == ("layers/shared/python", "layers/shared", "layers/drivers")


def test_nested_stacks_and_several_templates_each_start_at_their_own_folder() -> None:
    parent = "Resources: {Child: {Type: AWS::Serverless::Application, Properties: {Location: child/stack.yml}}}"
    child = _function("Runtime: python3.12, Handler: app.run, CodeUri: fn")["template.yaml"]
    found = only({"template.yaml": parent, "child/stack.yml": child}, "child/fn/app.py", "fn/app.py")
    assert found.file == "child/fn/app.py"


@pytest.mark.parametrize(
    "text",
    [
        "- AWS::Serverless::Function",
        "Resources: [AWS::Serverless::Function]",
        "Resources: {A: AWS::Serverless::Function}",
        "Resources: {A: {Type: [AWS::Serverless::Function]}}",
        "Resources: {A: {Type: AWS::Serverless::Function, Properties: null}}",
        "Resources: {A: {Type: AWS::Serverless::Function, Properties: [x]}}",
        "Globals: x\nResources: {A: {Type: AWS::Serverless::Function, Properties: {Layers: x, Handler: [a]}}}",
        "Resources: {A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageConfig: y}}}",
        "Rules: {Types: [AWS::Lambda::Function]}",
        "Resources: !Sub {Type: AWS::Serverless::Function}",
        "Resources: {<<: !Sub {Type: AWS::Serverless::Function}}",
        "",
    ],
)
def test_odd_shapes_declare_nothing_and_break_nothing(text: str) -> None:
    assert read(project(**{"template.yaml": text, "app.py": ""})) == ((), (), ())
