"""The command within this process: what ``main()`` decides, prints and returns."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lambda_conn_lint import __version__
from lambda_conn_lint.catalog import CLIENTS
from lambda_conn_lint.findings import Finding, Span
from lambda_conn_lint.linking import Linking

KEPT = """import boto3

_s3 = None


def handler(event, context):
    global _s3
    if _s3 is None:
        _s3 = boto3.client("s3")
    return _s3
"""
BAD = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
GOOD = """\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.list_buckets()
"""
BROKEN = "import boto3\n\n\ndef handler(event, context):\n    s3 = = boto3.client('s3')\n"


Run = Callable[..., tuple[int, str, str]]


def _codes(document: str) -> list[tuple[str, str]]:
    return [(row["filename"], row["code"]) for row in json.loads(document)]


def test_clean(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(GOOD)
    assert run() == (0, "No findings.\n", "")
    assert run("--quiet") == (0, "", "")
    assert run("--output-format", "json") == (0, "[]\n", "")


@pytest.mark.parametrize("arguments", [[], ["."], ["app.py"], ["check"], ["check", "app.py"], ["./app.py", "app.py"]])
def test_findings(folder: Path, run: Run, arguments: list[str]) -> None:
    (folder / "app.py").write_text(BAD)
    status, out, err = run(*arguments)
    assert (status, err) == (1, "")
    assert out.startswith("app.py:5:10: LCL103 ")
    assert '\n  5 |     s3 = boto3.client("s3")\n    |          ^^^^^^^^^^^^^^^^^^\n' in out
    assert "\n  handler" in out
    assert out.endswith("\nFound 1 finding in 1 file.\n1 fixable with `--fix`.\n")
    assert "\x1b" not in out


def test_given_paths_are_reported_and_the_rest_is_analysed(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text("import store\n\n\ndef handler(event, context):\n    return store.get()\n")
    (folder / "store.py").write_text('import boto3\n\n\ndef get():\n    return boto3.client("s3")\n')
    (folder / "other.py").write_text(BAD)
    status, out, _ = run("--output-format", "json", "store.py")
    assert (status, _codes(out)) == (1, [("store.py", "LCL103")])
    assert [step["filename"] for step in json.loads(out)[0]["path"]] == ["app.py", "app.py", "store.py"]
    assert run("app.py") == (0, "No findings.\n", "")


def test_paths_are_shown_from_the_working_directory(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(BAD)
    (folder / "top.py").write_text(BAD)
    assert _codes(run("--output-format", "json")[1]) == [("src/app.py", "LCL103"), ("top.py", "LCL103")]
    monkeypatch.chdir(folder / "src")
    above = folder.as_posix() + "/top.py"
    assert _codes(run("--output-format", "json", "..")[1]) == [(above, "LCL103"), ("app.py", "LCL103")]


def test_several_projects_in_one_run(folder: Path, run: Run) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "serverless.yml").write_text("service: x\n")
        (folder / name / "app.py").write_text(BAD)
    status, out, _ = run("--output-format", "json", "b", "a")
    assert (status, _codes(out)) == (1, [("a/app.py", "LCL103"), ("b/app.py", "LCL103")])


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--ignore", "LCL103"], []),
        (["--select", "LCL101"], []),
        (["--select", "LCL1"], ["LCL103"]),
        (["--ignore", "LCL1", "--extend-select", "LCL103"], ["LCL103"]),
    ],
)
def test_selection(folder: Path, run: Run, arguments: list[str], codes: list[str]) -> None:
    (folder / "app.py").write_text(BAD)
    status, out, _ = run("--output-format", "json", *arguments)
    assert (status, [code for _, code in _codes(out)]) == (bool(codes), codes)


def test_unparsable_file_is_a_finding_and_the_others_are_checked(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(BAD)
    (folder / "broken.py").write_text(BROKEN)
    status, out, _ = run("--output-format", "json")
    assert (status, _codes(out)) == (1, [("app.py", "LCL103"), ("broken.py", "LCL001")])
    assert run("broken.py", "--select", "LCL101")[0] == 1
    assert run("broken.py", "--ignore", "LCL001")[0] == 0


@pytest.mark.parametrize(
    ("comment", "status"),
    [("# noqa", 0), ("# noqa: LCL1", 0), ("# noqa: LCL103, E501", 0), ("# noqa: LCL101", 1), ("#noqa", 1)],
)
def test_noqa(folder: Path, run: Run, comment: str, status: int) -> None:
    (folder / "app.py").write_text(BAD.replace('("s3")\n', f'("s3")  {comment}\n'))
    assert run()[0] == status


def test_exclude(folder: Path, run: Run) -> None:
    (folder / "gen").mkdir()
    (folder / "gen" / "app.py").write_text(BAD)
    (folder / "good.py").write_text(GOOD)
    assert run()[0] == 1
    assert run("--exclude", "gen")[0] == 0
    status, out, err = run("--exclude", "gen", "gen/app.py")
    assert (status, out) == (0, "No findings.\n")
    assert err.startswith("lambda-conn-lint: warning: no Python files to check")
    assert run("--exclude", "gen", "--no-force-exclude", "gen/app.py")[0] == 1


def test_what_git_ignores_is_not_analysed(folder: Path, run: Run) -> None:
    (folder / ".gitignore").write_text("gen/\n")
    (folder / "gen").mkdir()
    (folder / "gen" / "store.py").write_text('import boto3\n\n\ndef get():\n    return boto3.client("s3")\n')
    (folder / "app.py").write_text("from gen import store\n\n\ndef handler(event, context):\n    store.get()\n")
    assert run()[:2] == (0, "No findings.\n")
    assert run("gen")[:2] == (0, "No findings.\n")
    assert _codes(run("--no-force-exclude", "gen", "--output-format", "json")[1]) == [("gen/store.py", "LCL103")]


@pytest.mark.parametrize("name", [".venv", "node_modules", "build", "cdk.out", "site-packages", "__pycache__"])
def test_copies_and_caches_are_left_out(folder: Path, run: Run, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "app.py").write_text(BAD)
    assert run()[:2] == (0, "No findings.\n")
    assert run(name)[:2] == (0, "No findings.\n")
    assert run("--no-force-exclude", name)[0] == 1


JOBS = """\
import boto3


