"""One file at a time, and still the whole project: what is linked when, and which text is taken for a file's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flake8_runs import HANDLER, HELPER, Lint

from lambda_conn_lint import check

FOUND = [("helper.py", 7, "LCL103")]


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The root's name of each project that is linked, in turn."""
    made: list[str] = []
    link = check.link

    def noted(*arguments: object) -> object:
        made.append(arguments[0].project.root.name)  # type: ignore[attr-defined]
        return link(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "link", noted)
    return made


def test_a_helper_alone_is_flagged_for_a_handler_elsewhere(folder: Path, lint: Lint) -> None:
    linted = lint("helper.py")
    assert linted.found == FOUND
    assert linted.status == 1
    folder.joinpath("app.py").unlink()
    assert lint("helper.py").found == []


@pytest.mark.usefixtures("folder")
def test_what_flake8_excludes_is_analysed_and_not_reported(lint: Lint) -> None:
    assert lint("--exclude=app.py").found == FOUND
    assert lint("--exclude=helper.py").found == []


@pytest.mark.parametrize("where", [".", "..", "below"])
def test_from_any_folder(where: str, folder: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.joinpath("below").mkdir()
    start = (folder / where).resolve()
    monkeypatch.chdir(start)
    relative = os.path.relpath(folder / "helper.py", start)
    assert lint(relative).found == [(relative, 7, "LCL103")]
    assert lint(str(folder / "helper.py")).found == [(str(folder / "helper.py"), 7, "LCL103")]


def test_a_project_is_linked_once(folder: Path, lint: Lint, linked: list[str]) -> None:
    for number in range(5):
        folder.joinpath(f"more{number}.py").write_text(HELPER)
    assert lint().found == FOUND
    assert linked == ["project"]


def test_projects_side_by_side_are_linked_each_once(folder: Path, lint: Lint, linked: list[str]) -> None:
    for name in ("one", "two"):
        root = folder / name
        root.joinpath(".git").mkdir(parents=True)
        root.joinpath("app.py").write_text(HANDLER)
        root.joinpath("helper.py").write_text(HELPER)
    assert lint("one", "two").found == [("one/helper.py", 7, "LCL103"), ("two/helper.py", 7, "LCL103")]
    assert sorted(linked) == ["one", "two"]


def test_nothing_is_linked_for_files_that_cannot_matter(folder: Path, lint: Lint, linked: list[str]) -> None:
    folder.joinpath("constants.py").write_text("import boto3\nLIMIT = 3\n")
    folder.joinpath("tests").mkdir()
    folder.joinpath("tests", "test_helper.py").write_text(HELPER)
    assert lint("constants.py", "tests").found == []
    assert linked == []


@pytest.mark.subprocess
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_each_worker_links_once(method: str, folder: Path, lint_apart: Lint, links: Callable[[], list[int]]) -> None:
    folder.joinpath(".flake8").write_text("[flake8]\nlambda-conn-enable = LCL2\n")
    text = "import boto3\n\n\ndef handler(event, context):\n    return boto3.client('s3', region_name=event['r'])\n"
    names = [f"off{number}.py" for number in range(12)]
    for name in names:
        folder.joinpath(name).write_text(text)
    linted = lint_apart(method, "--jobs=2")
    assert sorted(linted.found) == [*FOUND, *sorted((name, 5, "LCL203") for name in names)]
    processes = links()
    assert 1 <= len(processes) <= 2
    assert len(set(processes)) == len(processes)


# Text that is newer than the disk's


def test_standard_input_stands_for_its_file(folder: Path, lint: Lint) -> None:
    newer = HELPER.replace("def load", "\n\ndef load").encode()
    assert lint("--stdin-display-name=helper.py", "-", stdin=newer).found == [("helper.py", 9, "LCL103")]
    assert lint("--stdin-display-name=helper.py", "-", stdin=b"def load():\n    return 1\n").found == []
    path = str(folder / "helper.py")
    assert lint(f"--stdin-display-name={path}", "-", stdin=HELPER.encode()).found == [(path, 7, "LCL103")]


def test_standard_input_may_be_the_handler(folder: Path, lint: Lint) -> None:
    app = folder / "app.py"
    app.write_text("")
    direct = HANDLER.replace("helper.load()", "__import__('boto3').client('s3')").replace("helper", "boto3")
    direct = direct.replace("__import__('boto3')", "boto3")
    assert lint("--stdin-display-name=app.py", "-", stdin=direct.encode()).found == [("app.py", 7, "LCL103")]


def test_a_file_that_is_not_saved_yet_belongs_to_its_project(folder: Path, lint: Lint) -> None:
    folder.joinpath("app.py").write_text(HANDLER.replace("helper", "newer"))
    newer = lint("--stdin-display-name=newer.py", "-", stdin=HELPER.encode())
    assert newer.found == [("newer.py", 7, "LCL103")]


def test_standard_input_without_a_name_lies_in_the_working_directory(folder: Path, lint: Lint) -> None:
    text = "import helper\n\n\ndef handler(event, context):\n    import boto3\n    return boto3.client('s3')\n"
    assert lint("-", stdin=text.encode()).found == [("stdin", 6, "LCL103")]


@pytest.mark.parametrize("name", ["build/helper.py", "tests/helper.py", "out/helper.py", "helper.txt"])
def test_standard_input_is_left_out_like_its_file(name: str, folder: Path, lint: Lint) -> None:
    folder.joinpath(".gitignore").write_text("out\n")
    text = "import boto3\n\n\ndef handler(event, context):\n    return boto3.client('s3')\n"
    for exists in (False, True):
        if exists:
            folder.joinpath(name).parent.mkdir(exist_ok=True)
            folder.joinpath(name).write_text(text)
        said = lint(f"--stdin-display-name={name}", "-", stdin=text.encode()).found
        assert said == [] or (name, exists) == ("out/helper.py", False)
    assert lint(name).found == []


def test_a_declared_encoding_is_kept_for_standard_input(folder: Path, lint: Lint) -> None:
    text = "# coding: latin-1\nimport boto3\n\n\ndef handler(event, context):\n    'ä'; return boto3.client('ü')\n"
    linted = lint("--stdin-display-name=new.py", "-", stdin=text.encode("latin-1"))
    assert [(line.row, line.column, line.code) for line in linted.lines] == [(6, 17, "LCL103")]


# One process that lints for long


def test_the_next_run_sees_what_has_changed(folder: Path, lint: Lint) -> None:
    assert lint().found == FOUND
    folder.joinpath("helper.py").write_text("\n" + HELPER)
    assert lint().found == [("helper.py", 8, "LCL103")]
    folder.joinpath("app.py").write_text("")
    assert lint().found == []


def test_a_file_that_is_linted_again_is_looked_at_anew(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flake8.api.legacy import get_style_guide

    guide = get_style_guide(select=["LCL"])  # it lints several times with the options that it has read once

    def rows(name: str) -> list[str]:
        guide.check_files([name])
        return [line.split(":")[1] for line in capsys.readouterr().out.splitlines()]

    assert rows("helper.py") == ["7"]
    folder.joinpath("app.py").write_text("")
    assert rows("helper.py") == []
    folder.joinpath("app.py").write_text(HANDLER)
    assert rows("app.py") == []
    folder.joinpath("helper.py").write_text("\n" + HELPER)
    assert rows("helper.py") == ["8"]
