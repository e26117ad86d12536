"""What becomes of a function over many invocations, with what others do to its database in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from end_to_end.functions import Answer, Function


class Database(Protocol):
    """A SQL database as the tests need it."""

    environ: dict[str, str]

    def query(self, sql: str) -> list[tuple[Any, ...]]: ...

    def opened(self) -> int: ...

    def kill(self) -> None: ...

    def restart(self) -> None: ...

    def transactions(self) -> list[Any]: ...


Record: TypeAlias = Callable[[str, object], None]
"""pytest's ``record_property``: what is recorded as ``connections`` is listed after the run."""

Between: TypeAlias = Literal["add", "kill", "restart"]
"""What happens between two invocations: another client commits a row, or connections end."""

Step: TypeAlias = dict[str, Any] | Between
"""An event, or what happens between events."""


def steps(*ends: str) -> list[Step]:
    """One event for each way to end, with a number of its own, and before it a row of another client's; "kill" and
    "restart" stand for themselves."""
    taken: list[Step] = []
    for number, end in enumerate(ends, start=1):
        if end == "kill":
            taken.append("kill")
        elif end == "restart":
            taken.append("restart")
        else:
            taken += ["add", {"n": number, "end": end}]
    return taken


class History(NamedTuple):
    """What the invocations answered, how many transactions each of them left open, which rows are there in the end, and
    how many connections the server has seen."""

    answers: list[Answer]
    left_open: list[int]
    rows: list[int]
    opened: int

    @property
    def outcome(self) -> tuple[list[Answer], list[int], list[int]]:
        """All but the number of connections: what a fix must not change."""
        return self.answers, self.left_open, self.rows


def live(function: Function, database: Database, taken: Iterable[Step], *, look: bool = True) -> History:
    """Take the steps, from an empty table ``items`` on. ``look`` is whether to ask for open transactions each time."""
    database.kill()  # nobody of an earlier test holds anything
    database.query("DROP TABLE IF EXISTS items")
    database.query("CREATE TABLE items (n INTEGER NOT NULL)")
    before = database.opened()
    answers: list[Answer] = []
    left_open: list[int] = []
    for number, step in enumerate(taken):
        if isinstance(step, dict):
            answers.append(function.invoke(**step))
            if look:
                left_open.append(len(database.transactions()))
        elif step == "add":
            database.query(f"INSERT INTO items (n) VALUES ({1000 + number})")
        elif step == "kill":
            database.kill()
        else:
            database.restart()
    rows = [row[0] for row in database.query("SELECT n FROM items ORDER BY n")]
    return History(answers, left_open, rows, database.opened() - before)
