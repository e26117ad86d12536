"""``show handlers``: which functions the platform calls and how that is known, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.report.excerpt import printable

_STRENGTHS = ("certain", "strong", "medium", "weak")
_WIDEST = 60  # code points; a longer cell pushes its own line only


def render(
    handlers: Sequence[Handler],
    unresolved: Sequence[Declaration],
    unreadable: Sequence[Unreadable],
    *,
    as_json: bool,
) -> str:
    """The text to print, with its final newline.

    For people: a line per handler, then the functions that a deployment file declares and whose code was not found,
    then the deployment files that could not be read, each with the reason, then a count. As JSON: the list of the
    handlers alone, each with ``filename``, ``line``, ``name``, ``platform`` and ``evidence`` (``kind``, ``detail``,
    ``strength``; the strongest first).
    """
    ordered = sorted(handlers, key=lambda handler: (handler.filename, handler.row, handler.column, handler.name))
    if as_json:
        return json.dumps([_as_json(handler) for handler in ordered], indent=2, ensure_ascii=False) + "\n"
    lines = _table(
        (f"{handler.filename}:{handler.row}", handler.name, handler.platform, _known_by(handler)) for handler in ordered
    )
    lines = lines or ["No handlers found."]
    if unresolved:
        lines += ["", "Declared, but the code was not found:"]
        lines += _table(
            (f"  {found.manifest}:{found.row}", found.name, found.handler, found.problem) for found in unresolved
        )
    if unreadable:
        lines += ["", "Deployment files that could not be read:"]
        lines += _table((f"  {found.manifest}", found.problem) for found in unreadable)
    if handlers or unresolved or unreadable:
        lines += ["", _summary(len(handlers), len(unresolved), len(unreadable))]
    return "\n".join(lines) + "\n"


def _as_json(handler: Handler) -> dict[str, object]:
    return {
        "filename": handler.filename,
        "line": handler.row,
        "name": handler.name,
        "platform": handler.platform,
        "evidence": [evidence._asdict() for evidence in _strongest_first(handler.evidence)],
    }


def _strongest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda one: _STRENGTHS.index(one.strength))


def _known_by(handler: Handler) -> str:
    return "; ".join(f"{one.kind}: {one.detail} ({one.strength})" for one in _strongest_first(handler.evidence))


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """The rows as lines with aligned columns; the last column is as long as it is."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*cells, strict=True)][:-1]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in cells
    ]


def _summary(handlers: int, unresolved: int, unreadable: int) -> str:
    counts = [_count(handlers, "handler")]
    if unresolved:
        counts.append(f"{_count(unresolved, 'declared function')} without code")
    if unreadable:
        counts.append(_count(unreadable, "unreadable file"))
    return ", ".join(counts) + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
