"""What the documents say is what the program does."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import documents
import pytest

import lambda_conn_lint
from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.cli import main
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import BY_CODE, RULES

WRITTEN = documents.written()
FOLDER = documents.RULES_FOLDER
_HOW = "run `python tests/documents.py`"


def _name(path: Path) -> str:
    return path.relative_to(documents.ROOT).as_posix()


def test_the_pages_of_rules_are_what_is_known_of_them() -> None:
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert there == documents.pages(), _HOW


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_tables_are_what_the_program_goes_by(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == documents.with_tables(text, path), _HOW


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_console_blocks_are_real(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(documents.ROOT)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for arguments, output in documents.CONSOLE.findall(path.read_text(encoding="utf-8")):
        main(shlex.split(arguments))
        assert capsys.readouterr().out == output, _HOW


def test_what_the_layout_names_is_there() -> None:
    text = documents.ROOT.joinpath("docs", "development.md").read_text(encoding="utf-8")
    package = Path(lambda_conn_lint.__file__).parent  # it may be installed
    places = (documents.ROOT, package, package.parent)
    named = set(re.findall(r"[`( ]((?:lambda_conn_lint/)?[a-z_0-9/]+(?:\.py|/))(?=[`), ])", text))
    assert [path for path in sorted(named) if not any((place / path).exists() for place in places)] == []
    layers = {path.parent.name for path in package.glob("*/__init__.py")}
    assert layers <= {name.rstrip("/").rpartition("/")[2] for name in named}


@pytest.mark.parametrize("path", [*WRITTEN, *FOLDER.iterdir()], ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for address, anchor in re.findall(r"\]\(([^)#:]*)(#[^)]*)?\)", path.read_text(encoding="utf-8")):
        target = Path(os.path.normpath(path.parent / address)) if address else path
        assert target.is_file(), address
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor[1:] in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_code_that_is_recommended_has_no_findings(path: Path, tmp_path: Path) -> None:
    for code in re.findall(r"^```python\n((?:.*\n)*?)```$", path.read_text(encoding="utf-8"), re.MULTILINE):
        project = Project(tmp_path, {"app.py": code.encode()})
        assert check(project, Settings(codes=frozenset(BY_CODE))).findings == ()


def test_every_table_is_used_and_every_rule_linked() -> None:
    texts = [path.read_text(encoding="utf-8") for path in WRITTEN]
    for name in ("codes", "libraries"):
        assert sum(text.count(f"<!-- {name} -->") for text in texts) == 1
    assert [rule.code for rule in RULES if f"docs/rules/{rule.page}" not in texts[0]] == []
