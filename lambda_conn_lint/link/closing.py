"""What a run notes when it ends a connection: whether that is a client which outlives the invocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.link.values import (
    Constant,
    Container,
    External,
    ExternalInstance,
    Object,
    Phase,
    Place,
    Site,
    Value,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame


def shared_clients(frame: Frame, value: Value, how: str) -> frozenset[Site]:
    """Where the clients are built that a value may be, if each is certainly one that outlives the invocation.

    None of them if anything else may be meant, or if ``how`` does not end one of them.
    """
    sites = {_ended(frame, thing, how) for thing in value.objects if not isinstance(thing, Constant | Container)}
    certain = frozenset(site for site in sites if site is not None)
    return frozenset() if value.open or None in sites else certain


def _ended(frame: Frame, thing: Object, how: str) -> Site | None:
    """Where an object is built, if it is a client that outlives the invocation and ``how`` ends it."""
    if isinstance(thing, External) and thing.bound is not None:
        # An attribute of a client that is closed in its place, such as its transport.
        how = f"{thing.name.rpartition('.')[2]}.{how}"
        thing = thing.bound
    if not isinstance(thing, ExternalInstance) or thing.site is None or thing.life is not Phase.PROCESS:
        return None
    client = frame.analysis.clients.get(thing.site)
    return thing.site if client is not None and (how == "with" or how in client.close) else None


def slot_of(frame: Frame, value: Value) -> Place | None:
    """The place that a value was taken out of, if that is where it would have to be put back."""
    is_borrowed = value.place is not None and frame.ledger.is_borrowed(value.place)
    return value.place if is_borrowed else None


def nowhere(clients: frozenset[Site]) -> Place:
    """In place of a place, for clients that a memoised function keeps."""
    return Place("client", min(clients), "", Phase.PROCESS)


def is_closer(frame: Frame, value: Value, name: str) -> bool:
    """Whether a method ends one of the clients that a value may be, by the catalogue."""
    sites = (thing.site for thing in value.objects if isinstance(thing, ExternalInstance) and thing.site is not None)
    return any(name in frame.analysis.clients[site].close for site in sites if site in frame.analysis.clients)


def note_revival(frame: Frame, value: Value) -> None:
    """A client is told to connect, which may well be because it was closed before."""
    if not frame.is_module:
        frame.analysis.revived.update(
            thing.site for thing in value.objects if isinstance(thing, ExternalInstance) and thing.site is not None
        )
