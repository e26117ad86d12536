"""The text of the deployment files of made-up services."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def sam(functions: Sequence[str]) -> dict[str, str]:
    """A template of SAM, with a layer."""
    head = """AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    Timeout: 10
Resources:
  CommonLayer:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layers/common/
"""
    resource = """  {title}Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/{name}/
      Handler: app.lambda_handler
      Layers:
        - !Ref CommonLayer
      Environment:
        Variables:
          BUCKET: !Sub "{name}-${{AWS::AccountId}}"
      Events:
        Api:
          Type: Api
          Properties:
            Path: /{name}
            Method: post
  {title}Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
"""
    return {"template.yaml": head + "".join(resource.format(name=name, title=name.title()) for name in functions)}


def serverless(functions: Sequence[str]) -> dict[str, str]:
    """A service file of the Serverless Framework."""
    head = """service: orders
provider:
  name: aws
  runtime: python3.12
  stage: ${opt:stage, 'dev'}
package:
  individually: true
functions:
"""
    function = """  {name}:
    handler: src/{name}/app.lambda_handler
    events:
      - http:
          path: /{name}
          method: post
"""
    return {"serverless.yml": head + "".join(function.format(name=name) for name in functions)}


def terraform(functions: Sequence[str]) -> dict[str, str]:
    """A module of Terraform, its variables and outputs in files of their own as usual."""
    head = 'provider "aws" {\n  region = var.region\n}\n'
    function = """
data "archive_file" "{name}" {{
  type        = "zip"
  source_dir  = "${{path.module}}/src/{name}"
  output_path = "${{path.module}}/{name}.zip"
}}

resource "aws_lambda_function" "{name}" {{
  function_name    = "{name}"
  filename         = data.archive_file.{name}.output_path
  source_code_hash = data.archive_file.{name}.output_base64sha256
  role             = aws_iam_role.{name}.arn
  handler          = "app.lambda_handler"
  runtime          = "python3.12"
}}

resource "aws_iam_role" "{name}" {{
  name = "{name}"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = {{ Service = "lambda.amazonaws.com" }}
    }}]
  }})
}}
"""
    output = 'output "{name}_arn" {{\n  value = aws_lambda_function.{name}.arn\n}}\n'
    return {
        "main.tf": head + "".join(function.format(name=name) for name in functions),
        "variables.tf": 'variable "region" {\n  type    = string\n  default = "eu-west-1"\n}\n',
        "outputs.tf": "\n".join(output.format(name=name) for name in functions),
    }


KINDS: dict[Callable[[Sequence[str]], dict[str, str]], int] = {sam: 60, serverless: 10, terraform: 30}
"""What a service is deployed with, and the shares in a hundred. The functions' code is in ``src/NAME/app.py``."""
