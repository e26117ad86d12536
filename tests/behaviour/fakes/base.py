"""What all fake clients share: a label, a record of attributes that were set, and calls that go on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import ClassVar, TypeVar

from behaviour.fakes.recorder import Recorder, arguments, show

T = TypeVar("T")


class Fake:
    """An object of a client library.

    ``label`` is the expression that made it. What belongs to it (a cursor, a table) shares its ``number``, so that the
    record can tell whether a client that was given up is used again.
    """

    fake_error: ClassVar[type[BaseException]] = RuntimeError  # what a fault raises here

    def __init__(self, recorder: Recorder, label: str, owner: Fake | None = None) -> None:
        assign = super().__setattr__
        assign("fake_recorder", recorder)
        assign("fake_label", label)
        assign("fake_owner", owner)
        assign("fake_number", owner.fake_number if owner is not None else recorder.number())
        assign("fake_set", {})

    fake_recorder: Recorder
    fake_label: str
    fake_owner: Fake | None
    fake_number: int
    fake_set: dict[str, str]

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith(("_", "fake_")):
            self.fake_set[name] = show(value)
        super().__setattr__(name, value)

    def fake_state(self) -> str:
        """What was set on the object and on those that it belongs to."""
        own = ", ".join(f"{name}={value}" for name, value in sorted(self.fake_set.items()))
        above = self.fake_owner.fake_state() if self.fake_owner is not None else ""
        return "; ".join(filter(None, (above, own)))

    def fake_failure(self) -> BaseException:
        """The error of a fault; the object takes note, as it would of a real one."""
        return self.fake_error("injected")

    def fake_use(
        self, method: str, args: tuple[object, ...], keywords: Mapping[str, object], act: Callable[[], T]
    ) -> T:
        """Carry out a call that matters to the program, on record."""
        call = f"{self.fake_label}.{method}({arguments(args, keywords)})"
        return self.fake_recorder.use(call, self.fake_state(), self.fake_number, self.fake_failure, act)

    def fake_close(self, method: str) -> None:
        """Record that the client is given up."""
        self.fake_recorder.close(f"{self.fake_label}.{method}()", self.fake_number)

    def fake_construct(self, act: Callable[[], T]) -> T:
        """Record the construction of the object."""
        return self.fake_recorder.construct(self.fake_label, self.fake_number, self.fake_failure, act)


def label(name: str, args: tuple[object, ...], keywords: Mapping[str, object]) -> str:
    """The expression that makes a client; keywords in one order, since their order means nothing."""
    return f"{name}({arguments(args, dict(sorted(keywords.items())))})"


def module(name: str, **content: object) -> ModuleType:
    """A module with these names in it; classes and functions of it say that they come from there."""
    made = ModuleType(name)
    made.__path__ = []
    for key, value in content.items():
        setattr(made, key, value)
    return made


def errors(module_name: str, parents: Mapping[str, str]) -> dict[str, type[Exception]]:
    """Exception classes by name, each with the name of its parent (or of a built-in one), parents first."""
    made: dict[str, type[Exception]] = {}
    for name, parent in parents.items():
        base = made.get(parent, Exception)
        made[name] = type(name, (base,), {"__module__": module_name})
    return made


DBAPI_ERRORS = {
    "Warning": "",
    "Error": "",
    "InterfaceError": "Error",
    "DatabaseError": "Error",
    "DataError": "DatabaseError",
    "OperationalError": "DatabaseError",
    "IntegrityError": "DatabaseError",
    "InternalError": "DatabaseError",
    "ProgrammingError": "DatabaseError",
    "NotSupportedError": "DatabaseError",
}