class Job:
    def run(self, message):
        return boto3.client("sqs")


def work(*, tenant):
    return boto3.client("s3")
"""


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("jobs.nightly:work", [10]),
        ("nightly:work", [10]),
        ("src.jobs.*:w*", [10]),
        ("jobs.*:Job.run", [6]),
        ("work", [10]),
        ("*:*", [6, 10]),
        ("weekly:work", []),
        ("job.nightly:work", []),
    ],
)
def test_handler_pattern(folder: Path, run: Run, pattern: str, rows: list[int]) -> None:
    (folder / "src" / "jobs").mkdir(parents=True)
    (folder / "src" / "jobs" / "nightly.py").write_text(JOBS)
    assert run()[0] == 0
    status, out, _ = run("--handler-pattern", pattern, "--output-format", "json")
    assert (status, [row["location"]["row"] for row in json.loads(out)]) == (int(bool(rows)), rows)
    status, out, _ = run("show", "handlers", "--handler-pattern", pattern, "--output-format", "json")
    assert [row["line"] + 1 for row in json.loads(out)] == rows


def test_statistics(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(BAD)
    assert run("--statistics") == (1, "1\tLCL103\tcloud-client-in-handler\nFound 1 finding in 1 file.\n", "")
    assert run("--statistics", "-q", "--exit-zero") == (0, "1\tLCL103\tcloud-client-in-handler\n", "")
    status, out, _ = run("--statistics", "--output-format", "json")
    assert (status, json.loads(out)) == (1, [{"code": "LCL103", "name": "cloud-client-in-handler", "count": 1}])


def test_output_file(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(BAD)
    assert run("--output-format", "json", "--output-file", "report.txt") == (1, "", "")
    assert _codes((folder / "report.txt").read_text()) == [("app.py", "LCL103")]
    status, out, err = run("--output-file", "no/such/folder")
    assert (status, out) == (2, "")
    assert "no/such/folder" in err


def test_colour(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "app.py").write_text(BAD)
    assert "\x1b[" in run("--color", "always")[1]
    assert "\x1b" not in run("--color", "always", "--output-format", "json")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run()[1]
    assert "\x1b" not in run("--color", "never")[1]
    run("--output-file", "report.txt")
    assert "\x1b" not in (folder / "report.txt").read_text()


def test_verbose_speaks_on_stderr(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text(GOOD)
    status, out, err = run("--verbose", "app.py")
    assert (status, out) == (0, "No findings.\n")
    assert f"project {folder}: 1 Python files, 1 asked for" in err


def _stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [(["-"], "-"), (["--stdin-filename", "app.py", "-"], "app.py"), (["--stdin-filename", "app.py"], "app.py")],
)
def test_stdin(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], shown: str) -> None:
    (folder / "app.py").write_text(GOOD)
    _stdin(monkeypatch, BAD)
    status, out, _ = run("--output-format", "json", *arguments)
    assert (status, _codes(out)) == (1, [(shown, "LCL103")])


def test_stdin_sees_the_project(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "store.py").write_text('import boto3\n\n\ndef get():\n    return boto3.client("s3")\n')
    (folder / "app.py").write_text("import store\n\n\ndef handler(event, context):\n    return store.get()\n")
    _stdin(monkeypatch, 'import boto3\n\ns3 = boto3.client("s3")\n\n\ndef get():\n    return s3\n')
    assert run("--stdin-filename", "store.py")[0] == 0
    _stdin(monkeypatch, (folder / "store.py").read_text())
    assert run("--stdin-filename", "store.py")[0] == 1


@pytest.mark.parametrize("arguments", [["-", "app.py"], ["--stdin-filename", "app.py", "app.py"], ["-", "-"]])
def test_stdin_alone(folder: Path, run: Run, arguments: list[str]) -> None:
    (folder / "app.py").write_text(GOOD)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "cannot be checked together with other paths" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "app.py"], "nowhere: no such file or folder"),
        (["--handler-pattern", "src/app.run"], "'src/app.run' is neither 'module:function' nor the name of a function"),
        (["--selct", "LCL1"], "unknown option '--selct', the nearest valid one is '--select'"),
        (["--select", "LCL1O1"], "unknown rule selector 'LCL1O1', the nearest valid one is 'LCL101'"),
        (["show"], "'show' takes one of 'handlers', 'clients', 'config', 'schema'\n"),
        (["show", "handler"], "the nearest to 'handler' is 'handlers'"),
        (["show", "clients", "src"], "'show clients' takes no paths, 'src' was given"),
        (["rule"], "'rule' takes at least one code"),
        (["rule", "LCL9"], "unknown rule selector 'LCL9'"),
        (["--quiet", "check"], "check: no such file or folder"),
    ],
)
def test_wrong_usage(folder: Path, run: Run, arguments: list[str], message: str) -> None:
    (folder / "app.py").write_text(GOOD)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("lambda-conn-lint: error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("first", ["show", "baseline"])
def test_help_of_a_first_word_tells_the_second(run: Run, first: str) -> None:
    status, out, err = run(first, "--help")
    assert (status, err) == (0, "")
    assert f"lambda-conn-lint {first} " in out


@pytest.mark.parametrize("name", ["check", "show", "rule", "handlers", "clients", "config"])
def test_folders_are_called_like_words_of_the_command(folder: Path, run: Run, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "app.py").write_text(BAD)
    path = name if name not in {"check", "show", "rule"} else f"./{name}"
    status, out, _ = run(path, "--output-format", "json")
    assert (status, _codes(out)) == (1, [(f"{name}/app.py", "LCL103")])


def test_internal_error_on_a_file(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said even where the file was not asked for or silences everything, and whatever the options are."""
    (folder / "app.py").write_text(KEPT)
    (folder / "lib.py").write_text("# flake8: noqa\n")
    defect = Finding("lib.py", Span(1, 1, 1, 1), "LCL000", "KeyError: 'x'")
    monkeypatch.setattr(Linking, "problems", lambda _: (defect,))
    for option in ("--quiet", "--fix"):
        status, out, _ = run("--exit-zero", "--output-format", "json", "app.py", option)
        assert (status, _codes(out)) == (2, [("lib.py", "LCL000")])
    assert run("--exit-zero", "--statistics", "app.py")[:2] == (
        2,
        "1\tLCL000\tinternal-error\nFound 1 finding in 1 file.\n",
    )


