"""The command as a process of its own: the bundled example, odd files, and what only a process shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lambda_conn_lint

pytestmark = pytest.mark.subprocess

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "fixtures" / "example_service"
BAD = 'import boto3\n\n\ndef handler(event, context):\n    return boto3.client("s3").list_buckets()\n'


def _command(*arguments: str, cwd: Path, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "lambda_conn_lint", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=_environ(**environ),
    )


def _environ(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    root = str(Path(lambda_conn_lint.__file__).parent.parent)
    return {**kept, "PYTHONPATH": root, **changes}


def _findings(*arguments: str, cwd: Path) -> list[dict[str, Any]]:
    done = _command("--output-format", "json", *arguments, cwd=cwd)
    assert done.stderr == b""
    assert done.stdout.isascii()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert done.returncode == bool(found)
    return found


# The example


def test_example_has_five_findings() -> None:
    found = _findings("fixtures/example_service", cwd=ROOT)
    source = "fixtures/example_service/src/orders"
    assert [(row["filename"], row["location"]["row"], row["code"], len(row["handlers"])) for row in found] == [
        (f"{source}/app.py", 31, "LCL103", 1),
        (f"{source}/db.py", 9, "LCL101", 3),
        (f"{source}/export.py", 29, "LCL103", 1),
        (f"{source}/flags.py", 10, "LCL102", 1),
        (f"{source}/payments.py", 18, "LCL105", 1),
    ]


def test_example_by_the_path_of_one_finding() -> None:
    (found,) = _findings("src/orders/db.py", cwd=EXAMPLE)
    assert [(step["filename"], step["location"]["row"], step["name"]) for step in found["path"]] == [
        ("src/orders/app.py", 13, "get_order"),
        ("src/orders/app.py", 18, "find_order"),
        ("src/orders/db.py", 13, "connect"),
        ("src/orders/db.py", 9, "psycopg2.connect"),
    ]
    assert [handler["name"] for handler in found["handlers"]] == ["get_order", "create_order", "handler"]


def test_example_has_one_dependent_client() -> None:
    found = _findings("--select", "LCL2", cwd=EXAMPLE)
    assert [(row["filename"], row["code"]) for row in found] == [("src/orders/export.py", "LCL203")]


def test_example_by_numbers() -> None:
    done = _command("--statistics", "fixtures/example_service", cwd=ROOT)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().splitlines() == [
        "2\tLCL103\tcloud-client-in-handler",
        "1\tLCL101\tdatabase-client-in-handler",
        "1\tLCL102\tfeature-flag-client-in-handler",
        "1\tLCL105\tapi-client-in-handler",
        "Found 5 findings in 5 files.",
    ]


def test_findings_have_the_documented_keys_and_types() -> None:
    for row in _findings("--select", "ALL", cwd=EXAMPLE):
        assert list(row) == [
            "cell",
            "filename",
            "location",
            "end_location",
            "code",
            "name",
            "severity",
            "message",
            "fix",
            "noqa_row",
            "url",
            "handlers",
            "path",
            "reason",
            "doubt",
            "affects_tests",
        ]
        assert row["cell"] is None
        for key in ("filename", "code", "name", "severity", "message"):
            assert isinstance(row[key], str)
            assert row[key]
        assert row["url"] is None
        assert (row["fix"] is None) == isinstance(row["reason"], str)
        assert (row["doubt"] is None) == (row["fix"] is None or row["fix"]["applicability"] == "safe")
        start, end = row["location"], row["end_location"]
        assert (1, 1) <= (start["row"], start["column"]) < (end["row"], end["column"])
        assert start["row"] <= row["noqa_row"] <= end["row"]
        assert row["handlers"]
        assert row["path"][-1]["location"] == start
        for station in (*row["handlers"], *row["path"], *row["affects_tests"]):
            assert list(station) == ["filename", "location", "name"]
            assert list(station["location"]) == list(start) == ["row", "column"]
            assert (EXAMPLE / station["filename"]).is_file()
        if row["fix"] is not None:
            assert list(row["fix"]) == ["applicability", "message", "edits"]
            assert row["fix"]["message"]
            ends = [(0, 0)]
            for edit in row["fix"]["edits"]:
                assert list(edit) == ["content", "location", "end_location"]
                start, end = (tuple(edit[key].values()) for key in ("location", "end_location"))
                assert ends[-1] <= start <= end
                ends.append(end)
            assert len(ends) > 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--select", "ALL"],
        ["--select", "ALL", "--output-format", "json"],
        ["--diff", "--unsafe-fixes"],
        ["show", "handlers"],
        ["show", "clients", "--output-format", "json"],
    ],
)
def test_output_is_the_same_in_every_process(arguments: list[str]) -> None:
    outputs = {_command(*arguments, cwd=EXAMPLE, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2024")}
    assert len(outputs) == 1
    assert outputs != {b""}


# Odd files

LATIN = """\
# -*- coding: latin-1 -*-
import boto3
def handler(event, context):
    return 'é', boto3.client('s3').list_buckets()
