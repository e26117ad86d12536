"""Findings for people: the marked source line, the way from the handler to it, and the fix or why there is none."""

from __future__ import annotations

from collections.abc import Iterable

from lambda_conn_lint.findings import Finding, Handler, Step
from lambda_conn_lint.report.excerpt import excerpt, printable
from lambda_conn_lint.report.model import Format, Outcome, Style, counts
from lambda_conn_lint.report.paint import Paint
from lambda_conn_lint.report.summary import closing, fixes_by_file, number_of

_NAME_WIDTH = 60
_MOST_HANDLERS = 3
_MOST_TESTS = 3


def _findings(outcome: Outcome, style: Style) -> str:
    paint = Paint(style.colour)
    blocks = ["\n".join(_block(finding, outcome, paint)) + "\n" for finding in outcome.findings]
    return "\n".join([*blocks, *ending(outcome, style, paint)])


def statistics(outcome: Outcome, style: Style) -> str:
    """How many findings there are of each code, a line for each."""
    paint = Paint(style.colour)
    found = counts(outcome.findings)
    width = max((len(str(row.times)) for row in found), default=0)
    rows = [f"{paint.bold(str(row.times).rjust(width))}\t{paint.code(row.code)}\t{row.name}\n" for row in found]
    return "".join([*rows, *ending(outcome, style, paint)])


def heading(finding: Finding, paint: Paint) -> str:
    """Where a finding is, and what it says, in one line."""
    span = finding.span
    where = f"{paint.bold(printable(finding.filename))}:{span.row}:{span.column}:"
    return f"{where} {paint.code(finding.code)} {printable(finding.message)}"


def _block(finding: Finding, outcome: Outcome, paint: Paint) -> Iterable[str]:
    yield heading(finding, paint)
    source = outcome.sources.get(finding.filename)
    if source is not None:
        yield from excerpt(source.lines, finding.span, paint)
    yield from _path(finding, paint)
    yield from _fix(finding, paint)


def _fix(finding: Finding, paint: Paint) -> Iterable[str]:
    """The fix and the tests that will notice it, or the reason why there is none."""
    fix = finding.fix
    if fix is None:
        if finding.reason:
            yield f"  {paint.bold('no fix:')} {printable(finding.reason)}"
        return
    doubt = f" ({paint.doubt('unsafe:')} {printable(fix.doubt)})" if fix.doubt else ""
    yield f"  {paint.fix('fix:')} {printable(fix.message)}{doubt}"
    if fix.affects_tests:
        yield f"  tests that patch the constructor: {_files(fix.affects_tests)}"


def _files(steps: Iterable[Step]) -> str:
    """Where the first step in each of some files stands."""
    first: dict[str, int] = {}
    for step in steps:
        first.setdefault(step.filename, step.row)
    named = [printable(f"{filename}:{row}") for filename, row in first.items()]
    further = len(named) - _MOST_TESTS
    more = f" and in {number_of(further, 'more file')}" if further > 0 else ""
    return ", ".join(named[:_MOST_TESTS]) + more


def _path(finding: Finding, paint: Paint) -> Iterable[str]:
    """The way from a handler to the construction, a line per step, and the other handlers that reach it."""
    first = finding.path[:1]
    others = [handler for handler in finding.handlers if (handler.filename, handler.row) != _place(first)]
    stations: list[tuple[str, Handler | Step]] = [("", step) for step in first]
    stations += [("-> ", step) for step in finding.path[1:]]
    stations += [("also from ", handler) for handler in others[:_MOST_HANDLERS]]
    names = [prefix + printable(station.name) for prefix, station in stations]
    width = min(max(map(len, names), default=0), _NAME_WIDTH)
    for name, (_, station) in zip(names, stations, strict=True):
        yield f"  {name.ljust(width)}  {paint.dim(f'{printable(station.filename)}:{station.row}')}"
    further = len(others) - _MOST_HANDLERS
    if further > 0:
        yield f"  and from {further} more {'handler' if further == 1 else 'handlers'}"


def _place(path: tuple[Step, ...]) -> tuple[str, int] | None:
    return (path[0].filename, path[0].row) if path else None


def ending(outcome: Outcome, style: Style, paint: Paint) -> list[str]:
    """The paragraphs that close the report."""
    if not style.summary:
        return []
    fixes = fixes_by_file(outcome.fixed, paint) if style.fixes else ""
    return [paragraph for paragraph in (fixes, closing(outcome)) if paragraph]


FORMAT = Format(_findings, statistics)
