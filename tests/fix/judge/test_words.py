"""Which files hold a word: the same answer as a search through all of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_conn_lint.fix.judge.words import Words

_FILES = {
    "a.py": b"import boto3\nclient = boto3.client('s3')\nclient.close()\n",
    "b.py": b"from a import *\nmy_clients = []\n",
    "c.py": rb"text = 'close (it)\nhandle(getenv(it))'; x = 2 * 3",
    "d.py": b"",
    "e.py": "naïve = 'é'\n".encode(),
}


def _words(files: dict[str, bytes]) -> Words:
    return Words(files, files.__getitem__)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("client", ["a.py"]),
        ("my_clients", ["b.py"]),
        ("close", ["a.py", "c.py"]),
        ("handle", ["c.py"]),
        ("absent", []),
        ("*", ["b.py"]),
        ("é", ["a.py", "b.py", "c.py", "d.py", "e.py"]),
    ],
)
def test_files_that_hold_a_name(name: str, paths: list[str]) -> None:
    assert _words(_FILES).mentioning(name) == paths


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("client", ["a.py", "b.py"]),
        (".close(", ["a.py"]),
        ("env(", ["c.py"]),
        ("boto3.client", ["a.py"]),
        ("client.boto3", []),
        ("absent", []),
    ],
)
def test_files_that_contain_a_text(text: str, paths: list[str]) -> None:
    assert _words(_FILES).containing(text) == paths


_TEXTS = st.text(st.sampled_from("ab_1.( \n"), max_size=30)


@given(st.lists(_TEXTS, max_size=5), st.from_regex(r"[ab_1.(]*[ab_1][ab_1.(]*", fullmatch=True))
def test_no_text_is_missed(texts: list[str], wanted: str) -> None:
    files = {str(number): text.encode() for number, text in enumerate(texts)}
    assert _words(files).containing(wanted) == [path for path, text in files.items() if wanted.encode() in text]


def test_a_file_is_read_once_for_all_words() -> None:
    read: list[str] = []

    def reading(path: str) -> bytes:
        read.append(path)
        return _FILES[path]

    words = Words(_FILES, reading)
    for word in re.findall(r"\w+", _FILES["a.py"].decode()):
        words.mentioning(word)
    assert read == list(_FILES)
