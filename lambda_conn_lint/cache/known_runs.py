"""What runs have found in a project, for those that ask the same of the same files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from lambda_conn_lint.cache import findings_json
from lambda_conn_lint.cache.known_answers import KnownAnswers
from lambda_conn_lint.cache.store import Store
from lambda_conn_lint.cache.trace import Trace, TracedProject
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.handlers.model import Unreadable
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import INTERNAL_ERROR


class Found(NamedTuple):
    """What there is to say of a project.

    ``unchecked`` are files in which findings may be missing, ``unreadable`` deployment files. ``has_clients``
    tells that some file names a client library: that none does is found out again as soon as it is looked up.
    """

    findings: tuple[Finding, ...]
    unchecked: Collection[str]
    unreadable: tuple[Unreadable, ...]
    has_clients: bool = True


class KnownRuns:
    """The results of runs before this one, by what they were asked."""

    def __init__(self, store: Store) -> None:
        self._answers = KnownAnswers(store, ".run.jsonl")

    def recall(self, project: Project, question: str, look: Callable[[Project], Found]) -> Found:
        """What ``look`` finds in the project: from an earlier run if all that this one looked at is still the same.

        ``question`` is all that the answer depends on beside the project's files.
        """
        known = self._answers.get(project, question)
        found = None if known is None else _found(known.value)
        if found is None:
            trace = Trace()
            found = look(TracedProject(project, trace))
            if found.has_clients and not any(finding.code == INTERNAL_ERROR for finding in found.findings):
                trace.add_unread(str(project.root), project.python)
                if trace.is_whole:
                    value = (found.findings, sorted(found.unchecked), found.unreadable)
                    self._answers.add(project, question, trace, value)
        self._answers.save()
        return found


def _found(value: Any) -> Found | None:
    """What JSON has made this of; nothing where it has not."""
    try:
        findings, unchecked, unreadable = value
        return Found(
            tuple(map(findings_json.finding, findings)),
            frozenset(unchecked),
            tuple(Unreadable(*one) for one in unreadable),
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
