"""Handlers' ways with database connections: psycopg2, psycopg and PyMySQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from behaviour.generated.draft import INDENT, Draft, indented


class Driver(NamedTuple):
    """How a driver's connections are made, and what ``with`` does to them."""

    name: str
    construction: str
    imports: tuple[str, ...]
    set_up: tuple[str, ...]
    stays_open: bool = False  # after ``with``


_DRIVERS = (
    Driver("psycopg2", "psycopg2.connect({})", ("import psycopg2",), ("{}.autocommit = True",), stays_open=True),
    Driver(
        "psycopg2",
        "psycopg2.connect(host={}, dbname='shop', connect_timeout=5)",
        ("import psycopg2",),
        ("{}.set_session(autocommit=True)", "{}.set_client_encoding('UTF8')", "{}.autocommit = False"),
        stays_open=True,
    ),
    Driver("psycopg2", "connect({})", ("from psycopg2 import connect",), ("{}.autocommit = True",), stays_open=True),
    Driver(
        "psycopg2",
        "psycopg2.connect(\n        host={},  # the writer\n        cursor_factory=RealDictCursor,\n    )",
        ("import psycopg2", "from psycopg2.extras import RealDictCursor"),
        ("{}.autocommit = True",),
        stays_open=True,
    ),
    Driver(
        "psycopg", "psycopg.connect({})", ("import psycopg",), ("{}.autocommit = True", "{}.row_factory = dict_row")
    ),
    Driver("psycopg", "psycopg.connect({}, autocommit=True)", ("import psycopg",), ()),
    Driver("psycopg", "pg.connect(host={})", ("import psycopg as pg",), ("{}.autocommit = True",)),
    Driver("pymysql", "pymysql.connect(host={}, user='app')", ("import pymysql",), ("{}.autocommit(True)",)),
    Driver(
        "pymysql",
        "pymysql.connect(host={}, cursorclass=pymysql.cursors.DictCursor, autocommit=True)",
        ("import pymysql", "import pymysql.cursors"),
        (),
    ),
    Driver("pymysql", "pymysql.connect(host={}, connect_timeout=5)", ("import pymysql",), ("{}.select_db('shop')",)),
)


class Made(NamedTuple):
    """A construction in place, with the set-up calls that follow it (``{}`` stands for the connection)."""

    driver: Driver
    before: list[str]
    expression: str
    set_up: list[str]
    after: list[str]


def _make(draft: Draft, where: str, *, has_event: bool) -> Made:
    driver = draft.rng.choice(_DRIVERS)
    argument = draft.argument(where, has_event=has_event)
    draft.imports[where].update(driver.imports)
    set_up = [draft.rng.choice(driver.set_up)] if driver.set_up and draft.chance(0.25) else []
    if any("dict_row" in each for each in set_up):
        draft.imports[where].add("from psycopg.rows import dict_row")
    expression = driver.construction.format(argument.expression)
    return Made(driver, list(argument.before), expression, set_up, list(argument.after))


# What is done with a connection


def _work(draft: Draft, driver: Driver, conn: str, *, depth: int = 0, ends: bool = True) -> list[str]:
    """Statements on a connection that is open; ``ends`` allows them to leave the function."""
    lines: list[str] = []
    for _ in range(draft.rng.randint(1, 3)):
        lines += draft.rng.choice(_STEPS)(draft, driver, conn, depth)
    if ends and draft.chance(0.3):
        exits = ["return result", "raise ValueError('stopped')", "return {'statusCode': 400}"]
        lines += ['if event.get("id"):', INDENT + draft.rng.choice(exits)]
        lines += draft.rng.choice(_STEPS)(draft, driver, conn, depth)
    if draft.chance(0.7):
        lines.append(f"{conn}.commit()")
    if draft.chance(0.1):
        lines.append(f"{conn}.rollback()")
    return lines


