"""What findings say of how deployment files have a function run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules.running import BY_TRAIT, LOCKED, ONE_AT_A_TIME
from lambda_conn_lint.traits import DURABLE, MANAGED_INSTANCES, PROVISIONED, SNAP_START, TRAITS

HANDLER = "import boto3\n\n\ndef run(event, context):\n    boto3.client('s3')\n"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Run:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: {module}.run
      {says}
"""
AZURE = '{"bindings": [{"type": "httpTrigger", "name": "req"}]}'


def messages(files: dict[str, str]) -> list[str]:
    overlay = {path: text.encode() for path, text in files.items()}
    return [finding.message for finding in check(Project(Path("/nowhere/at/all"), overlay), Settings()).findings]


def test_every_trait_has_something_to_say() -> None:
    assert set(BY_TRAIT) == set(TRAITS)
    assert all(group.sentences for group in BY_TRAIT.values())


@pytest.mark.parametrize(
    ("says", "trait"),
    [
        ("SnapStart: {ApplyOn: PublishedVersions}", SNAP_START),
        ("ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}", PROVISIONED),
        ("DurableConfig: {ExecutionTimeout: 3600}", DURABLE),
        ("CapacityProviderConfig: {Arn: arn}", MANAGED_INSTANCES),
    ],
)
def test_what_a_template_says_is_said_at_the_end(says: str, trait: str) -> None:
    (message,) = messages({"app.py": HANDLER, "template.yaml": TEMPLATE.format(module="app", says=says)})
    assert message.endswith(f"; keep it in a module global, filled on first use; {BY_TRAIT[trait].sentences[0]}")


@pytest.mark.parametrize("says", ["Timeout: 5", "SnapStart: {ApplyOn: None}"])
def test_nothing_is_said_where_the_template_says_nothing(says: str) -> None:
    (message,) = messages({"app.py": HANDLER, "template.yaml": TEMPLATE.format(module="app", says=says)})
    assert message.endswith("; keep it in a module global, filled on first use")


def test_what_holds_of_any_handler_is_said_once() -> None:
    provisioned = "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}"
    files = {"store.py": "import boto3\n\n\ndef s3():\n    return boto3.client('s3')\n"}
    for name, says in (("a", "SnapStart: {ApplyOn: PublishedVersions}"), ("b", provisioned), ("c", provisioned)):
        files[f"{name}.py"] = "from store import s3\n\n\ndef run(event, context):\n    s3()\n"
        files[f"{name}.template.yaml"] = TEMPLATE.format(module=name, says=says)
    (message,) = messages(files)
    tail = "; ".join(BY_TRAIT[trait].sentences[0] for trait in (SNAP_START, PROVISIONED))
    assert message.endswith(f"filled on first use; {tail}")


@pytest.mark.parametrize(
    ("library", "construction", "sentence"),
    [
        ("boto3", "boto3.client('s3')", LOCKED),
        ("boto3", "boto3.resource('s3')", ONE_AT_A_TIME),
        ("psycopg", "psycopg.connect('')", ONE_AT_A_TIME),
        ("aiohttp", "aiohttp.ClientSession()", ONE_AT_A_TIME),
    ],
)
def test_threads_share_only_what_is_made_for_it(library: str, construction: str, sentence: str) -> None:
    code = f"import {library}\n\n\ndef main(req):\n    {construction}\n"
    (message,) = messages({"orders/__init__.py": code, "orders/function.json": AZURE, "host.json": "{}"})
    assert message.endswith(f"; {sentence}")
