"""Answers of services that nobody runs: made up from the call alone, so that equal calls get equal answers."""

from __future__ import annotations

import io
import json
from typing import Any

_MAPPINGS = frozenset(
    {"Item", "Attributes", "Parameter", "Credentials", "ResponseMetadata", "User", "Metadata", "Key", "QueryExecution",
     "Status", "Table", "Configuration", "_source", "hits"}
)  # fmt: skip
_NUMBERS = frozenset({"Count", "ScannedCount", "HTTPStatusCode", "StatusCode", "ContentLength", "Account", "count"})
_PLURALS = frozenset({"Items", "Contents", "Messages", "Buckets", "Records", "Parameters", "Functions", "Reservations"})
_SECRET = {
    "host": "db.example.com",
    "username": "app",
    "user": "app",
    "password": "hidden",
    "port": 5432,
    "dbname": "shop",
    "database": "shop",
    "api_key": "key",
    "token": "token",
    "url": "https://example.com",
    "dsn": "dbname=shop",
}
_LENGTH = 2  # of every list of things


class Answer(dict[str, Any]):
    """A response that has every key; what stands under a key follows from its name."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def __missing__(self, key: str) -> Any:
        return value_for(f"{self._source}[{key!r}]", key)

    def get(self, key: str, default: Any = None) -> Any:
        if key in self:
            return self[key]
        return default

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and not key.startswith(("Next", "Last", "Error", "Unprocessed"))

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"answer to {self._source}"


def value_for(source: str, key: str) -> Any:
    """What a response holds under ``key``."""
    if key == "SecretString":
        return json.dumps(_SECRET)
    if key == "Body":
        return Body(source)
    if key in _MAPPINGS:
        return Answer(source)
    if key in _NUMBERS:
        return 200 if "Status" in key else _LENGTH
    if key in _PLURALS or (key[:1].isupper() and key.endswith("s") and not key.endswith("ss")):
        return [Answer(f"{source}[{number}]") for number in range(_LENGTH)]
    return f"text at {source}"


class Body:
    """A stream that holds JSON."""

    def __init__(self, source: str) -> None:
        self._data = io.BytesIO(json.dumps({"from": source}).encode())

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    def __iter__(self) -> io.BytesIO:
        return self._data

    def close(self) -> None:
        self._data.close()
