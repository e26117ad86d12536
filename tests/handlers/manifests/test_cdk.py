"""Functions of CDK programs, in Python and TypeScript, and of what they write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from declared import declared, only, unreadable

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.project import Project

PYTHON = """
import os
from pathlib import Path
from aws_cdk import Stack, aws_lambda as lambda_

HERE = Path(__file__).parent
DIRNAME = os.path.dirname(os.path.abspath(__file__))
FOLDERS = {{"orders": "src/orders"}}

class Shop(Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        folder = "src"
        lambda_.Function(self, "Orders", runtime=lambda_.Runtime.PYTHON_3_12, handler="app.run", code={code})
"""

TYPESCRIPT = """
import * as path from 'path';
import {{ aws_lambda as lambda }} from 'aws-cdk-lib';

const folders = {{ orders: 'src/orders' }};

export class Shop extends Stack {{
  private readonly base = path.join(__dirname, '..');
  constructor(scope: Construct, id: string) {{
    super(scope, id);
    const folder = 'src';
    new lambda.Function(this, 'Orders', {{
      runtime: lambda.Runtime.PYTHON_3_12, // 3.12
      handler: 'app.run',
      code: {code},
    }});
  }}
}}
"""


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ('lambda_.Code.from_asset("src")', "src/app.py"),
        ("lambda_.AssetCode(path='./src/')", "src/app.py"),
        ('lambda_.Code.from_asset(f"{folder}/orders")', "src/orders/app.py"),
        ('lambda_.Code.from_asset(FOLDERS["orders"])', "src/orders/app.py"),
        ('lambda_.Code.from_asset(str(HERE / "code"))', "shop/code/app.py"),
        ('lambda_.Code.from_asset(str(HERE.parent.joinpath("src")))', "src/app.py"),
        ('lambda_.Code.from_asset(os.path.join(DIRNAME, "..", "src"))', "src/app.py"),
        ('lambda_.Code.from_asset(os.path.join(os.getcwd(), "src"))', "src/app.py"),
        ('lambda_.Code.from_asset("code")', "shop/code/app.py"),
        ('lambda_.Code.from_asset("dist/orders.zip")', "orders/app.py"),
        ("lambda_.Code.from_asset(os.environ['CODE'])", "only/here/app.py"),
        ('lambda_.InlineCode(open("shop/text.py").read())', "shop/text.py"),
    ],
)
def test_assets_in_python(code: str, file: str) -> None:
    found = only({"cdk.json": "{}", "shop/stack.py": PYTHON.format(code=code)}, file)
    assert (found.name, found.row, found.file, found.attribute) == ("Orders", 13, file, "run")


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("lambda.Code.fromAsset('src')", "src/app.py"),
        ("lambda.Code.fromAsset(`${folder}/orders`, { exclude: ['x'] })", "src/orders/app.py"),
        ("lambda.Code.fromAsset(folders['orders'])", "src/orders/app.py"),
        ("lambda.Code.fromAsset(folders.orders)", "src/orders/app.py"),
        ("lambda.Code.fromAsset(path.join(__dirname, '../src'))", "src/app.py"),
        ("lambda.Code.fromAsset(path.resolve(__dirname, '..', 'src') as string)", "src/app.py"),
        ("lambda.Code.fromAsset(this.base + '/src')", "src/app.py"),
        ("lambda.Code.fromAsset(process.env.CODE!)", "only/here/app.py"),
        ("lambda.Code.fromInline(fs.readFileSync('lib/text.py', 'utf8'))", "lib/text.py"),
    ],
)
def test_assets_in_typescript(code: str, file: str) -> None:
    found = only({"cdk.json": "{}", "lib/shop.ts": TYPESCRIPT.format(code=code)}, file)
    assert (found.name, found.row, found.file, found.attribute) == ("Orders", 11, file, "run")


def test_inline_code_has_its_text() -> None:
    code = 'lambda_.Code.from_inline("def run(event, context): ...")'
    found = only({"cdk.json": "{}", "shop/stack.py": PYTHON.format(code=code)})
    assert found.problem == "inline code"
    assert found.inline is not None
    assert found.inline.text == "def run(event, context): ..."


def test_functions_of_other_languages_and_of_other_libraries() -> None:
    text = PYTHON.format(code='lambda_.Code.from_asset("src")')
    assert declared({"cdk.json": "{}", "a.py": text.replace("PYTHON_3_12", "NODEJS_20_X")}, "src/app.py") == ()
    assert declared({"cdk.json": "{}", "a.py": text.replace("lambda_.Function(", "lambda_.Alias(")}, "src/app.py") == ()


def test_a_subclass_that_hands_its_properties_to_the_construct() -> None:
    text = """
        import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
        export class Job extends Function {
          constructor(scope: Construct, name: string) {
            super(scope, name, { runtime: Runtime.PYTHON_3_12, handler: `${name}.run`, code: Code.fromAsset('src') });
          }
        }
        ['a', 'b'].forEach((name) => { new Job(app, name); });
    """
    found = declared({"cdk.json": "{}", "lib/job.ts": text}, "src/a.py", "src/b.py")
    assert [one.file for one in found] == ["src/a.py", "src/b.py"]


def test_a_list_of_settings() -> None:
    text = """
        from aws_cdk import aws_lambda
        JOBS = [{"name": "A", "handler": "a.run"}, {"name": "B", "handler": "b.run"}]
        def make(stack):
            for job in JOBS:
                aws_lambda.Function(
                    stack, job["name"], runtime=aws_lambda.Runtime.PYTHON_3_12, handler=job["handler"],
                    code=aws_lambda.Code.from_asset("src"),
                )
    """
    found = declared({"cdk.json": "{}", "stack.py": text}, "src/a.py", "src/b.py")
    assert [(one.name, one.file) for one in found] == [("A", "src/a.py"), ("B", "src/b.py")]


def test_typescript_of_programs_without_a_cdk_json_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "shop.ts").write_text(TYPESCRIPT.format(code="lambda.Code.fromAsset('.')"))
    (tmp_path / "app.py").write_text("def run(a, b): ...\n")
    assert Project(tmp_path).manifests == ()
    (tmp_path / "cdk.json").write_text("{}")
    ((found,), _, _) = read(Project(tmp_path))
    assert found.file == "app.py"


def _synthesised(folder: Path, **function: object) -> Project:
    properties = {"Handler": "app.run", "Runtime": "python3.12", "Code": {"S3Bucket": "b", "S3Key": "abc.zip"}}
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties, **function}
    (folder / "cdk.out" / "asset.abc").mkdir(parents=True)
    (folder / "cdk.out" / "Shop.template.json").write_text(json.dumps({"Resources": {"Orders": resource}}))
    (folder / "cdk.out" / "asset.abc" / "app.py").write_text("def run(a, b): ...  # orders\n")
    for name in ("orders", "users"):
        (folder / name).mkdir()
        (folder / name / "app.py").write_text(f"def run(a, b): ...  # {name}\n")
    return Project(folder)


@pytest.mark.parametrize(("asset", "file"), [("asset.abc", "orders/app.py"), ("../users", "users/app.py")])
def test_a_staged_copy_leads_back_to_its_source(tmp_path: Path, asset: str, file: str) -> None:
    project = _synthesised(tmp_path, Metadata={"aws:asset:path": asset})
    assert project.python == ("orders/app.py", "users/app.py"), "the copy is not the author's"
    ((found,), _, _) = read(project)
    assert (found.source, found.name, found.file, found.attribute) == ("cdk.out", "Orders", file, "run")


def test_a_staged_copy_of_nothing(tmp_path: Path) -> None:
    ((found,), _, _) = read(_synthesised(tmp_path, Metadata={"aws:asset:path": "asset.gone"}))
    assert (found.file, found.problem) == ("", "0 files have the content of asset.gone")


def test_programs_that_cannot_be_read_say_so() -> None:
    broken = TYPESCRIPT.format(code="lambda.Code.fromAsset('src'")[:-30]
    python = PYTHON.format(code="lambda_.Code.from_asset(")
    files = {"cdk.json": "{}", "lib/a.ts": broken.replace("handler:", "// handler:"), "stack.py": python}
    problems = {one.manifest: one.problem.split(":")[0] for one in unreadable(files)}
    assert problems == {"lib/a.ts": "not TypeScript's syntax", "stack.py": "line 13"}


def test_a_program_in_newer_syntax_than_the_interpreters() -> None:
    newer = PYTHON.format(code='lambda_.Code.from_asset("src")') + '\nprint(f"{"x"}")\n'
    assert only({"cdk.json": "{}", "stack.py": newer}, "src/app.py").file == "src/app.py"


def test_code_that_a_method_makes_in_one_of_two_ways() -> None:
    text = PYTHON.format(code="self.code('src')") + (
        "\n    def code(self, folder):\n"
        "        if os.path.exists(folder):\n"
        "            return lambda_.Code.from_asset(folder, bundling=1)\n"
        "        return lambda_.Code.from_asset(folder)\n"
    )
    assert only({"cdk.json": "{}", "stack.py": text}, "src/app.py", "lib/app.py").file == "src/app.py"
