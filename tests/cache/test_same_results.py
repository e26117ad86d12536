"""With a cache a run says what it says without one, whatever has happened to the files in between."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cache.services import OLD, Services

FOLDER = ".lambda_conn_lint_cache"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=[False, True], ids=["new", "old"])
def _age(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are new, so that their content decides, and old ones, whose times do."""
    if request.param:
        real = time.time_ns
        monkeypatch.setattr("lambda_conn_lint.cache.trace.time.time_ns", lambda: real() + 3600 * 10**9)


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize("seed", range(6))
def test_random_edits(folder: Path, run: Run, seed: int) -> None:
    services = Services(folder, seed)
    done: list[str] = []
    for _ in range(8):
        arguments = [("--output-format", "json"), ("--statistics",)][len(done) % 4 == 3]
        fresh = run("--no-cache", *arguments)
        assert run(*arguments) == fresh, done
        assert run(*arguments) == fresh, done
        done.append(services.edit())


def test_content_that_changes_within_one_tick_of_the_clock(folder: Path, run: Run) -> None:
    services = Services(folder, 0)
    bad, good = "    return boto3.client('s3')", "    return 'nobody asks here'"
    text = f"import boto3\n\n\ndef client_0():\n{bad}\n"
    services.write("shared/helper_0.py", text, is_old=False)
    run("--output-format", "concise")
    found = run("--output-format", "concise")
    helper = folder / "shared" / "helper_0.py"
    before = helper.stat()
    helper.write_text(text.replace(bad, good), encoding="utf-8")
    os.utime(helper, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert helper.stat().st_size == before.st_size
    assert found != run("--output-format", "concise") == run("--output-format", "concise", "--no-cache")


@pytest.mark.parametrize(
    "arguments", [["--fix-style", "cached"], ["--unsafe-fixes"], ["--select", "LCL2"], ["service_1"]]
)
def test_other_questions_get_other_answers(folder: Path, run: Run, arguments: list[str]) -> None:
    Services(folder, 3)
    for given in ([], arguments, [], arguments):
        asked = ["--output-format", "json", *given]
        assert run(*asked) == run(*asked, "--no-cache")


def test_a_baseline_counts(folder: Path, run: Run) -> None:
    Services(folder, 3)
    assert run("--statistics")[0] == 1
    run("baseline", "write", "--no-cache")
    assert run("--output-format", "json") == run("--output-format", "json", "--no-cache")


def test_paths_are_those_of_the_working_directory(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Services(folder, 3)
    run("--output-format", "json", str(folder))
    monkeypatch.chdir(folder / "shared")
    asked = ["--output-format", "json", ".."]
    assert run(*asked) == run(*asked, "--no-cache")


def test_fixing(folder: Path, run: Run) -> None:
    Services(folder, 1)
    run()
    fixed = run("--fix", "--unsafe-fixes")
    written = {path: path.read_bytes() for path in folder.rglob("*.py")}
    other = folder / "other"
    other.mkdir()
    Services(other, 1)
    os.chdir(other)
    assert run("--fix", "--unsafe-fixes", "--no-cache") == fixed
    assert written == {folder / path.relative_to(other): path.read_bytes() for path in other.rglob("*.py")}


@pytest.mark.parametrize("seed", range(30))
def test_damage(folder: Path, run: Run, seed: int) -> None:
    Services(folder, 3)
    fresh = run("--output-format", "json", "--no-cache")
    run("--output-format", "json")
    chance = random.Random(seed)
    for file in sorted((folder / FOLDER).glob("*.jsonl")):
        data = bytearray(file.read_bytes())
        for _ in range(chance.choice((1, 1, 5))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        file.write_bytes(chance.choice((data, data[: chance.randrange(len(data))], data * 2, b"[]", b"\xff\n" * 9)))
    assert run("--output-format", "json") == fresh
    assert run("--output-format", "json") == fresh


def test_a_cache_of_another_tree_and_another_version(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = folder / "one", folder / "other"
    for root, seed in ((one, 3), (other, 4)):
        root.mkdir()
        Services(root, seed)
        monkeypatch.chdir(root)
        run("--output-format", "json")
    shutil.rmtree(other / FOLDER)
    shutil.copytree(one / FOLDER, other / FOLDER)
    assert run("--output-format", "json") == run("--output-format", "json", "--no-cache")


def test_a_copy_with_other_times_is_the_same_project(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    one, copy = folder / "one", folder / "copy"
    one.mkdir()
    Services(one, 3)
    monkeypatch.chdir(one)
    found = run("--output-format", "json")
    shutil.copytree(one, copy)
    for file in copy.rglob("*.py"):
        os.utime(file, (OLD + 9, OLD + 9))
    monkeypatch.chdir(copy)
    monkeypatch.setattr("lambda_conn_lint.runner.check", None)  # nobody looks
    assert run("--output-format", "json") == found
