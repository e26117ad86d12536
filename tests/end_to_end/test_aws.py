"""Clients of the AWS SDK that are made on every invocation, before and after the fix, against moto's server."""

from __future__ import annotations

import pytest
from end_to_end.functions import Answer, Deploy, Function
from end_to_end.histories import Record
from end_to_end.servers.aws import Aws
from end_to_end.sources import with_work
from fixing import fixed

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]

INVOCATIONS = 200
FEWER = 20
"""For all but one shape: a client takes some hundredths of a second to be made."""

_WORK = """\
if event["end"] == "raised":
    raise LookupError(event["n"])
s3.put_object(Bucket="items", Key=str(event["n"]), Body=event["end"].encode())
if event["end"] == "refused":
    s3.get_object(Bucket="items", Key="nothing")
listed = s3.list_objects_v2(Bucket="items")
keys = [item["Key"] for item in listed["Contents"]]
"""
_PLAIN = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    WORK
    return keys
"""
_SESSION = """\
import boto3


def handler(event, context):
    session = boto3.session.Session(region_name="eu-west-1")
    s3 = session.client("s3")
    WORK
    return keys
"""
_CONFIG = """\
import boto3
from botocore.config import Config


def handler(event, context):
    config = Config(retries={"max_attempts": 2}, read_timeout=20)
    s3 = boto3.client("s3", config=config)
    WORK
    s3.close()
    return keys
"""
_CLOSING = """\
from contextlib import closing

import boto3


def handler(event, context):
    with closing(boto3.client("s3")) as s3:
        WORK
    return keys
"""
_HELPER = """\
import boto3


def get_client(service, region="eu-west-1"):
    return boto3.client(service, region_name=region)


def handler(event, context):
    s3 = get_client("s3")
    WORK
    return keys
"""
_OTHER_FILE = """\
import storage


def handler(event, context):
    s3 = storage.client()
    WORK
    return keys
"""
_STORAGE = """\
import os

import boto3


def client():
    region = os.environ["AWS_DEFAULT_REGION"]
    return boto3.client("s3", region_name=region)
"""
_CLASS = """\
import boto3


class Items:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def add(self, event):
        s3 = self.s3
        WORK
        return keys


def handler(event, context):
    return Items().add(event)
"""
_CHAIN = """\
import boto3


def handler(event, context):
    bucket = boto3.resource("s3").Bucket("items")
    if event["end"] == "raised":
        raise LookupError(event["n"])
    bucket.put_object(Key=str(event["n"]), Body=event["end"].encode())
    if event["end"] == "refused":
        bucket.Object("nothing").load()
    return [item.key for item in bucket.objects.all()]
"""
SHAPES: dict[str, dict[str, str]] = {
    "plain": {"app.py": _PLAIN},
    "session": {"app.py": _SESSION},
    "config": {"app.py": _CONFIG},
    "closing": {"app.py": _CLOSING},
    "helper": {"app.py": _HELPER},
    "other_file": {"app.py": _OTHER_FILE, "storage.py": _STORAGE},
    "class": {"app.py": _CLASS},
    "chain": {"app.py": _CHAIN},
}


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    pytest.importorskip("boto3")
    name: str = request.param
    return name


@pytest.fixture
def sources(shape: str) -> dict[str, str]:
    """Source texts by path."""
    return {path: with_work(text, _WORK) for path, text in SHAPES[shape].items()}


def _lived(function: Function, aws: Aws, ends: list[str]) -> tuple[list[Answer], int]:
    """What the invocations answered, on an empty bucket, and how many connections there were."""
    aws.reset("items")
    before = aws.opened()
    answers = []
    for number, end in enumerate(ends):
        if end == "kill":
            aws.kill()
        else:
            answers.append(function.invoke(n=number % 10, end=end))
    return answers, aws.opened() - before


def test_connections_are_opened_once(
    shape: str, sources: dict[str, str], aws: Aws, deploy: Deploy, record_property: Record
) -> None:
    ends = ["listed"] * (INVOCATIONS if shape == "plain" else FEWER)
    texts = fixed(sources)
    original, opened = _lived(deploy(sources, aws.environ), aws, ends)
    kept, opened_by_kept = _lived(deploy(texts, aws.environ), aws, ends)
    record_property("connections", f"{opened} -> {opened_by_kept}")
    assert (opened, opened_by_kept) == (len(ends), 1)
    assert kept == original


def test_every_end_of_an_invocation_is_what_it_was(
    sources: dict[str, str], aws: Aws, deploy: Deploy, record_property: Record
) -> None:
    """Errors and lost connections: the next invocation sees what it saw."""
    ends = ["listed", "raised", "listed", "refused", "kill", "listed", "kill", "refused", "kill", "raised", "listed"]
    texts = fixed(sources)
    original, opened = _lived(deploy(sources, aws.environ), aws, ends)
    kept, opened_by_kept = _lived(deploy(texts, aws.environ), aws, ends)
    record_property("connections", f"{opened} -> {opened_by_kept}")
    assert kept == original
    assert opened_by_kept <= 1 + ends.count("kill")
