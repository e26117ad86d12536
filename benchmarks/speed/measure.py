"""Commands that run in turn, and what they took."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

_LONG = 15
"""Seconds of the processor after which a run is not repeated."""

# A new process takes over the peak of the one that starts it, so that one has to be small.
_LAUNCHER = """
import os, sys, time

command = sys.argv[1:]
start = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
_, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ, file_actions=quiet), 0)
clock = time.perf_counter() - start
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, clock, usage.ru_maxrss)
"""
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def _nothing() -> None:
    return None


class Command(NamedTuple):
    """A program with its arguments and working directory; ``before`` is run, and not measured, before each run."""

    arguments: Sequence[str]
    folder: str
    before: Callable[[], object] = _nothing


class Took(NamedTuple):
    """What one run took, with all processes that it waited for.

    Seconds of the processors (user and system) and of the clock, and the megabytes (of 1,000,000 bytes) of the largest
    of its processes at its peak.
    """

    processor: float
    clock: float
    peak: float


class Runs(NamedTuple):
    """All runs of one command, in the order of the rounds."""

    label: str
    took: tuple[Took, ...]

    def median(self) -> Took:
        """The median of each figure by itself."""
        return Took(*(statistics.median(figures) for figures in zip(*self.took, strict=True)))

    def ratio(self, other: Runs) -> float:
        """The median over the rounds of the ratio of processor times, which other work disturbs less than the clock."""
        return statistics.median(
            mine.processor / theirs.processor for mine, theirs in zip(self.took, other.took, strict=False)
        )


def alternate(commands: Mapping[str, Command], rounds: int) -> dict[str, Runs]:
    """Run the commands one after the other, and all of that as often as said; each round begins with another one.

    What takes very long runs only in the first round: other work on the machine weighs least there. Raises
    ``SystemExit`` where one of them fails.
    """
    took: dict[str, list[Took]] = {label: [] for label in commands}
    labels = list(commands)
    for number in range(rounds):
        first = number % len(labels)
        for label in labels[first:] + labels[:first]:
            if number == 0 or took[label][0].processor < _LONG:
                took[label].append(run(commands[label]))
    return {label: Runs(label, tuple(each)) for label, each in took.items()}


def run(command: Command) -> Took:
    """Run a command once. Raises ``SystemExit`` with what it wrote where it fails."""
    command.before()
    launched = (sys.executable, "-I", "-S", "-c", _LAUNCHER, *command.arguments)
    done = subprocess.run(
        launched, cwd=command.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    code, processor, clock, peak = (float(figure) for figure in done.stdout.split())
    if code:
        raise SystemExit(f"{' '.join(command.arguments)}: exit code {code:.0f}\n{done.stderr[-2000:]}")
    return Took(processor, clock, peak * _PEAK_UNIT / 1e6)
