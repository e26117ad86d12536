"""``check`` with fixes, within this process: what is written, shown, counted and returned."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambda_conn_lint.findings import Finding, Span

Run = Callable[..., tuple[int, str, str]]

SAFE = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
"""One finding with a safe fix, LCL103."""

UNSAFE = """\
import redis
from orders import count


def handler(event, context):
    cache = redis.Redis("cache")
    return count(cache)
"""
"""One finding with a doubt, LCL101."""

REFUSED = """\
import sqlite3


def handler(event, context):
    conn = sqlite3.connect("/tmp/orders.db")
    row = conn.execute("SELECT 1").fetchone()
    conn.close()
    return row[0]
"""
"""One finding that has no fix, LCL101."""

CLEAN = "def handler(event, context):\n    return event\n"


@pytest.fixture
def three(folder: Path) -> Path:
    """A project with a file for each: a safe fix, an unsafe one, none."""
    for name, text in (("safe", SAFE), ("unsafe", UNSAFE), ("refused", REFUSED)):
        (folder / f"{name}.py").write_text(text)
    return folder


def _texts(folder: Path) -> list[str]:
    return [(folder / f"{name}.py").read_text() for name in ("safe", "unsafe", "refused")]


def _stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def _rows(document: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(document)
    return rows


# Without --fix


def test_findings_come_with_their_fix_or_the_reason(three: Path, run: Run) -> None:
    status, out, err = run()
    assert (status, err, _texts(three)) == (1, "", [SAFE, UNSAFE, REFUSED])
    refused, safe, unsafe, summary = out.split("\n\n")
    assert "\n  no fix: " in refused
    assert "\n  fix: " in safe
    assert "(unsafe: " not in safe
    assert "\n  fix: " in unsafe
    assert " (unsafe: " in unsafe
    assert summary == "Found 3 findings in 3 files.\n1 fixable with `--fix`, 1 more with `--unsafe-fixes`.\n"


def test_json_has_the_fix_the_reason_and_the_doubt(three: Path, run: Run) -> None:
    refused, safe, unsafe = _rows(run("--output-format", "json")[1])
    assert refused["fix"] is None
    assert refused["reason"]
    assert (safe["reason"], safe["doubt"], safe["affects_tests"]) == (None, None, [])
    assert list(safe["fix"]) == ["applicability", "message", "edits"]
    assert (safe["fix"]["applicability"], unsafe["fix"]["applicability"]) == ("safe", "unsafe")
    assert unsafe["doubt"]
    for edit in (*safe["fix"]["edits"], *unsafe["fix"]["edits"]):
        assert list(edit) == ["content", "location", "end_location"]


def test_statistics_do_not_work_out_fixes(three: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_conn_lint.fix.rounds.planned", _raise(AssertionError()))
    assert run("--statistics")[0::2] == (1, "")


@pytest.mark.parametrize("option", ["--unsafe-fixes", "--show-fixes", "--exit-non-zero-on-fix"])
def test_nothing_is_written_without_fix(three: Path, run: Run, option: str) -> None:
    assert run(option) == run()
    assert _texts(three) == [SAFE, UNSAFE, REFUSED]


# --fix


def test_fix_writes_what_is_safe_and_reports_the_rest(three: Path, run: Run) -> None:
    status, out, err = run("--fix")
    safe, *others = _texts(three)
    assert (status, err, others) == (1, "", [UNSAFE, REFUSED])
    assert safe != SAFE
    assert [line.partition(":")[0] for line in out.splitlines() if " LCL" in line] == ["refused.py", "unsafe.py"]
    assert out.endswith("\n\nFixed 1 finding in 1 file, 2 remaining.\n1 fixable with `--fix --unsafe-fixes`.\n")


def test_unsafe_fixes(three: Path, run: Run) -> None:
    status, out, _ = run("--fix", "--unsafe-fixes")
    safe, unsafe, refused = _texts(three)
    assert (status, refused) == (1, REFUSED)
    assert safe != SAFE
    assert unsafe != UNSAFE
    assert out.endswith("\n\nFixed 2 findings in 2 files, 1 remaining.\n")


def test_a_file_whose_name_is_no_text(folder: Path, run: Run) -> None:
    try:
        with open(os.fsencode(folder) + b"/\xff.py", "w") as file:
            file.write(SAFE)
    except OSError:
        pytest.skip("this file system has no such names")
    assert run("--fix")[0] == 0
    (written,) = folder.glob("*.py")
    assert "_get_s3()" in written.read_text()


def test_fix_what_was_asked_for(three: Path, run: Run) -> None:
    (three / "also.py").write_text(SAFE)
    assert run("--fix", "also.py") == (0, "Fixed 1 finding in 1 file, 0 remaining.\n", "")
    assert _texts(three)[0] == SAFE


def test_fixing_again_changes_nothing(three: Path, run: Run) -> None:
    run("--fix", "--unsafe-fixes")
    before = _texts(three)
    status, out, _ = run("--fix", "--unsafe-fixes")
    assert (status, _texts(three)) == (1, before)
    assert out.endswith("\nFound 1 finding in 1 file.\n")


def test_clean_files_are_not_written(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "app.py").write_text(CLEAN)
    monkeypatch.setattr("lambda_conn_lint.fix.write.write", _raise(AssertionError()))
    assert run("--fix") == (0, "No findings.\n", "")


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: LCL103", "# noqa: LCL1"])
def test_silenced_lines_are_not_fixed(folder: Path, run: Run, comment: str) -> None:
    text = SAFE.replace('("s3")\n', f'("s3")  {comment}\n')
    (folder / "app.py").write_text(text)
    assert run("--fix") == (0, "No findings.\n", "")
    assert (folder / "app.py").read_text() == text
    (folder / "app.py").write_text(f"# flake8: noqa\n{SAFE}")
    assert run("--fix") == (0, "No findings.\n", "")


def test_codes_that_are_not_selected_are_not_fixed(three: Path, run: Run) -> None:
    assert run("--fix", "--ignore", "LCL103", "safe.py") == (0, "No findings.\n", "")
    assert _texts(three)[0] == SAFE


@pytest.mark.parametrize(
    ("arguments", "fixed"),
    [
        (["--unfixable", "LCL103"], [False, True]),
        (["--fixable", "LCL103"], [True, False]),
        (["--fixable", "LCL103", "--unfixable", "LCL1"], [True, False]),
        (["--fixable", "LCL1", "--unfixable", "LCL101"], [True, False]),
        (["--fixable", "LCL2"], [False, False]),
        (["--unfixable", "ALL"], [False, False]),
        (["--fixable", "ALL"], [True, True]),
    ],
)
def test_fixable_codes(three: Path, run: Run, arguments: list[str], fixed: list[bool]) -> None:
    before = _rows(run("--unsafe-fixes", "--output-format", "json", "safe.py", "unsafe.py", *arguments)[1])
    assert [row["fix"] is not None for row in before] == fixed
    assert [bool(row["reason"]) for row in before] == [not is_fixed for is_fixed in fixed]
    status, out, _ = run("--fix", "--unsafe-fixes", "--output-format", "json", "safe.py", "unsafe.py", *arguments)
    assert [text != was for text, was in zip(_texts(three), (SAFE, UNSAFE), strict=False)] == fixed
    assert (status, len(_rows(out))) == (int(not all(fixed)), fixed.count(False))


def test_show_fixes(three: Path, run: Run) -> None:
    status, out, _ = run("--fix", "--unsafe-fixes", "--show-fixes", "safe.py", "unsafe.py")
    assert status == 0
    assert out == (
        "Fixed in safe.py:\n"
        "  1\tLCL103\tcloud-client-in-handler\n"
        "Fixed in unsafe.py:\n"
        "  1\tLCL101\tdatabase-client-in-handler\n"
        "\n"
        "Fixed 2 findings in 2 files, 0 remaining.\n"
    )


def test_quiet_fix_says_nothing(three: Path, run: Run) -> None:
    assert run("--fix", "--show-fixes", "--quiet", "safe.py") == (0, "", "")
    assert _texts(three)[0] != SAFE


def test_json_after_fixing_is_what_remains(three: Path, run: Run) -> None:
    status, out, err = run("--fix", "--show-fixes", "--output-format", "json")
    assert (status, err) == (1, "")
    assert [row["filename"] for row in _rows(out)] == ["refused.py", "unsafe.py"]


def test_statistics_after_fixing_count_what_remains(three: Path, run: Run) -> None:
    status, out, _ = run("--fix", "--statistics")
    assert (status, out.splitlines()[:2]) == (
        1,
        ["2\tLCL101\tdatabase-client-in-handler", "Fixed 1 finding in 1 file, 2 remaining."],
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["safe.py"], 0),
        (["safe.py", "--exit-non-zero-on-fix"], 1),
        (["clean.py", "--exit-non-zero-on-fix"], 0),
        (["safe.py", "refused.py"], 1),
        (["safe.py", "refused.py", "--exit-zero"], 0),
        (["unsafe.py"], 1),
        (["unsafe.py", "--unsafe-fixes"], 0),
        (["broken.py"], 1),
    ],
)
def test_exit_codes_of_fix(three: Path, run: Run, arguments: list[str], status: int) -> None:
    (three / "clean.py").write_text(CLEAN)
    if "broken.py" in arguments:
        (three / "broken.py").write_text(SAFE.replace("=", "= ="))
    assert run("--fix", *arguments)[0] == status


def test_fix_style(folder: Path, run: Run) -> None:
    texts = set()
    for style in ("global", "cached"):
        (folder / "app.py").write_text(SAFE)
        assert run("--fix", "--fix-style", style)[0] == 0
        texts.add((folder / "app.py").read_text())
    assert len(texts) == 2


def test_fix_in_several_projects(folder: Path, run: Run) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "serverless.yml").write_text("service: x\n")
        (folder / name / "app.py").write_text(SAFE)
    status, out, err = run("--fix", "--show-fixes", "b", "a/app.py")
    assert (status, err) == (0, "")
    assert out.startswith("Fixed in a/app.py:\n")
    assert out.endswith("\nFixed 2 findings in 2 files, 0 remaining.\n")
    assert (folder / "a" / "app.py").read_text() == (folder / "b" / "app.py").read_text() != SAFE


def test_fix_from_another_folder(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(SAFE)
    (folder / "top.py").write_text(SAFE)
    monkeypatch.chdir(folder / "src")
    _, out, _ = run("--fix", "--show-fixes", "..")
    assert out.startswith(f"Fixed in {folder.as_posix()}/top.py:\n")
    assert "\nFixed in app.py:\n" in out
    assert SAFE not in ((folder / "src" / "app.py").read_text(), (folder / "top.py").read_text())


def test_excluded_files_are_not_fixed_unless_asked_for(folder: Path, run: Run) -> None:
    (folder / "gen").mkdir()
    (folder / "gen" / "app.py").write_text(SAFE)
    run("--fix", "--exclude", "gen", "gen/app.py")
    assert (folder / "gen" / "app.py").read_text() == SAFE
    assert run("--fix", "--exclude", "gen", "--no-force-exclude", "gen/app.py")[0] == 0
    assert (folder / "gen" / "app.py").read_text() != SAFE


def test_a_file_that_cannot_be_written(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are written, and what remains in it is reported as it stands on disk."""
    from lambda_conn_lint.fix import write

    original = write.write

    def refuse(path: Path, data: bytes) -> None:
        if path.name == "b.py":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        original(path, data)

    for name in ("a.py", "b.py", "c.py"):
        (folder / name).write_text(SAFE)
    monkeypatch.setattr(write, "write", refuse)
    status, out, err = run("--fix", "--show-fixes", "--exit-zero")
    assert (status, err) == (2, "lambda-conn-lint: error: b.py could not be written: Permission denied\n")
    assert out.startswith("b.py:5:10: LCL103 ")
    assert "Fixed in b.py" not in out
    assert out.endswith("\nFixed 2 findings in 2 files, 1 remaining.\n1 fixable with `--fix`.\n")
    assert [(folder / f"{name}.py").read_text() == SAFE for name in "abc"] == [False, True, False]


