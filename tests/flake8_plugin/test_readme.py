"""What the README shows of flake8 is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from flake8.main.cli import main

ROOT = Path(__file__).parent.parent.parent
TEXT = ROOT.joinpath("README.md").read_text(encoding="utf-8")


def test_the_console_block_is_real(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"^```console\n\$ flake8 (.*)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)
    assert blocks
    for arguments, output in blocks:
        main(["--jobs=1", "--color=never", *shlex.split(arguments)])
        assert capsys.readouterr().out == output


def test_the_settings_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings,) = re.findall(r"^```ini\n(# setup.cfg, tox.ini or .flake8\n(?:.*\n)*?)```$", TEXT, re.MULTILINE)
    tmp_path.joinpath("tox.ini").write_text(settings)
    tmp_path.joinpath(".git").mkdir()
    tmp_path.joinpath("jobs").mkdir()
    tmp_path.joinpath("jobs", "nightly.py").write_text("import boto3\n\n\ndef run(task):\n    boto3.client(task)\n")
    monkeypatch.chdir(tmp_path)
    assert main(["--jobs=1", "--select=LCL20", "jobs"]) == 1
