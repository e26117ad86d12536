"""Defects that a fixer could have, written into programs fixed by hand: each shows when the program runs."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from behaviour.comparing import differences
from behaviour.pairs import PAIRS


class Mutant(NamedTuple):
    """A defect, as a replacement in the fixed text of a pair."""

    name: str
    pair: str
    old: str
    new: str
    says: str  # part of what the comparison says of it


_PUT = "def _put_conn(conn):\n    global _conn\n    try:\n        conn.rollback()\n"

MUTANTS = (
    Mutant("no rollback: psycopg2", "psycopg2", _PUT, _PUT.replace("conn.rollback()", "pass"), "an open transaction"),
    Mutant("no rollback: psycopg", "psycopg", _PUT, _PUT.replace("conn.rollback()", "pass"), "an open transaction"),
    Mutant("no rollback: pymysql", "pymysql", _PUT, _PUT.replace("conn.rollback()", "pass"), "an open transaction"),
    Mutant("commit for rollback", "psycopg2", _PUT, _PUT.replace("rollback", "commit"), "committed"),
    Mutant("no probe: psycopg2", "psycopg2", 'conn.cursor().execute("SELECT 1")', "pass", "after a restart"),
    Mutant("no probe: psycopg", "psycopg", 'conn.execute("SELECT 1")', "pass", "after a restart"),
    Mutant(
        "no probe: pymysql",
        "pymysql",
        "        try:\n            conn.rollback()",
        "        try:\n            pass",
        "after a restart",
    ),
    Mutant(
        "two probes",
        "psycopg",
        'conn.execute("SELECT 1")',
        'conn.execute("SELECT 1")\n            conn.execute("SELECT 1")',
        "probes",
    ),
    Mutant("probe in a transaction", "psycopg2", "            conn.autocommit = True\n", "", "built"),
    Mutant("autocommit stays on", "psycopg2", "            conn.autocommit = False\n", "", "autocommit"),
    Mutant(
        "dead connection is passed on",
        "psycopg2",
        "            conn = None\n",
        "            pass\n",
        "after a restart",
    ),
    Mutant(
        "narrow except",
        "psycopg2",
        "        except psycopg2.Error:\n            conn.close()",
        "        except psycopg2.ProgrammingError:\n            conn.close()",
        "after a restart",
    ),
    Mutant(
        "close left in",
        "psycopg2",
        "    finally:\n        _put_conn(conn)",
        "    finally:\n        conn.close()",
        "built",
    ),
    Mutant(
        "close beside put",
        "pymysql",
        "        _put_conn(conn)\n    return",
        "        _put_conn(conn)\n        conn.close()\n    return",
        "built",
    ),
    Mutant(
        "put on success only",
        "psycopg2",
        "        return row\n    finally:\n        _put_conn(conn)",
        "        _put_conn(conn)\n        return row\n    finally:\n        pass",
        "expected ended",
    ),
    Mutant("never put", "psycopg2", "        _conn = conn\n", "        pass\n", "built"),
    Mutant("shared instead of slot", "psycopg2", "conn, _conn = _conn, None", "conn = _conn", "expected"),
    Mutant(
        "put keeps a borrowed one",
        "psycopg2",
        "if conn is None:\n        conn = psycopg2",
        "if conn is None:\n        conn = _conn = psycopg2",
        "committed",
    ),
    Mutant(
        "wrong scope: slot",
        "psycopg",
        "def _take_conn():\n    global _conn\n",
        "def _take_conn():\n",
        "UnboundLocalError",
    ),
    Mutant("wrong scope: accessor", "redis", "    global _cache\n", "", "UnboundLocalError"),
    Mutant("set-up left out", "pymysql", "    conn.autocommit(True)\n", "", "autocommit"),
    Mutant(
        "set-up once, undone by the site",
        "pymysql",
        'host="db")\n    conn.autocommit(True)\n',
        'host="db")\n        conn.autocommit(True)\n',
        "autocommit",
    ),
    Mutant("settings leak", "session_state", "conn.reset()", "conn.rollback()", "search_path"),
    Mutant("locks and temporary tables leak", "locks", '        conn.execute("DISCARD ALL")\n', "", "already exists"),
    Mutant("with left in", "psycopg", "    with _lent_conn() as conn:", "    with _take_conn() as conn:", "built"),
    Mutant("with without its commit", "psycopg", "            conn.commit()\n", "            pass\n", "committed"),
    Mutant("key dropped", "keyed", "service not in _clients", "not _clients", "KeyError"),
    Mutant(
        "key of the first call",
        "keyed",
        "def client(service):\n",
        "def client(key, service='s3'):\n",
        "expected use",
    ),
    Mutant("nothing kept", "keyed", "_clients[service] = boto3", "return boto3", "built"),
    Mutant("built at import", "keyed", "_clients = {}", '_clients = {"s3": boto3.client("s3")}', "import"),
    Mutant(
        "connected at import", "psycopg", "_conn = None\n\n", '_conn = psycopg.connect("dbname=shop")\n\n', "import"
    ),
    Mutant(
        "hoisted over a branch",
        "order",
        "    items = _get",
        "    _get_events()\n    items = _get",
        "built where it was not",
    ),
    Mutant(
        "lock omitted",
        "threads",
        "        with _s3_lock:\n            if _s3 is None:\n                _s3 =",
        "        if True:\n            if True:\n                _s3 =",
        "built",
    ),
    Mutant(
        "closing with left in",
        "redis",
        "    cache = _get_cache()\n    return",
        "    with _get_cache() as cache:\n        return",
        "used again after",
    ),
    Mutant(
        "closed for good",
        "mongo",
        '    return client["shop"]["orders"].count_documents({})',
        '    with client:\n        return client["shop"]["orders"].count_documents({})',
        "used again after",
    ),
    Mutant("pool not checked", "engine", ", pool_pre_ping=True", "", "after a restart"),
    Mutant("disposed", "engine", "    return row", "    engine.dispose()\n    return row", "used again after"),
    Mutant("cookies stay", "http", "    _session.cookies.clear()\n", "", "cookies"),
    Mutant("header forgotten", "http", '        _session.headers["X-Stage"] = "live"\n', "", "headers"),
    Mutant("flush forgotten", "flags", "    client.flush()\n", "", "delivered"),
    Mutant("flags closed", "flags", "client.flush()", "client.close()", "used again after"),
    Mutant("second step forgotten", "two_steps", "        client.initialize_client()\n", "", "False"),
)


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_fix_changes_nothing(name: str) -> None:
    pair = PAIRS[name]
    assert not differences(pair.program, {"app.py": pair.fixed})


@pytest.mark.parametrize("name", PAIRS)
def test_an_unfixed_program_is_not_taken_for_fixed(name: str) -> None:
    program = PAIRS[name].program
    assert any("built" in line for line in differences(program, program.files))


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_defect_shows(mutant: Mutant) -> None:
    pair = PAIRS[mutant.pair]
    assert mutant.old in pair.fixed
    found = differences(pair.program, {"app.py": pair.fixed.replace(mutant.old, mutant.new)})
    assert any(mutant.says in line for line in found), "\n".join(found) or "nothing was noticed"
