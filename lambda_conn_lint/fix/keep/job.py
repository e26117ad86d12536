"""One finding that can be fixed, and everything its edits are made from."""

from __future__ import annotations

from dataclasses import dataclass

from lambda_conn_lint.findings import Finding, Step
from lambda_conn_lint.fix.keep.helper import Helper
from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.keep.taken import TakenCandidate


@dataclass(frozen=True)
class Job:
    """
    ``sessions`` are the constructions among the locals that its arguments are made from. ``is_bounded`` tells that the
    values of its keys can be counted; where they cannot, only the latest clients are kept.
    """

    finding: Finding
    candidate: Candidate | TakenCandidate
    helper: Helper | None
    sessions: tuple[Candidate, ...]
    doubts: tuple[str, ...]
    is_locked: bool
    is_bounded: bool
    tests: tuple[Step, ...]
