"""Once-regions: code that runs once per process although a handler reaches it.

Code that is reached only when places are absent is tried in the process phase. If it fills one of those places, or if
what follows it does, it is a once-region and the trial stands; otherwise it is run again as what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from lambda_conn_lint.link import slots
from lambda_conn_lint.link.values import NOTHING, Absence, Instance, Phase, Place, Site, is_none, same_place

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame

_T = TypeVar("_T")

Key: TypeAlias = tuple[int, str]
"""A region: the identity of a node of the facts, which lasts as long as the analysis, and which part of it."""


class Rejected(NamedTuple):
    """A region whose places were not filled in it, and when it ended."""

    key: Key
    absences: frozenset[Absence]
    moment: int


def region(frame: Frame, absences: frozenset[Absence], key: Key, run: Callable[[], _T]) -> _T:
    """Run code that is reached only when places are absent: in the process phase if it fills one of them."""
    if not absences:
        return run()
    is_keyed = any(absence.place.kind == "item" and not absence.place.name for absence in absences)
    if frame.phase is not Phase.INVOCATION:
        with frame.found_absent(absences):
            return unrecorded(frame, run) if is_keyed else run()
    candidates, ended = _guards(frame, absences)
    if not candidates:
        before_end, frame.ended = frame.ended, ended or frame.ended
        with frame.found_absent(absences):
            result = run()
        frame.ended = before_end
        return result
    before = frame.mark()
    frame.ledger.filled = set()
    frame.phase = Phase.PROCESS
    with frame.found_absent(absences):
        result = unrecorded(frame, run) if is_keyed else run()
    frame.phase = Phase.INVOCATION
    inside = frame.ledger.filled
    is_accepted = key in frame.analysis.accepted.get(frame.context, ())
    is_unsettled = frame.lacks_more_than(before)
    if is_unsettled or is_accepted or any(_is_filled(frame, one, inside) for one in candidates):
        frame.ledger.filled = inside | before.ledger.filled
        if not is_unsettled:
            _note_kind(frame, candidates)
        return result
    frame.back_to(before)
    frame.rejected.append(Rejected(key, candidates, frame.ledger.moment))
    frame.ledger.moment += 1
    with frame.found_absent(absences):
        return run()


def _note_kind(frame: Frame, absences: frozenset[Absence]) -> None:
    """Remember which places a once-region watches over, and how."""
    for absence in absences:
        if absence.liveness or absence.mixed:
            frame.analysis.healed.add(absence.place)
        if frame.ledger.is_taken(absence.place):
            frame.analysis.slots.add(absence.place)


def unrecorded(frame: Frame, run: Callable[[], _T]) -> _T:
    """Run code whose results are kept by a key: what one event brings into them serves that key only."""
    recording, frame.recording = frame.recording, False
    result = run()
    frame.recording = recording
    return result


def accept_late_fills(frame: Frame) -> bool:
    """A guard whose place is filled further down, after its region, is one as well; whether any turned out so."""
    accepted = frame.analysis.accepted.setdefault(frame.context, set())
    before = len(accepted)
    for key, absences, moment in frame.rejected:
        late = frame.ledger.filled_after(moment)
        if any(same_place(absence.place, place) for absence in absences for place in late):
            accepted.add(key)
    return len(accepted) > before


def _guards(frame: Frame, absences: frozenset[Absence]) -> tuple[frozenset[Absence], Site | None]:
    """The absences that may guard a once-region: of long-lived places that no invocation empties or closes.

    Where a place is closed and the guard sees that, the second value says where.
    """
    analysis = frame.analysis
    found = []
    dead: dict[Place, Site] = {}
    for absence in absences:
        for place in _alternatives(frame, absence.place):
            if place.life is Phase.INVOCATION:
                continue
            analysis.watch(("ended", place), frame.context)
            for closed, site in analysis.closed.items() if absence.liveness else ():
                if same_place(place, closed):
                    dead.setdefault(place, site)
            if absence.elsewhere or not any(same_place(place, emptied) for emptied in analysis.emptied):
                found.append(absence._replace(place=place))
    candidates = frozenset(absence for absence in found if absence.place not in dead)
    return candidates, min(dead.values(), default=None)


def _alternatives(frame: Frame, place: Place) -> Iterable[Place]:
    """The place itself and, for an attribute that instances only read, the one in their class."""
    yield place
    if place.kind == "attribute" and isinstance(place.owner, Instance):
        classes = frame.analysis.classes
        if not classes.assigns(place.owner.cls, place.name):
            yield classes.place(place.owner.cls, place.name)


def _is_filled(frame: Frame, absence: Absence, inside: set[Place]) -> bool:
    if absence.place in inside or any(same_place(absence.place, place) for place in inside):
        return True
    if absence.elsewhere:
        kept = frame.analysis.stored(absence.place, frame.context)
        if any(not is_none(thing) for thing in kept.objects) or (kept is not NOTHING and kept.open):
            return True
        # What nobody gives back yet may still be given back: there is a function for it.
        return frame.ledger.is_taken(absence.place) and bool(slots.releaser(frame.analysis, absence.place))
    return False
