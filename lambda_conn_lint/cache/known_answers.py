"""Answers to questions about a project, for who asks the same of the same files."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from lambda_conn_lint.cache.identity import identity
from lambda_conn_lint.cache.records import ENCODER, key_in, key_of, record, text_in
from lambda_conn_lint.cache.store import Store
from lambda_conn_lint.cache.trace import Seen, Trace, now
from lambda_conn_lint.project import Project

_MOST = 5  # questions of one kind that are remembered of one project


class Answer(NamedTuple):
    """What JSON has made of an answer, the files that it came from as they are now, and whether others were there."""

    value: Any
    seen: Seen
    exists: dict[str, bool]


class KnownAnswers:
    """The answers that runs before this one have kept to one kind of question, and those of this run.

    Each is a file whose name ends with the suffix. Nothing is written before ``save``.
    """

    def __init__(self, store: Store, suffix: str) -> None:
        self._store = store
        self._suffix = suffix
        self._news: dict[str, list[Any]] = {}
        self._used: set[str] = set()

    def get(self, project: Project, question: str) -> Answer | None:
        """The answer, if it is known and all that it came from is still the same.

        ``question`` is all that the answer depends on beside the project's files.
        """
        if not self._news and not self._store.exists():
            return None
        key = _key(question)
        try:
            listing, seen, exists, value = known = self._news.get(key) or self._stored(key)
            if listing != _listing(project) or any(project.exists(path) != was for path, was in exists.items()):
                return None
            before = {path: (tuple(stamp), digest) for path, (stamp, digest) in seen.items()}
            current = now(project, before)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
            return None
        if current is None or not project.overlay.keys().isdisjoint(current):
            return None
        self._used.add(key)
        if current != before:
            self._news[key] = [listing, current, *known[2:]]
        return Answer(value, current, exists)

    def add(self, project: Project, question: str, trace: Trace, value: object) -> None:
        """Keep an answer that was found in what a whole trace has seen, and nowhere above the disk's files."""
        self._news[_key(question)] = [_listing(project), trace.seen, trace.exists, value]

    def save(self) -> None:
        """Write what this run has added."""
        for key in self._used - self._news.keys():
            self._store.touch(key + self._suffix)
        for key, known in self._news.items():
            self._store.write(key + self._suffix, record(key, ENCODER.encode(known)))
        if self._news:
            self._store.keep_newest(self._suffix, _MOST)
        self._news, self._used = {}, set()

    def _stored(self, key: str) -> list[Any]:
        """An answer as it was written. Raises what comes of one that was not."""
        line = self._store.read(key + self._suffix)
        if key_in(line) != key:
            raise ValueError("another key")
        known: list[Any] = json.loads(text_in(line))
        return known


def _key(question: str) -> str:
    return key_of(f"{identity()}\n{question}".encode("utf-8", "surrogatepass"))


def _listing(project: Project) -> str:
    """A digest of which files the project has."""
    names = "\n".join(("\0".join(project.python), "\0".join(project.manifests), "\0".join(project.worker_files)))
    return key_of(names.encode("utf-8", "surrogateescape"))
