"""The text of the slot of a database connection: a place for one idle connection, and the functions that use it.

A connection is in the slot only while nobody uses it. Who takes one while another is in use gets a connection of his
own, and one that is never put back ends when the last name for it is gone, both as before the fix.

Lines end in "\\n" here, whatever the file's newline is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lambda_conn_lint.fix.source.snippets import VERBATIM
from lambda_conn_lint.fix.templates.accessor import Building, Style, in_block
from lambda_conn_lint.fix.templates.drivers import Driver, WithExit


@dataclass(frozen=True)
class Slot:
    """One slot to be written.

    ``building`` makes a new connection; its ``subject`` is what all functions call the connection, ``conn`` if it is
    "". Its ``after`` must send no SQL that a rollback undoes. ``error`` is the expression for the driver's error class
    in this module. ``autocommit`` is what construction and set-up give, ``None`` where that is not known.
    ``is_reset_full`` asks for a session that is as if new each time; see ``can_reset``. ``chooses_prepared`` says that
    the author passes ``prepare_threshold`` himself.

    ``annotation`` is the class of the connection where the module's own functions are annotated, else "".
    ``contextmanager`` and ``iterator`` are the names of these two in this module. ``lock`` names a lock that is made
    with the slot, where the module's functions may run in several threads, else "".
    """

    driver: Driver
    building: Building
    error: str
    variable: str = "_conn"
    take: str = "_take_conn"
    put: str = "_put_conn"
    lent: str = "_lent_conn"
    autocommit: bool | None = False
    is_reset_full: bool = False
    chooses_prepared: bool = False
    style: Style = "global"
    annotation: str = ""
    contextmanager: str = "contextlib.contextmanager"
    iterator: str = "Iterator"
    lock: str = ""
    indent: str = "    "
    quote: str = '"'

    @property
    def conn(self) -> str:
        return self.building.subject or "conn"

    def filled(self, template: str) -> str:
        """Source text of the driver's row for this connection and file."""
        return template.format(conn=self.conn, quote=self.quote)


def take_and_put(slot: Slot) -> str:
    """The module-level name and the two functions, two blank lines between them, no newline at the end.

    Raises ValueError for a full reset where ``can_reset`` says no.
    """
    if slot.is_reset_full and not can_reset(slot):
        raise ValueError("this connection cannot be reset")
    return "\n".join([*_state(slot), "", "", *_take(slot), "", "", *_put(slot)])


def lend(slot: Slot, kind: WithExit) -> str:
    """The context manager that stands for the author's ``with``, which did what ``kind`` says on its way out.

    "" for "ends-transaction": that ``with`` stays as it is, around the connection that was taken.
    """
    if kind == "ends-transaction":
        return ""
    conn = slot.conn
    used = [f"yield {conn}"]
    commits = kind == "closes-after-transaction"
    if commits:
        used += [f"if {slot.filled(slot.driver.is_open)}:", *_nested(slot, [f"{conn}.commit()"])]
    body = [
        '"""Lend a connection for a with block, which is one transaction."""'
        if commits
        else '"""Lend a connection for a with block."""',
        f"{conn} = {slot.take}()",
        "try:",
        *_nested(slot, used),
        "finally:",
        *_nested(slot, [f"{slot.put}({conn})"]),
    ]
    returns = f"{slot.iterator}[{slot.annotation}]" if slot.annotation else ""
    return "\n".join([f"@{slot.contextmanager}", *_function(slot, slot.lent, "", returns, body)])


def can_reset(slot: Slot) -> bool:
    """Whether a full reset can be had: the driver has one, and the set-up can be repeated after it.

    It cannot where it needs a name that the statements before the construction bind, since these only run when a
    connection is made.
    """
    return slot.driver.resets and not _bound(slot.building.before) & _read(slot.building.after)


def with_full_reset(slot: Slot) -> Slot:
    """The same slot, with a session that is as if new each time."""
    return replace(slot, is_reset_full=True)


def _state(slot: Slot) -> list[str]:
    if slot.style == "cached":
        note = f': "list[{slot.annotation}]"' if slot.annotation else ": list"
        state = f"{slot.variable}{note} = []"
    else:
        note = f': "{slot.annotation} | None"' if slot.annotation else ""
        state = f"{slot.variable}{note} = None"
    return [state, f"{slot.lock} = threading.Lock()"] if slot.lock else [state]


def _take(slot: Slot) -> list[str]:
    conn, building = slot.conn, slot.building
    if slot.style == "cached":
        emptied = f"{conn} = {slot.variable}.pop() if {slot.variable} else None"
    else:
        emptied = f"{conn}, {slot.variable} = {slot.variable}, None"
    new = [*in_block(building.before), *f"{conn} = {building.expression}".split("\n")]
    if slot.driver.new and not slot.chooses_prepared:
        new.append(slot.filled(slot.driver.new))
    set_up = _lines(building.after)
    body = [
        '"""Take the idle connection, if it is alive, or make a new one."""',
        *_declared(slot),
        *_locked(slot, [emptied]),
        f"if {conn} is not None:",
        *_nested(slot, ["try:", *_nested(slot, _probe(slot)), f"except {slot.error}:"]),
        *_nested(slot, _nested(slot, [*_closed(slot), f"{conn} = None"])),
        f"if {conn} is None:",
        *_nested(slot, new if slot.is_reset_full else [*new, *set_up]),
        *(set_up if slot.is_reset_full else []),
        f"return {conn}",
    ]
    return _function(slot, slot.take, "", slot.annotation, body)


