"""What was measured, as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .budgets import Verdict
from .scenarios import Group

_EXPLAINED = """\
The tools ran in turn, {rounds} times each unless a run took very long, and the figures are medians. CPU is the time of
the processors, user and system, with all threads and child processes. Ratios are those of CPU times, by rounds, which
other work on the machine disturbs less than the clock. Memory is that of the largest process at its peak, in MB of
1,000,000 bytes.
"""


def document(groups: Sequence[Group], versions: Mapping[str, str], rounds: int) -> str:
    """The page with everything that was measured, and on what."""
    tools = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    machine = (
        f"{platform.system()} on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    parts = (
        "# Speed\n\nWritten by `python -m benchmarks.speed --write`.\n",
        f"Measured on {machine}; {tools}.\n",
        _EXPLAINED.format(rounds=rounds),
        "## Budgets\n",
        budget_table(verdict for group in groups for verdict in group.verdicts),
        "## Runs\n",
        run_table(groups),
    )
    return "\n".join(parts)


def budget_table(verdicts: Iterable[Verdict]) -> str:
    """Each figure that has a budget beside it."""
    lines = ["| what | measured | at most | holds |", "|---|---|---|---|"]
    for verdict in verdicts:
        budget = verdict.budget
        what = f"{budget.what}: {verdict.detail}" if verdict.detail else budget.what
        holds = "yes" if verdict.holds else f"no, {verdict.value / budget.most:.2f} times that"
        lines.append(f"| {what} | {verdict.value:.3g} | {budget.most:.3g} {budget.of} | {holds} |")
    return "".join(f"{line}\n" for line in lines)


def run_table(groups: Iterable[Group]) -> str:
    """What each tool took on each input."""
    lines = ["| input | tool | CPU | clock | ratio | memory | runs |", "|---|---|---|---|---|---|---|"]
    for group in groups:
        lines += _rows(group)
    return "".join(f"{line}\n" for line in lines)


def _rows(group: Group) -> Iterator[str]:
    title = f"{group.title}: {group.detail}" if group.detail else group.title
    for runs in group.runs:
        took = runs.median()
        ratio = runs.ratio(group.runs[0])
        yield (
            f"| {title} | {runs.label} | {seconds(took.processor)} | {seconds(took.clock)} | {ratio:.3g} "
            f"| {took.peak:.0f} MB | {len(runs.took)} |"
        )
        title = ""


def seconds(figure: float) -> str:
    """A time with three digits, as people say it."""
    return f"{figure * 1000:.3g} ms" if figure < 0.1 else f"{figure:.3g} s"
