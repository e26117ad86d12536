"""For each rule bad code, and what the fix makes of it.

Tests check that the bad code has a finding of the rule, and that the fix turns it into the good code.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Example(NamedTuple):
    """``good`` is empty where no fix makes the bad code right; ``is_unsafe`` tells that it takes ``--unsafe-fixes``."""

    bad: str
    good: str = ""
    is_unsafe: bool = False


EXAMPLES = MappingProxyType(
    {
        "LCL001": Example(
            bad="""\
import boto3


def handler(event, context:
    return boto3.client("s3").list_buckets()
""",
        ),
        "LCL002": Example(
            bad="""\
import boto3

s3 = boto3.client("s3")  # noqa: LCL103


def handler(event, context):
    return s3.list_buckets()["Buckets"]
""",
            good="""\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.list_buckets()["Buckets"]
""",
        ),
        "LCL101": Example(
            bad="""\
import os

import psycopg2


def handler(event, context):
    conn = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with conn.cursor() as cursor:
            cursor.execute("SELECT total FROM orders WHERE id = %s", (event["id"],))
            return cursor.fetchone()[0]
    finally:
        conn.close()
""",
            good='''\
import os

import psycopg2

_conn = None


def _take_conn():
    """Take the idle connection, if it is alive, or make a new one."""
    global _conn
    conn, _conn = _conn, None
    if conn is not None:
        try:
            conn.autocommit = True  # so that no transaction begins
            conn.cursor().execute("SELECT 1")
            conn.autocommit = False
        except psycopg2.Error:
            conn.close()
            conn = None
    if conn is None:
        conn = psycopg2.connect(os.environ["DATABASE_URL"])
    return conn


def _put_conn(conn):
    """End the transaction, as close() does, but keep the connection."""
    global _conn
    try:
        conn.rollback()
        idle = conn.get_transaction_status() == 0
    except psycopg2.Error:
        idle = False
    if idle and _conn is None:
        _conn = conn
    elif conn is not _conn:
        conn.close()


def handler(event, context):
    conn = _take_conn()
    try:
        with conn.cursor() as cursor:
            cursor.execute("SELECT total FROM orders WHERE id = %s", (event["id"],))
            return cursor.fetchone()[0]
    finally:
        _put_conn(conn)
''',
        ),
        "LCL102": Example(
            bad="""\
import os

import ldclient
from ldclient.config import Config


def handler(event, context):
    flags = ldclient.LDClient(Config(os.environ["LD_SDK_KEY"]))
    user = ldclient.Context.create(event["user"])
    return flags.variation("new-checkout", user, False)
""",
            good="""\
import os

import ldclient
from ldclient.config import Config

_flags = None


def _get_flags():
    global _flags
    if _flags is None:
        _flags = ldclient.LDClient(Config(os.environ["LD_SDK_KEY"]))
    return _flags


def handler(event, context):
    flags = _get_flags()
    user = ldclient.Context.create(event["user"])
    return flags.variation("new-checkout", user, False)
""",
            is_unsafe=True,
        ),
        "LCL103": Example(
            bad="""\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.get_object(Bucket="orders", Key=event["id"])["Body"].read()
""",
            good="""\
import boto3

_s3 = None


def _get_s3():
    global _s3
    if _s3 is None:
        _s3 = boto3.client("s3")
    return _s3


def handler(event, context):
    s3 = _get_s3()
    return s3.get_object(Bucket="orders", Key=event["id"])["Body"].read()
""",
        ),
        "LCL104": Example(
            bad="""\
import os

from confluent_kafka import Producer


def handler(event, context):
    producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    producer.produce("orders", event["body"])
    producer.flush()
""",
            good="""\
import os

from confluent_kafka import Producer

_producer = None


def _get_producer():
    global _producer
    if _producer is None:
        _producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    return _producer


def handler(event, context):
    producer = _get_producer()
    producer.produce("orders", event["body"])
    producer.flush()
""",
            is_unsafe=True,
        ),
        "LCL105": Example(
            bad="""\
import requests


def handler(event, context):
    session = requests.Session()
    return session.get("https://api.example.com/orders", params=event).json()
""",
            good="""\
import requests

_requests_session = None


def _get_requests_session():
    global _requests_session
    if _requests_session is None:
        _requests_session = requests.Session()
    _requests_session.cookies.clear()
    return _requests_session


def handler(event, context):
    session = _get_requests_session()
    return session.get("https://api.example.com/orders", params=event).json()
""",
            is_unsafe=True,
        ),
        "LCL201": Example(
            bad="""\
import redis


def handler(event, context):
    cache = redis.Redis(host=f"{event['shard']}.cache.internal")
    return cache.get(event["id"])
""",
            good="""\
import functools

import redis


@functools.lru_cache(maxsize=32)
def _get_cache(host):
    return redis.Redis(host=host)


def handler(event, context):
    cache = _get_cache(f"{event['shard']}.cache.internal")
    return cache.get(event["id"])
""",
            is_unsafe=True,
        ),
        "LCL202": Example(
            bad="""\
from flipt import FliptClient


def handler(event, context):
    flags = FliptClient(url=f"https://flags.{event['region']}.example.com")
    return flags.evaluation.boolean(event["request"]).enabled
""",
            good="""\
import functools

from flipt import FliptClient


@functools.lru_cache(maxsize=32)
def _get_flags(url):
    return FliptClient(url=url)


def handler(event, context):
    flags = _get_flags(f"https://flags.{event['region']}.example.com")
    return flags.evaluation.boolean(event["request"]).enabled
""",
            is_unsafe=True,
        ),
        "LCL203": Example(
            bad="""\
import boto3


def handler(event, context):
    s3 = boto3.client("s3", region_name=event["region"])
    return s3.get_object(Bucket="orders", Key=event["id"])["Body"].read()
""",
            good="""\
import functools

import boto3


@functools.lru_cache(maxsize=32)
def _get_s3(region_name):
    return boto3.client("s3", region_name=region_name)


def handler(event, context):
    s3 = _get_s3(event["region"])
    return s3.get_object(Bucket="orders", Key=event["id"])["Body"].read()
""",
            is_unsafe=True,
        ),
        "LCL204": Example(
            bad="""\
from confluent_kafka import Producer


def handler(event, context):
    producer = Producer({"bootstrap.servers": event["cluster"]})
    producer.produce("orders", event["body"])
    producer.flush()
""",
            good="""\
import functools

from confluent_kafka import Producer


@functools.lru_cache(maxsize=32)
def _get_producer(key):
    return Producer(key)


def handler(event, context):
    producer = _get_producer({"bootstrap.servers": event["cluster"]})
    producer.produce("orders", event["body"])
    producer.flush()
""",
            is_unsafe=True,
        ),
        "LCL205": Example(
            bad="""\
import grpc

from orders_pb2_grpc import OrdersStub


def handler(event, context):
    channel = grpc.insecure_channel(f"{event['cell']}.orders.internal:50051")
    return OrdersStub(channel).Get(event["request"])
""",
            good="""\
import functools

import grpc

from orders_pb2_grpc import OrdersStub


@functools.lru_cache(maxsize=32)
def _get_channel(key):
    return grpc.insecure_channel(key)


def handler(event, context):
    channel = _get_channel(f"{event['cell']}.orders.internal:50051")
    return OrdersStub(channel).Get(event["request"])
""",
            is_unsafe=True,
        ),
        "LCL301": Example(
            bad="""\
import redis

cache = redis.Redis(host="cache.internal")


def handler(event, context):
    try:
        return cache.get(event["id"])
    finally:
        cache.close()
""",
            good="""\
import redis

cache = redis.Redis(host="cache.internal")


def handler(event, context):
    return cache.get(event["id"])
""",
        ),
    }
)
