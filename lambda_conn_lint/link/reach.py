"""From entry points along the calls to constructions: which of them run per invocation, and by which way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.findings import CLOSED, Handler, Span, Step
from lambda_conn_lint.link.analysis import Analysis, Construction, Context
from lambda_conn_lint.link.values import Site, Taint


class Entry(NamedTuple):
    """A handler and the contexts in which the platform's call enters the project."""

    handler: Handler
    contexts: tuple[Context, ...]


class Reached(NamedTuple):
    """A construction that runs per invocation."""

    site: Site
    client: Client
    taint: Taint
    handlers: tuple[Handler, ...]
    path: tuple[Step, ...]


def reach(analysis: Analysis, entries: Sequence[Entry]) -> list[Reached]:
    """The constructions that entries come to, each once, by the shortest way with the least dependence."""
    distance, parent, order = _spread(analysis, entries)
    best: dict[Site, tuple[tuple[bool, int], Context, Construction]] = {}
    contexts: dict[Site, list[tuple[bool, Context]]] = {}
    chained: set[Site] = set()
    for context in order:
        for construction in analysis.summaries[context].constructions:
            is_dependent = Taint.DEPENDENT in construction.taint
            rank = (is_dependent, distance[context])
            chained |= construction.chained
            contexts.setdefault(construction.site, []).append((is_dependent, context))
            if construction.site not in best or rank < best[construction.site][0]:
                best[construction.site] = (rank, context, construction)
    entered = _by_context(entries)
    callers = _callers(analysis, order)
    found = []
    for site, (rank, context, construction) in best.items():
        if site in chained:
            continue
        starts = [other for is_dependent, other in contexts[site] if is_dependent == rank[0]]
        handlers = _handlers_above(starts, callers, entered)
        path = _path(analysis, parent, context, entered, construction)
        found.append(Reached(site, construction.client, construction.taint, handlers, path))
    return found


def may_run(analysis: Analysis, entries: Sequence[Entry]) -> set[tuple[str, int]]:
    """Functions, by module path and number, that may run per invocation though no finding can rest on it.

    A call on something unknown may be meant for any function of its name. No finding is raised for what only such
    calls reach; a proof that something does not happen has to count with them.
    """
    _, _, order = _spread(analysis, entries)
    by_name: dict[str, list[tuple[str, int]]] = {}
    for path, facts in analysis.loaded():
        for number, function in enumerate(facts.functions):
            by_name.setdefault(function.name.rpartition(".")[2], []).append((path, number))
    must = {(context.function.path, context.function.number) for context in order}
    guessed = {name for context in order for name in analysis.summaries[context].guesses}
    return {function for name in guessed for function in by_name.get(name, ())} - must


def called_from_elsewhere(analysis: Analysis, entries: Sequence[Entry]) -> set[Context]:
    """Entered contexts that other per-invocation code calls too: what looks like a handler may be a helper of one."""
    _, _, order = _spread(analysis, entries)
    entered = _by_context(entries)
    functions = {(c.function.path, c.function.number) for c in entered}
    called: set[tuple[str, int]] = set()
    for context in order:
        here = (context.function.path, context.function.number)
        for edge in analysis.summaries[context].edges:
            there = (edge.callee.function.path, edge.callee.function.number)
            if there in functions and there != here:
                called.add(there)
    return {context for context in entered if (context.function.path, context.function.number) in called}


def _by_context(entries: Iterable[Entry]) -> dict[Context, list[Handler]]:
    entered: dict[Context, list[Handler]] = {}
    for entry in entries:
        for context in entry.contexts:
            entered.setdefault(context, []).append(entry.handler)
    return entered


def _spread(
    analysis: Analysis, entries: Sequence[Entry]
) -> tuple[dict[Context, int], dict[Context, tuple[Context, Span, Site | None] | None], list[Context]]:
    """Breadth first from all entries at once: distances, the call each context was first reached by, and the order."""
    sources = sorted(entries, key=lambda entry: entry.handler)
    distance: dict[Context, int] = {}
    parent: dict[Context, tuple[Context, Span, Site | None] | None] = {}
    queue: deque[Context] = deque()
    for entry in sources:
        for context in entry.contexts:
            if context not in distance and context in analysis.summaries:
                distance[context] = 0
                parent[context] = None
                queue.append(context)
    order = []
    while queue:
        context = queue.popleft()
        order.append(context)
        for edge in analysis.summaries[context].edges:
            if edge.callee not in distance and edge.callee in analysis.summaries:
                distance[edge.callee] = distance[context] + 1
                parent[edge.callee] = (context, edge.span, edge.ended)
                queue.append(edge.callee)
    return distance, parent, order


def _callers(analysis: Analysis, order: Iterable[Context]) -> dict[Context, list[Context]]:
    callers: dict[Context, list[Context]] = {}
    for context in order:
        for edge in analysis.summaries[context].edges:
            callers.setdefault(edge.callee, []).append(context)
    return callers


def _handlers_above(
    starts: Iterable[Context], callers: Mapping[Context, list[Context]], entered: Mapping[Context, list[Handler]]
) -> tuple[Handler, ...]:
    seen = set(starts)
    pending = list(seen)
    found: set[Handler] = set()
    while pending:
        context = pending.pop()
        found.update(entered.get(context, ()))
        for caller in callers.get(context, ()):
            if caller not in seen:
                seen.add(caller)
                pending.append(caller)
    return tuple(sorted(found))


def _path(
    analysis: Analysis,
    parent: Mapping[Context, tuple[Context, Span, Site | None] | None],
    context: Context,
    entered: Mapping[Context, list[Handler]],
    construction: Construction,
) -> tuple[Step, ...]:
    """Handler first, construction last; a call that no expression stands for is placed at the function it enters."""
    site = construction.site
    steps = [Step(site.path, site.span.row, site.span.column, construction.client.name)]
    ended = construction.ended
    current = context
    while True:
        came = parent[current]
        facts = analysis.function(current.function)
        if came is None:
            if ended is not None and ended.span.row:
                steps.insert(1, Step(ended.path, ended.span.row, ended.span.column, CLOSED))
            handler = min(entered[current])
            steps.append(Step(handler.filename, handler.row, handler.column, handler.name))
            return tuple(reversed(steps))
        caller, span, ended_before = came
        ended = ended or ended_before
        if _is_own_body(entered, parent, caller, current, facts.name):
            current = caller
            continue
        if span.row:
            steps.append(Step(caller.function.path, span.row, span.column, facts.name))
        else:
            steps.append(Step(current.function.path, facts.row, facts.column, facts.name))
        current = caller


def _is_own_body(
    entered: Mapping[Context, list[Handler]],
    parent: Mapping[Context, tuple[Context, Span, Site | None] | None],
    caller: Context,
    context: Context,
    name: str,
) -> bool:
    """Whether a call leads from what decorators have made of a handler into the handler itself."""
    if parent[caller] is not None:
        return False
    handler = min(entered[caller])
    return (handler.filename, handler.name) == (context.function.path, name)
