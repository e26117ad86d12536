"""Functions of Terraform's configurations."""

from __future__ import annotations

import pytest
from declared import declared, only, project

from lambda_conn_lint.handlers.manifests import read

FUNCTION = """
    resource "aws_lambda_function" "a" {{
      handler = "app.run"
      runtime = "python3.12"
      {code}
    }}
"""


def _function(code: str, rest: str = "") -> dict[str, str]:
    return {"infra/main.tf": FUNCTION.format(code=code) + rest}


ARCHIVE = """
    data "archive_file" "z" {{
      type        = "zip"
      output_path = "${{path.module}}/z.zip"
      {source}
    }}
"""


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ('source_dir = "${path.module}/src"', "infra/src/app.py"),
        ('source_dir = "src"', "infra/src/app.py"),
        ('source_dir = "${path.root}/../src"', "src/app.py"),
        ('source_dir = abspath("${path.module}/../src")', "src/app.py"),
        ('source_dir = join("/", [path.module, "src"])', "infra/src/app.py"),
        ('source_dir = format("%s/%s", path.module, "src")', "infra/src/app.py"),
        ('source_file = "../src/app.py"', "src/app.py"),
        ("source_dir = local.folder", "infra/local/app.py"),
        ('source_dir = "${path.module}/${var.folder}"', "infra/default/app.py"),
        ('source_dir = var.on ? "src" : "src"', "infra/src/app.py"),
        ('source_dir = try(var.missing, "src")', "infra/src/app.py"),
        ('source_dir = lookup({ a = "src" }, "a", "b")', "infra/src/app.py"),
        ('source {\n content = file("${path.module}/src/app.py")\n filename = "app.py"\n }', "infra/src/app.py"),
    ],
)
def test_what_an_archive_is_made_from(source: str, file: str) -> None:
    rest = ARCHIVE.format(source=source) + (
        'locals { folder = "${path.module}/local" }\nvariable "folder" { default = "default" }\nvariable "on" {}\n'
    )
    found = only(_function("filename = data.archive_file.z.output_path", rest), file)
    assert (found.file, found.attribute, found.problem) == (file, "run", "")


@pytest.mark.parametrize(
    "code",
    [
        'filename = "${path.module}/z.zip"',
        "filename = data.archive_file.z[0].output_path",
        "s3_key = aws_s3_object.code.key",
        's3_key = "the/key.zip"',
    ],
)
def test_ways_to_the_archive(code: str) -> None:
    rest = ARCHIVE.format(source='source_dir = "../src"') + (
        'resource "aws_s3_object" "code" {\n  key = "the/key.zip"\n  source = data.archive_file.z.output_path\n}\n'
    )
    assert only(_function(code, rest), "src/app.py", "other/app.py").file == "src/app.py"


def test_a_built_folder_is_called_like_its_source() -> None:
    rest = ARCHIVE.format(source='source_dir = "${path.module}/../build/orders"')
    found = only(_function("filename = data.archive_file.z.output_path", rest), "orders/app.py", "users/app.py")
    assert found.file == "orders/app.py"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("filename = var.zip", "filename depends on the deployment"),
        ('filename = "../../../up.zip"', "filename ../../../up.zip is outside the project"),
        ("", "no code is named"),
        ('package_type = "Image"\n image_uri = "123.dkr.ecr/x:1"', "the image is built elsewhere"),
        ("filename = data.archive_file.z.output_path", "inline code"),
    ],
)
def test_functions_without_code_say_why(code: str, problem: str) -> None:
    rest = ARCHIVE.format(source='source {\n content = <<-EOT\n  def run(): ...\n EOT\n filename = "app.py"\n }')
    assert only(_function(code, rest), "b/app.py", "c/app.py").problem == problem


def test_a_folder_that_is_called_like_the_function() -> None:
    text = FUNCTION.format(code="filename = var.zip").replace('"a"', '"orders_lambda"')
    assert only({"infra/main.tf": text}, "src/orders/app.py", "src/users/app.py").file == "src/orders/app.py"


def test_other_languages_are_nobodys_business_whatever_names_the_runtime() -> None:
    text = """
        variable "runtime" { default = "nodejs20.x" }
        resource "aws_lambda_function" "a" {
          handler  = "app.run"
          runtime  = var.runtime
          filename = "a.zip"
        }
    """
    assert declared({"main.tf": text}, "app.py") == ()


