"""What goes wrong in the plugin neither ends a run of flake8 nor passes for a clean file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flake8_runs import HELPER, Lint

from lambda_conn_lint import check
from lambda_conn_lint.facts import lower
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.facts.trees import Trees

LOUD = "internal error, this file was not checked completely: ZeroDivisionError: oh no"


@pytest.fixture
def broken_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A project that cannot be linked; counts how often that was tried."""
    tried: list[None] = []

    def link(*_: object) -> None:
        tried.append(None)
        raise ZeroDivisionError("oh\nno")

    monkeypatch.setattr(check, "link", link)
    return tried


def test_a_project_that_cannot_be_linked_is_said_of_each_file(
    folder: Path, broken_link: list[None], lint: Lint
) -> None:
    folder.joinpath("long.py").write_text("x = 1;\n")
    linted = lint("--ignore=E203")
    assert [(line.path, line.row, line.column, line.code, line.message) for line in linted.lines] == [
        ("app.py", 1, 1, "LCL000", LOUD),
        ("helper.py", 1, 1, "LCL000", LOUD),
    ]
    assert "long.py|1|6|E703" in linted.text, "the run goes on"
    assert linted.status == 1
    assert len(broken_link) == 1, "what takes long and fails is not tried for every file"


@pytest.mark.usefixtures("broken_link")
@pytest.mark.parametrize("first", ["# noqa", '"""Text  # noqa', "#!/usr/bin/python  # noqa: LCL000"])
def test_no_comment_silences_it(first: str, folder: Path, lint: Lint) -> None:
    closing = '"""\n' if first.startswith('"') else ""
    folder.joinpath("helper.py").write_text(f"{first}\n{closing}{HELPER}")
    assert [line.code for line in lint("helper.py").lines] == ["LCL000"]


def test_a_defect_in_one_file_is_said_there_and_where_it_may_hide_something(
    folder: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.joinpath("other.py").write_text(HELPER)
    folder.joinpath("third.py").write_text(HELPER.replace("load", "handler").replace("()", "(event, context)", 1))
    facts_of = lower.facts_of

    def facts(data: bytes, trees: Trees | None) -> ModuleFacts:
        if b"import helper" in data:
            raise ZeroDivisionError("oh no")
        return facts_of(data, trees)

    monkeypatch.setattr(lower, "facts_of", facts)
    linted = lint()
    assert [(line.path, line.row, line.code) for line in linted.lines] == [
        ("app.py", 1, "LCL000"),
        ("helper.py", 1, "LCL000"),
        ("third.py", 7, "LCL103"),
    ]
    assert [line.message for line in linted.lines[:2]] == [LOUD, f"app.py: {LOUD}"]


@pytest.mark.usefixtures("folder")
def test_an_installation_that_is_broken_is_said_too() -> None:
    script = (
        "import sys; sys.modules['lambda_conn_lint.linking'] = sys.modules['lambda_conn_lint.messages'] = None\n"
        "from flake8.main.cli import main; sys.exit(main(['-j1', 'helper.py']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=100)
    assert "helper.py:1:1: LCL000 internal error" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


def test_a_file_that_is_no_python_is_left_to_flake8(folder: Path, lint: Lint) -> None:
    folder.joinpath("broken.py").write_text("import boto3\ndef handler(event, context):\n    return boto3.client(\n")
    linted = lint()
    assert linted.found == [("helper.py", 7, "LCL103")]
    assert "broken.py|3|" in linted.text
    assert "|E999|" in linted.text or "|E902|" in linted.text


def test_a_file_that_only_flake8_can_read_is_said(folder: Path, lint: Lint) -> None:
    """Bytes that are not UTF-8, which flake8 takes for latin-1 and the interpreter refuses."""
    text = "import boto3\n\n\ndef handler(event, context):\n    'ä'\n    return boto3.client('s3')\n"
    folder.joinpath("bytes.py").write_bytes(text.encode("latin-1"))
    assert [(line.path, line.code) for line in lint("bytes.py").lines] == [("bytes.py", "LCL001")]
