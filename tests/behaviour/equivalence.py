"""When two runs are runs of the same program, except that one keeps its clients.

The same results, exceptions, calls and committed writes, in the same order. What may differ: a client is built once
instead of again and again; giving it up is gone, or its transaction is ended instead; a borrowed connection is probed
first; what was fetched only to build a client, or sent only to set it up, happens when it is built.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from behaviour.fakes.recorder import Event, Kind
from behaviour.tracing import Ran, Trace

_COMPARED = frozenset({Kind.USE, Kind.EFFECT, Kind.ENDED})
_PROBE = re.compile(r".*\.(?:execute\('SELECT 1'\)|ping\([^)]*\)|is_connected\(\))", re.DOTALL)
_RESET = re.compile(r".*\.execute\('DISCARD ALL'\)", re.DOTALL)
_SET_UP = re.compile(r".*\.execute\(['\"](?:SET|RESET) (?!LOCAL|TRANSACTION).*", re.DOTALL | re.IGNORECASE)
_FEEDS = re.compile(r".*\.(?:get_secret_value|get_parameters?|generate_db_auth_token|decrypt)\(.*", re.DOTALL)


def equivalent(
    before: Trace, after: Trace, *, once: bool = True, again: tuple[str, ...] = (), trouble: int = 0
) -> list[str]:
    """How ``after`` differs from ``before`` in what the fix may not change, a line each.

    ``once`` asks that nothing that is kept is closed, and that each client is built at most once over the run, but
    for those whose construction starts like one of ``again``; ``trouble`` is how many times the run killed a server or
    failed a call, each of which may cost one more connection.
    """
    found = [*_imported(before.imported, after.imported)]
    for number, (old, new) in enumerate(zip(before.invocations, after.invocations, strict=True), start=1):
        found += [f"invocation {number}: {line}" for line in _invocation(old, new)]
    if once:
        found += _closed_though_kept(before, after)
    kept = [label for label in _total(before.invocations) if once and not label.startswith(again)]
    found += _constructions(before, after, kept, trouble)
    return found


def _imported(before: Ran, after: Ran) -> Iterable[str]:
    if before.outcome != after.outcome:
        yield f"import: {before.outcome} became {after.outcome}"
    for event in (Counter(map(_key, after.events)) - Counter(map(_key, before.events))).elements():
        yield f"import: new: {event[1]}"


def _invocation(before: Ran, after: Ran) -> Iterable[str]:
    if before.outcome != after.outcome:
        yield f"{before.outcome} became {after.outcome}"
    yield from _events(before, after)
    for what, old, new in (
        ("an open transaction", before.open_transactions, after.open_transactions),
        ("undelivered", before.undelivered, after.undelivered),
        ("a lock", before.locks, after.locks),
    ):
        for left in (Counter(new) - Counter(old)).elements():
            yield f"leaves {what}: {left}"
    for lost in (Counter(before.locks) - Counter(after.locks)).elements():
        yield f"no longer holds at its end: {lost}"


def _events(before: Ran, after: Ran) -> Iterable[str]:
    """Differences in the order of calls and of their effects."""
    old = [event for event in before.events if event.kind in _COMPARED]
    new = [event for event in after.events if event.kind in _COMPARED]
    if before.threaded or after.threaded:
        old.sort(key=str)
        new.sort(key=str)
    fewer = _labels(before, Kind.CONSTRUCTION) - _labels(after, Kind.CONSTRUCTION)
    probes = 0
    at = 0
    for event in old:
        start = at
        while at < len(new) and _key(new[at]) != _key(event) and _may_come(new[at]):
            at += 1
        if at < len(new) and _key(new[at]) == _key(event):
            probes += sum(_is_probe(new[place]) for place in range(start, at))
            at += 1
        elif _may_go(event, bool(fewer)):
            at = start
        else:
            instead = str(new[at]) if at < len(new) else "nothing more"
            yield f"expected {event}, got {instead}"
            return
    for event in new[at:]:
        if not _may_come(event):
            yield f"new: {event}"
        probes += _is_probe(event)
    borrowed = sum(_labels(before, Kind.CONSTRUCTION).values())
    if probes > borrowed:
        yield f"{probes} probes for {borrowed} connections"


def _may_come(event: Event) -> bool:
    """Whether the fix may have added this: probe, reset, the end of a transaction that a dropped connection ended."""
    is_reset = event.kind is Kind.USE and _RESET.fullmatch(event.call) is not None
    return event.kind is Kind.ENDED or is_reset or _is_probe(event)


def _is_probe(event: Event) -> bool:
    return event.kind is Kind.USE and _PROBE.fullmatch(event.call) is not None


def _may_go(event: Event, has_kept: bool) -> bool:
    """Whether this need not be done again for a client that was kept."""
    if event.kind is not Kind.USE or not has_kept:
        return False
    return _SET_UP.fullmatch(event.call) is not None or _FEEDS.fullmatch(event.call) is not None


def _key(event: Event) -> tuple[Kind, str, str, str]:
    return (event.kind, event.call, event.outcome, event.state)


def _labels(ran: Ran, kind: Kind) -> Counter[str]:
    return Counter(event.call for event in ran.events if event.kind is kind)


def _closed_though_kept(before: Trace, after: Trace) -> Iterable[str]:
    for label in sorted(_given_up(after) - _given_up(before)):
        yield f"used again after {label}"


def _given_up(trace: Trace) -> set[str]:
    """The calls that gave a client up which a later call used."""
    given_up: dict[int, str] = {}
    found = set()
    for ran in (trace.imported, *trace.invocations):
        for event in ran.events:
            if event.kind is Kind.CLOSE:
                given_up[event.client] = event.call
            elif event.client in given_up and event.kind in {Kind.USE, Kind.CONTROL}:
                found.add(given_up[event.client])
    return found


def _constructions(before: Trace, after: Trace, kept: Collection[str], trouble: int) -> Iterable[str]:
    for number, (one, other) in enumerate(zip(before.invocations, after.invocations, strict=True), start=1):
        for label in (_labels(other, Kind.CONSTRUCTION) - _labels(one, Kind.CONSTRUCTION)).elements():
            yield f"invocation {number}: built where it was not: {label}"
    old = _total(before.invocations)
    for label, count in sorted(_total(after.invocations).items()):
        limit = _fewest(before, label, old[label]) + trouble if label in kept else old[label]
        if count > limit:
            yield f"built {count} times instead of {limit}: {label}"


def _fewest(before: Trace, label: str, total: int) -> int:
    """How many of a client there must be: one, and where uses overlap all but one of every later invocation.

    Where the program closes a connection on some exits only, it is dropped on the others as before, and one that an
    exception lets go may be.
    """
    users = [ran for ran in before.invocations if _labels(ran, Kind.CONSTRUCTION)[label]]
    if before.peak.get(label, 1) > 1:
        return total - max(0, len(users) - 1)
    dropped = [ran for ran in users if not _labels(ran, Kind.CLOSE)[f"{label}.close()"]]
    closes = len(dropped) < len(users)
    return 1 + sum(label in before.peak and (closes or ran.outcome.startswith("raised")) for ran in dropped)


def _total(invocations: Sequence[Ran]) -> Counter[str]:
    return sum((_labels(ran, Kind.CONSTRUCTION) for ran in invocations), Counter())
