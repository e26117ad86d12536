"""Nothing that the disk or another process does makes a run fail or say something else."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cache.services import Services

FOLDER = ".lambda_conn_lint_cache"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def fresh(folder: Path, run: Run) -> tuple[int, str, str]:
    """What there is to say of a project that nothing is known of."""
    Services(folder, 3)
    return run("--no-cache")


def _is_said(run: Run, fresh: tuple[int, str, str], *arguments: str) -> bool:
    return run(*arguments) == run(*arguments) == fresh


def test_it_is_marked_as_a_cache(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    assert _is_said(run, fresh)
    assert (folder / FOLDER / ".gitignore").read_text() == "*\n"
    assert (folder / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_a_file_in_its_place(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    (folder / FOLDER).write_text("mine")
    assert _is_said(run, fresh)
    assert (folder / FOLDER).read_text() == "mine"


def test_a_link_in_its_place_is_not_followed(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    elsewhere = folder.parent / f"{folder.name}_elsewhere"
    elsewhere.mkdir()
    (folder / FOLDER).symlink_to(elsewhere)
    assert _is_said(run, fresh)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_pipes_and_folders_in_place_of_its_files(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    run()
    names = [file.name for file in (folder / FOLDER).glob("*.jsonl")]
    for name in names:
        (folder / FOLDER / name).unlink()
        os.mkfifo(folder / FOLDER / name)
    assert _is_said(run, fresh)
    for name in names:
        (folder / FOLDER / name).unlink()
        (folder / FOLDER / name).mkdir()
    assert _is_said(run, fresh)


@pytest.mark.parametrize("name", ["makedirs", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing(
    folder: Path, run: Run, fresh: tuple[int, str, str], monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(f"lambda_conn_lint.cache.store.os.{name}", refuse)
        assert _is_said(run, fresh)
        assert list(folder.glob(f"{FOLDER}/*")) == []
    assert _is_said(run, fresh)


def test_a_cache_that_may_be_read_only(
    folder: Path, run: Run, fresh: tuple[int, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    modes = [(path, path.stat().st_mode) for path in (folder / FOLDER, *(folder / FOLDER).iterdir())]
    for path, mode in reversed(modes):
        path.chmod(mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        (folder / "shared" / "helper_1.py").write_text("")
        assert run() == run("--no-cache")
    finally:
        for path, mode in modes:
            path.chmod(mode)


def test_processes_at_the_same_time(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    command = [sys.executable, "-m", "lambda_conn_lint"]
    for _ in range(2):
        processes = [
            subprocess.Popen([*command, *given], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for given in ([], ["--statistics"], [], [])
        ]
        said = [process.communicate() for process in processes]
        assert [process.returncode for process in processes] == [fresh[0]] * 4
        assert said[0] == said[2] == said[3] == fresh[1:]
    assert not list((folder / FOLDER).glob("*.tmp"))
    assert _is_said(run, fresh)


def test_where_it_lies(folder: Path, run: Run, fresh: tuple[int, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text('[tool.lambda-conn-lint]\ncache-dir = ".by_file"\n')
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    run("..")
    assert (folder / ".by_file").is_dir()
    monkeypatch.setenv("LAMBDA_CONN_LINT_CACHE_DIR", ".by_environment")
    run("..")
    assert (folder / "inner" / ".by_environment").is_dir()
    run("..", "--cache-dir", ".by_command")
    (own,) = (folder / "inner" / ".by_command").iterdir()
    assert own.name.startswith(f"{folder.name}-")
    assert not (folder / FOLDER).exists()


def test_it_is_no_part_of_the_project(folder: Path, run: Run, fresh: tuple[int, str, str]) -> None:
    assert _is_said(run, fresh, "--cache-dir", "kept")
    (own,) = (folder / "kept").iterdir()
    before = {file: file.stat().st_mtime_ns for file in own.glob("facts.jsonl")}
    assert before
    run("--cache-dir", "kept")
    assert before == {file: file.stat().st_mtime_ns for file in own.glob("facts.jsonl")}
