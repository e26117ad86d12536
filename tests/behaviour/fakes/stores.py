"""redis, pymongo, elasticsearch and opensearchpy: clients that connect by themselves.

A Redis client goes on working after ``close()``; a MongoClient refuses; the search clients lose their connections.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from behaviour.fakes.answers import Answer
from behaviour.fakes.base import Fake, label, module
from behaviour.fakes.recorder import Recorder, arguments


class RedisError(Exception):
    """The root of what Redis clients raise."""


class RedisConnectionError(RedisError):
    """No connection."""


for _error, _name in ((RedisError, "RedisError"), (RedisConnectionError, "ConnectionError")):
    _error.__module__, _error.__qualname__, _error.__name__ = "redis.exceptions", _name, _name


class _Commands(Fake):
    """Every name is a command."""

    fake_error = RedisError

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)

        def command(*args: object, **keywords: object) -> object:
            reply = f"reply to {name}({arguments(args, keywords)})"
            return self.fake_use(name, args, keywords, lambda: self.fake_reply(name, reply))

        return command

    def fake_reply(self, name: str, reply: str) -> object:
        if name in {"incr", "incrby", "decr", "exists", "delete", "llen", "ttl", "rpush", "lpush"}:
            return len(reply)
        if name in {"lrange", "keys", "mget", "smembers"}:
            return [reply]
        if name in {"hgetall"}:
            return {"field": reply}
        return True if name in {"set", "setex", "expire", "ping", "hset"} else reply


class _Pipeline(_Commands):
    def __enter__(self) -> _Pipeline:
        return self

    def __exit__(self, *details: object) -> None:
        return None


class Redis(_Commands):
    """The client; its pool opens connections when they are needed, also after ``close()``."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self.fake_construct(lambda: None)

    def pipeline(self, transaction: bool = True) -> _Pipeline:
        return _Pipeline(self.fake_recorder, f"{self.fake_label}.pipeline({transaction})", self)

    def close(self) -> None:
        self.fake_close("close")

    def __enter__(self) -> Redis:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


def _redis(recorder: Recorder) -> list[ModuleType]:
    class BoundRedis(Redis):
        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label("redis.Redis", args, keywords))

        @classmethod
        def from_url(cls, *args: object, **keywords: object) -> Redis:
            return Redis(recorder, label("redis.from_url", args, keywords))

    class ConnectionPool(Fake):
        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label("redis.ConnectionPool", args, keywords))
            self.fake_construct(lambda: None)

        def disconnect(self) -> None:
            self.fake_close("disconnect")

    BoundRedis.__name__ = BoundRedis.__qualname__ = "Redis"
    BoundRedis.__module__ = "redis.client"
    raised = {"RedisError": RedisError, "ConnectionError": RedisConnectionError, "TimeoutError": RedisConnectionError}
    content = {"Redis": BoundRedis, "StrictRedis": BoundRedis, "from_url": BoundRedis.from_url, **raised}
    return [
        module("redis", ConnectionPool=ConnectionPool, **content),
        module("redis.client", Redis=BoundRedis, StrictRedis=BoundRedis),
        module("redis.exceptions", **raised),
    ]


class PyMongoError(Exception):
    """The root of what pymongo raises."""


class InvalidOperation(PyMongoError):  # noqa: N818 - the library's own name
    """The client was closed."""


PyMongoError.__module__ = InvalidOperation.__module__ = "pymongo.errors"


class _Mongo(Fake):
    """The client, a database or a collection: every item and attribute is the next, every call a command."""

    fake_error = PyMongoError

    def __getitem__(self, name: str) -> _Mongo:
        return _Mongo(self.fake_recorder, f"{self.fake_label}[{name!r}]", self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)
        return self[name]

    def __call__(self, *args: object, **keywords: object) -> Any:
        owner, _, name = self.fake_label.rpartition("[")
        above = self.fake_owner
        assert above is not None
        return above.fake_use(name[1:-2], args, keywords, lambda: self._answer(f"{owner}({arguments(args, keywords)})"))

    def _answer(self, source: str) -> Any:
        root: Fake | None = self
        while root is not None and not isinstance(root, MongoClient):
            root = root.fake_owner
        if root is not None and root._is_closed:
            raise InvalidOperation("Cannot use MongoClient after close")
        if "'find'" in self.fake_label or "'aggregate'" in self.fake_label:
            return [Answer(f"{source}[{number}]") for number in range(2)]
        if "count" in self.fake_label:
            return 2
        return Answer(source)


class MongoClient(_Mongo):
    """Closed for good by ``close()``."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._is_closed = False
        self.fake_construct(lambda: None)

    def get_database(self, name: str = "default") -> _Mongo:
        return self[name]

    get_default_database = get_database

    def close(self) -> None:
        self._is_closed = True
        self.fake_close("close")

    def __enter__(self) -> MongoClient:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


def _mongo(recorder: Recorder) -> list[ModuleType]:
    class BoundClient(MongoClient):
        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label("pymongo.MongoClient", args, keywords))

    BoundClient.__name__ = BoundClient.__qualname__ = "MongoClient"
    BoundClient.__module__ = "pymongo.synchronous.mongo_client"
    raised = {"PyMongoError": PyMongoError, "InvalidOperation": InvalidOperation, "ConnectionFailure": PyMongoError}
    return [
        module("pymongo", MongoClient=BoundClient, ASCENDING=1, DESCENDING=-1, ReturnDocument=module("ReturnDocument")),
        module("pymongo.mongo_client", MongoClient=BoundClient),
        module("pymongo.errors", **raised),
    ]


class _Search(Fake):
    """A search client, or a group of its calls (``client.indices``); without connections after ``close()``."""

    _GROUPS = frozenset({"indices", "cluster", "cat", "ingest", "nodes", "snapshot", "tasks"})

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)
        if name in self._GROUPS:
            return type(self)(self.fake_recorder, f"{self.fake_label}.{name}", self)

        def call(*args: object, **keywords: object) -> Answer:
            return self.fake_use(name, args, keywords, lambda: self._answer(f"{name}({arguments(args, keywords)})"))

        return call

    def _answer(self, source: str) -> Answer:
        owner = self.fake_owner if self.fake_owner is not None else self
        if owner.__dict__.get("_is_closed"):
            raise self.fake_error("Connection error")
        return Answer(source)

    def close(self) -> None:
        self._is_closed = True
        self.fake_close("close")

    def __enter__(self) -> _Search:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


def _search(recorder: Recorder, package: str, name: str) -> list[ModuleType]:
    error = type("ConnectionError", (Exception,), {"__module__": package})

    class Client(_Search):
        fake_error = error

        def __init__(self, *args: Any, **keywords: object) -> None:
            if args and isinstance(args[0], Recorder):
                super().__init__(*args)
                return
            super().__init__(recorder, label(f"{package}.{name}", args, keywords))
            self.fake_construct(lambda: None)

    Client.__name__ = Client.__qualname__ = name
    helpers = module(f"{package}.helpers", bulk=lambda client, actions, **_: client.bulk(actions=list(actions)))
    content: dict[str, object] = {name: Client, "helpers": helpers, "ConnectionError": error, "NotFoundError": error}
    return [module(package, **content), helpers, module(f"{package}.exceptions", ConnectionError=error)]


PACKAGES = ("redis", "pymongo", "elasticsearch", "opensearchpy")


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of these libraries, for one run."""
    found = [
        *_redis(recorder),
        *_mongo(recorder),
        *_search(recorder, "elasticsearch", "Elasticsearch"),
        *_search(recorder, "opensearchpy", "OpenSearch"),
    ]
    return {each.__name__: each for each in found}
