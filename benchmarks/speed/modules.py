"""The text of the Python modules of made-up services, in the ways that people write them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from textwrap import dedent
from typing import NamedTuple


class Made(NamedTuple):
    """How one client is imported, built and used. ``name`` is what its variable is called."""

    imported: str
    name: str
    built: str
    used: str


CLIENTS = (
    Made("boto3", "s3", 'boto3.client("s3")', 's3.put_object(Bucket=os.environ["BUCKET"], Key=key, Body=body)'),
    Made("boto3", "sqs", 'boto3.client("sqs")', 'sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=body)'),
    Made("boto3", "sns", 'boto3.client("sns")', 'sns.publish(TopicArn=os.environ["TOPIC"], Message=body)'),
    Made("boto3", "dynamodb", 'boto3.resource("dynamodb")', 'dynamodb.Table("items").put_item(Item={"id": key})'),
    Made("boto3", "secrets", 'boto3.client("secretsmanager")', "secrets.get_secret_value(SecretId=key)"),
    Made("boto3", "events", 'boto3.client("events")', 'events.put_events(Entries=[{"Detail": body}])'),
    Made("redis", "cache", 'redis.Redis(host=os.environ["CACHE"])', "cache.set(key, body)"),
    Made(
        "pymongo", "mongo", 'pymongo.MongoClient(os.environ["MONGO"])', 'mongo["shop"].items.insert_one({"_id": key})'
    ),
    Made("requests", "session", "requests.Session()", 'session.post(os.environ["HOOK"], data=body, timeout=5)'),
)

_WORK = """\
    key = event.get("id") or context.aws_request_id
    body = json.dumps(event.get("detail", {}))
    logger.info("item %s", key)
"""
_STANDARD = "import json\nimport logging\nimport os\nfrom dataclasses import dataclass\n"
_ANSWER = '    return {"statusCode": 200, "body": json.dumps({"id": key})}\n'


def _module(client: Made, *parts: str, also: str = "") -> str:
    head = (
        f"{_STANDARD}\nimport {client.imported}\n{also}\nlogger = logging.getLogger()\nlogger.setLevel(logging.INFO)\n"
    )
    return head + "".join(parts)


def _handler(*body: str) -> str:
    return f"\n\ndef lambda_handler(event, context):\n{''.join(body)}{_ANSWER}"


def in_handler(client: Made) -> dict[str, str]:
    """The client is built in the handler."""
    return {"app.py": _module(client, _handler(f"    {client.name} = {client.built}\n", _WORK, f"    {client.used}\n"))}


def at_module_scope(client: Made) -> dict[str, str]:
    """The client is built at import."""
    return {"app.py": _module(client, f"\n{client.name} = {client.built}\n", _handler(_WORK, f"    {client.used}\n"))}


def guarded(client: Made) -> dict[str, str]:
    """The client is kept in a global by the handler itself."""
    body = (
        f"    global {client.name}\n    if {client.name} is None:\n        {client.name} = {client.built}\n",
        _WORK,
        f"    {client.used}\n",
    )
    return {"app.py": _module(client, f"\n{client.name} = None\n", _handler(*body))}


def in_helper(client: Made) -> dict[str, str]:
    """The client is built by a function of another module, whenever the handler calls it."""
    helper = f"\n\ndef save(key, body):\n    {client.name} = {client.built}\n    return {client.used}\n"
    handler = _handler(_WORK, "    storage.save(key, body)\n")
    return {"app.py": _without_client(handler, "import storage\n"), "storage.py": _module(client, helper)}


def in_class(client: Made) -> dict[str, str]:
    """The client belongs to an object that is made at import."""
    store = f"""

class Store:
    def __init__(self):
        self.{client.name} = {client.built}

    def save(self, key, body):
        {client.name} = self.{client.name}
        return {client.used}
"""
    handler = "\nstore = Store()\n" + _handler(_WORK, "    store.save(key, body)\n")
    return {
        "app.py": _without_client(handler, "from storage import Store\n"),
        "storage.py": _module(client, store),
    }


def with_powertools(client: Made) -> dict[str, str]:
    """Routes of a resolver of Powertools use a client that is built at import."""
    routes = f"""
