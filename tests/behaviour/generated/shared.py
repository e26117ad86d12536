"""Handlers' ways with clients that are safe to share: the AWS SDK and Redis."""

from __future__ import annotations

from typing import NamedTuple

from behaviour.generated.draft import INDENT, Draft, indented


class Client(NamedTuple):
    """A client in one file: how it is built there, and what is called on it."""

    library: str
    construction: str  # the expression; ``{}`` stands for its argument
    imports: tuple[str, ...]
    calls: tuple[str, ...]  # what follows the client; ``{}`` stands for a key

    @property
    def can_close(self) -> bool:
        return self.library == "redis"

    @property
    def is_varied(self) -> bool:
        """Whether its argument goes into all that is built."""
        return "{}" in self.construction.partition(".Table")[0]


_S3 = (".get_object(Bucket='b', Key={})['ETag']", ".put_object(Bucket='b', Key={}, Body=b'1')['VersionId']")
_TABLE = (".get_item(Key={{'id': {}}})['Item']['name']", ".put_item(Item={{'id': {}}})['Status']['text']")
_CLIENTS = (
    Client("boto3", "boto3.client('s3')", ("import boto3",), _S3),
    Client("boto3", "boto3.client('s3', region_name={})", ("import boto3",), _S3),
    Client("boto3", "aws_client('s3', {})", ("from boto3 import client as aws_client",), _S3),
    Client("boto3", "aws.client(service_name='s3', region_name={})", ("import boto3 as aws",), _S3),
    Client("boto3", "boto3.Session(region_name={}).client('s3')", ("import boto3",), _S3),
    Client("boto3", "boto3.session.Session(region_name={}).client('s3')", ("import boto3.session",), _S3),
    Client("boto3", "boto3.resource('dynamodb', region_name={}).Table('t')", ("import boto3",), _TABLE),
    Client("boto3", "boto3.resource('dynamodb').Table({})", ("import boto3",), _TABLE),
    Client(
        "boto3",
        "boto3.client(\n        's3',\n        region_name={},  # where it lies\n    )",
        ("import boto3",),
        _S3,
    ),
    Client(
        "boto3",
        "boto3.client('s3', region_name={}, config=Config(retries={{'max_attempts': 2}}))",
        ("import boto3", "from botocore.config import Config"),
        _S3,
    ),
    Client("redis", "redis.Redis(host={}, port=6379)", ("import redis",), (".get({})", ".incr({})")),
    Client("redis", "redis.from_url({})", ("import redis",), (".get({})", ".set({}, 'x')")),
    Client("redis", "Redis({}, decode_responses=True)", ("from redis import Redis",), (".get({})",)),
)


class Built(NamedTuple):
    """A construction in place: lines before, the expression, lines after, and the client."""

    before: list[str]
    expression: str
    after: list[str]
    client: Client

    def use(self, draft: Draft, name: str, key: str = "'k'") -> str:
        """A statement that uses the client."""
        return f"result.append(str({name}{draft.rng.choice(self.client.calls).format(key)}))"


def build(draft: Draft, where: str, *, has_event: bool) -> Built:
    """A construction of a random client with a random argument in the file ``where``."""
    client = draft.rng.choice([each for each in _CLIENTS if each.is_varied or not draft.is_varied])
    argument = draft.argument(where, has_event=has_event)
    draft.imports[where].update(client.imports)
    return Built(list(argument.before), client.construction.format(argument.expression), list(argument.after), client)


def statements(draft: Draft) -> list[str]:
    """Lines of a handler that build a client somewhere, one way or another, and use it."""
    ways = (_plain, _in_place, _scoped, _function, _method, _callable)
    return draft.rng.choice(ways)(draft)


