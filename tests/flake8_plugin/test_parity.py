"""flake8 gives what the command line gives for the same files, to the column and the word."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from expectations import AREAS, collect
from flake8_runs import Line, Lint

from lambda_conn_lint import runner
from lambda_conn_lint.options import Options

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
CONSTRUCTION = '    return boto3.client("s3")\n'
EVERY = ("--select=LCL,E9", "--lambda-conn-enable=ALL")


@pytest.mark.parametrize("area", AREAS)
def test_on_every_annotated_case(area: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Lint) -> None:
    monkeypatch.chdir(tmp_path)
    for number, case in enumerate(case for case in collect(FIXTURES) if case.area == area):
        root = tmp_path / f"case{number}"
        if case.folder is not None:
            shutil.copytree(case.folder, root, ignore=shutil.ignore_patterns("__pycache__"))
        for path, content in case.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        root.joinpath(".git").mkdir()
    said = lint(*EVERY)
    unparsed = {line.split("|")[0].removeprefix("./") for line in said.text.splitlines() if "|E9" in line}
    expected = [line for line in _command_line(tmp_path, "case*") if line.path not in unparsed]
    assert expected or unparsed
    assert _without_run_codes(said.lines) == expected


def test_on_many_projects_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Lint) -> None:
    for name in ("projects", "example_service"):
        shutil.copytree(FIXTURES / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    tmp_path.joinpath(".git").mkdir()
    monkeypatch.chdir(tmp_path)
    expected = _command_line(tmp_path, ".")
    assert len(expected) > 10
    assert _without_run_codes(lint(*EVERY).lines) == expected


def test_on_the_example_one_file_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Lint) -> None:
    shutil.copytree(FIXTURES / "example_service", tmp_path / "service", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path / "service")
    said = [line for path in sorted(Path().rglob("*.py")) for line in lint(*EVERY, str(path)).lines]
    assert said
    assert _without_run_codes(said) == _command_line(tmp_path / "service", ".")


ODD = {
    "plain": ("utf-8", "{}"),
    "byte order mark": ("utf-8-sig", "{}"),
    "latin-1": ("latin-1", "# -*- coding: latin-1 -*-\nx = '\u00e4\u00f6'\n{}"),
    "cp1251": ("cp1251", "# coding: cp1251\nx = '\u0436'\n{}"),
    "form feed": ("utf-8", "x = 1\n\x0c\n{}"),
    "noqa in a string": ("utf-8", 'x = """\n# noqa\n"""\n{}'),
}
NEWLINES = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


@pytest.mark.parametrize(
    ("name", "newline"),
    # libcst does not find a declared encoding where the first line ends with CR alone
    [(name, newline) for name in ODD for newline in NEWLINES if newline != "CR" or "coding" not in ODD[name][1]],
)
def test_on_odd_texts(name: str, newline: str, folder: Path, lint: Lint) -> None:
    code = (
        "import boto3\n\n\ndef handler(event, context):\n"
        "\tprint('\U0001f600\u00e9'); boto3.client('s3')\n"
        "\treturn boto3.client(\n\t\t's3',\n\t)  # noqa\n"
    )
    encoding, around = ODD[name]
    text = around.format(code).replace("\n", NEWLINES[newline]).encode(encoding, "ignore")
    folder.joinpath("odd.py").write_bytes(text)
    expected = _command_line(folder, "odd.py")
    assert len(expected) == 2
    assert lint(*EVERY, "odd.py").lines == expected
    assert lint(*EVERY, "--stdin-display-name=odd.py", "-", stdin=text).lines == expected


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: LCL103",
        "# noqa:E501,LCL1",
        "# NOQA : LCL103",
        "#noqa",
        "# noqa: E501",
        "# flake8: noqa",
        "# flake8: noqa: LCL103",
    ],
)
def test_on_comments(comment: str, folder: Path, lint: Lint) -> None:
    for text in (CONSTRUCTION.replace("\n", f"  {comment}\n"), f"    {comment}\n{CONSTRUCTION}"):
        folder.joinpath("silent.py").write_text(f"import boto3\n\n\ndef handler(event, context):\n{text}")
        assert lint(*EVERY, "silent.py").lines == _command_line(folder, "silent.py")


def test_a_file_without_functions_holds_no_finding(folder: Path, lint: Lint) -> None:
    folder.joinpath("made.py").write_text(
        "import functools\nimport boto3\nmake = functools.partial(boto3.client, 's3')\n"
    )
    folder.joinpath("user.py").write_text(
        "from made import make\n\n\ndef handler(event, context):\n    return make()\n"
    )
    expected = _command_line(folder, "made.py", "user.py")
    assert expected
    assert lint(*EVERY, "made.py", "user.py").lines == expected


def test_a_module_that_imports_nothing_may_be_handed_a_client(folder: Path, lint: Lint) -> None:
    folder.joinpath("plain.py").write_text("def make(session):\n    return session.client('s3')\n")
    folder.joinpath("user.py").write_text(
        "import boto3\nimport plain\n\n\ndef handler(event, context):\n    return plain.make(boto3)\n"
    )
    expected = _command_line(folder, "plain.py")
    assert [line.path for line in expected] == ["plain.py"]
    assert lint(*EVERY, "plain.py").lines == expected


def _command_line(folder: Path, *patterns: str) -> list[Line]:
    paths = tuple(str(path) for pattern in patterns for path in ([folder] if pattern == "." else folder.glob(pattern)))
    options = Options(paths=paths, extend_select=("ALL",), given=frozenset({"extend_select"}))
    targets = runner.targets(options, folder, lambda: b"")
    found = runner.run(targets, folder, None).findings
    # flake8 is not handed the templates that code may stand in.
    in_python = [one for one in found if one.filename.endswith(".py")]
    return _without_run_codes(
        Line(one.filename, one.span.row, one.span.column, one.code, one.message) for one in in_python
    )


def _without_run_codes(lines: Iterable[Line]) -> list[Line]:
    return sorted(line for line in lines if not line.code.startswith("LCL00"))
