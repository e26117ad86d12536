"""Defects in the texts that the fixer writes: what it then makes of a program shows them when the program runs."""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import pytest
from behaviour.comparing import differences
from behaviour.pairs import PAIRS
from fixing import fix

from lambda_conn_lint.fix.edits import inplace
from lambda_conn_lint.fix.templates import accessor, slots


class Mutant(NamedTuple):
    """A replacement in what a function of the fixer writes, and the pairs whose programs are fixed with it."""

    name: str
    module: ModuleType
    function: str
    old: str
    new: str
    pairs: tuple[str, ...]


_DRIVERS = ("psycopg2", "psycopg", "pymysql_plain")

MUTANTS = (
    Mutant("nothing is ended", slots, "_ending", ".rollback()", ".cursor()", ("psycopg", "pymysql_plain")),
    Mutant("commits what was not", slots, "_ending", ".rollback()", ".commit()", ("psycopg2", "psycopg")),
    Mutant("nothing is probed", slots, "_probe", "SELECT 1", "SHOW", ("psycopg2", "psycopg")),
    Mutant("nothing is probed: pymysql", slots, "_probe", ".rollback()", ".cursor()", ("pymysql_plain",)),
    Mutant("autocommit stays", slots, "_under_autocommit", ".autocommit = False", ".cursor()", ("psycopg2", "psycopg")),
    Mutant("the slot is not emptied", slots, "_take", "conn, _conn = _conn, None", "conn = _conn", _DRIVERS),
    Mutant("a dead one is handed out", slots, "_take", "            conn = None", "            pass", _DRIVERS),
    Mutant("nothing is kept", slots, "_put", "_conn = conn", "pass", _DRIVERS),
    Mutant("no global", slots, "_declared", "global _conn", "pass", _DRIVERS),
    Mutant("the lent one is not committed", slots, "lend", ".commit()", ".cursor()", ("psycopg",)),
    Mutant("the lent one is not given back", slots, "lend", "    _put_conn(conn)", "    pass", ("psycopg",)),
    Mutant("always built", accessor, "guarded", "is None", "is not True", ("redis", "order", "threads")),
    Mutant("never kept", accessor, "definition", "        _", "        return _", ("order",)),
    Mutant("one key for all", inplace, "guarded", "not in _", "!= _", ("keyed",)),
    Mutant("no global in the accessor", accessor, "guarded", "global _", "pass  # ", ("redis", "order")),
)


def _lines(written: Any, old: str, new: str) -> tuple[Any, bool]:
    """What a function has written, a text or lines, with the replacement, and whether there was anything to replace."""
    if isinstance(written, str):
        return written.replace(old, new), old in written
    return [line.replace(old, new) for line in written], any(old in line for line in written)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_defect_of_a_template_shows(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    original = getattr(mutant.module, mutant.function)
    replaced = []

    def write(*args: object, **keywords: object) -> object:
        written, found = _lines(original(*args, **keywords), mutant.old, mutant.new)
        replaced.append(found)
        return written

    monkeypatch.setattr(mutant.module, mutant.function, write)
    caught = []
    for pair in mutant.pairs:
        program = PAIRS[pair].program
        fixed, _, failed = fix(program.files)
        caught.append(bool(failed) or bool(differences(program, fixed)))
    assert any(replaced), "the template has nothing of the kind"
    assert all(caught), dict(zip(mutant.pairs, caught, strict=True))


@pytest.mark.parametrize("name", sorted({pair for mutant in MUTANTS for pair in mutant.pairs}))
def test_the_fixer_itself_is_right(name: str) -> None:
    program = PAIRS[name].program
    fixed, remaining, failed = fix(program.files)
    assert not failed
    assert not remaining, [finding.reason for finding in remaining]
    assert not differences(program, fixed)
