"""Running a program under fakes of its libraries, several invocations in one process, as a function platform does."""

from __future__ import annotations

import contextlib
import copy
import gc
import importlib
import io
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

from behaviour.fakes.library import library, stood_in
from behaviour.fakes.recorder import Event, Fault, Recorder, describe, show
from behaviour.fakes.stand_ins import stand_in
from behaviour.importing import StandIns, importable

_SURROUNDINGS = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-west-1"}

_NUMBERS = ("PORT", "TIMEOUT", "SIZE", "LIMIT", "SECONDS", "DB_INDEX")  # ends of names of variables that hold a number


class Invocation(NamedTuple):
    """One call of the handler. ``dead``: every server was restarted since the last one."""

    event: object
    fault: Fault | None = None
    dead: bool = False


class Ran(NamedTuple):
    """What an invocation did, and what it left behind."""

    outcome: str  # the result as text, or the exception
    events: tuple[Event, ...]
    open_transactions: tuple[str, ...]
    locks: tuple[str, ...]
    undelivered: tuple[str, ...]
    threaded: bool


class Trace(NamedTuple):
    """What a whole run did: the import, then every invocation. ``peak``: sessions at once, by what made them."""

    imported: Ran
    invocations: tuple[Ran, ...]
    peak: Mapping[str, int]


class Environment(dict[str, str]):
    """``os.environ`` of a function: a variable that nobody set has a made-up value."""

    def __missing__(self, key: str) -> str:
        return "30" if key.endswith(_NUMBERS) else f"value of {key}"

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, default)


def trace(
    files: Mapping[str, str],
    entry: str,
    invocations: Sequence[Invocation],
    *,
    env: Mapping[str, str] | None = None,
    roots: Sequence[str] = ("",),
) -> Trace:
    """Import a program and call its handler once per invocation.

    ``files`` are texts by project-relative path, ``entry`` is ``module.function`` (or ``module.Class.method`` of
    something callable at module level), ``roots`` are the folders that imports start in, each with a final slash.
    Raises SyntaxError if a file does not compile; what else goes wrong is part of the trace.
    """
    recorder = Recorder()
    source = "\n".join(files.values())
    fakes = library(recorder, source)
    stand_ins = StandIns(stood_in(source), lambda name: stand_in(name, recorder))
    with _surroundings(env or {}), importable(files, roots, fakes, stand_ins):
        module_name, names = _split(entry, files, roots)
        recorder.begin(None)
        handler: Any = None
        try:
            handler = importlib.import_module(module_name)
            for name in names:
                handler = getattr(handler, name)
            outcome = "imported"
        except Exception as error:
            outcome = describe(error)
        imported = _leave(recorder, outcome)
        ran = tuple(_invoke(recorder, handler, each) for each in invocations) if handler is not None else ()
        del handler
    return Trace(imported, ran, recorder.server.peak)


def _invoke(recorder: Recorder, handler: Any, invocation: Invocation) -> Ran:
    if invocation.dead:
        recorder.server.kill()
    recorder.server.write_elsewhere()
    recorder.begin(invocation.fault)
    context = SimpleNamespace(aws_request_id="1", function_name="f", get_remaining_time_in_millis=lambda: 3000)
    failed = False
    try:
        outcome = show(handler(copy.deepcopy(invocation.event), context))
    except Exception as error:
        outcome = f"raised {describe(error)}"
        failed = True
    if failed or recorder.server.open_transactions():
        gc.collect()  # what only a cycle of references keeps does not count as kept
    return _leave(recorder, outcome)


def _leave(recorder: Recorder, outcome: str) -> Ran:
    return Ran(
        outcome,
        tuple(recorder.events),
        tuple(recorder.server.open_transactions()),
        tuple(recorder.server.locks()),
        tuple(f"{label}: {count}" for label, count in sorted(recorder.buffered.items())),
        recorder.threaded,
    )


def _split(entry: str, files: Mapping[str, str], roots: Sequence[str]) -> tuple[str, list[str]]:
    """The longest prefix that is a module of the program, and the names to follow in it."""
    parts = entry.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        if any(f"{root}{path}{end}" in files for root in roots for end in (".py", "/__init__.py")):
            return ".".join(parts[:length]), parts[length:]
    raise ValueError(f"no module of the program starts {entry}")


@contextlib.contextmanager
def _surroundings(env: Mapping[str, str]) -> Iterator[None]:
    """A function's environment, with nothing of this process's, and nothing printed."""
    replaced = Environment({**_SURROUNDINGS, **env})
    with (
        mock.patch.object(os, "environ", replaced),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
