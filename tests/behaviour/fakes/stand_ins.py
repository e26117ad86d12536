"""Stand-ins for catalogued libraries that have no fake of their own.

Every name of such a library makes a client, every call on it goes on record, and a client that was closed is dead: the
hardest that a library can be on a program that closes what it keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from behaviour.fakes.answers import Answer
from behaviour.fakes.base import Fake, label
from behaviour.fakes.recorder import Recorder, arguments

_CLOSES = frozenset({"close", "quit", "shutdown", "disconnect", "stop", "terminate", "destroy", "dispose"})


class StandInError(Exception):
    """What stand-ins raise."""


class StandIn(Fake):
    """A client, or what one of its calls gave."""

    fake_error = StandInError

    def __init__(self, recorder: Recorder, text: str, owner: StandIn | None = None) -> None:
        super().__init__(recorder, text, owner)
        self._is_closed = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "fake_")):
            raise AttributeError(name)
        if name in _CLOSES and self.fake_owner is None:
            return lambda *args, **keywords: self.fake_give_up(name)

        def call(*args: object, **keywords: object) -> object:
            text = f"{name}({arguments(args, keywords)})"
            return self.fake_use(name, args, keywords, lambda: self.fake_answer(text))

        return call

    def fake_give_up(self, name: str) -> None:
        self._is_closed = True
        self.fake_close(name)

    def fake_answer(self, text: str) -> object:
        root: Fake = self
        while root.fake_owner is not None:
            root = root.fake_owner
        if root.__dict__["_is_closed"]:
            raise StandInError("used after it was closed")
        return Answer(f"{self.fake_label}.{text}")

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *details: object) -> None:
        if self.fake_owner is None:
            self.fake_give_up("close")


class _Module(ModuleType):
    def __init__(self, name: str, recorder: Recorder) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith(("Error", "Exception", "Warning")):
            made: Any = type(name, (StandInError,), {"__module__": self.__name__})
        else:
            made = _constructor(self._recorder, f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


def _constructor(recorder: Recorder, name: str) -> Callable[..., StandIn]:
    class Client(StandIn):
        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label(name, args, keywords))
            self.fake_construct(lambda: None)

        @classmethod
        def from_url(cls, *args: object, **keywords: object) -> StandIn:
            return cls(*args, **keywords)

    Client.__name__ = Client.__qualname__ = name.rpartition(".")[2]
    return Client


def stand_in(name: str, recorder: Recorder) -> ModuleType:
    """A module of a library that has no fake of its own."""
    return _Module(name, recorder)
