"""What a text tells of changes of the environment: that there are none is only said where it is sure."""

from __future__ import annotations

import pytest

from lambda_conn_lint.facts.lower import facts_of
from lambda_conn_lint.fix.judge.environment import may_write_environment, renames_environment, writes_environment

READS = [
    'x = os.environ["A"]',
    "x = os.environ['A']  # set by the template",
    "x = os.environ.get('A', 'b')",
    "x = int(os.environ[NAME])",
    "x = f(int(environ['A']))",
    "x = os.environ['A'] or 'b'",
    "x = os.environ['A'].split(',')",
    "x = {**os.environ.copy()}",
]
WRITES = [
    "os.environ['A'] = 'b'",
    "(os.environ['A']) = 'b'",
    "((os.environ['A'])) = 'b'",
    "os.environ['A'], x = 'b', 1",
    "x, os.environ['A'] = 1, 'b'",
    "(x, os.environ['A']) = 1, 'b'",
    "[os.environ['A']] = ['b']",
    "x = os.environ['A'], y = 1, 2",
    "os.environ['A'] += 'b'",
    "os.environ['A']: str = 'b'",
    "os.environ ['A']\\\n    = 'b'",
    "for os.environ['A'] in 'b': pass",
    "for (os.environ['A']) in 'b': pass",
    "with f() as (os.environ['A']): pass",
    "x, *os.environ['A'] = 'b'",
    "x = [0 for os.environ['A'] in 'b']",
    "del os.environ['A']",
    "del (os.environ\n['A'])",
    "os.environ.update(A='b')",
    "os.environ.get(os.environ.pop('A'))",
    "os.environ |= {}",
    "f(os.environ)",
    "e = os.environ",
    "os.putenv('A', 'b')",
]


@pytest.mark.parametrize("text", READS)
def test_reading_is_told_from_the_text(text: str) -> None:
    assert not may_write_environment(text.encode())


@pytest.mark.parametrize("text", WRITES)
def test_no_change_escapes_the_text(text: str) -> None:
    assert may_write_environment(text.encode())


@pytest.mark.parametrize("text", WRITES)
def test_changes_are_found_in_facts(text: str) -> None:
    assert writes_environment(facts_of(text.encode()).body)


def test_another_name_for_the_environment() -> None:
    assert renames_environment(b"from os import environ as env")
    assert not renames_environment(b"from os import environ")