def _plain(draft: Draft) -> list[str]:
    """Bound to a name, in all the ways that names are bound."""
    built = build(draft, "app", has_event=True)
    name = draft.name(draft.rng.choice(["client", "s3", "conn"]))
    c = built.expression
    use = built.use(draft, name)
    form = draft.rng.choice(["=", ":", "chain", "tuple", "walrus", "attribute", "or", "branch", "else", "loop", "try"])
    if form == "=":
        lines = [f"{name} = {c}", *_released(draft, built, name, [use, built.use(draft, name, "'l'")])]
    elif form == ":":
        lines = [f"{name}: object = {c}", use]
    elif form == "chain":
        lines = [f"first = {name} = {c}", use, "result.append(first is not None)"]
    elif form == "tuple":
        lines = [f"{name}, number = {c}, 1", use, "result.append(number)"]
    elif form == "walrus":
        lines = [f"if ({name} := {c}) is not None:", f"{INDENT}{use}"]
    elif form == "attribute":
        draft.imports["app"].add("import types")
        lines = ["holder = types.SimpleNamespace()", f"holder.{name} = {c}", built.use(draft, f"holder.{name}")]
    elif form == "or":
        lines = [f"{name} = None", f"{name} = {name} or {c}", use]
    elif form == "branch":
        lines = ['if event.get("id"):', f"{INDENT}{name} = {c}", f"{INDENT}{use}"]
    elif form == "else":
        lines = [f'{name} = {c} if event.get("id") else None', f"if {name}:", f"{INDENT}{use}"]
    elif form == "loop":
        lines = ['for key in ("a", "b"):', f"{INDENT}{name} = {c}", f"{INDENT}{built.use(draft, name, 'key')}"]
    else:
        lines = ["try:", f"{INDENT}{name} = {c}", f"{INDENT}{use}", "except Exception as error:"]
        lines += [f"{INDENT}result.append(type(error).__name__)", f"{INDENT}raise"]
    return [*built.before, *lines, *built.after]


def _released(draft: Draft, built: Built, name: str, body: list[str]) -> list[str]:
    """The body with the client given up after it, or not."""
    if not built.client.can_close:
        return body
    form = draft.rng.choice(["none", "end", "finally", "if", "and"])
    ending = {"if": [f"if {name}:", f"{INDENT}{name}.close()"], "and": [f"{name} and {name}.close()"]}
    close = ending.get(form, [f"{name}.close()"])
    if form == "none":
        return body
    return [*body, *close] if form == "end" else ["try:", *indented(body), "finally:", *indented(close)]


def _in_place(draft: Draft) -> list[str]:
    """Without a name: an argument, the start of a chain, in a comprehension."""
    built = build(draft, "app", has_event=True)
    form = draft.rng.choice(["argument", "keyword", "chain", "comprehension", "list", "dictionary"])
    if form in {"argument", "keyword"}:
        function = draft.name("work")
        draft.add("app", f"def {function}(client, result):", INDENT + built.use(draft, "client"))
        given = f"client={built.expression}, result=result" if form == "keyword" else f"{built.expression}, result"
        lines = [f"{function}({given})"]
    elif form == "chain":
        lines = [built.use(draft, built.expression)]
    elif form == "comprehension":
        call = draft.rng.choice(built.client.calls).format("key")
        lines = [f"result += [str({built.expression}{call}) for key in ('a', 'b')]"]
    elif form == "list":
        lines = [f"clients = [{built.expression}]", built.use(draft, "clients[0]")]
    else:
        lines = [f"clients = {{'one': {built.expression}}}", built.use(draft, "clients['one']")]
    return [*built.before, *lines, *built.after]


def _scoped(draft: Draft) -> list[str]:
    """Lent to a block."""
    built = build(draft, "app", has_event=True)
    name = draft.name("client")
    body = [built.use(draft, name), built.use(draft, name, "'m'")]
    if not built.client.can_close:
        return [*built.before, f"{name} = {built.expression}", *body, *built.after]
    form = draft.rng.choice(["with", "closing", "two"])
    if form == "with":
        opening = f"with {built.expression} as {name}:"
    else:
        draft.imports["app"].add("import contextlib")
        opening = f"with contextlib.closing({built.expression}) as {name}:"
        if form == "two":
            opening = f"with contextlib.suppress(KeyError), {built.expression} as {name}:"
    return [*built.before, opening, *indented(body), *built.after]