MODULE = """
    variable "handler" {}
    variable "folder" { default = "nowhere" }
    data "archive_file" "z" {
      type        = "zip"
      source_dir  = var.folder
      output_path = "z.zip"
    }
    resource "aws_lambda_function" "this" {
      handler  = var.handler
      runtime  = "python3.12"
      filename = data.archive_file.z.output_path
    }
    output "arn" { value = aws_lambda_function.this.arn }
"""


def test_a_module_is_read_once_for_each_caller_and_at_the_callers_line() -> None:
    calls = """
        module "one" {
          source  = "../module"
          handler = "one.run"
          folder  = "${path.module}/one"
        }
        module "more" {
          for_each = toset(["b", "c"])
          source   = "../module"
          handler  = "${each.key}.run"
          folder   = "${path.module}/more"
        }
    """
    found = declared(
        {"module/main.tf": MODULE, "app/main.tf": calls}, "app/one/one.py", "app/more/b.py", "app/more/c.py"
    )
    assert [(one.manifest, one.row, one.file) for one in found] == [
        ("app/main.tf", 1, "app/one/one.py"),
        ("app/main.tf", 6, "app/more/b.py"),
        ("app/main.tf", 6, "app/more/c.py"),
    ]


def test_modules_that_need_each_others_outputs_end() -> None:
    calls = """
        module "a" {
          source  = "../module"
          handler = module.b.arn
        }
        module "b" {
          source  = "../module"
          handler = module.a.arn
        }
    """
    found = declared({"module/main.tf": MODULE, "app/main.tf": calls})
    assert {one.problem for one in found} == {"handler depends on the deployment"}


def test_values_of_variables_files() -> None:
    text = 'variable "handler" { default = "other.run" }\n' + FUNCTION.format(code='filename = "app.zip"').replace(
        '"app.run"', "var.handler"
    )
    assert only({"main.tf": text, "terraform.tfvars": 'handler = "app.run"\n'}, "app.py").file == "app.py"


def test_layers_and_durable_functions() -> None:
    code = """
      filename = "app.zip"
      layers   = [aws_lambda_layer_version.shared.arn]
      durable_config {
        execution_timeout = 60
      }
    """
    rest = """
    data "archive_file" "layer" {
      type        = "zip"
      source_dir  = "${path.module}/../layer"
      output_path = "layer.zip"
    }
    resource "aws_lambda_layer_version" "shared" { filename = data.archive_file.layer.output_path }
    """
    found = only(_function(code, rest), "infra/app.py", "layer/python/common.py")
    assert (found.layers, found.traits) == (("layer/python", "layer"), ("durable",))


def test_a_layer_by_the_usual_module_is_no_function() -> None:
    text = """
        module "layer" {
          source              = "terraform-aws-modules/lambda/aws"
          create_function     = false
          create_layer        = true
          handler             = "app.run"
          source_path         = "src"
        }
    """
    assert declared({"main.tf": text}, "src/app.py") == ()


def test_an_image_that_the_configuration_builds() -> None:
    text = """
        module "image" {
          source      = "terraform-aws-modules/lambda/aws//modules/docker-build"
          source_path = "${path.module}/image"
        }
        resource "aws_lambda_function" "a" {
          package_type = "Image"
          image_uri    = module.image.image_uri
        }
    """
    docker = 'FROM public.ecr.aws/lambda/python:3.12\nCOPY app.py .\nCMD ["app.run"]\n'
    found = only({"main.tf": text, "image/Dockerfile": docker}, "image/app.py")
    assert (found.source, found.file, found.attribute) == ("terraform", "image/app.py", "run")


def test_what_is_right_in_a_broken_file_is_read_and_the_row_is_told() -> None:
    text = FUNCTION.format(code='filename = "app.zip"') + '\nresource "b" "c" {\n  x = = 1\n}\n'
    found = read(project(**{"main.tf": text, "app.py": ""}))
    assert [one.file for one in found.declarations] == ["app.py"]
    ((manifest, problem),) = found.unreadable
    assert (manifest, problem.split(":")[0]) == ("main.tf", "line 8")


def test_configurations_without_functions_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("lambda_conn_lint.handlers.manifests.hcl.parse", fail)
    calls = 'module "a" {\n  source = "./module"\n}\n'
    files = {"main.tf": calls, "module/main.tf": 'resource "aws_s3_bucket" "b" {}\n'}
    assert read(project(**files)) == ((), (), ())
    with pytest.raises(AssertionError, match="parsed"):
        read(project(**{**files, "module/f.tf": FUNCTION.format(code="")}))
