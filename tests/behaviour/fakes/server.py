"""The database server behind the fake drivers: sessions, transactions, and what outlives them.

It knows just enough SQL to tell reads from writes and to notice what a connection carries along: an open or failed
transaction, an old snapshot, settings, temporary tables and locks. A read gives back how many committed writes it can
see, and the settings it runs under, so that whatever a kept connection would show differently shows in the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

_WORDS = re.compile(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(\w+)(?:\s+(\w+))?(?:\s+(\w+))?", re.DOTALL)
_READS = frozenset({"SELECT", "SHOW", "WITH", "VALUES", "TABLE", "EXPLAIN", "DESCRIBE", "DESC", "FETCH"})
_LOCK = re.compile(r"\b(?:pg_(?:try_)?advisory_lock|GET_LOCK)\s*\(([^)]*)\)", re.IGNORECASE)
_UNLOCK = re.compile(r"\b(?:pg_advisory_unlock|RELEASE_LOCK)\s*\(([^)]*)\)", re.IGNORECASE)
_UNLOCK_ALL = re.compile(r"\b(?:pg_advisory_unlock_all|RELEASE_ALL_LOCKS)\b", re.IGNORECASE)


class Report(Protocol):
    """Told what became of writes."""

    def __call__(self, label: str, what: str, *, lost: bool = False) -> None: ...


class Dialect(NamedTuple):
    """In what servers differ."""

    error_fails_transaction: bool  # PostgreSQL: after an error nothing works until the rollback
    snapshot_per_transaction: bool  # MySQL: all reads of a transaction see what the first one saw
    ddl_commits: bool


POSTGRESQL = Dialect(error_fails_transaction=True, snapshot_per_transaction=False, ddl_commits=False)
MYSQL = Dialect(error_fails_transaction=False, snapshot_per_transaction=True, ddl_commits=True)


class SessionDead(Exception):  # noqa: N818 - a state that drivers translate to their own errors
    """The session is gone: killed, or the server was restarted."""


class TransactionFailed(Exception):  # noqa: N818 - the same
    """The transaction has failed and waits for its rollback."""


class StatementRefused(Exception):  # noqa: N818 - the same
    """The server does not take the statement."""


class Server:
    """All sessions of one run, and the writes that were committed, in order."""

    def __init__(self, report: Report) -> None:
        self.committed: list[str] = []
        self.sessions: list[Session] = []
        self.peak: dict[str, int] = {}
        self.report = report

    def connect(self, label: str, dialect: Dialect) -> Session:
        """A new session, outside a transaction."""
        session = Session(self, label, dialect)
        self.sessions.append(session)
        at_once = sum(each.label == label for each in self.sessions)
        self.peak[label] = max(at_once, self.peak.get(label, 0))
        return session

    def kill(self) -> None:
        """End every session, as a restart would."""
        for session in self.sessions:
            session.die()
        self.sessions = []

    def write_elsewhere(self) -> None:
        """Another program commits a row."""
        self.committed.append("another program's row")

    def open_transactions(self) -> list[str]:
        """The sessions that are inside a transaction, by what made them."""
        return sorted(session.label for session in self.sessions if session.in_transaction)

    def locks(self) -> list[str]:
        """The locks that sessions hold."""
        return sorted(f"{session.label} holds {lock}" for session in self.sessions for lock in session.locks)


class Result(NamedTuple):
    """What a statement gives."""

    rows: list[tuple[object, ...]]
    affected: int
    last_id: int


class Session:
    """One connection as the server sees it."""

    def __init__(self, server: Server, label: str, dialect: Dialect) -> None:
        self.server = server
        self.label = label
        self.dialect = dialect
        self.is_dead = False
        self.in_transaction = False
        self.has_failed = False
        self.settings: dict[str, str] = {}
        self.temporary: set[str] = set()
        self.locks: set[str] = set()
        self._is_explicit = False  # begun by a BEGIN statement, which autocommit does not end
        self._writes: list[str] = []
        self._snapshot: int | None = None
        self._settings_before: dict[str, str] = {}

    # What drivers do

    def execute(self, sql: str, text: str, *, autocommit: bool) -> Result:
        """Run one statement; ``text`` is the statement with its parameters, as rows and writes show it.

        Raises SessionDead, TransactionFailed or StatementRefused.
        """
        first, second, third = ((word or "").upper() for word in _words(sql))
        self.check()
        if self.has_failed and first not in {"ROLLBACK", "COMMIT", "END", "ABORT"}:
            raise TransactionFailed
        control = self._controls().get(first)
        if control is not None and second not in {"TO", "PREPARED"}:
            control()
            return Result([], -1, 0)
        self.begin(explicit=False)
        try:
            if first == "DISCARD" and not (autocommit and not self._is_explicit):
                raise StatementRefused("DISCARD ALL cannot run inside a transaction block")
            result = self._run(sql, text, first, second, third)
        except StatementRefused:
            self.has_failed = self.dialect.error_fails_transaction
            if autocommit and not self._is_explicit:
                self.rollback()
            raise
        if autocommit and not self._is_explicit:
            self.commit()
        return result

    def check(self) -> None:
        if self.is_dead:
            raise SessionDead

    def begin(self, *, explicit: bool = True) -> None:
        """Open a transaction unless one is open."""
        self.check()
        if not self.in_transaction:
            self.in_transaction = True
            self._settings_before = dict(self.settings)
        self._is_explicit = self._is_explicit or explicit

    def fail(self) -> None:
        """A statement came to nothing by an error."""
        if not self.is_dead and self.dialect.error_fails_transaction:
            self.in_transaction = True
            self.has_failed = True

    def commit(self) -> None:
        self.check()
        if self.has_failed:
            self.rollback()
            return
        if self._writes:
            self.server.committed += self._writes
            self.server.report(self.label, f"committed {self._writes}")
        self._leave()

    def rollback(self, *, silent: bool = False) -> None:
        if not silent:
            self.check()
        if self.in_transaction and self.dialect.error_fails_transaction:
            self.settings = self._settings_before
        if self._writes and not silent:
            self.server.report(self.label, f"rolled back {self._writes}", lost=True)
        self._leave()

    def reset(self, *, everything: bool = False) -> None:
        """End the transaction and the settings; with ``everything`` also temporary tables and locks."""
        self.rollback()
        self.settings = {}
        if everything:
            self.temporary, self.locks = set(), set()

    def die(self) -> None:
        """The server ends the session; who is connected still thinks as before of its transaction."""
        self.is_dead = True
        self._writes = []
        self.locks = set()

    def end(self, *, silent: bool = False) -> None:
        """The connection is closed, or (``silent``) it went away without a word."""
        if self in self.server.sessions:
            self.server.sessions.remove(self)
            self.rollback(silent=silent)
        self.locks = set()

    def _leave(self) -> None:
        self.in_transaction = self.has_failed = self._is_explicit = False
        self._writes = []
        self._snapshot = None

    # What statements do

    def _controls(self) -> dict[str, Callable[[], None]]:
        return {
            "BEGIN": self.begin,
            "START": self.begin,
            "COMMIT": self.commit,
            "END": self.commit,
            "ROLLBACK": self.rollback,
            "ABORT": self.rollback,
        }

    def _run(self, sql: str, text: str, first: str, second: str, third: str) -> Result:
        if "broken" in sql:
            raise StatementRefused('syntax error at or near "broken"')
        if first == "SELECT" and text.strip() == "SELECT 1":
            return Result([(1,)], 1, 0)
        if first in _READS:
            return self._read(sql, text)
        if first in {"SET", "USE", "RESET"} and second not in {"LOCAL", "TRANSACTION"}:
            self.settings[text.split("=", maxsplit=1)[0].split(" TO ", maxsplit=1)[0].strip()] = text
            return Result([], -1, 0)
        if first == "DISCARD":
            self.settings, self.temporary, self.locks = {}, set(), set()
            return Result([], -1, 0)
        if (first == "CREATE" and second in {"TEMP", "TEMPORARY"}) or first in {"PREPARE", "DECLARE"}:
            name = (_after_table(text) if third == "TABLE" else second).lower()
            if name in self.temporary:
                raise StatementRefused(f'"{name}" already exists')
            self.temporary.add(name)
            return Result([], -1, 0)
        if self.dialect.ddl_commits and first in {"CREATE", "ALTER", "DROP", "TRUNCATE"}:
            self.commit()
            self.begin(explicit=False)
            self._writes.append(text)
            self.commit()
            return Result([], 0, 0)
        if first not in {"SAVEPOINT", "RELEASE", "LOCK", "SET", "LISTEN", "EXECUTE", "ROLLBACK"}:
            self._writes.append(text)
        return Result([], 1, len(self.server.committed) + len(self._writes))

    def _read(self, sql: str, text: str) -> Result:
        for taken in _LOCK.findall(sql):
            self._lock(f"{taken}")
        for given_up in _UNLOCK.findall(sql):
            self.locks.discard(f"{given_up}")
        if _UNLOCK_ALL.search(sql):
            self.locks = set()
        seen = len(self.server.committed)
        if self.dialect.snapshot_per_transaction:
            if self._snapshot is None:
                self._snapshot = seen
            seen = self._snapshot
        carried = "".join(f" under {value}" for _, value in sorted(self.settings.items()))
        rows: list[tuple[object, ...]] = [(seen + len(self._writes), f"{text}{carried}"), (0, "the second row")]
        return Result(rows, len(rows), 0)

    def _lock(self, lock: str) -> None:
        if any(lock in other.locks for other in self.server.sessions if other is not self):
            raise StatementRefused(f"lock {lock} is held by another session")
        self.locks.add(lock)


def _words(sql: str) -> tuple[str, str, str]:
    match = _WORDS.match(sql)
    return (match[1], match[2], match[3]) if match else ("", "", "")


def _after_table(text: str) -> str:
    rest = text.upper().partition("TABLE")[2].split()
    return next((word for word in rest if word not in {"IF", "NOT", "EXISTS"}), "").split("(")[0]
