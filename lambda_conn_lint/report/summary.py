"""What closes a report for people: how many findings there are, how many were fixed, and how many could be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lambda_conn_lint.findings import Finding
from lambda_conn_lint.report.excerpt import printable
from lambda_conn_lint.report.model import Outcome, counts
from lambda_conn_lint.report.paint import Paint


def number_of(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is not one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def fixes_by_file(fixed: Iterable[Finding], paint: Paint) -> str:
    """For each file that was fixed, sorted, how many findings of each code were; nothing where none was."""
    files: dict[str, list[Finding]] = {}
    for finding in fixed:
        files.setdefault(finding.filename, []).append(finding)
    blocks: list[str] = []
    for filename, findings in sorted(files.items()):
        blocks.append(f"Fixed in {paint.bold(printable(filename))}:\n")
        blocks += (f"  {row.times}\t{paint.code(row.code)}\t{row.name}\n" for row in counts(findings))
    return "".join(blocks)


def closing(outcome: Outcome) -> str:
    """How many findings there are, or were fixed and remain; and how many of those there are ``--fix`` would fix."""
    return "".join(f"{line}\n" for line in (_numbers(outcome), _fixable(outcome.findings)) if line)


def would_fix(outcome: Outcome) -> str:
    """What ``closing`` says, for fixes that are shown and not made."""
    unsafe = sum(finding.fix is not None and bool(finding.fix.doubt) for finding in outcome.findings)
    more = f"; {unsafe} more with `--unsafe-fixes`" if unsafe else ""
    return f"would fix {_in_files(outcome.fixed) if outcome.fixed else 'nothing'}{more}"


def _fixable(findings: Sequence[Finding]) -> str:
    """How many of the findings ``--fix`` would fix, and how many more ``--unsafe-fixes`` would; empty if none."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    unsafe = sum(bool(fix.doubt) for fix in fixes)
    safe = len(fixes) - unsafe
    if not safe:
        return f"{unsafe} fixable with `--fix --unsafe-fixes`." if unsafe else ""
    return f"{safe} fixable with `--fix`{f', {unsafe} more with `--unsafe-fixes`' if unsafe else ''}."


def _numbers(outcome: Outcome) -> str:
    if outcome.fixed:
        return f"Fixed {_in_files(outcome.fixed)}, {len(outcome.findings)} remaining."
    return f"Found {_in_files(outcome.findings)}." if outcome.findings else "No findings."


def _in_files(findings: Sequence[Finding]) -> str:
    files = len({finding.filename for finding in findings})
    return f"{number_of(len(findings), 'finding')} in {number_of(files, 'file')}"