def _put(slot: Slot) -> list[str]:
    conn = slot.conn
    if slot.style == "cached":
        empty, kept, other = f"not {slot.variable}", f"{slot.variable}.append({conn})", f"{conn} not in {slot.variable}"
    else:
        empty, kept, other = f"{slot.variable} is None", f"{slot.variable} = {conn}", f"{conn} is not {slot.variable}"
    ended = "Reset the session" if slot.is_reset_full else "End the transaction"
    if slot.driver.is_open and not slot.driver.recloses:
        other, closed = f"{other} and {slot.filled(slot.driver.is_open)}", [f"{conn}.close()"]
    else:
        closed = _closed(slot)
    branches = [f"if idle and {empty}:", *_nested(slot, [kept]), f"elif {other}:", *_nested(slot, closed)]
    body = [
        f'"""{ended}, as close() does, but keep the connection."""',
        *_declared(slot),
        "try:",
        *_nested(slot, _ending(slot)),
        f"except {slot.error}:",
        *_nested(slot, ["idle = False"]),
        *_locked(slot, branches),
    ]
    return _function(slot, slot.put, f"{conn}: {_quoted(slot.annotation)}" if slot.annotation else conn, "None", body)


def _probe(slot: Slot) -> list[str]:
    if slot.driver.probe:
        return _lines([slot.filled(slot.driver.probe)])
    return _under_autocommit(slot, "SELECT 1")


def _ending(slot: Slot) -> list[str]:
    """What ends the transaction or resets the session, and sets ``idle`` if that went well."""
    conn, driver = slot.conn, slot.driver
    if slot.is_reset_full and driver.is_reset:
        return [f"idle = {slot.filled(driver.is_reset)}"]
    if slot.is_reset_full and driver.reset:
        lines = [slot.filled(driver.reset)]
    else:
        lines = [f"{conn}.rollback()"]
        if driver.may_end:
            lines = [f"if {slot.filled(driver.may_end)}:", *_nested(slot, lines)]
        if slot.is_reset_full:
            lines += _under_autocommit(slot, driver.discard)
    return [*lines, f"idle = {slot.filled(driver.is_idle) or 'True'}"]


def _under_autocommit(slot: Slot, sql: str) -> list[str]:
    """SQL that begins no transaction; ``autocommit`` is afterwards what it is at the site."""
    conn = slot.conn
    run = f"{conn}.{slot.driver.execute}({slot.quote}{sql}{slot.quote})"
    switched, why = f"{conn}.autocommit = True", "  # so that no transaction begins"
    if slot.autocommit:
        return [switched, run]
    if slot.autocommit is None:
        return [f"autocommit = {conn}.autocommit", f"{switched}{why}", run, f"{conn}.autocommit = autocommit"]
    return [f"{switched}{why}", run, f"{conn}.autocommit = False"]


def _closed(slot: Slot) -> list[str]:
    """``close()`` that raises nothing, neither on a closed nor on a dead connection."""
    close = f"{slot.conn}.close()"
    if slot.driver.recloses:
        return [close]
    if slot.driver.is_open:
        return [f"if {slot.filled(slot.driver.is_open)}:", *_nested(slot, [close])]
    return ["try:", *_nested(slot, [close]), f"except {slot.error}:", *_nested(slot, ["pass  # closed before"])]


def _declared(slot: Slot) -> list[str]:
    return [f"global {slot.variable}"] if slot.style == "global" else []


def _locked(slot: Slot, lines: list[str]) -> list[str]:
    return [f"with {slot.lock}:", *_nested(slot, lines)] if slot.lock else lines


def _function(slot: Slot, name: str, parameter: str, returns: str, body: list[str]) -> list[str]:
    note = f" -> {_quoted(returns)}" if slot.annotation else ""
    return [f"def {name}({parameter}){note}:", *_nested(slot, body)]


def _quoted(annotation: str) -> str:
    """An annotation that can be evaluated, since some classes are generic for type checkers only."""
    return f'"{annotation}"' if "[" in annotation else annotation


def _nested(slot: Slot, lines: Iterable[str]) -> list[str]:
    return [slot.indent + line if line else line for line in lines]


def _lines(statements: Iterable[str]) -> list[str]:
    return [line for statement in statements for line in statement.split("\n")]


def _bound(statements: Iterable[str]) -> set[str]:
    names = set()
    for node in _nodes(statements):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names


def _read(statements: Iterable[str]) -> set[str]:
    return {node.id for node in _nodes(statements) if isinstance(node, ast.Name)}


def _nodes(statements: Iterable[str]) -> Iterable[ast.AST]:
    return ast.walk(ast.parse("\n".join(statements).replace(VERBATIM, "\n")))
