"""Facts of modules, by the bytes that they were made from: where these come from makes no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.cache.identity import identity
from lambda_conn_lint.cache.records import key_in, key_of, record, text_in
from lambda_conn_lint.cache.store import Store

if TYPE_CHECKING:
    from lambda_conn_lint.facts.model import ModuleFacts

_FILE = "facts.jsonl"
_LARGEST = 64 << 20  # bytes of all facts that are kept of a project


class KnownFacts:
    """The facts that runs before this one have kept, and those that this one adds. The file is read when first asked.

    What has been asked for or added since is what ``save`` keeps of a run that has looked at the whole project.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines: dict[str, bytes] | None = None
        self._used: dict[str, bytes] = {}
        self._has_news = False

    def get(self, data: bytes) -> ModuleFacts | None:
        """The facts of a module's bytes, if they are known."""
        key = _key(data)
        line = self._used.get(key) or self._known().get(key)
        if line is None:
            return None
        from lambda_conn_lint.cache.facts_json import facts_in
        from lambda_conn_lint.facts.model import ModuleFacts

        try:
            facts = facts_in(text_in(line))
        except (ValueError, TypeError, LookupError, RecursionError, MemoryError):
            return None
        self._used[key] = line
        return facts if isinstance(facts, ModuleFacts) else None

    def add(self, data: bytes, facts: ModuleFacts) -> None:
        """Keep the facts of a module's bytes, if they have a form that can be kept."""
        from lambda_conn_lint.cache.facts_json import text_of

        key = _key(data)
        try:
            self._used[key] = record(key, text_of(facts))
        except (ValueError, TypeError, RecursionError, MemoryError):
            return
        self._has_news = True

    def save(self, *, is_whole: bool) -> None:
        """Write what is to be kept, unless that is what the file holds. ``is_whole`` tells that the run has asked for
        all that there is to know of the project, so that the rest is out of date."""
        kept = self._used if is_whole else {**self._known(), **self._used}
        if not kept or (not self._has_news and kept.keys() == self._known().keys()):
            return
        size, lines = 0, []
        for line in kept.values():
            size += len(line)
            if size <= _LARGEST:
                lines.append(line)
        self._store.write(_FILE, b"\n".join(lines))
        self._lines, self._has_news = dict(kept), False

    def _known(self) -> dict[str, bytes]:
        if self._lines is None:
            self._lines = {key_in(line): line for line in self._store.read(_FILE).split(b"\n")}
        return self._lines


def _key(data: bytes) -> str:
    return key_of(identity().encode("ascii") + data)
