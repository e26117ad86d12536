from __future__ import annotations

import re
from dataclasses import fields
from typing import get_args

import pytest

from lambda_conn_lint import __version__
from lambda_conn_lint.options import Face, Option, Options, UsageError, parse
from lambda_conn_lint.report import FORMATS


def options(*arguments: str, face: Face = "check") -> Options:
    return parse(face, arguments, usage="lambda-conn-lint", description="")


def test_nothing_given() -> None:
    assert options() == Options()


@pytest.mark.parametrize("face", get_args(Face))
def test_nothing_given_is_the_default_everywhere(face: Face) -> None:
    assert options(face=face) == Options()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a", "b"], Options(paths=("a", "b"))),
        (["a", "--quiet", "b", "-v", "c"], Options(paths=("a", "b", "c"), quiet=True, verbose=True)),
        (["-"], Options(paths=("-",))),
        (
            ["--statistics", "--", "-odd.py", "--", "--select"],
            Options(paths=("-odd.py", "--", "--select"), statistics=True),
        ),
        (["--select", "LCL1,LCL2", "a"], Options(paths=("a",), select=("LCL1", "LCL2"))),
        (["--select=LCL1", "--select", " LCL2 , "], Options(select=("LCL1", "LCL2"))),
        (["--select", ""], Options(select=())),
        (["--ignore", "LCL1", "--extend-select", "LCL2"], Options(ignore=("LCL1",), extend_select=("LCL2",))),
        (
            ["--exclude", "gen,*_pb2.py", "--no-force-exclude"],
            Options(exclude=("gen", "*_pb2.py"), force_exclude=False),
        ),
        (["--handler-pattern", "a:b", "--handler-pattern", "c.*:d"], Options(handler_pattern=("a:b", "c.*:d"))),
        (["--output-format", "json", "--output-file", "x"], Options(output_format="json", output_file="x")),
        (["--exit-zero", "--color", "never"], Options(exit_zero=True, color="never")),
        (
            ["--fix", "--unsafe-fixes", "--show-fixes", "--exit-non-zero-on-fix", "--fix-style", "cached"],
            Options(fix=True, unsafe_fixes=True, show_fixes=True, exit_non_zero_on_fix=True, fix_style="cached"),
        ),
        (["--diff", "--fix"], Options(diff=True, fix=True)),
        (
            ["--fixable", "LCL103,LCL2", "--fixable", "LCL1", "--unfixable", "LCL101"],
            Options(fixable=("LCL103", "LCL2", "LCL1"), unfixable=("LCL101",)),
        ),
        (["--fixable", ""], Options(fixable=())),
        (["--stdin-filename", "a.py", "-"], Options(paths=("-",), stdin_filename="a.py")),
    ],
)
def test_given(arguments: list[str], expected: Options) -> None:
    assert options(*arguments) == expected


def test_lists_have_their_own_formats() -> None:
    assert options("--output-format", "json", face="rule") == Options(list_format="json")


@pytest.mark.parametrize(
    ("argument", "nearest"),
    [
        ("--selct", "--select"),
        ("--selct=LCL1", "--select"),
        ("--sel", "--select"),
        ("--out-file", "--output-file"),
        ("--colour", "--color"),
        ("--force-exclude", "--no-force-exclude"),
        ("--stat", "--statistics"),
    ],
)
def test_unknown_option_names_the_nearest(argument: str, nearest: str) -> None:
    with pytest.raises(UsageError) as caught:
        options("a", argument, "b")
    flag = argument.partition("=")[0]
    assert str(caught.value) == f"unknown option {flag!r}, the nearest valid one is {nearest!r}"


def test_option_of_another_sub_command_is_unknown() -> None:
    with pytest.raises(UsageError, match="unknown option '--statistics'"):
        options("--statistics", face="show clients")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--output-format", "jsn"], "json"),
        (["--color", "sometimes"], "always"),
        (["--select"], "expected one argument"),
        (["--quiet=yes"], "--quiet"),
        (["--fix-style", "lazy"], "cached"),
        (["--diff", "--statistics"], "--diff cannot be used together with --statistics"),
        (["--show-fixes", "--diff"], "--diff cannot be used together with --show-fixes"),
        (["--exit-zero", "--exit-non-zero-on-fix"], "--exit-zero cannot be used together with --exit-non-zero-on-fix"),
    ],
)
def test_wrong_values(arguments: list[str], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        options(*arguments)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], False), (["app.py"], False), (["-"], True), (["app.py", "-"], True), (["--stdin-filename", "app.py"], True)],
)
def test_standard_input_is_read_where_it_is_named(arguments: list[str], expected: bool) -> None:
    assert options(*arguments).reads_stdin is expected


def test_every_format_can_be_chosen() -> None:
    for name in FORMATS:
        assert options("--output-format", name).output_format == name


def test_help_names_every_option_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        options("--help")
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for field in fields(Options):
        option = field.metadata.get("option")
        if isinstance(option, Option) and "check" in option.faces:
            flag = option.name or field.name.replace("_", "-")
            assert len(re.findall(rf"^  --(?:no-)?{flag}[ ,\n]", text, re.MULTILINE)) == 1


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        options("--version")
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"lambda-conn-lint {__version__}\n"
