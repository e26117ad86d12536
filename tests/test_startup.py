"""What a call of the command imports: hooks and editors call it for one file, so that each import is paid for there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
before = set(sys.modules)
from lambda_conn_lint.cli import main
assert main(sys.argv[1:]) == 0
print(*(set(sys.modules) - before), file=sys.stderr)
"""

NEVER = {
    "asyncio", "bz2", "concurrent", "difflib", "fileinput", "logging", "multiprocessing", "random", "shutil",
    "socket", "sqlite3", "subprocess", "tempfile", "traceback", "xml",
}  # fmt: skip
"""Modules of the standard library that cost much, or bring much with them, and are not needed until there is more."""

ENGINE = ("facts.lower", "facts.expressions", "fix", "linking", "link.analysis", "gate")
"""Parts of the engine that only files need which may matter."""


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that one call in a folder has imported."""
    command = [sys.executable, "-c", SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stderr.splitlines()[-1].split())


def foreign(modules: set[str]) -> set[str]:
    """The top-level packages of others among them."""
    packages = {name.partition(".")[0] for name in modules}
    return {name for name in packages - sys.stdlib_module_names if not name.startswith(("lambda_conn_lint", "__"))}


def of_engine(modules: set[str], parts: tuple[str, ...]) -> set[str]:
    names = tuple(f"lambda_conn_lint.{part}" for part in parts)
    return {name for name in modules if name in names or name.startswith(tuple(f"{name}." for name in names))}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("gen/\n*.log\n")
    return tmp_path


def test_an_empty_folder(project: Path) -> None:
    modules = imported(project)
    assert foreign(modules) == set()
    assert NEVER & modules == set()
    assert of_engine(modules, ENGINE) == set()


def test_a_file_that_the_screen_decides(project: Path) -> None:
    (project / "app.py").write_text("import os\n\n\ndef handler(event, context):\n    return os.getcwd()\n")
    modules = imported(project, "app.py")
    assert foreign(modules) == set()
    assert NEVER & modules == set()
    assert of_engine(modules, ENGINE) == set()


def test_a_file_that_the_gate_decides(project: Path) -> None:
    (project / "app.py").write_text(
        "import redis\n\n\nclass App:\n    def handler(self, event, context):\n        return redis.Redis()\n"
    )
    modules = imported(project, "app.py")
    assert foreign(modules) == set()
    assert NEVER & modules == set()
    assert of_engine(modules, ("facts.lower", "facts.expressions", "fix")) == set()


def test_a_parser_of_arguments_is_made_where_there_are_options(project: Path) -> None:
    assert "shutil" in imported(project, "--quiet")
