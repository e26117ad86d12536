"""Handlers that open a connection on every invocation, before and after the fix, against real databases."""

from __future__ import annotations

import pytest
from end_to_end.drivers import REFUSED, SHAPES, TWO_SITES, Driver
from end_to_end.functions import Deploy
from end_to_end.histories import Database, Record, Step, live, steps
from fixing import fix, fixed

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # handlers forget to close: that is what is tested
]

INVOCATIONS = 200


@pytest.fixture(params=SHAPES)
def sources(driver: Driver, request: pytest.FixtureRequest) -> dict[str, str]:
    """Source texts by path, of each shape for each driver."""
    return driver.written(SHAPES[request.param])


def test_connections_are_opened_once(
    sources: dict[str, str], database: Database, deploy: Deploy, record_property: Record
) -> None:
    """Of many invocations that end well, with and without a commit, all but the first find a connection."""
    events: list[Step] = [{"n": n, "end": ("committed", "forgotten")[n % 2]} for n in range(INVOCATIONS)]
    texts = fixed(sources)
    original = live(deploy(sources, database.environ), database, events, look=False)
    kept = live(deploy(texts, database.environ), database, events, look=False)
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert original.opened == INVOCATIONS
    assert kept.opened == 1
    assert kept.outcome == original.outcome


def test_every_end_of_an_invocation_is_what_it_was(
    sources: dict[str, str], database: Database, deploy: Deploy, record_property: Record
) -> None:
    """Errors, lost connections, forgotten commits and other clients' rows: the next invocation sees what it saw."""
    ends = [
        *("committed", "forgotten", "raised", "committed", "refused", "committed", "killed", "committed", "kill"),
        *("committed", "kill", "forgotten", "kill", "raised", "kill", "killed", "refused", "refused", "forgotten"),
        *("committed", "killed", "killed", "restart", "committed", "committed"),
    ]
    texts = fixed(sources)
    original = live(deploy(sources, database.environ), database, steps(*ends))
    kept = live(deploy(texts, database.environ), database, steps(*ends))
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert original.left_open == [0] * len(original.answers)
    assert kept.outcome == original.outcome
    assert original.opened == len(original.answers)
    assert kept.opened <= 1 + sum(end not in ("committed", "forgotten") for end in ends)


def test_connections_that_are_set_up_differently_stay_apart(
    driver: Driver, database: Database, deploy: Deploy, record_property: Record
) -> None:
    """One function commits each statement, the other one none: neither gets what the other has set up."""
    sources = driver.written(TWO_SITES)
    ends = ("forgotten", "forgotten", "raised", "raised", "forgotten", "kill", "forgotten", "refused", "refused")
    texts = fixed(sources)
    original = live(deploy(sources, database.environ), database, steps(*ends, *ends))
    kept = live(deploy(texts, database.environ), database, steps(*ends, *ends))
    record_property("connections", f"{original.opened} -> {kept.opened}")
    assert kept.outcome == original.outcome
    assert kept.opened < original.opened


@pytest.mark.parametrize("shape", REFUSED)
def test_what_cannot_be_given_back_stays_as_it_was(driver: Driver, shape: str) -> None:
    sources = driver.written(REFUSED[shape])
    texts, remaining, failed = fix(sources)
    assert texts == sources
    assert all(finding.reason for finding in remaining)
    assert len(remaining) == 1
    assert not failed
