"""What runs have found in a project, for those that ask the same of the same files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import NamedTuple

from lambda_conn_lint.cache import findings_json
from lambda_conn_lint.cache.identity import identity
from lambda_conn_lint.cache.records import ENCODER, key_in, key_of, record, text_in
from lambda_conn_lint.cache.store import Store
from lambda_conn_lint.cache.trace import Trace, TracedProject, now
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.handlers.model import Unreadable
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import INTERNAL_ERROR

_SUFFIX = ".run.jsonl"
_MOST = 5  # questions that are remembered of one project


class Found(NamedTuple):
    """What there is to say of a project.

    ``unchecked`` are files in which findings may be missing, ``unreadable`` deployment files. ``has_clients``
    tells that some file names a client library: that none does is found out again as soon as it is looked up.
    """

    findings: tuple[Finding, ...]
    unchecked: Collection[str]
    unreadable: tuple[Unreadable, ...]
    has_clients: bool = True


class KnownRuns:
    """The results of runs before this one, by what they were asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recall(self, project: Project, question: str, look: Callable[[Project], Found]) -> Found:
        """What ``look`` finds in the project: from an earlier run if all that this one looked at is still the same.

        ``question`` is all that the answer depends on beside the project's files.
        """
        if self._store.exists():
            known = self._known(project, _key(question))
            if known is not None:
                return known
        trace = Trace()
        found = look(TracedProject(project, trace))
        if found.has_clients and not any(finding.code == INTERNAL_ERROR for finding in found.findings):
            trace.add_unread(str(project.root), project.python)
            if trace.is_whole:
                self._keep(project, _key(question), trace, found)
        return found

    def _known(self, project: Project, key: str) -> Found | None:
        line = self._store.read(key + _SUFFIX)
        if key_in(line) != key:
            return None
        try:
            listing, seen, exists, findings, unchecked, unreadable = json.loads(text_in(line))
            if listing != _listing(project) or any(project.exists(path) != was for path, was in exists.items()):
                return None
            before = {path: (tuple(stamp), digest) for path, (stamp, digest) in seen.items()}
            current = now(project, before)
            if current is None:
                return None
            found = Found(
                tuple(map(findings_json.finding, findings)),
                frozenset(unchecked),
                tuple(Unreadable(*one) for one in unreadable),
            )
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
            return None
        self._store.touch(key + _SUFFIX)
        if current != before:
            self._write(key, [listing, current, exists, findings, unchecked, unreadable])
        return found

    def _keep(self, project: Project, key: str, trace: Trace, found: Found) -> None:
        answer = (found.findings, sorted(found.unchecked), found.unreadable)
        self._write(key, [_listing(project), trace.seen, trace.exists, *answer])
        self._store.keep_newest(_SUFFIX, _MOST)

    def _write(self, key: str, value: list[object]) -> None:
        self._store.write(key + _SUFFIX, record(key, ENCODER.encode(value)))


def _key(question: str) -> str:
    return key_of(f"{identity()}\n{question}".encode("utf-8", "surrogatepass"))


def _listing(project: Project) -> str:
    """A digest of which files the project has."""
    names = "\n".join(("\0".join(project.python), "\0".join(project.manifests), "\0".join(project.worker_files)))
    return key_of(names.encode("utf-8", "surrogateescape"))
