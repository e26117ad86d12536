"""The link of one part of a project: where its handlers are, and what they reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.handlers.discover import Discovery
from lambda_conn_lint.handlers.model import LeftOut
from lambda_conn_lint.link.analysis import Analysis, OwnNames
from lambda_conn_lint.link.closed import Closed, closed
from lambda_conn_lint.link.reach import Entry, Reached, may_run, reach

if TYPE_CHECKING:
    from lambda_conn_lint.surroundings import Surroundings

_MOST_ROUNDS = 3


class PartLink:
    """What the files in ``starts`` come to. It holds on to the facts of all that they import, so nobody keeps it long.

    ``load`` gives a module's facts, or none when it cannot be parsed; ``declared`` is what the user says of names.
    """

    def __init__(
        self,
        starts: Sequence[str],
        load: Callable[[str], ModuleFacts | None],
        surroundings: Surroundings,
        declared: OwnNames,
    ) -> None:
        self._starts = starts
        self._analysis = Analysis(
            load, surroundings.modules, surroundings.catalog, surroundings.leads_to_client, declared
        )
        self._discovery = Discovery(self._analysis, surroundings.signs, surroundings.web, surroundings.files)

    @property
    def entries(self) -> list[Entry]:
        """The handlers, by their places."""
        return self._found[0]

    @property
    def left_out(self) -> list[LeftOut]:
        """What looks like a handler and does not count as one."""
        return self._found[1]

    @cached_property
    def reached(self) -> list[Reached]:
        """The constructions that run per invocation."""
        return reach(self._analysis, self.entries)

    @cached_property
    def closed(self) -> list[Closed]:
        """The closings of clients that outlive the invocation."""
        return closed(self._analysis, self.entries)

    @property
    def defects(self) -> list[tuple[str, Exception]]:
        """Files with a function that could not be followed, and why."""
        return self._analysis.defects

    @property
    def facts(self) -> dict[str, ModuleFacts]:
        """The facts that it has come to need, by path."""
        return dict(self._analysis.loaded())

    def may_run(self) -> set[tuple[str, str]]:
        """Functions, by file and qualified name, that handlers may reach by calls that cannot be resolved."""
        facts = self.facts
        return {(path, facts[path].functions[number].name) for path, number in may_run(self._analysis, self.entries)}

    @cached_property
    def _found(self) -> tuple[list[Entry], list[LeftOut]]:
        analysis = self._analysis
        contexts = [analysis.module_context(path) for path in self._starts if analysis.facts(path) is not None]
        analysis.run(contexts)
        entries = self._discovery.entries(self._starts)
        for _ in range(_MOST_ROUNDS):
            if not analysis.end(context for entry in entries for context in entry.contexts):
                break
            entries = self._discovery.entries(self._starts)
        return entries, self._discovery.left_out
