"""Calls that must lead somewhere make findings; calls that only may do not, and are still known."""

from __future__ import annotations

from pathlib import Path

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.check import Settings
from lambda_conn_lint.linking import Linking
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen
from lambda_conn_lint.surroundings import Surroundings

SOURCE = """\
import boto3
from plugins import find


class Store:
    def save(self):
        boto3.client("s3")


class Queue:
    def send(self):
        boto3.client("sqs")


def lambda_handler(event, context):
    find(event).save()
    Queue().send()
"""


def linking(text: str) -> Linking:
    project = Project(Path("/nowhere/at/all"), {"app.py": text.encode()})
    catalog = catalogue()
    return Linking(Surroundings(project, Screen(project, catalog.sources), catalog, Settings()), Settings())


def test_an_unknown_receiver_may_be_any_class() -> None:
    linked = linking(SOURCE)
    assert [finding.span.row for finding in linked.findings()] == [12]
    assert linked.may_run() == {("app.py", "Store.save")}


def test_what_must_run_is_not_among_it() -> None:
    linked = linking(SOURCE.replace("find(event).save()", "find(event).send()"))
    assert linked.may_run() == set()
