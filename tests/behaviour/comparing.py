"""Running a program before and after its fix: as it is, after restarts of its servers, and with calls that fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from behaviour.equivalence import equivalent
from behaviour.fakes.recorder import Fault, Kind
from behaviour.tracing import Invocation, Ran, Trace, trace

MOST_FAULTS = 24


@dataclass(frozen=True)
class Program:
    """How a program is run: its files, its handler, the events that it gets one after the other."""

    files: Mapping[str, str]
    entry: str
    events: tuple[object, ...] = ({}, {"id": 1}, {})
    env: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[str, ...] = ("",)
    once: bool = True  # whether nothing is left that is built again
    again: tuple[str, ...] = ()  # constructions that are, by the start of their text

    def run(self, files: Mapping[str, str], invocations: Sequence[Invocation]) -> Trace:
        return trace(files, self.entry, invocations, env=self.env, roots=self.roots)


def differences(program: Program, after: Mapping[str, str], *, most_faults: int = MOST_FAULTS) -> list[str]:
    """How the program with the files ``after`` behaves differently, a line each; empty if it does not."""
    plain = [Invocation(event) for event in program.events]
    old, new = program.run(program.files, plain), program.run(after, plain)
    found = equivalent(old, new, once=program.once, again=program.again)
    if found:
        return found
    for name, invocations, trouble in _scenarios(plain, old, new, most_faults):
        runs = (program.run(program.files, invocations), program.run(after, invocations))
        found += [
            f"{name}: {line}" for line in equivalent(*runs, once=program.once, again=program.again, trouble=trouble)
        ]
    return found


def _scenarios(
    plain: Sequence[Invocation], old: Trace, new: Trace, most: int
) -> Iterator[tuple[str, list[Invocation], int]]:
    if old.peak and len(plain) > 1:
        dead = [plain[0], plain[1]._replace(dead=True), *plain[2:]]
        yield "after a restart", dead, len(old.peak)
    faults = list(_faults(old, new))
    step = max(1, -(-len(faults) // most))
    for number, fault in faults[::step]:
        invocations = list(plain)
        invocations[number] = plain[number]._replace(fault=fault)
        trouble = len(old.peak) if fault.how == "kill" else 1
        yield f"{fault.how} at call {fault.nth} of {fault.call} in invocation {number + 1}", invocations, trouble


def _faults(old: Trace, new: Trace) -> Iterator[tuple[int, Fault]]:
    """Failures that strike both programs at the same point, by the number of the invocation (from 0).

    A call that is not made equally often in both is left alone, and so is the construction of a client that one of
    them has by then. Threads meet calls in no certain order, so nothing fails where there are any.
    """
    if any(ran.threaded for ran in (*old.invocations, *new.invocations)):
        return
    for number, (before, after) in enumerate(zip(old.invocations, new.invocations, strict=True)):
        made, makes = _calls(before), _calls(after)
        for (kind, call), count in made.items():
            if makes[kind, call] != count:
                continue
            for nth in {1, count}:
                yield number, Fault("raise", call, nth)
                if kind is Kind.USE:
                    yield number, Fault("crash", call, nth)
                if kind is not Kind.CONSTRUCTION and old.peak:
                    yield number, Fault("kill", call, nth)


def _calls(ran: Ran) -> Counter[tuple[Kind, str]]:
    """How often each call was made that can fail; a rollback that fails says nothing about the program."""
    wanted = {Kind.USE, Kind.CONSTRUCTION, Kind.CONTROL}
    made = Counter((event.kind, event.call) for event in ran.events if event.kind in wanted)
    return Counter({key: count for key, count in made.items() if not key[1].endswith(".rollback()")})
