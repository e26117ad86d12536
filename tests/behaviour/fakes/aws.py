"""boto3 and botocore: clients, resources and sessions. Closing a client frees its sockets, and it goes on working."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from behaviour.fakes.answers import Answer
from behaviour.fakes.base import Fake, label, module
from behaviour.fakes.recorder import Recorder, arguments


class ClientError(Exception):
    """What services answer with when they refuse."""

    def __init__(self, error_response: Mapping[str, Any] | str = "injected", operation_name: str = "Operation") -> None:
        super().__init__(f"An error occurred when calling {operation_name}: {error_response}")
        self.response = error_response if isinstance(error_response, Mapping) else {"Error": {"Code": "Injected"}}
        self.operation_name = operation_name


class EndpointConnectionError(Exception):
    """No connection to the service."""


for _error in (ClientError, EndpointConnectionError):
    _error.__module__ = "botocore.exceptions"


class _Exceptions:
    """``client.exceptions``: a class for every name."""

    def __getattr__(self, name: str) -> type[ClientError]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "ClientError":
            return ClientError
        made = type(name, (ClientError,), {"__module__": "botocore.errorfactory"})
        setattr(self, name, made)
        return made


class Client(Fake):
    """A low-level client: every name is an operation."""

    fake_error = ClientError

    def __init__(self, recorder: Recorder, text: str, service: str, region: str) -> None:
        super().__init__(recorder, text)
        self._meta = types.SimpleNamespace(
            region_name=region, service_model=types.SimpleNamespace(service_name=service)
        )
        self._exceptions = _Exceptions()

    @property
    def meta(self) -> Any:
        return self._meta

    @property
    def exceptions(self) -> Any:
        return self._exceptions

    def close(self) -> None:
        self.fake_close("close")

    def get_paginator(self, operation: str) -> _Paginator:
        return _Paginator(self, operation)

    def can_paginate(self, operation: str) -> bool:
        return bool(operation)

    def get_waiter(self, name: str) -> _Part:
        return _Part(self, f"get_waiter({name!r})")

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)

        def operation(*args: object, **keywords: object) -> object:
            call = f"{self.fake_label}.{name}({arguments(args, keywords)})"
            if name == "generate_presigned_url":
                return self.fake_use(name, args, keywords, lambda: f"https://signed.example.com/{call}")
            return self.fake_use(name, args, keywords, lambda: Answer(call))

        operation.__name__ = name
        return operation


class _Paginator:
    def __init__(self, client: Client, operation: str) -> None:
        self._client = client
        self._operation = operation

    def paginate(self, **keywords: object) -> Iterator[Answer]:
        for page in range(2):
            source = f"{self._client.fake_label} {self._operation} page {page}"
            name = f"paginate:{self._operation}"
            yield self._client.fake_use(name, (page,), keywords, partial(Answer, source))


class _Part(Fake):
    """Part of a resource (a table, a bucket), or what one of its calls gave."""

    fake_error = ClientError

    def __init__(self, owner: Fake, path: str) -> None:
        super().__init__(owner.fake_recorder, f"{owner.fake_label}.{path}", owner)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)
        if not name[:1].isupper():
            return _member(self, name)

        def part(*args: object, **keywords: object) -> _Part:
            return _Part(self, label(name, args, keywords))

        return part

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *details: object) -> None:
        return None


class Resource(_Part):
    """A high-level client: ``Table``, ``Bucket`` and the like are parts of it."""

    def __init__(self, recorder: Recorder, text: str, client: Client) -> None:
        Fake.__init__(self, recorder, text)
        self._meta = types.SimpleNamespace(client=client)

    @property
    def meta(self) -> Any:
        return self._meta


class _Collection:
    """``bucket.objects`` and the like: iterable, with calls of its own."""

    def __init__(self, part: _Part, name: str) -> None:
        self._part = part
        self._name = name

    def __call__(self, *args: object, **keywords: object) -> object:
        source = f"{self._part.fake_label}.{self._name}({arguments(args, keywords)})"
        if self._name == "batch_writer":
            return _Part(self._part, "batch_writer()")
        return self._part.fake_use(self._name, args, keywords, lambda: Answer(source))

    def all(self) -> Iterator[_Part]:
        return self.filter()

    def filter(self, **keywords: object) -> Iterator[_Part]:
        self._part.fake_use(f"{self._name}.filter", (), keywords, lambda: None)
        return iter([_Part(self._part, f"{self._name}[{number}]") for number in range(2)])


def _member(part: _Part, name: str) -> object:
    if name.endswith(("name", "arn", "url", "key", "id", "status")):
        return f"{part.fake_label}.{name}"
    return _Collection(part, name)


class Session(Fake):
    """Settings that clients and resources are made with."""

    def __init__(self, recorder: Recorder, text: str, region: str) -> None:
        super().__init__(recorder, text)
        self._region = region
        self.fake_construct(lambda: None)

    @property
    def region_name(self) -> str:
        return self._region

    def get_credentials(self) -> Any:
        frozen = types.SimpleNamespace(access_key="key", secret_key="hidden", token="token")
        return types.SimpleNamespace(get_frozen_credentials=lambda: frozen, **vars(frozen))

    def client(self, *args: Any, **keywords: Any) -> Client:
        return _client(self.fake_recorder, f"{self.fake_label}.client", args, keywords)

    def resource(self, *args: Any, **keywords: Any) -> Resource:
        return _resource(self.fake_recorder, f"{self.fake_label}.resource", args, keywords)

    create_client = client


def _client(recorder: Recorder, name: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> Client:
    service = args[0] if args else keywords["service_name"]
    client = Client(recorder, label(name, args, keywords), service, keywords.get("region_name") or "eu-west-1")
    client.fake_construct(lambda: None)
    return client


def _resource(recorder: Recorder, name: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> Resource:
    text = label(name, args, keywords)
    service = args[0] if args else keywords["service_name"]
    inner = Client(recorder, f"{text}.meta.client", service, keywords.get("region_name") or "eu-west-1")
    resource = Resource(recorder, text, inner)
    resource.fake_construct(lambda: None)
    return resource


class Config:
    """``botocore.config.Config``: known by its arguments."""

    def __init__(self, *args: object, **keywords: object) -> None:
        self._text = label("Config", args, keywords)

    def merge(self, other: Config) -> Config:
        return Config(self, other)

    def __repr__(self) -> str:
        return self._text


class _Condition:
    """``Key("id").eq(...)``: known by how it was made."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: _Condition(f"{self._text}.{name}({arguments(args, {})})")

    def __and__(self, other: object) -> _Condition:
        return _Condition(f"({self._text} & {other!r})")

    def __repr__(self) -> str:
        return self._text


