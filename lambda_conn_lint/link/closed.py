"""Clients that outlive the invocation and are closed in it, so that the next one finds them dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lambda_conn_lint.catalog import Client
from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Handler, Step
from lambda_conn_lint.link import slots
from lambda_conn_lint.link.analysis import Analysis, Closing
from lambda_conn_lint.link.contexts import Context
from lambda_conn_lint.link.reach import Entry, Spread, may_run
from lambda_conn_lint.link.values import (
    Container,
    ExternalInstance,
    Instance,
    Object,
    Phase,
    Place,
    Site,
    Value,
    same_place,
)


class Closed(NamedTuple):
    """A call, or the end of ``with``, that ends a client of later invocations, and the shortest way to it.

    ``releaser`` is the function that would give the client back, where it was taken out of a slot, and ``lender`` the
    module of both.
    """

    site: Site
    client: Client
    how: str
    handlers: tuple[Handler, ...]
    path: tuple[Step, ...]
    releaser: str
    lender: str


def closed(analysis: Analysis, entries: Sequence[Entry]) -> list[Closed]:
    """The closings that certainly leave a dead client behind, or one that connects again each time; each once."""
    if not any(summary.closings for summary in analysis.summaries.values()):
        return []
    spread = Spread(analysis, entries, certain=True)
    judge = _Judge(analysis, entries)
    met: dict[Site, list[tuple[Closing, Context]]] = {}
    for context in spread.order:
        for closing in analysis.summaries[context].closings:
            if judge.is_wrong(closing):
                met.setdefault(closing.site, []).append((closing, context))
    found = []
    for site, ways in met.items():
        closing, context = ways[0]  # the nearest: the order is breadth first
        found.append(
            Closed(
                site,
                analysis.clients[min(closing.clients)],
                closing.how,
                spread.handlers(other for _, other in ways),
                spread.path(context, Step(site.path, *site.span[:2], closing.how), None),
                "" if closing.slot is None else slots.releaser(analysis, closing.slot),
                "" if closing.slot is None else slots.module_of(closing.slot),
            )
        )
    return found


class _Judge:
    """What the whole project does to the places where a closed client is kept."""

    def __init__(self, analysis: Analysis, entries: Sequence[Entry]) -> None:
        self._analysis = analysis
        self._entries = entries

    def is_wrong(self, closing: Closing) -> bool:
        """Whether the next invocation certainly meets the closed client."""
        if closing.slot is not None:
            return closing.slot in self._analysis.slots
        if not all(self._is_kept(site) for site in closing.clients):
            return False
        fates = {self._analysis.clients[site].after_close for site in closing.clients}
        if fates == {"reconnects"}:
            # Now and then that does no harm; each time it makes the sharing worthless.
            return closing.site in self._always and not self._is_replaced(closing)
        if fates != {"dead"} or closing.clients & self._analysis.revived:
            return False
        return not self._is_replaced(closing)

    @cached_property
    def _always(self) -> set[Site]:
        """Where something is closed on every way through an invocation."""
        summaries = self._analysis.summaries
        contexts = [context for entry in self._entries for context in entry.contexts if context in summaries]
        return {site for context in contexts for site in summaries[context].closed.values()}

    def _is_replaced(self, closing: Closing) -> bool:
        """Whether anything may put another client in its place: what is closed there may be gone before the end."""
        places = {place for site in closing.clients for place in self._kept_in(site)}
        analysis = self._analysis
        replaced = analysis.vacated | analysis.healed
        if any(same_place(place, other) for place in places for other in replaced):
            return True
        if not any(map(_is_root, places)) and any(place.kind == "memo" for place in replaced):
            return True
        return any(place.name in self._guessed_targets for place in places)

    def _is_kept(self, client: Site) -> bool:
        """Whether a client is kept where the next invocation finds it: it may have been built and used once only."""
        places = self._kept_in(client)
        if any(map(_is_root, places)):
            return True
        holders = {client, *(_class_of(place.owner) for place in places if isinstance(place.owner, Instance))}
        return any(key in holders for thing in self._analysis.remembered for key in _key(thing))

    def _kept_in(self, client: Site) -> set[Place]:
        """The long-lived places through which a client is found, however far up."""
        found: set[Place] = set()
        pending: list[object] = [client]
        while pending:
            for place in self._holders.get(pending.pop(), ()):
                outer: object = place
                while isinstance(outer, Place) and outer not in found:
                    found.add(outer)
                    outer = outer.owner
                    if isinstance(outer, Instance):
                        pending.append(_class_of(outer))
        return found

    @cached_property
    def _holders(self) -> dict[object, set[Place]]:
        """The long-lived places of every client, by its site, and of every instance, by its class."""
        holders: dict[object, set[Place]] = {}
        for place, value in self._analysis.kept():
            for key in _keys(value) if place.life is not Phase.INVOCATION else ():
                holders.setdefault(key, set()).add(place)
        return holders

    @cached_property
    def _guessed_targets(self) -> set[str]:
        """Variables and attributes that are assigned in functions which calls on unknown objects may reach."""
        names = set()
        for path, number in may_run(self._analysis, self._entries):
            facts = self._analysis.facts(path)
            body = facts.functions[number].body if facts is not None else ()
            for node in m.descendants(body):
                if isinstance(node, m.Assign | m.Delete):
                    names |= {one.name if isinstance(one, m.Attribute) else one.id for one in _targets(node)}
        return names


def _targets(node: m.Assign | m.Delete) -> Iterator[m.Attribute | m.Name]:
    for target in node.targets:
        for one in target.items if isinstance(target, m.Display) else (target,):
            if isinstance(one, m.Attribute | m.Name):
                yield one


def _is_root(place: Place) -> bool:
    """Whether a place is there by itself, and not because something else is kept: a variable, a class's attribute."""
    return not isinstance(place.owner, Instance | Place)


def _class_of(thing: Instance) -> tuple[str, int]:
    return thing.cls.path, thing.cls.number


def _keys(value: Value) -> Iterator[object]:
    for thing in value.objects:
        yield from _key(thing)


def _key(thing: Object) -> Iterator[object]:
    if isinstance(thing, ExternalInstance) and thing.site is not None:
        yield thing.site
    elif isinstance(thing, Instance):
        yield _class_of(thing)
    elif isinstance(thing, Container):
        for item in thing.items if thing.items is not None else (thing.element,):
            yield from _keys(item)