def test_what_the_verification_does_not_pass_is_said(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambda_conn_lint.fix import rounds

    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(SAFE)
    remaining = Finding("src/app.py", Span(5, 10, 5, 28), "LCL103", "m", reason="not kept")
    outcome = rounds.Outcome({}, (), (remaining,), {"src/app.py": "the new text has another finding"})
    monkeypatch.setattr(rounds, "fix_project", lambda *_: outcome)
    for option in ("--fix", "--diff"):
        status, out, err = run(option, "--quiet")
        assert (
            err == "lambda-conn-lint: warning: src/app.py: not every fix was kept: the new text has another finding\n"
        )
        assert (status, "\n  no fix: not kept\n" in out) == ((1, True) if option == "--fix" else (0, False))


@pytest.mark.parametrize(("option", "where"), [("--fix", "out"), ("--diff", "err")])
def test_internal_error_while_fixing(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, option: str, where: str
) -> None:
    from lambda_conn_lint.fix import rounds

    (folder / "app.py").write_text(SAFE)
    defect = Finding("lib.py", Span(1, 1, 1, 1), "LCL000", "KeyError: 'x'")
    monkeypatch.setattr(rounds, "fix_project", lambda *_: rounds.Outcome({}, (), (defect,), {}))
    status, out, err = run(option, "--exit-zero", "--quiet")
    assert status == 2
    assert "KeyError: 'x'" in {"out": out, "err": err}[where]
    assert {"out": err, "err": out}[where] == ""


def test_nothing_is_written_where_one_project_crashes(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambda_conn_lint.fix import rounds

    original = rounds.fix_project

    def crash(project: Any, *rest: Any) -> Any:
        if project.root.name == "b":
            raise RuntimeError("boom")
        return original(project, *rest)

    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "serverless.yml").write_text("service: x\n")
        (folder / name / "app.py").write_text(SAFE)
    monkeypatch.setattr(rounds, "fix_project", crash)
    status, out, err = run("--fix", "a", "b")
    assert (status, out) == (2, "")
    assert "RuntimeError: boom" in err
    assert (folder / "a" / "app.py").read_text() == SAFE


# --diff


@pytest.mark.parametrize("arguments", [["--diff"], ["--diff", "--fix"], ["--diff", "--output-format", "json"]])
def test_diff_shows_and_writes_nothing(three: Path, run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, _texts(three)) == (1, [SAFE, UNSAFE, REFUSED])
    assert '\n-    s3 = boto3.client("s3")\n' in out
    assert [line for line in out.splitlines() if line[:1] not in {" ", "+", "-", "@"}] == []
    assert err == "lambda-conn-lint: would fix 1 finding in 1 file; 1 more with `--unsafe-fixes`\n"


@pytest.mark.parametrize("unsafe", [[], ["--unsafe-fixes"]])
def test_diff_applies_and_gives_what_fix_writes(three: Path, run: Run, unsafe: list[str]) -> None:
    diff = run("--diff", "--quiet", *unsafe)[1]
    run("--fix", *unsafe)
    fixed = _texts(three)
    for name, text in (("safe", SAFE), ("unsafe", UNSAFE)):
        (three / f"{name}.py").write_text(text)
    subprocess.run(["git", "apply", "-p0", "-"], input=diff.encode(), check=True, cwd=three, capture_output=True)
    assert _texts(three) == fixed


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["safe.py"], 1, "would fix 1 finding in 1 file"),
        (["safe.py", "--exit-zero"], 0, "would fix 1 finding in 1 file"),
        (["unsafe.py"], 0, "would fix nothing; 1 more with `--unsafe-fixes`"),
        (["unsafe.py", "--unsafe-fixes"], 1, "would fix 1 finding in 1 file"),
        (["refused.py"], 0, "would fix nothing"),
        (["clean.py"], 0, "would fix nothing"),
    ],
)
def test_exit_codes_of_diff(three: Path, run: Run, arguments: list[str], status: int, said: str) -> None:
    (three / "clean.py").write_text(CLEAN)
    found, out, err = run("--diff", *arguments)
    assert (found, err) == (status, f"lambda-conn-lint: {said}\n")
    assert bool(out) == (said == "would fix 1 finding in 1 file")


