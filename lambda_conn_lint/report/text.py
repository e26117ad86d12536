"""Findings for people: the marked source line, and the way from the handler to it."""

from __future__ import annotations

from collections.abc import Iterable

from lambda_conn_lint.findings import Finding, Step
from lambda_conn_lint.report.excerpt import excerpt, printable
from lambda_conn_lint.report.model import Format, Outcome, Style, counts
from lambda_conn_lint.report.paint import Paint

_NAME_WIDTH = 40


def _findings(outcome: Outcome, style: Style) -> str:
    paint = Paint(style.colour)
    blocks = ["\n".join(_block(finding, outcome, paint)) + "\n" for finding in outcome.findings]
    return "\n".join([*blocks, *_summary(outcome, style)])


def _statistics(outcome: Outcome, style: Style) -> str:
    paint = Paint(style.colour)
    found = counts(outcome)
    width = max((len(str(row.times)) for row in found), default=0)
    rows = [f"{paint.bold(str(row.times).rjust(width))}\t{paint.code(row.code)}\t{row.name}\n" for row in found]
    return "".join([*rows, *_summary(outcome, style)])


def _block(finding: Finding, outcome: Outcome, paint: Paint) -> Iterable[str]:
    span = finding.span
    where = f"{paint.bold(printable(finding.filename))}:{span.row}:{span.column}:"
    yield f"{where} {paint.code(finding.code)} {printable(finding.message)}"
    source = outcome.sources.get(finding.filename)
    if source is not None:
        yield from excerpt(source.lines, span, paint)
    yield from _path(finding.path, paint)
    further = len(finding.handlers) - 1
    if further > 0:
        yield f"  and from {further} more {'handler' if further == 1 else 'handlers'}"
    if finding.reason:
        yield f"  no fix: {printable(finding.reason)}"


def _path(path: tuple[Step, ...], paint: Paint) -> Iterable[str]:
    names = [("" if index == 0 else "-> ") + printable(step.name) for index, step in enumerate(path)]
    width = min(max(map(len, names), default=0), _NAME_WIDTH)
    for name, step in zip(names, path, strict=True):
        yield f"  {name.ljust(width)}  {paint.dim(f'{printable(step.filename)}:{step.row}')}"


def _summary(outcome: Outcome, style: Style) -> list[str]:
    if not style.summary:
        return []
    found = len(outcome.findings)
    if not found:
        return ["No findings.\n"]
    files = len({finding.filename for finding in outcome.findings})
    return [
        f"Found {found} {'finding' if found == 1 else 'findings'} in {files} {'file' if files == 1 else 'files'}.\n"
    ]


FORMAT = Format(_findings, _statistics)