app = APIGatewayRestResolver()
tracer = Tracer()
{client.name} = {client.built}


@app.post("/items/<key>")
@tracer.capture_method
def create_item(key: str):
    body = json.dumps(app.current_event.json_body)
    {client.used}
    return {{"id": key}}, 201


@app.get("/health")
def health():
    return {{"status": "ok"}}


@tracer.capture_lambda_handler
def lambda_handler(event: dict, context: LambdaContext) -> dict:
    return app.resolve(event, context)
"""
    also = """from aws_lambda_powertools import Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
"""
    return {"app.py": _module(client, routes, also=also)}


def from_layer(client: Made) -> dict[str, str]:
    """The client comes from an accessor in a layer."""
    handler = _handler(_WORK, f"    {client.name} = clients.{client.name}()\n    {client.used}\n")
    accessor = f"\n\n@functools.cache\ndef {client.name}():\n    return {client.built}\n"
    return {
        "app.py": _without_client(handler, "from common import clients\n"),
        "../../layers/common/python/common/__init__.py": "",
        "../../layers/common/python/common/clients.py": f"import functools\n{_module(client, accessor)}",
    }


def without_client(client: Made) -> dict[str, str]:
    """A handler that needs no client."""
    del client
    return {"app.py": _without_client(_handler(_WORK), "")}


def _without_client(handler: str, imported: str) -> str:
    level = 'logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))'
    return f"{_STANDARD}\n{imported}\nlogger = logging.getLogger()\n{level}\n{handler}"


STYLES: dict[Callable[[Made], dict[str, str]], int] = {
    in_handler: 17,
    at_module_scope: 40,
    guarded: 5,
    in_helper: 7,
    in_class: 6,
    with_powertools: 8,
    from_layer: 4,
    without_client: 13,
}
"""The ways to write a function, with their shares in a hundred. Paths are relative to the function's folder."""


def supporting(name: str, random: Random) -> str:
    """A module that a service has besides: plain functions and classes, mostly few and at times very many."""
    count = min(250, int(random.paretovariate(0.8) * 4))
    head = f'"""What the service knows of {name}."""\n\nimport json\nimport logging\n'
    head += "from dataclasses import dataclass\n\nlogger = logging.getLogger(__name__)\n"
    return head + parts(name, count, random)


def parts(name: str, count: int, random: Random) -> str:
    """That many functions and classes that need no client. The module has to import what they use."""
    return "".join(_part(name, number, random) for number in range(count))


def _part(name: str, number: int, random: Random) -> str:
    limit, which = random.randrange(10, 1_000), random.randrange(3)
    if which == 0:
        body = f"""
            @dataclass
            class {name.title()}{number}:
                id: str
                amount: int = {limit}

                @classmethod
                def from_event(cls, event):
                    detail = json.loads(event["body"]) if isinstance(event.get("body"), str) else event
                    return cls(id=detail["id"], amount=int(detail.get("amount", {limit})))

                def to_dict(self):
                    return {{"id": self.id, "amount": self.amount}}
        """
    elif which == 1:
        body = f'''
            def total_{name}_{number}(records):
                """Add up the amounts that count, at most {limit}."""
                total = 0
                for record in records:
                    if record.get("skip") or record["amount"] < {number}:
                        continue
                    total += record["amount"] * record.get("factor", 1)
                return min(total, {limit})
        '''
    else:
        body = f"""
            def parse_{name}_{number}(text):
                try:
                    parsed = json.loads(text)
                except ValueError as error:
                    logger.warning("not JSON: %s", error)
                    return None
                found = {{key.lower(): value for key, value in parsed.items() if len(key) < {limit}}}
                return found or {{"missing": [name for name in ("id", "amount", "kind") if name not in parsed]}}
        """
    return f"\n\n{dedent(body).strip()}\n"


def unit_test(random: Random) -> str:
    """A test beside a function."""
    number = random.randrange(1_000)
    return f"""import json

import app


def test_answer(monkeypatch):
    monkeypatch.setenv("BUCKET", "bucket-{number}")
    answer = app.lambda_handler({{"id": "{number}", "detail": {{}}}}, None)
    assert json.loads(answer["body"]) == {{"id": "{number}"}}
"""