def test_diff_to_a_file(three: Path, run: Run) -> None:
    printed = run("--diff", "--quiet")[1]
    assert run("--diff", "--quiet", "--output-file", "fixes.diff") == (1, "", "")
    assert (three / "fixes.diff").read_text() == printed


def test_diff_says_what_was_not_checked(folder: Path, run: Run) -> None:
    (folder / "broken.py").write_text(SAFE.replace("=", "= ="))
    status, out, err = run("--diff", "--quiet")
    assert (status, out) == (0, "")
    assert err.startswith("lambda-conn-lint: warning: broken.py: this file was not checked")


# Standard input


@pytest.mark.parametrize(("arguments", "shown"), [(["-"], "-"), (["--stdin-filename", "app.py"], "app.py")])
def test_fix_of_stdin_is_printed(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], shown: str
) -> None:
    (folder / "app.py").write_text(SAFE)
    run("--fix", "app.py")
    fixed = (folder / "app.py").read_text()
    (folder / "app.py").write_text(CLEAN)
    _stdin(monkeypatch, SAFE)
    status, out, err = run("--fix", "--show-fixes", *arguments)
    assert (status, out) == (0, fixed)
    assert err.startswith(f"Fixed in {shown}:\n")
    assert (folder / "app.py").read_text() == CLEAN
    assert not (folder / "-").exists()