def _read(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    cursor = draft.name("cur")
    fetch = draft.rng.choice(["fetchone()", "fetchall()", "fetchmany(1)"])
    return [f"{cursor} = {conn}.cursor()", f"{cursor}.execute('SELECT n FROM t')", f"result.append({cursor}.{fetch})"]


def _write(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    cursor = draft.name("cur")
    value = draft.rng.choice(["1", "event.get('id')", "len(result)"])
    body = [f"{cursor}.execute('INSERT INTO t VALUES (%s)', ({value},))", f"result.append({cursor}.rowcount)"]
    return [f"with {conn}.cursor() as {cursor}:", *indented(body)]


def _guarded(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    cursor = draft.name("cur")
    statement = draft.rng.choice(["'broken'", "'UPDATE t SET n = 1'"])
    draft.imports["app"].update(driver.imports)
    module = "" if driver.construction.startswith("connect") else driver.construction.rpartition(".connect(")[0]
    error = draft.rng.choice(["Exception", f"{module}.Error" if module else "Exception"])
    reaction = draft.rng.choice([[f"{conn}.rollback()"], [f"{conn}.rollback()", "raise"], ["raise"], ["pass"]])
    lines = ["try:", f"{INDENT}{cursor} = {conn}.cursor()", f"{INDENT}{cursor}.execute({statement})"]
    if draft.chance(0.4):
        lines.append(f"{INDENT}{conn}.commit()")
    return [*lines, f"except {error} as error:", f"{INDENT}result.append(type(error).__name__)", *indented(reaction)]


def _loop(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    cursor = draft.name("cur")
    lines = ["for number in range(2):", f"{INDENT}{cursor} = {conn}.cursor()"]
    lines.append(f"{INDENT}{cursor}.execute('INSERT INTO t VALUES (%s)', (number,))")
    if draft.chance(0.4):
        lines.append(f"{INDENT}{conn}.commit()")
    if draft.chance(0.3):
        lines += [f'{INDENT}if event.get("id"):', f"{INDENT * 2}{draft.rng.choice(['break', 'continue'])}"]
    return lines


def _transaction(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    cursor = draft.name("cur")
    body = [f"{cursor} = {conn}.cursor()", f"{cursor}.execute('DELETE FROM t')"]
    if draft.chance(0.3):
        body += ['if event.get("id"):', f"{INDENT}raise KeyError('gone')"]
    if driver.name == "psycopg":
        return [f"with {conn}.transaction():", *indented(body)]
    if driver.name == "psycopg2":
        return [f"with {conn}:", *indented(body)]
    return [f"{conn}.begin()", *body]


def _other_client(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    if depth:
        return _read(draft, driver, conn, depth)
    draft.imports["app"].add("import boto3")
    queue = draft.name("queue")
    return [f"{queue} = boto3.client('sqs')", f"{queue}.send_message(QueueUrl='q', MessageBody=str(result))"]


def _borrower(draft: Draft, driver: Driver, conn: str, depth: int) -> list[str]:
    """A second connection while the first is at work: by a helper, by dynamic dispatch, or in a nested block."""
    function = draft.name("audit")
    where = draft.rng.choice(["app", "clients"])
    inner = _make(draft, where, has_event=False)
    name = "other"
    body = [*inner.before, f"{name} = {inner.expression}"]
    body += [f"{name}.cursor().execute('INSERT INTO log VALUES (1)')"]
    body += [f"{name}.commit()"] if draft.chance(0.8) else []
    body += [f"{name}.close()"] if draft.chance(0.7) else []
    draft.add(where, f"def {function}():", *indented(body))
    if where == "clients":
        draft.imports["app"].add(f"from clients import {function}")
    how = draft.rng.choice(["call", "dispatch", "getattr"])
    if how == "call":
        return [f"{function}()"]
    draft.builds_again = True
    if how == "dispatch":
        table = draft.name("ACTIONS")
        draft.late.append(f"{table} = {{'audit': {function}}}")
        return [f"{table}[event.get('kind', 'audit')]()"]
    draft.imports["app"].add("import sys")
    return [f"getattr(sys.modules[__name__], 'au' + '{function[2:]}')()"]


_STEPS: tuple[Callable[[Draft, Driver, str, int], list[str]], ...] = (
    _read,
    _read,
    _write,
    _write,
    _guarded,
    _loop,
    _transaction,
    _other_client,
    _borrower,
)


def plain_work(draft: Draft, module: str, conn: str) -> list[str]:
    """Statements on a connection of any driver, without further connections; they may leave the function."""
    steps = (_read, _write, _guarded, _loop)
    driver = Driver(module, f"{module}.connect()", (f"import {module}",), ())
    lines = [line for _ in range(draft.rng.randint(1, 4)) for line in draft.rng.choice(steps)(draft, driver, conn, 1)]
    if draft.chance(0.4):
        lines += ['if event.get("id"):', f"{INDENT}raise ValueError('stopped')"]
    return [*lines, f"{conn}.commit()"] if draft.chance(0.6) else lines


# How the connection comes and goes


def statements(draft: Draft) -> list[str]:
    """Lines of a handler that open a connection somewhere, work with it, and let it go one way or another."""
    return draft.rng.choice((_open, _open, _lent, _helper, _manager, _owned, _passed))(draft)


def _work_steps(draft: Draft, made: Made, conn: str, *, ends: bool = True) -> list[str]:
    return [each.format(conn) for each in made.set_up] + _work(draft, made.driver, conn, ends=ends)


def _let_go(draft: Draft, conn: str, body: list[str]) -> list[str]:
    """The body, and the connection closed after it, in one of the shapes of real code."""
    form = draft.rng.choice(["none", "end", "finally", "finally", "if", "and", "except", "early", "commit"])
    close = [f"{conn}.close()"]
    if form == "none":
        return body
    if form == "end":
        return [*body, *close]
    if form == "if":
        return ["try:", *indented(body), "finally:", *indented([f"if {conn}:", INDENT + close[0]])]
    if form == "and":
        return ["try:", *indented(body), "finally:", f"{INDENT}{conn} and {conn}.close()"]
    if form == "except":
        lines = ["try:", *indented(body), "except Exception:", f"{INDENT}{conn}.rollback()"]
        return [*lines, *indented(close), f"{INDENT}raise", *close]
    if form == "early":
        return [*body, 'if event.get("id"):', *indented(close), f"{INDENT}return 'early'", *close]
    if form == "commit":
        return ["try:", *indented(body), "finally:", *indented([f"{conn}.commit()", *close])]
    return ["try:", *indented(body), "finally:", *indented(close)]


def _open(draft: Draft) -> list[str]:
    """Bound to a name in the handler."""
    made = _make(draft, "app", has_event=True)
    conn = draft.name(draft.rng.choice(["conn", "connection", "db"]))
    form = draft.rng.choice(["=", "=", ":", "none first", "branch", "try", "loop"])
    body = _let_go(draft, conn, _work_steps(draft, made, conn))
    if form == ":":
        lines = [f"{conn}: object = {made.expression}", *body]
    elif form == "none first":
        inner = [f"{conn} = {made.expression}", *_work_steps(draft, made, conn)]
        lines = [f"{conn} = None", "try:", *indented(inner), "finally:"]
        lines += indented([f"if {conn} is not None:", f"{INDENT}{conn}.close()"])
    elif form == "branch":
        lines = ['if event.get("id"):', *indented([f"{conn} = {made.expression}", *body])]
    elif form == "loop":
        body = _let_go(draft, conn, _work_steps(draft, made, conn, ends=False))
        lines = ["for turn in range(2):", *indented([f"{conn} = {made.expression}", *body])]
    elif form == "try":
        inner = [f"{conn} = {made.expression}", *body]
        lines = ["try:", *indented(inner), "except ValueError as error:", f"{INDENT}result.append(str(error))"]
    else:
        lines = [f"{conn} = {made.expression}", *body]
    return [*made.before, *lines, *made.after]


def _lent(draft: Draft) -> list[str]:
    """Lent to a ``with`` block."""
    made = _make(draft, "app", has_event=True)
    conn = draft.name("conn")
    form = draft.rng.choice(["with", "closing", "with cursor", "then with"])
    body = _work_steps(draft, made, conn)
    if form == "closing":
        draft.imports["app"].add("from contextlib import closing")
        opening = [f"with closing({made.expression}) as {conn}:"]
    elif form == "with cursor":
        cursor = draft.name("cur")
        opening = [f"with {made.expression} as {conn}, {conn}.cursor() as {cursor}:"]
        body = [f"{cursor}.execute('SELECT m FROM t')", f"result.append({cursor}.fetchone())", *body]
    elif form == "then with":
        opening = [f"{conn} = {made.expression}", f"with {conn}:"]
    else:
        opening = [f"with {made.expression} as {conn}:"]
    closing = [f"{conn}.close()"] if made.driver.stays_open and form != "closing" and draft.chance(0.5) else []
    return [*made.before, *opening, *indented(body), *closing, *made.after]


def _helper(draft: Draft) -> list[str]:
    """Opened by a helper, here or in another file, and closed by the handler (or not)."""
    where = draft.rng.choice(["app", "clients"])
    made = _make(draft, where, has_event=False)
    helper = draft.name(draft.rng.choice(["get_connection", "connect_db", "open_db"]))
    set_up = [each.format("opened") for each in made.set_up]
    body = [*made.before, f"return {made.expression}"]
    if set_up or draft.chance(0.4):
        body = [*made.before, f"opened = {made.expression}", *set_up, *made.after, "return opened"]
    draft.add(where, f"def {helper}():", *indented(body))
    if where == "clients":
        draft.imports["app"].add(f"from clients import {helper}")
    conn = draft.name("conn")
    work = _work_steps(draft, made._replace(set_up=[]), conn)
    draft.imports["app"].update(made.driver.imports)
    if draft.chance(0.25):
        return [f"with {helper}() as {conn}:", *indented(work)]
    return [f"{conn} = {helper}()", *_let_go(draft, conn, work)]


def _manager(draft: Draft) -> list[str]:
    """Opened, lent and closed by a context manager."""
    where = draft.rng.choice(["app", "clients"])
    made = _make(draft, where, has_event=False)
    helper = draft.name("session")
    draft.imports[where].add("from contextlib import contextmanager")
    set_up = [each.format("opened") for each in made.set_up]
    form = draft.rng.choice(["finally", "commit", "plain", "with"])
    lines = [*made.before, f"opened = {made.expression}", *set_up]
    if form == "finally":
        lines += ["try:", f"{INDENT}yield opened", "finally:", f"{INDENT}opened.close()"]
    elif form == "commit":
        lines += ["try:", f"{INDENT}yield opened", f"{INDENT}opened.commit()", "except Exception:"]
        lines += [f"{INDENT}opened.rollback()", f"{INDENT}raise", "finally:", f"{INDENT}opened.close()"]
    elif form == "plain":
        lines += ["yield opened", "opened.close()"]
    else:
        lines = [*made.before, f"with {made.expression} as opened:", *indented([*set_up, "yield opened"])]
    draft.add(where, "@contextmanager", f"def {helper}():", *indented(lines))
    if where == "clients":
        draft.imports["app"].add(f"from clients import {helper}")
    draft.imports["app"].update(made.driver.imports)
    conn = draft.name("conn")
    return [f"with {helper}() as {conn}:", *indented(_work_steps(draft, made._replace(set_up=[]), conn))]


def _owned(draft: Draft) -> list[str]:
    """Kept by an object that lives for one invocation."""
    made = _make(draft, "app", has_event=False)
    kind = draft.name("Repository")
    set_up = [each.format("self.conn") for each in made.set_up]
    work = _work_steps(draft, made._replace(set_up=[]), "self.conn", ends=False)
    lines = [f"class {kind}:", f"{INDENT}def __init__(self):"]
    lines += indented(indented([*made.before, f"self.conn = {made.expression}", *set_up]))
    lines += ["", f"{INDENT}def work(self, event, result):", *indented(indented(work))]
    lines += ["", f"{INDENT}def close(self):", f"{INDENT * 2}self.conn.close()"]
    draft.add("app", *lines)
    owner = draft.name("repository")
    form = draft.rng.choice(["none", "end", "finally"])
    body = [f"{owner}.work(event, result)"]
    if form == "end":
        body = [*body, f"{owner}.close()"]
    elif form == "finally":
        body = ["try:", *indented(body), "finally:", f"{INDENT}{owner}.close()"]
    return [f"{owner} = {kind}()", *body]


def _passed(draft: Draft) -> list[str]:
    """Handed to a function, with or without a name."""
    made = _make(draft, "app", has_event=True)
    function = draft.name("process")
    body = _work_steps(draft, made._replace(set_up=[]), "given", ends=draft.chance(0.5))
    draft.add("app", f"def {function}(given, event, result):", *indented(body))
    if draft.chance(0.3):
        return [*made.before, f"{function}({made.expression}, event, result)", *made.after]
    conn = draft.name("conn")
    set_up = [each.format(conn) for each in made.set_up]
    body = _let_go(draft, conn, [f"{function}({conn}, event, result)"])
    return [*made.before, f"{conn} = {made.expression}", *set_up, *body, *made.after]