PACKAGES = ("boto3", "botocore")


def modules(recorder: Recorder) -> dict[str, types.ModuleType]:
    """The modules of boto3 and botocore, for one run."""

    class BoundSession(Session):
        __module__ = "boto3.session"
        __qualname__ = __name__ = "Session"

        def __init__(self, *args: Any, **keywords: Any) -> None:
            super().__init__(recorder, label("boto3.Session", args, keywords), keywords.get("region_name", "eu-west-1"))

    def client(*args: Any, **keywords: Any) -> Client:
        return _client(recorder, "boto3.client", args, keywords)

    def resource(*args: Any, **keywords: Any) -> Resource:
        return _resource(recorder, "boto3.resource", args, keywords)

    def botocore_session(*args: Any, **keywords: Any) -> Session:
        return Session(recorder, label("botocore.session.get_session", args, keywords), "eu-west-1")

    exceptions = module(
        "botocore.exceptions",
        ClientError=ClientError,
        BotoCoreError=type("BotoCoreError", (Exception,), {"__module__": "botocore.exceptions"}),
        EndpointConnectionError=EndpointConnectionError,
    )
    conditions = module(
        "boto3.dynamodb.conditions",
        Key=lambda name: _Condition(f"Key({name!r})"),
        Attr=lambda name: _Condition(f"Attr({name!r})"),
    )
    found = [
        module("boto3", client=client, resource=resource, Session=BoundSession),
        module("boto3.session", Session=BoundSession),
        module("boto3.exceptions"),
        module("boto3.dynamodb"),
        conditions,
        module("boto3.dynamodb.types"),
        module("botocore", UNSIGNED="UNSIGNED"),
        module("botocore.config", Config=Config),
        module("botocore.client", Config=Config, BaseClient=Client),
        module("botocore.session", get_session=botocore_session, Session=Session),
        exceptions,
    ]
    return {each.__name__: each for each in found}