@pytest.mark.parametrize("option", ["--quiet", "--statistics", "--fix", "--diff"])
def test_exception_in_the_engine(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    (folder / "app.py").write_text(KEPT)
    monkeypatch.setattr(Linking, "findings", _raise(RuntimeError("boom")))
    status, out, err = run("--exit-zero", option)
    assert (status, out) == (2, "")
    assert "RuntimeError: boom" in err
    assert err.splitlines()[-1].endswith("Please report it with the lines above")


def test_keyboard_interrupt(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "app.py").write_text(KEPT)
    monkeypatch.setattr(Linking, "findings", _raise(KeyboardInterrupt()))
    assert run() == (130, "", "lambda-conn-lint: interrupted\n")


def _raise(error: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_rule(folder: Path, run: Run) -> None:
    status, out, err = run("rule", "LCL101")
    assert (status, err) == (0, "")
    assert out.startswith("# database-client-in-handler (LCL101)\n\nOn by default.")
    assert [row["code"] for row in json.loads(run("rule", "LCL2", "LCL000", "--output-format", "json")[1])] == [
        "LCL000",
        *(f"LCL20{n}" for n in range(1, 6)),
    ]


def test_show_clients(folder: Path, run: Run) -> None:
    status, out, err = run("show", "clients", "--output-format", "json")
    assert (status, err) == (0, "")
    assert {row["name"] for row in json.loads(out)} == {client.name for client in CLIENTS}
    assert run("show", "clients")[1].endswith(f"{len(CLIENTS)} constructors\n")


def test_show_handlers(folder: Path, run: Run) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(BAD)
    (folder / "top.py").write_text(GOOD)
    status, out, err = run("show", "handlers", "src", "--output-format", "json")
    assert (status, err) == (0, "")
    (row,) = json.loads(out)
    assert {**row, "evidence": []} == {
        "filename": "src/app.py",
        "line": 4,
        "name": "handler",
        "platform": row["platform"],
        "traits": [],
        "evidence": [],
    }
    assert row["evidence"]
    assert {"kind", "detail", "strength"} == set(row["evidence"][0])
    assert "src/app.py:4" in run("show", "handlers")[1]


BAD_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Gone:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, CodeUri: src/, Handler: app.gone}
"""


def test_show_handlers_says_what_deployment_files_leave_open(folder: Path, run: Run) -> None:
    (folder / "template.yaml").write_text(BAD_TEMPLATE)
    (folder / "serverless.yml").write_text("service: x\nprovider: {name: aws}\nfunctions: [\n")
    (folder / "app.py").write_text(GOOD)
    status, text, err = run("show", "handlers")
    assert (status, err) == (0, "")
    assert "app.py:6: handler (" in text
    assert "\nOpen ends:\n  template.yaml:3: the code of Gone (app.gone) was not found: " in text
    assert "\n  serverless.yml: could not be read: " in text
    status, document, err = run("show", "handlers", "--output-format", "json")
    assert (status, [row["filename"] for row in json.loads(document)]) == (0, ["app.py"])
    first, second = err.splitlines()
    assert first.startswith("lambda-conn-lint: warning: template.yaml:3: the code of Gone (app.gone) was not found: ")
    assert second.startswith("lambda-conn-lint: warning: serverless.yml: could not be read: ")
    assert run("show", "handlers", "--output-format", "json", "--quiet")[2] == ""


def test_help_and_version(run: Run) -> None:
    assert run("--version") == (0, f"lambda-conn-lint {__version__}\n", "")
    for arguments in (
        ["--help"],
        ["check", "-h"],
        ["rule", "-h"],
        ["show", "handlers", "-h"],
        ["show", "clients", "-h"],
    ):
        status, out, err = run(*arguments)
        assert (status, err) == (0, "")
        assert out.startswith("usage: lambda-conn-lint ")
