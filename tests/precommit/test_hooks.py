"""The hooks, as pre-commit runs them in somebody's repository."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from precommit.conftest import Hooks, Start

CHECK, FIX = "lambda-conn-lint", "lambda-conn-lint-fix"

HANDLER = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""

KEPT = """\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.list_buckets()
"""

CALLER = """\
from storage import make_client


def handler(event, context):
    return make_client().list_buckets()
"""

HELPER = """\
import boto3


def make_client():
    return boto3.client("s3")
"""

IDLE = "def handler(event, context):\n    return event\n"

pytestmark = pytest.mark.subprocess


# What is reported


def test_a_finding_stops_the_commit(start: Start) -> None:
    project = start(CHECK, {"app.py": HANDLER})
    status, output = project.pre_commit("run", "--all-files")
    assert status == 1
    assert "- exit code: 1" in output
    assert "app.py:5:10: LCL103 boto3.client()" in output
    assert project.read("app.py") == HANDLER


def test_the_installed_git_hook_stops_and_lets_pass(start: Start) -> None:
    project = start(CHECK, {"app.py": IDLE})
    assert project.pre_commit("install").status == 0
    project.write({"app.py": HANDLER})
    project.git("add", "app.py")
    with pytest.raises(AssertionError, match="LCL103"):
        project.git("commit", "--message", "Not kept")
    project.write({"app.py": KEPT})
    project.git("add", "app.py")
    project.git("commit", "--message", "Kept")
    assert project.git("log", "--max-count=1", "--format=%s") == "Kept\n"


def test_what_is_clean_passes_in_silence(start: Start) -> None:
    project = start(CHECK, {"app.py": KEPT})
    status, output = project.pre_commit("run", "--all-files")
    assert status == 0
    assert output.rstrip().endswith("Passed")


def test_files_that_are_not_python_do_not_start_it(start: Start) -> None:
    project = start(CHECK, {"app.py": HANDLER, "notes.md": "Notes\n"})
    status, output = project.pre_commit("run", "--files", "notes.md")
    assert status == 0
    assert "(no files to check)Skipped" in output


def test_the_whole_project_is_read_for_one_file(start: Start) -> None:
    """The handler that reaches the helper is not among the files that the hook is given."""
    project = start(CHECK, {"app.py": CALLER, "storage.py": HELPER, "other.py": HANDLER})
    status, output = project.pre_commit("run", "--files", "storage.py")
    assert status == 1
    assert "storage.py:5:12: LCL103" in output
    assert "other.py" not in output
    assert project.pre_commit("run", "--files", "app.py").status == 0


def test_excludes_hold_for_files_that_are_given(start: Start) -> None:
    files = {"legacy/app.py": HANDLER, "app.py": HANDLER, ".venv/app.py": HANDLER, "tests/test_app.py": HANDLER}
    project = start(CHECK, files, "--exclude", "legacy")
    status, output = project.pre_commit("run", "--all-files")
    assert status == 1
    assert "Found 1 finding in 1 file." in output
    for path in ("legacy/app.py", ".venv/app.py", "tests/test_app.py"):
        assert project.pre_commit("run", "--files", path).status == 0


def test_arguments_reach_the_command(start: Start) -> None:
    project = start(CHECK, {"app.py": HANDLER}, "--ignore", "LCL103")
    assert project.pre_commit("run", "--all-files").status == 0


@pytest.mark.parametrize(
    ("text", "arguments", "status", "said"),
    [
        ("def handler(event, context):\n    import boto3\n    boto3.client('s3'\n", (), 1, "app.py:3:17: LCL001"),
        (HANDLER, ("--selct", "LCL1"), 2, "unknown option '--selct', the nearest valid one is '--select'"),
    ],
    ids=["unparsable", "usage"],
)
def test_what_else_fails(start: Start, text: str, arguments: tuple[str, ...], status: int, said: str) -> None:
    project = start(CHECK, {"app.py": text}, *arguments)
    failed, output = project.pre_commit("run", "--all-files")
    assert failed == 1
    assert f"- exit code: {status}" in output
    assert said in output


# What is staged, and what is not


def test_what_is_staged_counts(start: Start) -> None:
    """pre-commit puts changes that are not staged aside, and back afterwards."""
    project = start(CHECK, {"app.py": IDLE})
    project.write({"app.py": HANDLER})
    project.git("add", "app.py")
    project.write({"app.py": KEPT})
    status, output = project.pre_commit("run")
    assert status == 1
    assert "app.py:5:10: LCL103" in output
    assert project.read("app.py") == KEPT


def test_a_caller_that_is_not_staged_does_not_count_yet(start: Start) -> None:
    project = start(CHECK, {"app.py": IDLE, "storage.py": "\n"})
    project.write({"app.py": CALLER, "storage.py": HELPER})
    project.git("add", "storage.py")
    assert project.pre_commit("run").status == 0
    assert project.read("app.py") == CALLER
    project.git("add", "app.py")
    assert project.pre_commit("run").status == 1


def test_a_caller_that_git_does_not_know_counts(start: Start) -> None:
    """pre-commit leaves it where it is, as for every other tool."""
    project = start(CHECK, {"storage.py": "\n"})
    project.write({"app.py": CALLER, "storage.py": HELPER})
    project.git("add", "storage.py")
    status, output = project.pre_commit("run")
    assert status == 1
    assert "storage.py:5:12: LCL103" in output


# The fix


def test_the_fix_stops_the_commit_once(start: Start) -> None:
    project = start(FIX, {"app.py": IDLE})
    project.write({"app.py": HANDLER})
    project.git("add", "app.py")
    status, output = project.pre_commit("run")
    assert status == 1
    assert "- files were modified by this hook" in output
    assert "s3 = _get_s3()" in project.read("app.py")
    project.git("add", "app.py")
    fixed = project.read("app.py")
    assert project.pre_commit("run").status == 0
    assert project.read("app.py") == fixed


def test_what_cannot_be_fixed_goes_on_to_fail(start: Start) -> None:
    dependent = HANDLER.replace('"s3")', '"s3", aws_session_token=event["token"])')
    project = start(FIX, {"app.py": HANDLER, "other.py": dependent}, "--extend-select", "LCL203")
    for said in ("- files were modified by this hook", "LCL203"):
        status, output = project.pre_commit("run", "--all-files")
        assert status == 1
        assert said in output
    assert "- files were modified by this hook" not in output


def test_only_the_given_files_are_fixed(start: Start) -> None:
    project = start(FIX, {"app.py": HANDLER, "other.py": HANDLER})
    assert project.pre_commit("run", "--files", "app.py").status == 1
    assert project.read("app.py") != HANDLER
    assert project.read("other.py") == HANDLER


def test_a_fix_that_meets_changes_which_are_not_staged_gives_way(start: Start) -> None:
    project = start(FIX, {"app.py": IDLE})
    project.write({"app.py": HANDLER})
    project.git("add", "app.py")
    changed = HANDLER.replace('client("s3")', 'client("s3", region_name="eu-west-1")')
    project.write({"app.py": changed})
    status, output = project.pre_commit("run")
    assert status == 1
    assert "Rolling back fixes" in output
    assert project.read("app.py") == changed


# Names and numbers of files


@pytest.mark.parametrize("folder", ["función", "注文", "two words", "it's $HOME; (a) & [b]"])
def test_odd_names(start: Start, folder: str) -> None:
    path = f"{folder}/app ünï.py"
    project = start(FIX, {path: HANDLER})
    status, _ = project.pre_commit("run", "--all-files")
    assert status == 1
    assert "s3 = _get_s3()" in project.read(path)
    project.commit()
    assert project.pre_commit("run", "--all-files").status == 0


def test_scripts_that_are_called_like_a_sub_command(start: Start) -> None:
    """Files without a suffix are Python for pre-commit where their first line says so."""
    project = start(CHECK, {"app.py": KEPT, "show": f"#!/usr/bin/env python3\n{IDLE}"})
    project.git("update-index", "--chmod=+x", "show")
    (project.folder / "show").chmod(0o755)
    status, output = project.pre_commit("run", "--all-files")
    assert status == 0, output


@pytest.mark.skipif(sys.platform == "win32", reason="paths this long need a setting of Windows")
def test_a_list_of_files_that_is_too_long_for_one_run(start: Start) -> None:
    """Each part of the list is judged by the whole project: what a single run finds, the parts find together."""
    filler = {f"{'long' * 50}/{number:04}{'name' * 40}.py": IDLE for number in range(500)}
    project = start(CHECK, {"app.py": CALLER, "first.py": HANDLER, "storage.py": HELPER, **filler})
    status, output = project.pre_commit("run", "--all-files")
    assert status == 1
    first, second = output.split("Found 1 finding in 1 file.")[:2]
    assert "first.py:5:10: LCL103" in first
    assert "storage.py:5:12: LCL103" in second


# As somebody tries them out


def test_try_repo(start: Start, hooks: Hooks) -> None:
    """One hook after the other: what the first one finds, the second one fixes."""
    project = start(CHECK, {"app.py": HANDLER})
    status, output = project.pre_commit("try-repo", str(hooks.repository.folder), "--all-files")
    assert status == 1
    check, fix = output.partition(f"- hook id: {FIX}")[::2]
    assert "app.py:5:10: LCL103" in check
    assert "- files were modified by this hook" in fix


def test_the_manifest_is_valid(hooks: Hooks) -> None:
    manifest = hooks.repository.folder / ".pre-commit-hooks.yaml"
    assert hooks.repository.pre_commit("validate-manifest", str(manifest)).status == 0


def test_the_configuration_in_the_readme(start: Start, hooks: Hooks) -> None:
    readme = (hooks.repository.folder / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^```yaml\n# \.pre-commit-config\.yaml\n((?:.*\n)*?)```$", readme, re.MULTILINE)
    assert shown is not None
    ours = re.sub(r"repo: .*", f"repo: '{hooks.repository.folder.as_posix()}'", shown[1])
    ours = re.sub(r"rev: .*", f"rev: {hooks.revision}", ours)
    project = start(FIX, {"app.py": HANDLER})
    project.commit({".pre-commit-config.yaml": ours})
    status, output = project.pre_commit("run", "--all-files")
    assert status == 1
    assert "app.py:5:10: LCL103" in output


def test_no_network_is_needed_to_run(start: Start, tmp_path: Path) -> None:
    """Services that run hooks install them with a network, and run them without."""
    project = start(CHECK, {"app.py": HANDLER})
    offline = tmp_path / "offline"
    offline.mkdir()
    (offline / "sitecustomize.py").write_text(_NO_SOCKETS)
    status, output = project.pre_commit("run", "--all-files", PYTHONPATH=str(offline))
    assert status == 1
    assert "app.py:5:10: LCL103" in output
    assert (offline / "was_here").exists()


_NO_SOCKETS = """\
import pathlib
import sys

pathlib.Path(__file__).with_name("was_here").touch()


def refuse(event, arguments):
    if event.startswith("socket."):
        raise OSError("no network")


sys.addaudithook(refuse)
"""
