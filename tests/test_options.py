from __future__ import annotations

import re
from dataclasses import fields
from typing import get_args

import pytest

from lambda_conn_lint import __version__
from lambda_conn_lint.command_line import parse
from lambda_conn_lint.option_types import Face, Option
from lambda_conn_lint.options import Options, UsageError
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
        (["--force-exclude", "--no-fix"], Options(force_exclude=True, fix=False)),
        (["--fix", "--no-fix"], Options(fix=False)),
        (
            ["--per-file-ignores", "gen/*,a.py:LCL1,LCL301 b.py: ALL", "--per-file-ignores=c:LCL2"],
            Options(
                per_file_ignores=(
                    ("gen/*", ("LCL1", "LCL301")),
                    ("a.py", ("LCL1", "LCL301")),
                    ("b.py", ("ALL",)),
                    ("c", ("LCL2",)),
                )
            ),
        ),
        (["--platforms", "aws,google"], Options(platforms=("aws", "google"))),
        (
            ["--handler-decorators", "a.b", "--memoising-decorators=c.d,e.f"],
            Options(handler_decorators=("a.b",), memoising_decorators=("c.d", "e.f")),
        ),
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
        ("--forc-exclude", "--force-exclude"),
        ("--no-forced-exclude", "--no-force-exclude"),
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
        (["--select", "LCL9"], "argument --select: unknown rule selector 'LCL9', the nearest valid one is 'LCL"),
        (["--platforms", "amazon"], "'amazon' is not valid, the nearest valid value is "),
        (["--handler-decorators", "entry"], "'entry' is not a qualified name such as 'package.module.function'"),
        (["--per-file-ignores", "a.py"], "'a.py' has no codes; the form is 'PATTERN:CODES PATTERN:CODES'"),
        (["--per-file-ignores", "a.py:"], "'a.py' has no codes"),
        (["--per-file-ignores", ":LCL1"], "is not of the form"),
        (["--per-file-ignores", "a.py:LCL1 b.py"], "'b.py' has no codes"),
        (["--per-file-ignores", "a.py:lcl1"], "unknown rule selector 'lcl1', the nearest valid one is 'LCL1'"),
        (["--config", "x", "--isolated"], "--config cannot be used together with --isolated"),
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
            assert len(re.findall(rf"^  --{flag}[ ,\n]", text, re.MULTILINE)) == 1


def test_what_was_given_is_known() -> None:
    given = options("--fix-style", "global", "--no-fix", "a.py")
    assert given.given == {"fix_style", "fix"}
    assert given.explicit == {"fix_style": "global", "fix": False}


def test_show_config_takes_every_setting_but_its_own_format() -> None:
    given = options("--select", "LCL1", "--no-fix", "--output-format", "json", face="show config")
    assert given.explicit == {"select": ("LCL1",), "fix": False, "list_format": "json"}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        options("--version")
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"lambda-conn-lint {__version__}\n"
