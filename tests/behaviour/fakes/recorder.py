"""What fakes write down: every call on a client of a library, in order, with what it was given and what came of it.

A client is known by the expression that made it (``boto3.client('s3')``), never by its identity, so that a program
that builds a client again and one that keeps it leave the same record. Nothing here keeps a fake alive.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple, TypeVar

from behaviour.fakes.server import Server

T = TypeVar("T")

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONG_ENOUGH_TO_RACE = 0.02  # seconds that a constructor takes once the program has a second thread


class Kind(Enum):
    """What a call is to the comparison of two programs."""

    CONSTRUCTION = "construction"
    USE = "use"  # the client's work: compared one by one, in order
    EFFECT = "effect"  # what a server saw come of it: writes committed, events delivered
    ENDED = "ended"  # writes that a server threw away
    CONTROL = "control"  # commit and rollback: compared by what they do to the writes
    CLOSE = "close"  # the client is given up: closed, quit, shut down, left through a ``with`` that closes


class Event(NamedTuple):
    """One call. ``client`` numbers the object that it was made on, over the whole run."""

    kind: Kind
    call: str  # "boto3.client('s3').put_object(Bucket='b')"
    outcome: str  # the value as text, or the exception's class and text
    state: str  # what the client was set to by then: attributes, session settings
    client: int

    def __str__(self) -> str:
        state = f" [{self.state}]" if self.state else ""
        return f"{self.kind.value}: {self.call}{state} -> {self.outcome}"


class Fault(NamedTuple):
    """Trouble in one invocation, at the ``nth`` call (counted from 1) that reads ``call``.

    ``raise``   the call fails with the library's own error
    ``kill``    the server ends every session just before the call; the call meets a dead connection
    ``crash``   the call fails with an error that no library raises, as a defect in the program would
    """

    how: str
    call: str
    nth: int = 1


class Injected(Exception):  # noqa: N818 - the name is what a trace shows
    """A failure that no library raises."""


class Recorder:
    """The record of one run, and the servers that the clients of the run talk to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.threaded = False
        self.fault: Fault | None = None
        self.server = Server(self.effect)
        self.buffered: Counter[str] = Counter()  # events that wait in a client for their delivery, by client
        self._seen = 0
        self._clients = 0
        self._main = threading.get_ident()

    def begin(self, fault: Fault | None) -> None:
        """Start the record of an invocation (or of the import)."""
        self.events = []
        self.fault = fault
        self._seen = 0

    def number(self) -> int:
        """A number for a new client."""
        self._clients += 1
        return self._clients

    def construct(self, label: str, client: int, error: Callable[[], BaseException], build: Callable[[], T]) -> T:
        """Record the construction of a client and carry it out."""
        if threading.active_count() > 1:
            time.sleep(_LONG_ENOUGH_TO_RACE)
        return self._record(Kind.CONSTRUCTION, label, "", client, error, build)

    def use(self, call: str, state: str, client: int, error: Callable[[], BaseException], act: Callable[[], T]) -> T:
        """Record a call that matters to the program and carry it out."""
        return self._record(Kind.USE, call, state, client, error, act)

    def control(
        self, call: str, state: str, client: int, error: Callable[[], BaseException], act: Callable[[], T]
    ) -> T:
        """Record the end of a transaction and carry it out."""
        return self._record(Kind.CONTROL, call, state, client, error, act)

    def close(self, call: str, client: int) -> None:
        """Record that a client is given up."""
        self._add(Event(Kind.CLOSE, call, "None", "", client))

    def effect(self, label: str, what: str, *, lost: bool = False) -> None:
        """Record what a server saw."""
        self._add(Event(Kind.ENDED if lost else Kind.EFFECT, label, what, "", 0))

    def deliver(self, label: str) -> None:
        """The events that wait in a client arrive."""
        waiting = self.buffered.pop(label, 0)
        if waiting:
            self.effect(label, f"delivered {waiting}")

    def _record(
        self, kind: Kind, call: str, state: str, client: int, error: Callable[[], BaseException], act: Callable[[], T]
    ) -> T:
        fault = self.fault
        if fault is not None and call == fault.call:
            self._seen += 1
            if self._seen == fault.nth:
                self.fault = None
                if fault.how == "kill":
                    self.server.kill()
                else:
                    failure = error() if fault.how == "raise" else Injected(call)
                    self._add(Event(kind, call, describe(failure), state, client))
                    raise failure
        place = len(self.events)
        try:
            value = act()
        except BaseException as failure:
            self._add(Event(kind, call, describe(failure), state, client), place)
            raise
        self._add(Event(kind, call, show(value), state, client), place)
        return value

    def _add(self, event: Event, place: int | None = None) -> None:
        self.threaded = self.threaded or threading.get_ident() != self._main
        self.events.insert(len(self.events) if place is None else place, event)


def show(value: object) -> str:
    """A value as text that does not change from run to run: fakes by what made them, no addresses."""
    label = getattr(value, "fake_label", None)
    if isinstance(label, str):
        return f"<{label}>"
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, list | tuple | set | frozenset) and type(value) in (list, tuple, set, frozenset):
        inner = [show(each) for each in value]
        return f"{type(value).__name__}({', '.join(inner if type(value) in (list, tuple) else sorted(inner))})"
    if isinstance(value, Mapping) and type(value) is dict:
        return "{" + ", ".join(f"{show(key)}: {show(each)}" for key, each in value.items()) + "}"
    if callable(value):
        return f"<{getattr(value, '__name__', type(value).__name__)}>"
    return _ADDRESS.sub("", repr(value))


def describe(error: BaseException) -> str:
    """An exception as text: its class, and what it says."""
    return f"{type(error).__module__}.{type(error).__qualname__}: {_ADDRESS.sub('', str(error))}"


def arguments(args: tuple[object, ...], keywords: Mapping[str, object]) -> str:
    """The arguments of a call as text."""
    return ", ".join([*map(show, args), *(f"{name}={show(value)}" for name, value in keywords.items())])
