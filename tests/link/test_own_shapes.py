"""What the fix writes is reuse in the eyes of the linter: neither rebuilt nor closed, with every driver and style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.fix.templates.accessor import Accessor, Building, definition
from lambda_conn_lint.fix.templates.drivers import DRIVERS, Driver, error_of
from lambda_conn_lint.fix.templates.slots import Slot, can_reset, lend, take_and_put
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import BY_CODE

IMPORTS = "import contextlib\nimport functools\nimport os\nimport threading\n\nimport boto3\n"
WITH_FINALLY = """
def lambda_handler(event, context):
    conn = _take_conn()
    try:
        conn.cursor()
    finally:
        _put_conn(conn)
"""
WITH_BLOCK = """
def lambda_handler(event, context):
    with {entered}:
        pass
"""
CLOSED_STILL = """
def lambda_handler(event, context):
    conn = _take_conn()
    try:
        conn.cursor()
    finally:
        conn.close()
"""


def findings(texts: Iterable[str]) -> list[Finding]:
    """What is found in texts, each of which is a file of one project."""
    files = {f"part{number}.py": text.encode() for number, text in enumerate(texts)}
    return list(check(Project(Path("/nowhere/at/all"), files), Settings(codes=frozenset(BY_CODE))).findings)


def slots_of(driver: Driver) -> Iterator[Slot]:
    building = Building(
        f'{driver.module}.connect(os.environ["DSN"])', after=("conn.autocommit = False",), subject="conn"
    )
    for style, is_reset, lock in product(("global", "cached"), (False, True), ("", "_conn_lock")):
        slot = Slot(
            driver,
            building,
            error_of(driver, driver.module),
            autocommit=None if lock else False,
            is_reset_full=is_reset,
            style="cached" if style == "cached" else "global",
            lock=lock,
        )
        if not is_reset or can_reset(slot):
            yield slot


def text_of(slot: Slot, handler: str) -> str:
    return f"{IMPORTS}import {slot.driver.module}\n\n{take_and_put(slot)}\n\n{handler}"


def with_block(slot: Slot) -> str:
    manager = lend(slot, slot.driver.with_exit)
    entered = "_lent_conn() as conn" if manager else "_take_conn() as conn"
    return manager + "\n\n" + WITH_BLOCK.format(entered=entered)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.module)
def test_slots(driver: Driver) -> None:
    slots = list(slots_of(driver))
    assert len(slots) >= 4
    assert not findings(text_of(slot, handler) for slot in slots for handler in (WITH_FINALLY, with_block(slot)))


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.module)
def test_who_still_closes_what_a_slot_gave_is_told(driver: Driver) -> None:
    texts = [text_of(slot, CLOSED_STILL) for slot in slots_of(driver)]
    found = findings(texts)
    assert len(found) == len(texts)
    for finding in found:
        assert finding.code == "LCL301"
        assert "_put_conn()" in finding.message
        assert finding.path[-1].name == "close"


@pytest.mark.parametrize("style", ["global", "cached"])
@pytest.mark.parametrize("lock", ["", "_s3_lock"])
@pytest.mark.parametrize("keys", [(), (("region", ""),), (("region", "str"), ("service", "str"))])
def test_accessors(style: str, lock: str, keys: tuple[tuple[str, str], ...]) -> None:
    building = Building(
        "session.client('s3')", before=("session = boto3.session.Session()",), after=("s3.meta",), subject="s3"
    )
    accessor = Accessor("_s3", "_get_s3", building, keys, lock=lock, style="cached" if style == "cached" else "global")
    arguments = ", ".join(f'"{name}"' for name, _ in keys)
    handler = f"def lambda_handler(event, context):\n    return _get_s3({arguments}).list_buckets()\n"
    assert not findings([f"{IMPORTS}\n{definition(accessor, '    ')}\n\n\n{handler}"])