"""
UNDECLARED = LATIN.partition("\n")[2]


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        pytest.param("app.py", LATIN.encode("latin-1"), ("LCL103", 4, 17), id="declared encoding"),
        pytest.param("app.py", UNDECLARED.encode("latin-1"), ("LCL001", 1, 1), id="undeclared encoding"),
        pytest.param("app.py", b"# coding: nope\n" + BAD.encode(), ("LCL001", 1, 1), id="unknown encoding"),
        pytest.param("app.py", b"\xef\xbb\xbf" + BAD.encode(), ("LCL103", 5, 12), id="byte order mark"),
        pytest.param("app.py", BAD.replace("\n", "\r\n").encode(), ("LCL103", 5, 12), id="CRLF"),
        pytest.param("app.py", BAD.replace("\n", "\r").encode(), ("LCL103", 5, 12), id="CR"),
        pytest.param("app.py", b"\x0c\n" + BAD.encode(), ("LCL103", 6, 12), id="form feed"),
        pytest.param("app.py", BAD.replace("    ", "\t").encode(), ("LCL103", 5, 9), id="tab"),
        pytest.param("app.py", BAD.removesuffix("\n").encode(), ("LCL103", 5, 12), id="no newline at the end"),
        pytest.param("app.py", b"", None, id="empty"),
        pytest.param("app.py", BAD.encode() + bytes(range(256)), ("LCL001", 1, 1), id="binary"),
        pytest.param("two words/größe 日.py", BAD.encode(), ("LCL103", 5, 12), id="name"),
        pytest.param("handlers/clients/show/check.py", BAD.encode(), ("LCL103", 5, 12), id="words of the command"),
    ],
)
def test_odd_files(folder: Path, name: str, data: bytes, found: tuple[str, int, int] | None) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    rows = _findings(name, cwd=folder)
    expected = [(name, *found)] if found else []
    assert [(row["filename"], row["code"], *row["location"].values()) for row in rows] == expected
    assert _command(name, cwd=folder).stderr == b""


def test_unparsable_files_do_not_hide_the_others(folder: Path) -> None:
    (folder / "app.py").write_text(BAD)
    (folder / "old.py").write_text(BAD.replace("return", "print"))
    assert [(row["filename"], row["code"]) for row in _findings(cwd=folder)] == [
        ("app.py", "LCL103"),
        ("old.py", "LCL001"),
    ]


def test_links(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(BAD)
    (folder / "current").symlink_to("src")
    (folder / "self").symlink_to(".")
    assert [row["filename"] for row in _findings(".", "current", "self/src/app.py", cwd=folder)] == ["src/app.py"]
    (folder / "gone.py").symlink_to("nowhere.py")
    assert [row["filename"] for row in _findings(".", cwd=folder)] == ["src/app.py"]
    done = _command("gone.py", cwd=folder)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_folder_without_python(folder: Path) -> None:
    done = _command(".", cwd=folder)
    assert (done.returncode, done.stdout) == (0, b"No findings.\n")
    assert done.stderr.startswith(b"lambda-conn-lint: warning: no Python files to check")
    assert _command(".", "--quiet", cwd=folder).stderr == b""


def test_two_projects_from_a_third_folder(folder: Path) -> None:
    for name in ("a", "b", "c"):
        (folder / name).mkdir()
        (folder / name / "serverless.yml").write_text("service: x\n")
        (folder / name / "app.py").write_text(BAD)
    rows = _findings("../b", "../a/app.py", cwd=folder / "c")
    assert [row["filename"] for row in rows] == [f"{folder.as_posix()}/{name}/app.py" for name in "ab"]


# Fixes in odd files


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + BAD.encode(), id="byte order mark"),
        pytest.param(BAD.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(BAD.removesuffix("\n").encode(), id="no newline at the end"),
        pytest.param(BAD.replace("    ", "\t").encode(), id="tab"),
        pytest.param(BAD.replace("    return", "    größe = '日'\n    return").encode(), id="not ASCII"),
    ],
)
def test_file_stdin_and_diff_agree(folder: Path, data: bytes) -> None:
    """What is printed for standard input, and what the printed diff makes of the file, is what --fix writes."""
    path = folder / "app.py"
    path.write_bytes(data)
    diff = _command("--diff", "--quiet", cwd=folder, PYTHONIOENCODING="ascii")
    assert (diff.returncode, diff.stderr, path.read_bytes()) == (1, b"", data)
    fixed = _fixed(folder, data)
    path.write_bytes(data)
    subprocess.run(["git", "apply", "-p0", "-"], input=diff.stdout, check=True, cwd=folder, capture_output=True)
    assert path.read_bytes() == fixed


def test_declared_encoding_is_kept(folder: Path) -> None:
    assert "é" in _fixed(folder, LATIN.encode("latin-1")).decode("latin-1")


def _fixed(folder: Path, data: bytes) -> bytes:
    """What --fix makes of a file, in its place and on standard output."""
    path = folder / "app.py"
    path.write_bytes(data)
    assert _command("--fix", "--quiet", cwd=folder).returncode == 0
    fixed = path.read_bytes()
    assert fixed != data
    printed = _command("--fix", "--quiet", "--stdin-filename", "app.py", cwd=folder, stdin=data)
    assert (printed.returncode, printed.stdout, printed.stderr) == (0, fixed, b"")
    return fixed


# What only a process shows


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["clean.py"], 0),
        (["bad.py"], 1),
        (["bad.py", "--exit-zero"], 0),
        (["bad.py", "--ignore", "LCL1"], 0),
        (["bad.py", "--fix"], 0),
        (["bad.py", "--fix", "--exit-non-zero-on-fix"], 1),
        (["bad.py", "--fix", "--unfixable", "LCL103"], 1),
        (["bad.py", "--fix", "--fixable", "LCL9"], 2),
        (["bad.py", "--diff"], 1),
        (["clean.py", "--diff"], 0),
        (["bad.py", "--diff", "--statistics"], 2),
        (["broken.py"], 1),
        (["broken.py", "--exit-zero"], 0),
        (["nowhere.py"], 2),
        (["--selct", "LCL1"], 2),
        (["--help"], 0),
    ],
)
def test_exit_codes(folder: Path, arguments: list[str], status: int) -> None:
    (folder / "clean.py").write_text("x = 1\n")
    (folder / "bad.py").write_text(BAD)
    if "broken.py" in arguments:
        (folder / "broken.py").write_text(BAD.replace("):", ":"))
    assert _command(*arguments, cwd=folder).returncode == status


@pytest.mark.parametrize("option", ["--quiet", "--diff", "--statistics"])
def test_process_whose_reader_is_gone(folder: Path, option: str) -> None:
    (folder / "app.py").write_text(BAD)
    process = subprocess.Popen(
        [sys.executable, "-m", "lambda_conn_lint", "--quiet", option],
        cwd=folder,
        env=_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    with process:
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_process_with_a_narrow_encoding(folder: Path) -> None:
    (folder / "äpp.py").write_text(BAD.replace('"s3"', '"日"'), encoding="utf-8")
    done = _command(cwd=folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert rb"\xe4pp.py:5:12: LCL103" in done.stdout
    assert rb'boto3.client("\u65e5")' in done.stdout
    assert done.stderr == b""


def test_process_reads_stdin(folder: Path) -> None:
    done = _command("-", "--quiet", cwd=folder, stdin=BAD.encode())
    assert done.returncode == 1
    assert done.stdout.startswith(b"-:5:12: LCL103 ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["rule", "ALL"],
        ["show", "clients"],
        ["nowhere"],
        ["clean.py"],
        ["clean.py", "--fix"],
        ["clean.py", "--diff", "--fixable", "LCL1"],
    ],
)
def test_process_imports_nothing_heavy_for_little(folder: Path, arguments: list[str]) -> None:
    (folder / "clean.py").write_text("def handler(event, context):\n    return event\n")
    script = (
        "import sys; from lambda_conn_lint.cli import main; main(sys.argv[1:]);"
        "print(sorted({'libcst', 'yaml', 'asyncio'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=folder, env=_environ(), capture_output=True, check=True
    )
    assert done.stderr.splitlines()[-1] == b"[]"
