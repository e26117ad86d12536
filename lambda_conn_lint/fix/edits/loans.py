"""What changes in the text for a connection that a slot keeps: how it is taken, lent and put back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.fix.edits import annotate
from lambda_conn_lint.fix.keep.lending import Loan
from lambda_conn_lint.fix.keep.taken import TakenCandidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.layout import Change
from lambda_conn_lint.fix.templates import slots
from lambda_conn_lint.fix.templates.accessor import Building, Style
from lambda_conn_lint.fix.templates.drivers import Driver, WithExit, error_of
from lambda_conn_lint.fix.templates.naming import SlotNames
from lambda_conn_lint.fix.templates.slots import Slot


class SlotText(NamedTuple):
    """The definitions that a loan needs, and the imports that these need."""

    definitions: tuple[str, ...]
    imports: tuple[str, ...]


def slot_of(
    file: SourceFile, candidate: TakenCandidate, building: Building, names: SlotNames, style: Style, *, is_locked: bool
) -> Slot:
    """The slot for a connection."""
    function = file.tree.function(candidate.call)
    is_annotated = isinstance(function, cst.FunctionDef) and annotate.is_annotated(function)
    note = (candidate.annotation.strip("\"'") or annotate.ANY) if is_annotated else ""
    module = candidate.module or candidate.driver.module
    slot = Slot(
        driver=candidate.driver,
        building=building,
        error=error_of(candidate.driver, module),
        variable=names.variable,
        take=names.take,
        put=names.put,
        lent=names.lent,
        autocommit=candidate.autocommit,
        chooses_prepared="prepare_threshold" in building.expression,
        style=style,
        annotation=note,
        lock=f"{names.variable}_lock" if is_locked else "",
        indent=file.tree.indent,
        quote=file.text.quote,
    )
    if candidate.changes_session and slots.can_reset(slot):
        return slots.with_full_reset(slot)
    return slot


def text_of(slot: Slot, candidate: TakenCandidate) -> SlotText:
    """What has to be defined and imported for the loans of a slot."""
    imports = [] if candidate.module else [f"import {candidate.driver.module}"]
    definitions = [slots.take_and_put(slot)]
    if slot.lock:
        imports.append("import threading")
    if slot.annotation == annotate.ANY:
        imports.append("from typing import Any")
    kinds = {kind_of(candidate.driver, call, loan) for call, loan in _loans(candidate) if loan.is_lent}
    for kind in sorted(kinds):
        definitions.append(slots.lend(slot, kind))
        imports.append("import contextlib")
        if slot.annotation:
            imports.append("from collections.abc import Iterator")
    return SlotText(tuple(definitions), tuple(imports))


def kind_of(driver: Driver, call: cst.Call, loan: Loan) -> WithExit:
    """What leaving the author's ``with`` did to the connection."""
    assert loan.item is not None
    is_entered_itself = loan.item.item is call or isinstance(loan.item.item, cst.Name)
    if not is_entered_itself or driver.with_exit == "ends-transaction":
        return "closes"
    return driver.with_exit


def changes(file: SourceFile, candidate: TakenCandidate, slot: Slot) -> Iterator[Change]:
    """The edits in the functions themselves."""
    removed = {id(line) for line in candidate.setup}
    for line in candidate.setup:
        yield from file.layout.without(line, removed, with_comments=True)
    if candidate.loan is None:
        yield Change(*file.tree.code(candidate.call), f"{slot.take}()")
        for borrower in candidate.borrowers:
            yield from _given_back(file, candidate.driver, borrower.call, borrower.loan, slot)
    else:
        if not candidate.loan.is_lent:
            yield Change(*file.tree.code(candidate.call), f"{slot.take}()")
        yield from _given_back(file, candidate.driver, candidate.call, candidate.loan, slot)


def given_back(file: SourceFile, loan: Loan, put: str) -> Iterator[Change]:
    """The edits that make a function call ``put`` where it closes or drops its connection."""
    for closing in loan.closings:
        yield Change(*file.tree.code(closing), f"{put}({loan.name})")
    if loan.rest:
        yield from file.layout.wrapped(loan.rest, f"{put}({loan.name})", file.tree.indent)


def _loans(candidate: TakenCandidate) -> Iterator[tuple[cst.Call, Loan]]:
    if candidate.loan is not None:
        yield candidate.call, candidate.loan
    for borrower in candidate.borrowers:
        yield borrower.call, borrower.loan


def _given_back(file: SourceFile, driver: Driver, call: cst.Call, loan: Loan, slot: Slot) -> Iterator[Change]:
    yield from given_back(file, loan, slot.put)
    item = loan.item
    if not loan.is_lent or item is None:
        return
    if isinstance(item.item, cst.Name):  # ``conn = connect()`` and ``with conn:`` become one ``with``
        statement = file.tree.statement(call)
        yield from file.layout.without(statement, {id(statement)})
        yield Change(*file.tree.code(item.item), f"{slot.lent}() as {loan.name}")
        return
    yield Change(*file.tree.code(item.item), f"{slot.lent}()")
    if item.item is call and driver.with_exit == "ends-transaction":
        assert item.asname is not None
        end = file.tree.code(item.asname.name)[1]
        yield Change(end, end, f", {loan.name}")
    else:
        yield from file.layout.without_closing(item, is_module_needed=True)
