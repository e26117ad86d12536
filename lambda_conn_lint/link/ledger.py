"""What one run does to the places that outlive it: which it fills, empties and closes, and on which ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from lambda_conn_lint.link.values import Place, Site


class Fill(NamedTuple):
    """When a place was last seen to be filled: in which conditional blocks, and at which moment."""

    branches: tuple[int, ...]
    moment: int


class Mark(NamedTuple):
    """A state of the ledger to come back to."""

    filled: frozenset[Place]
    emptied: Mapping[Place, bool]
    closed: Mapping[Place, Site]
    taken: frozenset[Place]
    fills: Mapping[Place, Fill]
    borrowed: Mapping[Place, tuple[int, ...]]


class Ledger:
    """The effects of a run, in the order in which they happen.

    ``filled``   places that something was put into
    ``emptied``  places that every way through the run leaves or has made empty, and whether they still are
    ``closed``   places whose connection is ended on every way on which it is used, and where
    """

    def __init__(self) -> None:
        self.filled: set[Place] = set()
        self.emptied: dict[Place, bool] = {}
        self.closed: dict[Place, Site] = {}
        self.moment = 0  # counts statements
        self._taken: set[Place] = set()
        self._branches: tuple[int, ...] = ()  # the conditional blocks around the running statement
        self._branch_count = 0
        self._fills: dict[Place, Fill] = {}
        self._borrowed: dict[Place, tuple[int, ...]] = {}  # in which of them a called function gave what it took out

    @contextmanager
    def branch(self, is_conditional: bool = True) -> Iterator[None]:
        """What happens inside may be left out."""
        before = self._branches
        if is_conditional:
            self._branch_count += 1
            self._branches = (*before, self._branch_count)
        yield
        self._branches = before

    def fill(self, place: Place) -> None:
        self._fill(frozenset((place,)))

    def _fill(self, places: frozenset[Place]) -> None:
        # As sets and not one by one: a place can be made of much, and a set knows the hashes of what is in it.
        self.filled |= places
        for place in places & self.closed.keys() if self.closed else ():
            del self.closed[place]
        for place in places & self.emptied.keys() if self.emptied else ():
            self.emptied[place] = False
        self._fills.update(dict.fromkeys(places, Fill(self._branches, self.moment)))

    def take(self, place: Place, *, counts: bool) -> None:
        """Nothing is in a place any more; ``counts`` is false in code that does not run on every invocation."""
        self._taken.add(place)
        if counts and self._always_happens(place):
            self.emptied[place] = True

    def close(self, place: Place, site: Site) -> None:
        """A place's connection is ended."""
        if self._always_happens(place):
            self.closed[place] = site

    def is_taken(self, place: Place) -> bool:
        """Whether this run has emptied the place itself, as one does with a slot."""
        return place in self._taken

    def borrow(self, place: Place) -> None:
        """A called function has taken out what is in a place, and given it to this run."""
        self._borrowed[place] = self._branches

    def is_borrowed(self, place: Place) -> bool:
        """Whether what was in a place is in this run's hands on every way to the running statement."""
        borrowed = self._borrowed.get(place)
        return borrowed is not None and borrowed[: len(self._branches)] == self._branches

    def filled_after(self, moment: int) -> list[Place]:
        return [place for place, fill in self._fills.items() if fill.moment > moment]

    def absorb(
        self, filled: frozenset[Place], emptied: Mapping[Place, bool], closed: Mapping[Place, Site], *, counts: bool
    ) -> None:
        """What a called function did happens here too."""
        self._fill(filled)
        if not counts:
            return
        # What a function both fills and ends is over on every way through it, wherever the call stands.
        for place, is_still_empty in emptied.items():
            if (is_still_empty and place in filled) or self._always_happens(place):
                self.emptied[place] = is_still_empty
        for place, site in closed.items():
            if place in filled or self._always_happens(place):
                self.closed[place] = site

    def mark(self) -> Mark:
        return Mark(
            frozenset(self.filled),
            dict(self.emptied),
            dict(self.closed),
            frozenset(self._taken),
            dict(self._fills),
            dict(self._borrowed),
        )

    def back_to(self, mark: Mark) -> None:
        self.filled = set(mark.filled)
        self.emptied = dict(mark.emptied)
        self.closed = dict(mark.closed)
        self._taken = set(mark.taken)
        self._fills = dict(mark.fills)
        self._borrowed = dict(mark.borrowed)

    def _always_happens(self, place: Place) -> bool:
        """Whether the running statement runs on every way on which the place is used."""
        fill = self._fills.get(place)
        obtained = () if fill is None else fill.branches
        return obtained[: len(self._branches)] == self._branches
