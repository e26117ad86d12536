"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

import libcst as cst
import pytest

from lambda_conn_lint.catalog import CLIENTS, Client
from lambda_conn_lint.cli import main
from lambda_conn_lint.fix import conditions, extras
from lambda_conn_lint.fix.drivers import driver_of
from lambda_conn_lint.fix.slice import RefusalError
from lambda_conn_lint.options import Option, Options
from lambda_conn_lint.rules import code_for

ROOT = Path(__file__).parent.parent
TEXT = ROOT.joinpath("README.md").read_text(encoding="utf-8")

Verdict: TypeAlias = Literal["safe", "unsafe", "never"]


def test_console_blocks_are_real(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    blocks = re.findall(r"^```console\n\$ lambda-conn-lint (.*)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)
    assert blocks
    for arguments, output in blocks:
        main(shlex.split(arguments))
        assert capsys.readouterr().out == output


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


def test_the_table_of_libraries_is_what_the_fix_goes_by() -> None:
    """Where this fails, what `_libraries` gives takes the place of what stands between the markers."""
    shown = re.search(r"<!-- libraries -->\n\n((?:.*\n)*?)\n<!-- end of libraries -->", TEXT)
    assert shown is not None
    assert shown[1] == _libraries()


@pytest.mark.subprocess
def test_the_fixture_for_tests_of_fixed_code_works(tmp_path: Path) -> None:
    """Without it, the second test of a kind would meet what the first one has left."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "fixtures" / "example_service", project)
    main(["--fix", "--quiet", os.fspath(project)])
    fixture = re.search(r"^```python\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)
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


def _libraries() -> str:
    """The table of what becomes of each library, from the records that the fix decides by."""
    lines = ["| code | safe | unsafe | never |", "|---|---|---|---|"]
    clients = sorted((client for client in CLIENTS if not _is_asynchronous(client)), key=_code)
    for code, group in groupby(clients, key=_code):
        cells: dict[Verdict, list[str]] = {"safe": [], "unsafe": [], "never": []}
        for distribution, members in groupby(sorted(group, key=_distribution), key=_distribution):
            for verdict, names in _named(distribution, list(members)).items():
                cells[verdict] += names
        shown = (", ".join(f"`{name}`" for name in sorted(names, key=str.lower)) for names in cells.values())
        lines.append(f"| {code} | {' | '.join(cell or 'none' for cell in shown)} |")
    return "".join(f"{line}\n" for line in lines)


def _named(distribution: str, clients: list[Client]) -> dict[Verdict, list[str]]:
    """A library stands where its first constructor in the catalogue belongs; others that differ stand by name."""
    found: dict[Verdict, list[str]] = {}
    main_verdict = _verdict(clients[0])
    for client in clients:
        verdict = _verdict(client)
        if distribution and verdict == main_verdict:
            found[verdict] = [distribution]
            continue
        names = found.setdefault(verdict, [])
        name = client.name if distribution else client.name.rpartition(".")[0]
        if not any(name == other or name.startswith(f"{other}.") for other in names):
            names.append(name)
    return found


def _verdict(client: Client) -> Verdict:
    """What a fix of it can be at best."""
    try:
        conditions.check_client(client)
    except RefusalError:
        return "never"
    if client.fix == "taken":
        driver = driver_of(client.name)
        assert driver is not None, client.name
        return "safe" if driver.tested else "unsafe"
    call = cst.ensure_type(cst.parse_expression("make()"), cst.Call)
    doubts = [*conditions.client_doubts(client, is_closed=False), *extras.doubts(client, call)]
    return "unsafe" if doubts else "safe"


def _is_asynchronous(client: Client) -> bool:
    return client.awaits != "no" or client.loop_bound != "no"


def _code(client: Client) -> str:
    return code_for(client.kind)


def _distribution(client: Client) -> str:
    return client.distribution
