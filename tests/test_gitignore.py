"""What git ignores: single rules by hand, and rules made up at random against git itself."""

from __future__ import annotations

import random
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from lambda_conn_lint.gitignore import rules


def verdict(text: str, path: str) -> bool | None:
    """What the lines say of a path, which is a folder where it ends with a slash."""
    bare = path.rstrip("/")
    return rules(text.encode()).verdict(bare, bare.rpartition("/")[2], path.endswith("/"))


@pytest.mark.parametrize(
    ("text", "fitting", "others"),
    [
        ("gen.py", ["gen.py", "a/gen.py", "gen.py/"], ["gen.pyc", "agen.py"]),
        ("gen/", ["gen/", "a/gen/"], ["gen", "a/gen", "gen/a.py"]),
        ("/gen", ["gen", "gen/"], ["a/gen"]),
        ("a/gen", ["a/gen", "a/gen/"], ["gen", "b/a/gen"]),
        ("*.py", ["a.py", ".py", "x/a.py"], ["a.pyc", "a"]),
        ("a*", ["a", "ab", "x/ab"], ["ba"]),
        ("a/*", ["a/b", "a/c/"], ["a", "a/b/c"]),
        ("a?c", ["abc"], ["ac", "abbc"]),
        ("a/?", ["a/b"], ["a/bc"]),
        ("**/gen", ["gen", "a/gen", "a/b/gen"], ["a/gen/b"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb"]),
        ("x/a**b", ["x/ab", "x/acb"], ["x/a/b"]),
        ("**/a*b", ["ab", "a/x/ab", "a/acb"], ["a/b", "ab/a"]),
        ("**/a/*b/**/c", ["a/b/c", "a/x/a/b/c", "a/b/a/xb/y/c"], ["a/b/x", "a/x/b/c"]),
        ("x/*a*b*", ["x/ab", "x/aab", "x/cacbc"], ["x/ba", "x/a/b"]),
        ("**", ["a", "a/b"], []),
        ("/*", ["a", "a/"], ["a/b"]),
        ("[ab].py", ["a.py", "b.py"], ["c.py", "ab.py"]),
        ("[!a].py", ["b.py"], ["a.py"]),
        ("[^a-c]", ["d"], ["a", "b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a\\-c]", ["a", "-", "c"], ["b"]),
        ("[[:digit:]_]x", ["1x", "_x"], ["ax"]),
        ("x/[!a]", ["x/b"], ["x/a", "x//"]),
        ("\\#a", ["#a"], ["a"]),
        ("\\!a", ["!a"], ["a"]),
        ("a\\*", ["a*"], ["ab"]),
        ("a   ", ["a"], ["a "]),
        ("a\\ ", ["a "], ["a"]),
        ("a\r", ["a"], []),
        ("a b", ["a b"], ["a", "b"]),
        ("größe*", ["größe.py"], ["grosse.py"]),
        ("\ufeffa", ["a"], []),
    ],
)
def test_rules(text: str, fitting: list[str], others: list[str]) -> None:
    assert [path for path in fitting if verdict(text, path) is not True] == []
    assert [path for path in others if verdict(text, path) is not None] == []


@pytest.mark.parametrize("text", ["", "# a", "\n\n", "!", "/", "//", "[a", "a\\", "[[:nope:]]", "[", "[]", "[z-a]"])
def test_lines_that_fit_nothing(text: str) -> None:
    assert [path for path in ("a", "b/", "a/b", "[a", "a\\", "[") if verdict(text, path) is not None] == []


def test_the_last_rule_that_fits_decides() -> None:
    text = "*.py\n!keep.py\n/a/keep.py\ngen/\n!gen"
    assert verdict(text, "x.py")
    assert verdict(text, "keep.py") is verdict(text, "b/keep.py") is False
    assert verdict(text, "a/keep.py")
    assert verdict(text, "gen/") is False


_PARTS = (
    "a", "b", "ab", "abc", "*", "**", "?", "*.py", "a*", "*b", "[ab]", "[!a]b", "[a-c]*", "[]a]", "[^]a]b", "[a-]",
    "[[:alpha:]]", "[[:nope:]]", "[a", "\\a", "\\", "a\\*", "x y", "a ", "a\\ ", "#a", "\\#a", "!a", "\\!a", ".py",
    "[[:digit:][:upper:]]b", "a\\\\ ", "[\\]]", "[a\\-c]",
)  # fmt: skip
_NAMES = ("a", "b", "ab", "abc", "a.py", "x y", "a ", "#a", "!a", "]", "-", "A", "1b", "Bb", "a*", "a\\")


def _line(choice: random.Random) -> str:
    parts = [choice.choice(_PARTS) for _ in range(choice.choice((1, 1, 1, 2, 2, 3)))]
    line = "/".join(parts)
    before = choice.choice(("", "", "", "/", "!", "!/"))
    return before + line + choice.choice(("", "", "", "/", "  ", "\t"))


def test_git_says_the_same(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    subprocess.run([git, "init", "-q", str(tmp_path)], check=True)
    choice = random.Random(5)
    folders = ["a", "ab", "a.py", "b", "a/b", "a/ab", "b/a"]
    files = [f"{folder}/{name}" for folder in folders for name in _NAMES if f"{folder}/{name}" not in folders]
    files += [name for name in _NAMES if name not in folders]
    for path in folders:
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
    paths = sorted([*folders, *files])
    for _ in range(60):
        text = "\n".join(_line(choice) for _ in range(choice.randint(1, 6)))
        (tmp_path / ".gitignore").write_bytes(text.encode())
        asked = [git, "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"]
        told = subprocess.run(asked, input="\0".join(paths).encode() + b"\0", capture_output=True, check=False)
        expected = set(told.stdout.decode().split("\0")) - {""}
        ignored: set[str] = set()
        for path in paths:
            above, _, name = path.rpartition("/")
            if above in ignored or rules(text.encode()).verdict(path, name, path in folders):
                ignored.add(path)
        assert ignored == expected, text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("*a" * 40 + "*b", "a" * 200),
        ("x/" + "*a" * 40 + "*b", "x/" + "a" * 200),
        ("**/a/" * 40 + "b", "a/" * 200),
        ("**/*a*a*a*a/" * 20 + "b", "aaaaaaaa/" * 100),
    ],
    ids=["name", "path", "folders", "both"],
)
def test_patterns_full_of_stars_come_to_an_end(text: str, path: str) -> None:
    assert verdict(text, path + "c") is None
    assert verdict(text, path + "b") is True


def test_equal_files_are_read_once() -> None:
    one, *others = [rules(b"gen/\n*.log\n") for _ in range(3)]
    assert all(first is second for first, second in pairwise([one, *others]))
