from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from corpus import Sample, named, samples

from lambda_conn_lint.report.diff import unified

CHANGES = {
    "a line within": (b"a\nb\nc\n", b"a\nx\nc\n"),
    "a line more at the start": (b"a\n", b"x\na\n"),
    "a line more at the end": (b"a\n", b"a\nx\n"),
    "a line less": (b"a\nb\nc\n", b"a\nc\n"),
    "from nothing": (b"", b"a\nb\n"),
    "to nothing": (b"a\nb\n", b""),
    "two places apart": (b"a\nb\n" * 20, b"x\nb\n" + b"a\nb\n" * 18 + b"a\nx\n"),
    "no newline before": (b"a\nb", b"a\nb\n"),
    "no newline after": (b"a\nb\n", b"a\nb"),
    "no newline before and after": (b"a\nb", b"a\nc"),
    "no newline in the context": (b"a\nb\nc", b"x\nb\nc"),
    "a line more behind no newline": (b"a", b"a\nb"),
    "crlf": (b"a\r\nb\r\nc\r\n", b"a\r\nx\r\nc\r\n"),
    "crlf becomes a line feed": (b"a\r\nb\r\n", b"a\nb\r\n"),
    "carriage returns alone": (b"a\rb\rc", b"a\rx\rc"),
    "carriage return at the end": (b"a\nb\r", b"a\nc\r"),
    "other separators": ("a\x0b\x0c\x85\u2028b\nc\n".encode(), "a\x0b\x0c\x85\u2028d\nc\n".encode()),
    "form feed lines": (b"a\n\x0c\nb\n", b"a\n\x0c\nc\n"),
    "byte order mark": (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
    "lines that look like a diff": (b"--- a\n+++ b\n@@ -1 +1 @@\n", b"--- a\n-- c\n\\ No newline at end of file\n"),
    "blank lines": (b"\n\n\na\n", b"\n\n\n\nb\n"),
}
NAMES = ["a.py", "src/pkg/a.py", "with blank.py", "größe.py", 'quo"te.py', "back\\slash.py", "tab\t.py", "new\nline.py"]


def applied(program: list[str], folder: Path, filename: str, before: bytes, diff: str) -> bytes:
    """What a program makes of a file by the diff."""
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    file = folder / filename
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(before)
    run = subprocess.run([*program, "-p0"], cwd=folder, input=diff.encode(), capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    return file.read_bytes()


GIT = ["git", "apply", "--whitespace=nowarn"]
PATCH = ["patch", "--binary", "--force", "--silent"]
PROGRAMS = [pytest.param(GIT, id="git"), pytest.param(PATCH, id="patch")]


@pytest.mark.subprocess
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(("before", "after"), [pytest.param(*change, id=name) for name, change in CHANGES.items()])
def test_it_applies(program: list[str], before: bytes, after: bytes, tmp_path: Path) -> None:
    diff = unified("src/a.py", before, after)

    assert applied(program, tmp_path, "src/a.py", before, diff) == after
    assert applied([*program, "-R"], tmp_path, "src/a.py", after, diff) == before


@pytest.mark.subprocess
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("filename", NAMES)
def test_names(program: list[str], filename: str, tmp_path: Path) -> None:
    assert applied(program, tmp_path, filename, b"a\n", unified(filename, b"a\n", b"b\n")) == b"b\n"


@pytest.mark.subprocess
@pytest.mark.parametrize("source", named(samples()[::4]))
def test_changes_at_random(source: Sample, tmp_path: Path) -> None:
    chance = random.Random(source.name)
    lines = source.data.split(b"\n")
    for _ in range(8):
        start = chance.randrange(len(lines))
        lines[start : start + chance.randrange(4)] = [b"new\r"] * chance.randrange(4)
    after = b"\n".join(lines)

    assert applied(GIT, tmp_path, "a.py", source.data, unified("a.py", source.data, after)) == after


def test_its_text() -> None:
    before = b"".join(b"%d\n" % row for row in range(1, 12))
    after = before.replace(b"5\n", b"five\r\n").replace(b"11\n", b"11\n12")

    assert unified("src/a.py", before, after) == (
        "--- src/a.py\n+++ src/a.py\n@@ -2,10 +2,11 @@\n"
        " 2\n 3\n 4\n-5\n+five\r\n 6\n 7\n 8\n 9\n 10\n 11\n+12\n\\ No newline at end of file\n"
    )


def test_nothing_changes() -> None:
    assert unified("a.py", b"a", b"a") == unified("a.py", b"", b"") == ""


def test_bytes_that_are_no_utf_8() -> None:
    assert unified("a.py", b"# \xe9\na\n", b"# \xe9\n\xff\n") == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n # \\xe9\n-a\n+\\xff\n"
    )
