"""What the README tells its readers to do works; ``test_docs`` sees to what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from lambda_conn_lint.cli import main
from lambda_conn_lint.option_types import Option
from lambda_conn_lint.options import Options

ROOT = Path(__file__).parent.parent
TEXT = ROOT.joinpath("README.md").read_text(encoding="utf-8")


def test_every_option_of_check_is_in_the_table() -> None:
    rows = "\n".join(re.findall(r"^\| `-.*$", TEXT, re.MULTILINE))
    declared = {
        option.name or field.name.replace("_", "-")
        for field in fields(Options)
        if isinstance(option := field.metadata.get("option"), Option) and "check" in option.faces
    }
    assert set(re.findall(r"--(?:no-)?([a-z-]+)", rows)) == declared


def test_first_command_lints_a_folder_that_exists() -> None:
    commands = re.findall(r"^```sh\n(.*)\n```$", TEXT, re.MULTILINE)
    example = commands[0].split()[-1]
    assert (ROOT / example / "template.yaml").is_file()
    assert commands[1].endswith("-m pytest")


@pytest.mark.subprocess
def test_the_fixture_for_tests_of_fixed_code_works(tmp_path: Path) -> None:
    """Without it, the second test of a kind would meet what the first one has left."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "fixtures" / "example_service", project)
    main(["--fix", "--quiet", os.fspath(project)])
    text = ROOT.joinpath("docs", "fixes.md").read_text(encoding="utf-8")
    fixture = re.search(r"^```python\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert fixture is not None
    source = project / "src"
    (source / "conftest.py").write_text(fixture[1], encoding="utf-8")
    for library in ("boto3", "ldclient", "psycopg2", "redis", "requests"):
        (source / library).mkdir()
        (source / library / "__init__.py").write_text(_FAKE)
    (source / "ldclient" / "config.py").write_text("Config = str\n")
    (source / "test_orders.py").write_text(_TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(command, check=False, cwd=source, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


_FAKE = """\
from unittest.mock import MagicMock

client = resource = connect = Redis = Session = LDClient = MagicMock()
connect.return_value.get_transaction_status.return_value = 0
Error = OSError
"""

_TESTS = """\
import pytest

from orders import app, db


@pytest.mark.parametrize("made", ["first", "second"])
def test_client(monkeypatch, made):
    monkeypatch.setattr("boto3.client", lambda service: made)
    assert app._get_s3() == made


@pytest.mark.parametrize("time", [1, 2])
def test_connection(monkeypatch, time):
    monkeypatch.setenv("DATABASE_URL", "postgresql://")
    before = db.psycopg2.connect.call_count
    db.release_conn(db.connect())
    db.release_conn(db.connect())
    assert db.psycopg2.connect.call_count == before + 1
"""
