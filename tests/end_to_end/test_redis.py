"""Redis clients that are made on every invocation, before and after the fix, against a real server."""

from __future__ import annotations

from typing import Any

import pytest
from end_to_end.functions import Answer, Deploy, Function
from end_to_end.histories import Record
from end_to_end.servers.redis import Redis
from end_to_end.sources import with_work
from fixing import fixed

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]

INVOCATIONS = 200

_WORK = """\
client.rpush("items", event["n"])
if event["end"] == "raised":
    raise LookupError(event["n"])
if event["end"] == "refused":
    client.incr("items")
if event["end"] == "killed":
    client.execute_command("CLIENT", "KILL", "ID", client.client_id(), "SKIPME", "no")
    time.sleep(0.05)  # the server answers before it closes: without this nobody knows what the next command meets
with client.pipeline() as pipe:
    pipe.incr("count")
    pipe.lrange("items", -5, -1)
    answers = pipe.execute()
"""
_PLAIN = """\
import os
import time

import redis


def handler(event, context):
    client = redis.Redis(host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"]))
    WORK
    return answers
"""
_CLOSED = """\
import os
import time

import redis


def handler(event, context):
    client = redis.Redis(host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"]), decode_responses=True)
    try:
        WORK
        return answers
    finally:
        client.close()
"""
_WITH = """\
import os
import time

from redis import Redis


def handler(event, context):
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        WORK
    return answers
"""
_POOL = """\
import os
import time

import redis


def handler(event, context):
    pool = redis.ConnectionPool.from_url(os.environ["REDIS_URL"])
    client = redis.Redis(connection_pool=pool)
    WORK
    return answers
"""
_HELPER = """\
import os
import time

import redis


def get_client():
    return redis.StrictRedis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def handler(event, context):
    client = get_client()
    WORK
    client.close()
    return answers
"""
_OTHER_FILE = """\
import time

import cache


def handler(event, context):
    client = cache.get_client()
    WORK
    return answers
"""
_CACHE = """\
import os

import redis


def get_client():
    host = os.environ["REDIS_HOST"]
    port = int(os.environ["REDIS_PORT"])
    return redis.Redis(host=host, port=port)
"""
_CLASS = """\
import os
import time

import redis


class Counter:
    def __init__(self):
        self.client = redis.from_url(os.environ["REDIS_URL"])

    def count(self, event):
        client = self.client
        WORK
        return answers


def handler(event, context):
    return Counter().count(event)
"""
SHAPES: dict[str, dict[str, str]] = {
    "plain": {"app.py": _PLAIN},
    "closed": {"app.py": _CLOSED},
    "with": {"app.py": _WITH},
    "pool": {"app.py": _POOL},
    "helper": {"app.py": _HELPER},
    "other_file": {"app.py": _OTHER_FILE, "cache.py": _CACHE},
    "class": {"app.py": _CLASS},
}


@pytest.fixture(params=SHAPES)
def sources(request: pytest.FixtureRequest) -> dict[str, str]:
    """Source texts by path."""
    return {path: with_work(text, _WORK) for path, text in SHAPES[request.param].items()}


def _lived(function: Function, server: Redis, ends: list[str]) -> tuple[list[Answer], list[Any], int]:
    """What the invocations answered, the items in the end, and how many connections there were."""
    server.client.flushall()
    before = server.opened()
    answers = []
    for number, end in enumerate(ends):
        if end == "kill":
            server.kill()
        elif end == "restart":
            server.restart()
        else:
            server.client.rpush("items", 1000 + number)
            answers.append(function.invoke(n=number, end=end))
    return answers, server.client.lrange("items", 0, -1), server.opened() - before


def test_connections_are_opened_once(
    sources: dict[str, str], redis_server: Redis, deploy: Deploy, record_property: Record
) -> None:
    ends = ["counted"] * INVOCATIONS
    texts = fixed(sources)
    *original, opened = _lived(deploy(sources, redis_server.environ), redis_server, ends)
    *kept, opened_by_kept = _lived(deploy(texts, redis_server.environ), redis_server, ends)
    record_property("connections", f"{opened} -> {opened_by_kept}")
    assert (opened, opened_by_kept) == (INVOCATIONS, 1)
    assert kept == original


def test_every_end_of_an_invocation_is_what_it_was(
    sources: dict[str, str], redis_server: Redis, deploy: Deploy, record_property: Record
) -> None:
    """Errors and lost connections: the next invocation sees what it saw."""
    ends = [
        *("counted", "raised", "counted", "refused", "counted", "killed", "counted", "kill", "counted", "kill"),
        *("raised", "kill", "killed", "killed", "restart", "refused", "restart", "counted"),
    ]
    texts = fixed(sources)
    *original, opened = _lived(deploy(sources, redis_server.environ), redis_server, ends)
    *kept, opened_by_kept = _lived(deploy(texts, redis_server.environ), redis_server, ends)
    record_property("connections", f"{opened} -> {opened_by_kept}")
    assert kept == original
    broken = sum(end in ("killed", "kill", "restart") for end in ends)
    assert opened_by_kept <= 1 + broken < opened
