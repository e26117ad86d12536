"""The slot that a fix writes for a connection, in all its variants, around work that is made at random."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from behaviour.comparing import Program, differences
from behaviour.generated import taken
from behaviour.generated.draft import Draft, indented

from lambda_conn_lint.fix.templates.accessor import Building, Style
from lambda_conn_lint.fix.templates.drivers import DRIVERS, Driver, error_of
from lambda_conn_lint.fix.templates.slots import Slot, can_reset, lend, take_and_put

_EVENTS: tuple[dict[str, object], ...] = ({}, {"id": 1}, {"id": None})
_BODIES = 4
_FAULTS = 8


def _construction(driver: Driver) -> str:
    return f'{driver.module}.connect(host="db")'


def _slots(driver: Driver) -> Iterator[Slot]:
    """The variants of a driver's slot: style, set-up, and whether each borrower gets a session as if it were new."""
    set_up = "conn.autocommit(True)" if driver.module == "pymysql" else "conn.autocommit = True"
    styles: tuple[Style, ...] = ("global", "cached") if driver.tested else ("global",)
    for style in styles:
        for after in ((), (set_up,)):
            for is_reset_full in (False, True):
                slot = Slot(
                    driver=driver,
                    building=Building(_construction(driver), after=after, subject="conn"),
                    error=error_of(driver, driver.module),
                    autocommit=bool(after),
                    is_reset_full=is_reset_full,
                    style=style,
                    lock="_lock" if style == "global" and is_reset_full else "",
                )
                if not is_reset_full or can_reset(slot):
                    yield slot


_SLOTS = [slot for driver in DRIVERS for slot in _slots(driver)]


def _id(slot: Slot) -> str:
    parts = [slot.driver.module, slot.style, "set up" if slot.building.after else "", "reset" * slot.is_reset_full]
    return " ".join(filter(None, parts))


def _texts(slot: Slot, body: list[str], support: list[str], imports: list[str], *, is_lent: bool) -> tuple[str, str]:
    """A program that opens and closes, and the same with the slot."""
    top = [*imports, "import contextlib", "import threading", f"import {slot.driver.module}", *support, "", ""]
    head = ["def handler(event, context):", "    result = []"]
    set_up = list(slot.building.after)
    if is_lent:
        opening = f"with {_construction(slot.driver)} as conn:"
        old = [opening, *indented([*set_up, *body])]
        new = ["with _lent_conn() as conn:", *indented(body)]
        written = [take_and_put(slot), "", "", lend(slot, slot.driver.with_exit)]
    else:
        work = ["try:", *indented(body), "finally:"]
        old = [f"conn = {_construction(slot.driver)}", *set_up, *work, "    conn.close()"]
        new = ["conn = _take_conn()", *work, "    _put_conn(conn)"]
        written = [take_and_put(slot)]
    ending = ["    return result", ""]
    return (
        "\n".join([*top, *head, *indented(old), *ending]),
        "\n".join([*top, *written, "", "", *head, *indented(new), *ending]),
    )


@pytest.mark.parametrize("slot", _SLOTS, ids=map(_id, _SLOTS))
def test_a_slot_changes_nothing_but_reuse(slot: Slot) -> None:
    for seed in range(_BODIES):
        draft = Draft(random.Random(seed))
        body = taken.plain_work(draft, slot.driver.module, "conn")
        if slot.is_reset_full:
            body += ["cur = conn.cursor()", "cur.execute('SET x = 1')", "conn.commit()"]
        is_lent = seed % 2 == 1 and slot.driver.with_exit != "ends-transaction"
        imports = sorted(draft.imports["app"])
        before, after = _texts(slot, body, draft.top["app"], imports, is_lent=is_lent)
        program = Program({"app.py": before}, "app.handler", _EVENTS)
        found = differences(program, {"app.py": after}, most_faults=_FAULTS)
        assert not found, "\n".join([*found, after])
