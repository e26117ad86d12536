"""How the plugin is set up: through flake8's own files and options, and through ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from flake8_runs import Lint

from lambda_conn_lint.options import declared, spelled_name

DEPENDENT = "import boto3\n\n\ndef {}(event, context):\n    return boto3.client('s3', region_name=event['r'])\n"
OFF = [("off.py", 5, "LCL203")]


@pytest.fixture
def off(folder: Path) -> Path:
    """The project with a finding whose code is off by default."""
    folder.joinpath("off.py").write_text(DEPENDENT.format("handler"))
    return folder


@pytest.fixture
def job(folder: Path) -> Path:
    """The project with a handler that only its user knows."""
    folder.joinpath("job.py").write_text("import boto3\n\n\ndef run(task):\n    return boto3.client('s3')\n")
    return folder


def test_every_option_is_in_the_help(folder: Path, lint: Lint, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        lint("--help")
    text = capsys.readouterr().out
    names = {option.flake8 or spelled_name(name) for name, _, option in declared("flake8")}
    assert {"enable", "handler-pattern", "config", "isolated"} <= names
    assert {f"--lambda-conn-{name}" for name in names} <= set(text.split())


@pytest.mark.parametrize("arguments", [(), ("--ignore=E203",), ("--extend-ignore=E203",), ("--select=LCL",)])
def test_codes_that_are_off_stay_off(arguments: tuple[str, ...], off: Path, lint: Lint) -> None:
    assert lint(*arguments, "off.py").found == []


@pytest.mark.parametrize("arguments", [(), ("--select=LCL2",), ("--extend-select=LCL203",), ("--ignore=E203",)])
def test_codes_are_switched_on_by_name(arguments: tuple[str, ...], off: Path, lint: Lint) -> None:
    assert lint("--lambda-conn-enable=LCL2", *arguments, "off.py").found == OFF


@pytest.mark.parametrize("arguments", [("--ignore=LCL2",), ("--extend-ignore=LCL",), ("--select=E",)])
def test_flake8_has_the_last_word_on_codes(arguments: tuple[str, ...], off: Path, lint: Lint) -> None:
    assert lint("--lambda-conn-enable=ALL", *arguments, "off.py").found == []


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
@pytest.mark.parametrize("key", ["lambda-conn-enable", "lambda_conn_enable"])
def test_options_stand_in_the_files_of_flake8(name: str, key: str, off: Path, lint: Lint) -> None:
    off.joinpath(name).write_text(f"[flake8]\n{key} =\n    LCL201\n    LCL203, LCL204\n")
    assert lint("off.py").found == OFF
    assert lint("--lambda-conn-enable=LCL201", "off.py").found == []  # the command line wins


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.lambda-conn-lint]\nextend-select = ["LCL2"]\n'),
        ("setup.cfg", "[lambda-conn-lint]\nextend-select = LCL2\n"),
    ],
)
def test_our_own_table_counts_too(name: str, text: str, off: Path, lint: Lint) -> None:
    off.joinpath(name).write_text(text)
    assert lint("off.py").found == OFF
    assert lint("--lambda-conn-enable=LCL201", "off.py").found == []  # what flake8 is given wins over the table
    assert lint("--lambda-conn-isolated", "off.py").found == []


def test_a_table_of_another_name(off: Path, lint: Lint) -> None:
    off.joinpath("other.toml").write_text('[tool.lambda-conn-lint]\nextend-select = ["LCL2"]\n')
    assert lint("--lambda-conn-config=other.toml", "off.py").found == OFF
    assert lint("off.py").found == []


def test_a_path_in_a_file_of_flake8_is_relative_to_it(off: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    off.joinpath("other.toml").write_text('[tool.lambda-conn-lint]\nextend-select = ["LCL2"]\n')
    off.joinpath(".flake8").write_text("[flake8]\nlambda-conn-config = ./other.toml\n")
    below = off / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert lint("../off.py").found == [("../off.py", 5, "LCL203")]


@pytest.mark.parametrize(
    "arguments",
    [("--lambda-conn-handler-pattern=job:run",), ("--lambda-conn-handler-pattern=other:f,run",)],
)
def test_handlers_are_named(arguments: tuple[str, ...], job: Path, lint: Lint) -> None:
    assert lint("job.py").found == []
    assert lint(*arguments, "job.py").found == [("job.py", 5, "LCL103")]


def test_analysis_settings_come_from_our_table(job: Path, lint: Lint) -> None:
    job.joinpath("pyproject.toml").write_text('[tool.lambda-conn-lint]\nhandler-pattern = ["job:run"]\n')
    assert lint("job.py").found == [("job.py", 5, "LCL103")]


def test_ignores_and_excludes_of_our_table_hold(folder: Path, lint: Lint) -> None:
    table = folder / "pyproject.toml"
    table.write_text('[tool.lambda-conn-lint.per-file-ignores]\n"helper.py" = ["LCL1"]\n')
    assert lint().found == []
    table.write_text('[tool.lambda-conn-lint]\nexclude = ["helper.py"]\n')
    assert lint().found == []
    table.write_text("[tool.lambda-conn-lint]\n")
    assert lint().found == [("helper.py", 7, "LCL103")]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--lambda-conn-enable=LCL9", "lambda-conn-enable: unknown rule selector 'LCL9', the nearest valid one is"),
        ("--lambda-conn-handler-pattern=src/app.handler", "lambda-conn-handler-pattern: 'src/app.handler' is neither"),
        ("--lambda-conn-platforms=asw", "lambda-conn-platforms: 'asw' is not valid, the nearest valid value is 'aws'"),
    ],
)
def test_a_value_that_makes_no_sense_stops_flake8(argument: str, said: str, folder: Path, lint: Lint) -> None:
    option, _, value = argument.removeprefix("--").partition("=")
    stopped = [lint(argument)]
    folder.joinpath(".flake8").write_text(f"[flake8]\n{option} = {value}\n")
    stopped.append(lint())
    for linted in stopped:
        assert (linted.status, linted.found) == (1, [])
        assert said in linted.text


def test_a_table_that_makes_no_sense_is_said_of_each_file(folder: Path, lint: Lint) -> None:
    folder.joinpath("pyproject.toml").write_text('[tool.lambda-conn-lint]\nhandler-patern = ["x"]\n')
    linted = lint()
    assert linted.found == [("app.py", 1, "LCL000"), ("helper.py", 1, "LCL000")]
    why = "pyproject.toml:2: unknown key 'handler-patern', the nearest valid one is 'handler-pattern'"
    assert {line.message for line in linted.lines} == {f"this file was not checked: {why}"}


def test_noqa_is_flake8s_business(folder: Path, lint: Lint) -> None:
    helper = folder / "helper.py"
    helper.write_text(helper.read_text().replace('client("s3")', 'client("s3")  # noqa: LCL103'))
    assert lint().found == []
    assert lint("--disable-noqa").found == [("helper.py", 7, "LCL103")]
