"""From entry points along the calls to constructions: which of them run per invocation, and by which way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import CLOSED, Handler, Span, Step
from lambda_conn_lint.link.analysis import Analysis, Construction
from lambda_conn_lint.link.contexts import Context
from lambda_conn_lint.link.values import Site, Taint


class Entry(NamedTuple):
    """A handler and the contexts in which the platform's call enters the project."""

    handler: Handler
    contexts: tuple[Context, ...]


class Reached(NamedTuple):
    """A construction that runs per invocation.

    ``taint`` is that of the way that ``path`` shows; ``every_taint`` takes in what its arguments depend on by any way.
    ``files`` holds every module on any way to it. ``chained`` are the constructions that it takes in.
    """

    site: Site
    client: Client
    taint: Taint
    handlers: tuple[Handler, ...]
    path: tuple[Step, ...]
    every_taint: Taint
    files: frozenset[str]
    chained: frozenset[Site]


def reach(analysis: Analysis, entries: Sequence[Entry]) -> list[Reached]:
    """The constructions that entries come to, each once, by the shortest way with the least dependence."""
    spread = Spread(analysis, entries)
    best: dict[Site, tuple[tuple[bool, int], Context, Construction]] = {}
    contexts: dict[Site, list[tuple[Construction, Context]]] = {}
    chained: set[Site] = set()
    for context in spread.order:
        for construction in analysis.summaries[context].constructions:
            rank = (Taint.DEPENDENT in construction.taint, spread.distance[context])
            chained |= construction.chained
            contexts.setdefault(construction.site, []).append((construction, context))
            if construction.site not in best or rank < best[construction.site][0]:
                best[construction.site] = (rank, context, construction)
    found = []
    for site, (rank, context, construction) in best.items():
        if site in chained:
            continue
        alike = [other for one, other in contexts[site] if (Taint.DEPENDENT in one.taint) == rank[0]]
        every_taint = Taint.NONE
        for one, _ in contexts[site]:
            every_taint |= one.taint
        found.append(
            Reached(
                site,
                construction.client,
                construction.taint,
                spread.handlers(alike),
                spread.path(context, Step(site.path, *site.span[:2], construction.client.name), construction.ended),
                every_taint,
                frozenset(other.function.path for other in spread.above(other for _, other in contexts[site])),
                construction.chained,
            )
        )
    return found


def may_run(analysis: Analysis, entries: Sequence[Entry]) -> set[tuple[str, int]]:
    """Functions, by module path and number, that may run per invocation though no finding can rest on it.

    A call on something unknown may be meant for any function of its name. No finding is raised for what only such
    calls reach; a proof that something does not happen has to count with them.
    """
    order = Spread(analysis, entries).order
    by_name: dict[str, list[tuple[str, int]]] = {}
    for path, facts in analysis.loaded():
        for number, function in enumerate(facts.functions):
            by_name.setdefault(function.name.rpartition(".")[2], []).append((path, number))
    must = {(context.function.path, context.function.number) for context in order}
    guessed = {name for context in order for name in analysis.summaries[context].guesses}
    return {function for name in guessed for function in by_name.get(name, ())} - must


def called_from_elsewhere(analysis: Analysis, entries: Sequence[Entry]) -> set[Context]:
    """Entered contexts that other per-invocation code calls too: what looks like a handler may be a helper of one."""
    spread = Spread(analysis, entries)
    entered = spread.entered
    functions = {(c.function.path, c.function.number) for c in entered}
    called: set[tuple[str, int]] = set()
    for context in spread.order:
        here = (context.function.path, context.function.number)
        for edge in analysis.summaries[context].edges:
            there = (edge.callee.function.path, edge.callee.function.number)
            if there in functions and there != here:
                called.add(there)
    return {context for context in entered if (context.function.path, context.function.number) in called}


class Spread:
    """What entries come to, breadth first from all of them at once.

    ``order``     the contexts as they are met, and ``distance`` how many calls away each is
    ``certain``   leaves out the calls that stand under a condition which may never hold
    """

    def __init__(self, analysis: Analysis, entries: Sequence[Entry], *, certain: bool = False) -> None:
        self._analysis = analysis
        self.entered: dict[Context, list[Handler]] = {}
        for entry in entries:
            for context in entry.contexts:
                self.entered.setdefault(context, []).append(entry.handler)
        self.distance: dict[Context, int] = {}
        self.order: list[Context] = []
        self._way: dict[Context, tuple[Context, Span, Site | None] | None] = {}  # the call it was first met by
        self._callers: dict[Context, list[Context]] = {}
        self._walk(entries, certain)

    def _walk(self, entries: Sequence[Entry], certain: bool) -> None:
        summaries = self._analysis.summaries
        queue: deque[Context] = deque()
        for entry in sorted(entries, key=lambda entry: entry.handler):
            for context in entry.contexts:
                if context not in self.distance and context in summaries:
                    self.distance[context] = 0
                    self._way[context] = None
                    queue.append(context)
        while queue:
            context = queue.popleft()
            self.order.append(context)
            for edge in summaries[context].edges:
                if certain and not edge.certain:
                    continue
                self._callers.setdefault(edge.callee, []).append(context)
                if edge.callee not in self.distance and edge.callee in summaries:
                    self.distance[edge.callee] = self.distance[context] + 1
                    self._way[edge.callee] = (context, edge.span, edge.ended)
                    queue.append(edge.callee)

    def above(self, starts: Iterable[Context]) -> set[Context]:
        """The contexts, and all from which calls lead to them."""
        seen = set(starts)
        pending = list(seen)
        while pending:
            for caller in self._callers.get(pending.pop(), ()):
                if caller not in seen:
                    seen.add(caller)
                    pending.append(caller)
        return seen

    def handlers(self, starts: Iterable[Context]) -> tuple[Handler, ...]:
        """All handlers that reach one of these contexts, sorted."""
        return tuple(sorted({handler for context in self.above(starts) for handler in self.entered.get(context, ())}))

    def path(self, context: Context, last: Step, ended: Site | None) -> tuple[Step, ...]:
        """Handler first, ``last`` last; a call that no expression stands for is placed at the function it enters."""
        steps = [last]
        current = context
        while True:
            came = self._way[current]
            facts = self._analysis.function(current.function)
            if came is None:
                if ended is not None and ended.span.row:
                    steps.insert(1, Step(ended.path, ended.span.row, ended.span.column, CLOSED))
                handler = min(self.entered[current])
                steps.append(Step(handler.filename, handler.row, handler.column, handler.name))
                return tuple(reversed(steps))
            caller, span, ended_before = came
            ended = ended or ended_before
            if self._is_own_body(caller, current, facts.name):
                current = caller
                continue
            if span.row:
                steps.append(Step(caller.function.path, span.row, span.column, facts.name))
            else:
                steps.append(Step(current.function.path, facts.row, facts.column, facts.name))
            current = caller

    def _is_own_body(self, caller: Context, context: Context, name: str) -> bool:
        """Whether a call leads from what decorators have made of a handler into the handler itself."""
        if self._way[caller] is not None:
            return False
        handler = min(self.entered[caller])
        return (handler.filename, handler.name) == (context.function.path, name)
