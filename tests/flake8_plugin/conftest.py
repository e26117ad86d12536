"""Running flake8 itself, in this process or in one of its own."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flake8_runs import FORMAT, HANDLER, HELPER, SCRIPT, Lint, Linted, read

pytest.importorskip("flake8", reason="the plugin is only used where flake8 is installed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the working directory: a handler in one file reaches a construction in another."""
    root = tmp_path.resolve() / "project"
    root.mkdir()
    root.joinpath(".git").mkdir()
    root.joinpath("app.py").write_text(HANDLER)
    root.joinpath("helper.py").write_text(HELPER)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lint:
    """Runs flake8 on the working directory with these arguments, and keeps what the plugin said."""
    from flake8.main.application import Application
    from flake8.utils import stdin_get_value

    def run(*arguments: str, stdin: bytes | None = None) -> Linted:
        if stdin is not None:
            stdin_get_value.cache_clear()  # type: ignore[attr-defined]  # the stubs do not tell of the cache
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        application = Application()
        application.run(["--jobs=1", f"--format={FORMAT}", *arguments])
        return read(application.exit_code(), capsys.readouterr().out)

    return run


@pytest.fixture
def lint_apart(tmp_path: Path) -> Lint:
    """The same in a process of its own, whose workers are started as the first argument says."""
    script = tmp_path / "run_flake8.py"
    script.write_text(SCRIPT)

    def run(*arguments: str) -> Linted:
        command = [sys.executable, str(script), arguments[0], f"--format={FORMAT}", *arguments[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        return read(done.returncode, done.stdout + done.stderr)

    return run


@pytest.fixture
def links(tmp_path: Path) -> Callable[[], list[int]]:
    """The process of each link that ``lint_apart`` has made."""
    return lambda: [int(line) for line in (tmp_path / "links").read_text().split()]
