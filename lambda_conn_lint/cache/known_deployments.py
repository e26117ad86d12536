"""What deployment files say, for runs in which none of them has changed, whatever else has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.cache.known_answers import KnownAnswers
from lambda_conn_lint.cache.store import Store
from lambda_conn_lint.cache.trace import Trace, TracedProject
from lambda_conn_lint.handlers.model import Declaration, Inline, NotAHandler, Unreadable
from lambda_conn_lint.project import Project

if TYPE_CHECKING:
    from lambda_conn_lint.handlers.manifests import Manifests


class KnownDeployments:
    """What runs before this one have read in a project's deployment files, and what this one reads."""

    def __init__(self, store: Store) -> None:
        self._answers = KnownAnswers(store, ".deployment.jsonl")

    def recall(
        self, project: Project, programs: Sequence[str], read: Callable[[Project, Sequence[str]], Manifests]
    ) -> Manifests:
        """What ``read`` gives for the project and its programs: as it was known, if all that it looks at is still the
        same. A project that notes what is asked of it notes that."""
        question = "\n".join(("deployment", *programs))
        known = self._answers.get(project, question)
        manifests = None if known is None else _manifests(known.value)
        trace = Trace()
        if known is not None and manifests is not None:
            from lambda_conn_lint.handlers.manifests.sieve import take_sieve_of

            take_sieve_of(project)  # nobody else asks
            trace.seen, trace.exists = dict(known.seen), known.exists
        else:
            manifests = read(TracedProject(project, trace), programs)
            if trace.is_whole and not project.overlay:
                self._answers.add(project, question, trace, manifests)
        if isinstance(project, TracedProject):
            project.note(trace)
        return manifests

    def save(self) -> None:
        """Write what this run has read."""
        self._answers.save()


def _manifests(value: Any) -> Manifests | None:
    """What JSON has made this of; nothing where it has not."""
    from lambda_conn_lint.handlers.manifests import Manifests

    try:
        declarations, not_handlers, unreadable = value
        return Manifests(
            tuple(map(_declaration, declarations)),
            tuple(NotAHandler(manifest, row, name, tuple(files)) for manifest, row, name, files in not_handlers),
            tuple(Unreadable(*one) for one in unreadable),
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _declaration(value: list[Any]) -> Declaration:
    one = Declaration(*value)
    inline = None if one.inline is None else Inline(*one.inline)
    return one._replace(layers=tuple(one.layers), traits=tuple(one.traits), inline=inline)
