"""The formats as the command writes them, over files on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambda_conn_lint.report import FORMATS

Run = Callable[..., tuple[int, str, str]]

HANDLER = "import boto3\n\n\ndef handler(event, context):\n    é = boto3.client('s3')\n    return é.list_buckets()\n"
ODD_NAMES = ["a b.py", "é.py", "100%.py", "a:b,c.py", "new\nline.py", os.fsdecode(b"\xff.py")]


@pytest.fixture
def odd_files(folder: Path) -> list[str]:
    """Files with odd names, as far as the system allows them, that each have a finding."""
    made = []
    for name in ODD_NAMES:
        try:
            Path(folder, name).write_text(HANDLER, encoding="utf-8")
        except (OSError, ValueError):
            continue
        made.append(name)
    assert len(made) >= 2
    return sorted(made)


@pytest.mark.parametrize("name", FORMATS)
def test_odd_names(odd_files: list[str], run: Run, name: str) -> None:
    status, out, err = run("--output-format", name, "--output-file", "report")
    assert (status, out, err) == (1, "", "")
    Path("report").read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", ["json", "json-lines"])
def test_names_come_back(odd_files: list[str], run: Run, name: str) -> None:
    _, out, _ = run("--output-format", name)
    found = json.loads(out) if name == "json" else [json.loads(line) for line in out.splitlines()]
    assert sorted(item["filename"] for item in found) == odd_files


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"text", "concise", "json", "json-lines"}])
def test_statistics_are_an_error_before_anything_is_fixed(folder: Path, run: Run, name: str) -> None:
    app = folder / "app.py"
    app.write_text(HANDLER, encoding="utf-8")
    status, out, err = run("--statistics", "--fix", "--output-format", name)
    assert (status, out) == (2, "")
    assert err == (
        f"lambda-conn-lint: error: --statistics has no form as {name}, only as text, concise, json, json-lines\n"
    )
    assert app.read_text(encoding="utf-8") == HANDLER


def test_statistics_in_the_formats_for_people(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(HANDLER, encoding="utf-8")
    text = run("--statistics")
    assert text[1].startswith("1\tLCL103\tcloud-client-in-handler\n")
    assert run("--statistics", "--output-format", "concise") == text


@pytest.mark.subprocess
def test_only_the_chosen_format_is_loaded() -> None:
    code = "import sys, lambda_conn_lint.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {f"lambda_conn_lint.report.{name.replace('-', '_')}" for name in FORMATS} & set(done.stdout.split())
    assert loaded == set()
