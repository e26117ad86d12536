"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from lambda_conn_lint.cli import main
from lambda_conn_lint.options import Option, Options

ROOT = Path(__file__).parent.parent
TEXT = ROOT.joinpath("README.md").read_text(encoding="utf-8")


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