def _function(draft: Draft) -> list[str]:
    """Built by a helper, here or in another file."""
    where = draft.rng.choice(["app", "clients"])
    built = build(draft, where, has_event=False)
    helper = draft.name(draft.rng.choice(["get_client", "make_client", "client_for_use"]))
    name = draft.name("client")
    form = draft.rng.choice(["return", "named", "parameter", "default", "documented", "one line", "both"])
    expression, parameter, given = built.expression, "", ""
    if form in {"parameter", "default"} and built.client.library == "boto3":
        expression, parameter, given = f"boto3.client(service, {draft.source(where)})", "service", "'s3'"
        draft.imports[where].add("import boto3")
        if form == "default":
            parameter, given = "service='s3'", ""
        built = built._replace(before=[], after=[], client=_CLIENTS[0])
    body = [*built.before, f"return {expression}"]
    if form in {"named", "documented"}:
        body = [*built.before, f"made = {expression}", *built.after, "return made"]
    if form == "documented":
        body = ['"""Make the client."""', *body]
    if form == "one line" and not built.before and "\n" not in expression:
        draft.add(where, f"def {helper}({parameter}): return {expression}")
    else:
        draft.add(where, f"def {helper}({parameter}):", *indented(body))
    call = _imported(draft, where, helper)
    lines = [f"{name} = {call}({given})", *_released(draft, built, name, [built.use(draft, name)])]
    if form == "both":
        lines += [built.use(draft, f"{call}({given})", "'again'")]
    if form == "parameter" and parameter and draft.chance(0.5):
        lines += [f"result.append(str({call}('sqs').list_queues()['Status']['text']))"]
    return lines


def _imported(draft: Draft, where: str, helper: str) -> str:
    """How the handler's file calls a helper."""
    if where == "app":
        return helper
    form = draft.rng.choice(
        ["import clients", f"from clients import {helper}", f"from clients import {helper} as made_{helper}"]
    )
    draft.imports["app"].add(form)
    if form == "import clients":
        return f"clients.{helper}"
    return form.split()[-1]


def _method(draft: Draft) -> list[str]:
    """Built by an object that lives for one invocation."""
    where = draft.rng.choice(["app", "app", "clients"])
    built = build(draft, where, has_event=False)
    kind = draft.name("Store")
    form = draft.rng.choice(["init", "method", "property", "static", "lazy"])
    head = [f"class {kind}:"]
    use = built.use(draft, "self.client")
    made = [*built.before, f"return {built.expression}"]
    if form == "init":
        body = ["def __init__(self):", *indented([*built.before, f"self.client = {built.expression}"])]
    elif form == "lazy":
        body = [
            "def __init__(self):",
            f"{INDENT}self.client = self.connect()",
            "",
            "def connect(self):",
            *indented(made),
        ]
    elif form == "property":
        body = ["@property", "def client(self):", *indented(made)]
    elif form == "static":
        body = ["@staticmethod", "def connect():", *indented(made), "", "def __init__(self):"]
        body += [f"{INDENT}self.client = {kind}.connect()"]
    else:
        body = ["client = None", "", "def connect(self):"]
        body += indented([*built.before, f"self.client = {built.expression}", "return self"])
    work = ["", "def work(self, result):", INDENT + use]
    draft.add(where, *head, *indented([*body, *work]))
    made_by = f"{_imported(draft, where, kind)}(){'.connect()' if form == 'method' else ''}"
    store = draft.name("store")
    return [f"{store} = {made_by}", f"{store}.work(result)"]


def _callable(draft: Draft) -> list[str]:
    """Built by a function within the handler."""
    built = build(draft, "app", has_event=True)
    name = draft.name("client")
    if draft.chance(0.5):
        maker = [f"make = lambda: {built.expression}"]
    else:
        maker = ["def make():", f"{INDENT}return {built.expression}", ""]
    return [*built.before, *maker, f"{name} = make()", built.use(draft, name), *built.after]
