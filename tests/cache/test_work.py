"""What a cache saves: reads, parses and imports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cache.services import Services

from lambda_conn_lint.project import Project

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which files are old enough to be known by their times."""
    monkeypatch.setattr("lambda_conn_lint.cache.trace.time.time_ns", lambda: 1 << 62)


@pytest.mark.usefixtures("later")
def test_nothing_changed(folder: Path, run: Run, parsed: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    Services(folder, 3)
    found = run("--output-format", "concise")
    assert found[0] == 1
    assert parsed
    parsed.clear()
    read: list[str] = []
    plain = Project.read

    def noting(project: Project, path: str) -> bytes:
        read.append(path)
        return plain(project, path)

    monkeypatch.setattr(Project, "read", noting)
    monkeypatch.setattr("lambda_conn_lint.cache.trace.open", None, raising=False)
    assert run("--output-format", "concise") == found
    assert parsed == []
    assert all(path.startswith("shared/helper_") for path in read), "findings are shown with their lines"


def test_a_changed_helper_is_the_only_one_that_is_parsed(folder: Path, run: Run, parsed: list[bytes]) -> None:
    services = Services(folder, 3)
    run("--statistics")
    parsed.clear()
    services.write("shared/helper_0.py", "import redis\n\n\ndef client_0():\n    return redis.Redis()\n")
    found = run("--statistics")
    assert parsed == [(folder / "shared" / "helper_0.py").read_bytes()]
    assert found == run("--statistics", "--no-cache")


def test_fixing_parses_nothing_that_is_known(folder: Path, run: Run, parsed: list[bytes]) -> None:
    Services(folder, 3)
    run()
    parsed.clear()
    run("--diff")
    assert not [text for text in parsed if any(path.read_bytes() == text for path in folder.rglob("*.py"))]


def test_a_warm_process_imports_no_parser(folder: Path) -> None:
    Services(folder, 3)
    program = (
        "import sys; from lambda_conn_lint.cli import main; status = main(sys.argv[1:]);"
        "print(sorted({'libcst', 'yaml', 'lambda_conn_lint.linking'} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "--output-format", "json"]
    first, second = (subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True) for _ in range(2))
    assert first.stdout == second.stdout != "[]\n"
    assert "libcst" in first.stderr
    assert second.stderr.splitlines()[-1] == "[]"


def test_the_last_questions_are_remembered(folder: Path, run: Run) -> None:
    Services(folder, 3)
    for number in range(9):
        run("--handler-pattern", f"main_{number}")
    assert len(list((folder / ".lambda_conn_lint_cache").glob("*.run.jsonl"))) == 5


def test_facts_that_nobody_asks_for_are_dropped(folder: Path, run: Run) -> None:
    services = Services(folder, 3)
    file = folder / ".lambda_conn_lint_cache" / "facts.jsonl"
    run()
    lines = file.read_bytes().splitlines()
    services.write("shared/helper_0.py", 'import redis\n\n\ndef client_0():\n    return redis.Redis(host="h")\n')
    run()
    assert len(set(lines) - set(file.read_bytes().splitlines())) == 1


def test_asking_for_one_file_drops_nothing_of_the_others(folder: Path, run: Run, parsed: list[bytes]) -> None:
    services = Services(folder, 3)
    run("--statistics")
    services.write("shared/helper_0.py", "import redis\n\n\ndef client_0():\n    return redis.Redis(db=1)\n")
    run("--statistics", "shared/helper_0.py")
    parsed.clear()
    run("--statistics")
    assert parsed == []


def test_neither_standard_input_nor_another_list_leaves_anything(folder: Path, run: Run) -> None:
    Services(folder, 3)
    run("--no-cache")
    run("show", "config")
    run("show", "handlers")
    assert not (folder / ".lambda_conn_lint_cache").exists()
