"""The command with configuration files: what is reported, fixed and shown, project by project."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

Run: TypeAlias = Callable[..., tuple[int, str, str]]

BAD = 'import boto3\n\n\ndef handler(event, context):\n    boto3.client("s3").list_buckets()\n'
DATABASE = 'import redis\n\n\ndef handler(event, context):\n    redis.Redis().get("a")\n'
OURS = "[tool.lambda-conn-lint]\n"
CFG = "[lambda-conn-lint]\n"


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _found(run: Run, *arguments: str) -> list[tuple[str, str]]:
    status, out, err = run("check", "--output-format", "json", *arguments)
    assert err == "", err
    found = [(row["filename"], row["code"]) for row in json.loads(out)]
    assert status == bool(found)
    return found


def test_the_file_decides_and_the_command_line_wins(folder: Path, run: Run) -> None:
    _write(folder, {"pyproject.toml": OURS + 'select = ["LCL101"]', "a.py": BAD, "b.py": DATABASE})
    assert _found(run) == [("b.py", "LCL101")]
    assert _found(run, "--extend-select", "LCL103") == [("a.py", "LCL103"), ("b.py", "LCL101")]
    assert _found(run, "--select", "LCL103") == [("a.py", "LCL103")]
    assert _found(run, "--isolated") == [("a.py", "LCL103"), ("b.py", "LCL101")]
    _write(folder, {"other.cfg": CFG + "select = LCL103"})
    assert _found(run, "--config", "other.cfg") == [("a.py", "LCL103")]


def test_each_project_has_its_own_settings(folder: Path, run: Run) -> None:
    _write(
        folder,
        {
            "pyproject.toml": OURS + 'select = ["LCL101"]',
            "a.py": BAD,
            "b.py": DATABASE,
            "services/mail/setup.cfg": CFG + "select = LCL103",
            "services/mail/a.py": BAD,
            "services/mail/b.py": DATABASE,
            "services/mail/inner/pyproject.toml": OURS + "ignore = ['LCL1']",
            "services/mail/inner/a.py": BAD,
            "services/mail/tool/pyproject.toml": "[tool.ruff]\n",
            "services/mail/tool/a.py": BAD,
        },
    )
    mail = [("services/mail/a.py", "LCL103"), ("services/mail/tool/a.py", "LCL103")]
    expected = [("b.py", "LCL101"), *mail]
    assert _found(run) == expected
    assert _found(run, ".", "services/mail/a.py") == expected
    assert _found(run, "services") == mail
    assert _found(run, "b.py", "a.py", "services/mail/a.py", "services/mail/b.py") == expected[:2]
    assert _found(run, "services/mail/inner") == []
    everything = ["a.py", "services/mail/a.py", "services/mail/inner/a.py", "services/mail/tool/a.py"]
    assert _found(run, "--select", "LCL103", "--ignore", "LCL2") == [(file, "LCL103") for file in everything]


def test_what_concerns_the_whole_run_comes_from_the_working_directory(folder: Path, run: Run) -> None:
    _write(
        folder,
        {
            "pyproject.toml": OURS + 'output-format = "json"',
            "a/pyproject.toml": OURS + 'output-format = "text"\nfix = true\nunsafe-fixes = true',
            "a/a.py": BAD,
        },
    )
    status, out, _ = run("a")
    assert status == 1
    assert [row["filename"] for row in json.loads(out)] == ["a/a.py"]
    assert (folder / "a/a.py").read_text() == BAD


def test_fix_and_its_style_from_the_file(folder: Path, run: Run) -> None:
    _write(folder, {"setup.cfg": CFG + "fix = true\nfix-style = cached", "a.py": BAD})
    assert run("--no-fix")[0] == 1
    assert (folder / "a.py").read_text() == BAD
    assert run()[0] == 0
    assert "lru_cache" in (folder / "a.py").read_text()


def test_unsafe_fixes_of_trusted_codes_count_as_safe(folder: Path, run: Run) -> None:
    text = "import requests\n\n\ndef handler(event, context):\n    s = requests.Session()\n    return s.get('x').text\n"
    _write(folder, {"a.py": text})
    assert run("--fix")[0] == 1
    assert (folder / "a.py").read_text() == text
    status, out, _ = run("--extend-safe-fixes", "LCL105", "--output-format", "json")
    (found,) = json.loads(out)
    assert (status, found["fix"]["applicability"], found.get("doubt")) == (1, "safe", None)
    _write(folder, {"pyproject.toml": OURS + 'extend-safe-fixes = ["LCL1"]'})
    assert run("--fix")[0] == 0
    assert (folder / "a.py").read_text() != text


def test_per_file_ignores(folder: Path, run: Run) -> None:
    table = OURS + "[tool.lambda-conn-lint.per-file-ignores]\n"
    files = {"src/a.py": BAD, "src/old/b.py": BAD, "lib/old/c.py": DATABASE, "d.py": DATABASE}
    _write(
        folder, {**files, "pyproject.toml": table + '"src/old" = ["LCL1"]\n"**/c.py" = ["LCL101"]\n"src" = ["LCL2"]\n'}
    )
    assert _found(run) == [("d.py", "LCL101"), ("src/a.py", "LCL103")]
    assert _found(run, "--per-file-ignores", "old,d.py:ALL") == [("src/a.py", "LCL103")]
    _write(folder, {"pyproject.toml": table + '"./src/*.py" = ["LCL103"]\n'})
    assert _found(run) == [("d.py", "LCL101"), ("lib/old/c.py", "LCL101")]
    run("--fix")
    assert {name: (folder / name).read_text() == text for name, text in files.items()} == {
        "src/a.py": True,
        "src/old/b.py": True,
        "lib/old/c.py": False,
        "d.py": False,
    }


def test_patterns_of_a_file_are_relative_to_it(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    exclude = OURS + 'exclude = ["gen/x"]\nper-file-ignores."gen/y" = ["ALL"]\n'
    _write(folder, {"p/pyproject.toml": exclude, "p/gen/x/a.py": BAD, "p/gen/y/a.py": BAD, "p/gen/z/a.py": BAD})
    found = [("p/gen/z/a.py", "LCL103")]
    assert _found(run, "p") == found
    assert _found(run, "p/gen/y", "p/gen/z/a.py") == found
    monkeypatch.chdir(folder / "p" / "gen")
    assert _found(run) == [("z/a.py", "LCL103")]
    assert _found(run, "--exclude", "z") == [("x/a.py", "LCL103")]
    status, _, err = run("x/a.py")
    assert (status, "no Python files to check" in err) == (0, True)
    assert _found(run, "--no-force-exclude", "x/a.py") == [("x/a.py", "LCL103")]


def test_standard_input_has_the_settings_of_its_place(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(folder, {"a/setup.cfg": CFG + "per-file-ignores = x.py: LCL103\n"})
    from lambda_conn_lint import checking

    monkeypatch.setattr(checking, "read_stdin", BAD.encode)
    assert _found(run, "--stdin-filename", "a/x.py") == []
    assert _found(run, "--stdin-filename", "a/y.py") == [("a/y.py", "LCL103")]
    assert _found(run, "--stdin-filename", "x.py") == [("x.py", "LCL103")]


@pytest.mark.parametrize(
    ("name", "text", "arguments", "error"),
    [
        (
            "pyproject.toml",
            OURS + "fixx = true",
            [],
            "pyproject.toml:2: unknown key 'fixx', the nearest valid one is 'fix'",
        ),
        ("setup.cfg", CFG + "select = LCL9", ["show", "handlers"], "setup.cfg:2: unknown rule selector 'LCL9'"),
        ("setup.cfg", CFG + "x = 1", ["show", "clients"], "setup.cfg:2: unknown key 'x'"),
        ("setup.cfg", CFG + "x = 1", ["show", "config"], "setup.cfg:2: unknown key 'x'"),
        ("sub/pyproject.toml", OURS + "fixx = true", ["sub/a.py"], "sub/pyproject.toml:2: unknown key 'fixx'"),
        ("sub/pyproject.toml", OURS + "fixx = true", ["."], "sub/pyproject.toml:2: unknown key 'fixx'"),
        ("pyproject.toml", OURS + "fix = ", [], "pyproject.toml:2: not valid TOML"),
        ("x.py", "", ["--config", "no.toml"], "no.toml: cannot be read: No such file or directory"),
    ],
)
def test_errors(folder: Path, run: Run, name: str, text: str, arguments: list[str], error: str) -> None:
    _write(folder, {name: text, "sub/a.py": BAD})
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"lambda-conn-lint: error: {error}")
    if "--config" not in arguments:
        assert run("--isolated", "sub")[0] == 1


def test_a_broken_file_of_others_is_not_our_business(folder: Path, run: Run) -> None:
    _write(folder, {"pyproject.toml": '[project]\ndependencies = ["lambda-conn-lint"\n', "a.py": BAD})
    assert _found(run) == [("a.py", "LCL103")]


def test_show_clients_tells_what_is_declared(folder: Path, run: Run) -> None:
    table = OURS + 'clients."acme.Client" = {kind = "api", note = "Ours."}\nclients."redis.Redis" = "off"\n'
    _write(folder, {"pyproject.toml": table})
    out = run("show", "clients")[1].splitlines()
    row = out.index("  acme.Client  (configuration)")
    assert out[row + 1] == "      Ours."
    assert not any(line.startswith("  redis.Redis  ") for line in out)
    assert any(line.startswith("  redis.Redis  ") for line in run("show", "clients", "--isolated")[1].splitlines())


# show config


def test_show_config(folder: Path, run: Run) -> None:
    text = (
        'fix = true\nselect = [\n  "LCL1",\n]\nclients."a.b" = {kind = "sql", close = ["x"]}\nclients."c.d" = "off"\n'
    )
    _write(
        folder, {"pyproject.toml": OURS + text, "a.py": "", "p/setup.cfg": CFG + "exclude = größe, b\n", "p/a.py": ""}
    )
    status, out, err = run("show", "config", "--ignore", "LCL103", "p", ".")
    assert (status, err) == (0, "")
    run_block, first, second = out.split("\n\n")
    assert run_block.startswith("This run\n  fix = true")
    lines = {" ".join(line.split()) for line in first.splitlines()}
    assert lines >= {
        "Project . (pyproject.toml)",
        'select = ["LCL1"] # pyproject.toml:3',
        'ignore = ["LCL103"] # command line',
        'clients."a.b" = {kind = "sql", close = ["x"]} # pyproject.toml:6',
        'clients."c.d" = {kind = "off"} # pyproject.toml:6',
        "platforms is not set # default",
        "per-file-ignores = {} # default",
        'fix-style = "global" # default',
    }
    assert "Project p (p/setup.cfg)" in second
    assert ' exclude = ["größe", "b"]' in second
    assert " # p/setup.cfg:2" in second
    assert "  fix = " not in first + second


def test_show_config_as_json(folder: Path, run: Run) -> None:
    _write(folder, {"pyproject.toml": OURS + 'per-file-ignores."ä" = ["LCL1"]\n', "a.py": ""})
    _, out, _ = run("show", "config", "--output-format", "json", "--fix-style", "cached", "a.py")
    shown = json.loads(out)
    assert out.isascii()
    assert shown["run"]["fix"] == {"value": False, "source": "default"}
    (project,) = shown["projects"]
    assert (project["folder"], project["configuration"]) == (".", "pyproject.toml")
    assert project["settings"]["per-file-ignores"] == {"value": {"ä": ["LCL1"]}, "source": "pyproject.toml:2"}
    assert project["settings"]["fix-style"] == {"value": "cached", "source": "command line"}
    assert project["settings"]["platforms"] == {"value": None, "source": "default"}


def test_show_config_without_a_file(folder: Path, run: Run) -> None:
    _write(folder, {"a.py": ""})
    out = run("show", "config", "--isolated")[1]
    assert "Project . (no configuration file)\n" in out
    assert {line.partition("  # ")[2] for line in out.splitlines() if "  # " in line} == {"default"}


def test_show_schema(folder: Path, run: Run) -> None:
    status, out, _ = run("show", "schema")
    assert (status, json.loads(out)["title"]) == (0, "lambda-conn-lint")
    assert run("show", "schema", "a.py")[0] == 2
