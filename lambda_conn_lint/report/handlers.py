"""``show handlers``: which functions the platform calls and how that is known, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers.model import Declaration, LeftOut, Unreadable
from lambda_conn_lint.report.excerpt import printable
from lambda_conn_lint.report.summary import number_of
from lambda_conn_lint.traits import TRAITS

_STRENGTHS = ("certain", "strong", "medium", "weak")


def as_json(handlers: Iterable[Handler]) -> str:
    """A list with an object per handler: ``filename``, ``line``, ``name``, ``platform``, ``traits`` and ``evidence``.

    Evidence is a list of ``kind``, ``detail`` and ``strength``, the strongest first. The text is pure ASCII.
    """
    listed = [
        {
            "filename": handler.filename,
            "line": handler.row,
            "name": handler.name,
            "platform": handler.platform,
            "traits": [trait for trait in handler.traits if trait in TRAITS],
            "evidence": [evidence._asdict() for evidence in _strongest_first(handler.evidence)],
        }
        for handler in sorted(handlers)
    ]
    return json.dumps(listed, indent=2) + "\n"


def as_text(
    handlers: Sequence[Handler],
    unresolved: Sequence[Declaration],
    unreadable: Sequence[Unreadable],
    left_out: Sequence[LeftOut] = (),
) -> str:
    """The handlers, each with its evidence below it, what does not count as one, ``open_ends``, and a count."""
    lines = [line for handler in sorted(handlers) for line in _block(handler)] or ["No handlers found."]
    if left_out:
        lines += ["", "Left out (--handlers all counts them too):", *(f"  {line}" for line in without(left_out))]
    open_lines = open_ends(unresolved, unreadable)
    if open_lines:
        lines += ["", "Open ends:", *(f"  {line}" for line in open_lines)]
    if handlers or left_out or open_lines:
        lines += ["", _summary(len(handlers), len(unresolved), len(unreadable))]
    return "\n".join(lines) + "\n"


def open_ends(unresolved: Iterable[Declaration], unreadable: Iterable[Unreadable]) -> list[str]:
    """A line per function that a deployment file declares and whose code was not found, and per unreadable one."""
    lines = []
    for lost in unresolved:
        what = f"the code of {lost.name} ({lost.handler or 'handler unknown'})"
        lines.append(f"{lost.manifest}:{lost.row}: {what} was not found: {lost.problem}")
    lines += [f"{broken.manifest}: could not be read: {broken.problem}" for broken in unreadable]
    return [printable(line) for line in lines]


def without(left_out: Iterable[LeftOut]) -> list[str]:
    """A line per function that looks like a handler and does not count as one."""
    return [printable(f"{one.filename}:{one.row}: {one.name}: {one.reason}") for one in sorted(left_out)]


def _block(handler: Handler) -> Iterable[str]:
    run_by = ", ".join((_platform(handler.platform), *(trait for trait in handler.traits if trait in TRAITS)))
    yield printable(f"{handler.filename}:{handler.row}: {handler.name} ({run_by})")
    for one in _strongest_first(handler.evidence):
        yield printable(f"  {one.kind}: {one.detail} ({one.strength})")


def _platform(name: str) -> str:
    return "platform unknown" if name == "unknown" else name


def _strongest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda one: _STRENGTHS.index(one.strength))


def _summary(handlers: int, unresolved: int, unreadable: int) -> str:
    counts = [number_of(handlers, "handler")]
    if unresolved:
        counts.append(f"{number_of(unresolved, 'declared function')} without code")
    if unreadable:
        counts.append(number_of(unreadable, "unreadable file"))
    return ", ".join(counts) + "."
