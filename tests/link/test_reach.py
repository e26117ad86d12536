"""Calls that must lead somewhere make findings; calls that only may do not, and are still known."""

from __future__ import annotations

from pathlib import Path

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.check import Settings
from lambda_conn_lint.link.analysis import NOTHING_DECLARED
from lambda_conn_lint.loading import Loading
from lambda_conn_lint.part_link import PartLink
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


def linked(text: str) -> PartLink:
    project = Project(Path("/nowhere/at/all"), {"app.py": text.encode()})
    catalog = catalogue()
    around = Surroundings(project, Screen(project, catalog.sources), catalog, Settings())
    loading = Loading(project, None, lambda parsed: None)
    return PartLink(around.starts, loading.facts, around, NOTHING_DECLARED)


def test_an_unknown_receiver_may_be_any_class() -> None:
    link = linked(SOURCE)
    assert [reached.site.span.row for reached in link.reached] == [12]
    assert link.may_run() == {("app.py", "Store.save")}


def test_what_must_run_is_not_among_it() -> None:
    link = linked(SOURCE.replace("find(event).save()", "find(event).send()"))
    assert link.may_run() == set()
