"""Files in unusual encodings and layouts: the fix changes its own lines and keeps every other byte."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings
from lambda_conn_lint.fix.rounds import Choice, fix_project
from lambda_conn_lint.project import Project

BEFORE = """\
import redis

PLACE = "Zürich"


def lambda_handler(event, context):
    host = "cache"
    cache = redis.Redis(
        host=host,  # Gruß
        client_name=PLACE,
    )
    try:
        return cache.get("k")
    finally:
        cache.close()
"""
AFTER = """\
import redis

PLACE = "Zürich"


_cache = None


def _get_cache():
    global _cache
    if _cache is None:
        host = "cache"
        _cache = redis.Redis(
            host=host,  # Gruß
            client_name=PLACE,
        )
    return _cache


def lambda_handler(event, context):
    cache = _get_cache()
    return cache.get("k")
"""
TAKEN = """\
import psycopg2


def lambda_handler(event, context):
    conn = psycopg2.connect("dbname=shop")
    print(f'''
    {event}
  ''')
    cur = conn.cursor()
    cur.execute("SELECT 1")
    return cur.fetchone()
"""


def _fixed(folder: Path, data: bytes, *, style: str = "global") -> bytes:
    choice = Choice(style="cached" if style == "cached" else "global")
    outcome = fix_project(Project(folder, {"app.py": data}), Settings(), choice, lambda findings, content: findings)
    assert not outcome.failed
    assert not [finding.reason for finding in outcome.remaining]
    again = Project(folder, {"app.py": outcome.changes["app.py"]})
    assert not fix_project(again, Settings(), choice, lambda findings, content: findings).changes
    return outcome.changes["app.py"]


def test_the_plain_text_is_fixed_as_the_odd_ones_are_expected_to_be(tmp_path: Path) -> None:
    assert _fixed(tmp_path, BEFORE.encode()).decode() == AFTER


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_newlines_are_the_ones_of_the_file(tmp_path: Path, newline: str) -> None:
    before = BEFORE.replace("\n", newline).encode()
    assert _fixed(tmp_path, before) == AFTER.replace("\n", newline).encode()


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    assert _fixed(tmp_path, BOM_UTF8 + BEFORE.encode()) == BOM_UTF8 + AFTER.encode()


def test_the_encoding_of_the_cookie_is_kept(tmp_path: Path) -> None:
    cookie = "# -*- coding: latin-1 -*-\n"
    assert _fixed(tmp_path, (cookie + BEFORE).encode("latin-1")) == (cookie + AFTER).encode("latin-1")


def test_a_cookie_with_a_shebang_stays_on_its_line(tmp_path: Path) -> None:
    head = "#!/usr/bin/env python\n# vim: set fileencoding=iso-8859-15 :\n"
    assert _fixed(tmp_path, (head + BEFORE).encode("iso-8859-15")) == (head + AFTER).encode("iso-8859-15")


def test_no_newline_at_the_end_stays_so(tmp_path: Path) -> None:
    before = 'import boto3\n\n\ndef lambda_handler(event, context):\n    return boto3.client("s3").list_buckets()'
    assert _fixed(tmp_path, before.encode()).endswith(b"    return _get_s3_client().list_buckets()")


def test_a_release_on_the_last_line_without_newline_goes(tmp_path: Path) -> None:
    body = "    cache = redis.Redis()\n    cache.ping()\n    cache.close()"
    fixed = _fixed(tmp_path, f"import redis\n\n\ndef lambda_handler(event, context):\n{body}".encode())
    assert fixed.endswith(b"    cache = _get_cache()\n    cache.ping()\n")


def test_a_block_that_is_wrapped_to_the_last_line_without_newline(tmp_path: Path) -> None:
    fixed = _fixed(tmp_path, TAKEN.rstrip("\n").encode()).decode()
    assert fixed.endswith("        return cur.fetchone()\n    finally:\n        _put_conn(conn)")


def test_strings_over_lines_are_not_indented(tmp_path: Path) -> None:
    fixed = _fixed(tmp_path, TAKEN.encode()).decode()
    assert "    try:\n        print(f'''\n    {event}\n  ''')\n        cur = conn.cursor()\n" in fixed


@pytest.mark.parametrize("unit", ["\t", "  ", "        "])
def test_the_indentation_is_the_one_of_the_file(tmp_path: Path, unit: str) -> None:
    before, after = (text.replace("    ", unit) for text in (BEFORE, AFTER))
    assert _fixed(tmp_path, before.encode()).decode() == after


def test_mixed_newlines_stay_where_they_are(tmp_path: Path) -> None:
    lines = BEFORE.splitlines()
    before = "".join(line + ("\r\n" if number % 3 else "\n") for number, line in enumerate(lines)).encode()
    fixed = _fixed(tmp_path, before)
    assert fixed.decode().splitlines() == AFTER.splitlines()
    kept = [line for line in fixed.splitlines(keepends=True) if line in before.splitlines(keepends=True)]
    assert [line.rstrip(b"\r\n").decode() for line in kept if line.strip()][:2] == ["import redis", 'PLACE = "Zürich"']


def test_form_feeds_stay(tmp_path: Path) -> None:
    before = BEFORE.replace("\n\n\ndef", "\n\f\n\ndef")
    fixed = _fixed(tmp_path, before.encode()).decode()
    assert fixed.count("\f") == 1
    assert fixed.replace("\f", "") == AFTER


def test_a_page_that_the_handler_begins_begins_with_its_accessor(tmp_path: Path) -> None:
    fixed = _fixed(tmp_path, BEFORE.replace("\ndef ", "\n\fdef ").encode()).decode()
    assert "\n\f_cache = None\n" in fixed
    assert fixed.replace("\f", "") == AFTER


def test_trailing_blanks_stay(tmp_path: Path) -> None:
    before = BEFORE.replace('PLACE = "Zürich"\n', 'PLACE = "Zürich"  \n')
    assert _fixed(tmp_path, before.encode()).decode() == AFTER.replace('PLACE = "Zürich"\n', 'PLACE = "Zürich"  \n')


def test_what_the_encoding_cannot_express_is_not_needed(tmp_path: Path) -> None:
    before = ("# coding: ascii\n" + BEFORE).replace("ü", "ue").replace("ß", "ss").encode("ascii")
    _fixed(tmp_path, before).decode("ascii")


def test_the_cached_style_keeps_newlines_and_mark(tmp_path: Path) -> None:
    fixed = _fixed(tmp_path, BOM_UTF8 + BEFORE.replace("\n", "\r\n").encode(), style="cached")
    assert fixed.startswith(BOM_UTF8 + b"import functools\r\n\r\nimport redis\r\n")
    assert fixed.count(b"\n") == fixed.count(b"\r\n")
