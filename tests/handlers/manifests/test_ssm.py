"""Systems Manager automation documents."""

from __future__ import annotations

from declared import project

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.handlers.model import NotAHandler

DOCUMENT = """
    schemaVersion: "0.3"
    mainSteps:
      - name: Inline
        action: aws:executeScript
        inputs:
          Runtime: python3.11
          Handler: script_handler
          InputPayload: {Id: '{{ Id }}'}
          Script: |-
            import json  # see helper.py
            def script_handler(events, context):
                return {}
      - name: FromAFile
        action: 'aws:executeScript'
        inputs:
          Runtime: python3.11
          Handler: lambda_handler
          Script: |-
            %%SCRIPT=common/close_bucket.py%%
      - name: Shell
        action: aws:executeScript
        inputs: {Runtime: PowerShell 7.4, Handler: x, Script: y}
      - name: Call
        action: aws:executeAwsApi
        inputs: {Runtime: python3.11, Handler: no_script}
"""


def test_the_functions_of_python_scripts_with_the_files_they_stand_in() -> None:
    assert read(project(**{"docs/close.yaml": DOCUMENT})).not_handlers == (
        NotAHandler("docs/close.yaml", 7, "script_handler"),
        NotAHandler("docs/close.yaml", 17, "lambda_handler", ("common/close_bucket.py",)),
    )


def test_a_document_inside_a_template_and_inside_json() -> None:
    template = """
        Resources:
          Runbook:
            Type: AWS::SSM::Document
            Properties:
              Content: &c {mainSteps: [{action: aws:executeScript, inputs: {Runtime: python3.8, Handler: run}}]}
          Twin: {Type: AWS::SSM::Document, Properties: {Content: *c}}
    """
    found = read(project(**{"template.yaml": template})).not_handlers
    assert [(one.handler, one.row) for one in found] == [("run", 5)]


def test_broken_and_other_files_yield_nothing() -> None:
    files = {"a.yaml": "a: aws:executeScript\n\t- b", "b.json": "[]", "c.yaml": "aws:executeScript"}
    assert read(project(**files)).not_handlers == ()