@pytest.mark.parametrize(("text", "status"), [(CLEAN, 0), (REFUSED, 1), (SAFE.replace("=", "= ="), 1), ("", 0)])
def test_stdin_is_printed_as_it_is_where_nothing_is_fixed(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, text: str, status: int
) -> None:
    _stdin(monkeypatch, text)
    found, out, err = run("--fix", "-")
    assert (found, out) == (status, text)
    assert err.splitlines()[-1] == ("Found 1 finding in 1 file." if status else "No findings.")


def test_stdin_that_is_excluded_is_printed_as_it_is(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _stdin(monkeypatch, SAFE)
    assert run("--fix", "--quiet", "--exclude", "gen", "--stdin-filename", "gen/app.py") == (0, SAFE, "")


def test_diff_of_stdin(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _stdin(monkeypatch, SAFE)
    status, out, _ = run("--diff", "--stdin-filename", "app.py")
    assert status == 1
    assert out.splitlines()[:2] == ["--- app.py", "+++ app.py"]


def test_report_on_stdin_goes_to_a_file_where_one_is_named(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stdin(monkeypatch, REFUSED)
    assert run("--fix", "-", "--output-format", "json", "--output-file", "left.json") == (1, REFUSED, "")
    assert [row["filename"] for row in _rows((folder / "left.json").read_text())] == ["-"]


def test_colour_of_the_report_on_stdin(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _stdin(monkeypatch, REFUSED)
    _, out, err = run("--fix", "-", "--color", "always")
    assert out == REFUSED
    assert "\x1b[1;31mLCL101\x1b[0m" in err


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fixable", "LCL9"], "unknown rule selector 'LCL9', the nearest valid one is "),
        (["--unfixable", "E501"], "unknown rule selector 'E501', the nearest valid one is "),
        (["--statistics", "--fixable", "nope"], "unknown rule selector 'nope', the nearest valid one is "),
        (["--fix-style", "lazy"], "cached"),
        (["--diff", "--statistics"], "--diff cannot be used together with --statistics"),
        (["--exit-zero", "--exit-non-zero-on-fix"], "--exit-zero cannot be used together with --exit-non-zero-on-fix"),
        (["--unsafe-fix"], "unknown option '--unsafe-fix', the nearest valid one is '--unsafe-fixes'"),
    ],
)
def test_wrong_usage(three: Path, run: Run, arguments: list[str], message: str) -> None:
    status, out, err = run("--fix", *arguments)
    assert (status, out, _texts(three)) == (2, "", [SAFE, UNSAFE, REFUSED])
    assert err.startswith("lambda-conn-lint: error: ")
    assert message in err


def _raise(error: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail
