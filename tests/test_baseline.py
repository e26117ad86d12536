"""The baseline: what is written into it, what it silences, and what becomes stale in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambda_conn_lint.baseline import DEFAULT, BaselineError, Entry, load, rendered
from lambda_conn_lint.file_by_file import FileByFile

Run = Callable[..., tuple[int, str, str]]

APP = """\
import boto3
import redis


def handler(event, context):
    s3 = boto3.client("s3", region_name="eu-west-1")
    cache = redis.Redis("cache")
    return s3.list_buckets(), cache.get("x")
"""

S3 = 'boto3.client("s3", region_name="eu-west-1")'
REDIS = 'redis.Redis("cache")'


@pytest.fixture
def app(folder: Path) -> Path:
    """A project with two findings in one file; the path of the file."""
    path = folder / "app.py"
    path.write_text(APP)
    return path


def _counts(folder: Path, name: str = DEFAULT) -> dict[str, Any]:
    document = json.loads((folder / name).read_bytes())
    assert list(document) == ["version", "findings"]
    assert document["version"] == 1
    findings: dict[str, Any] = document["findings"]
    return findings


def _set(folder: Path, findings: dict[str, Any], name: str = DEFAULT) -> None:
    (folder / name).write_text(json.dumps({"version": 1, "findings": findings}))


def _codes(out: str) -> list[str]:
    return [line.split()[1] for line in out.splitlines() if ": LCL" in line]


# write


def test_write_and_check(app: Path, folder: Path, run: Run) -> None:
    assert run("baseline", "write") == (0, f"{DEFAULT} now counts 2 findings in 1 file.\n", "")
    assert _counts(folder) == {"app.py": {"LCL101": {REDIS: 1}, "LCL103": {S3: 1}}}
    assert run() == (0, "No findings.\n", "")
    assert run("--statistics")[0] == 0
    assert run("app.py", "--output-format", "json")[:2] == (0, "[]\n")
    assert run("baseline", "check") == (0, f"{DEFAULT} has no stale entries.\n", "")


def test_the_file_is_sorted_readable_and_the_same_each_time(app: Path, folder: Path, run: Run) -> None:
    run("baseline", "write")
    assert (folder / DEFAULT).read_text() == (
        '{\n  "version": 1,\n  "findings": {\n    "app.py": {\n      "LCL101": {\n'
        '        "redis.Redis(\\"cache\\")": 1\n      },\n      "LCL103": {\n'
        '        "boto3.client(\\"s3\\", region_name=\\"eu-west-1\\")": 1\n      }\n    }\n  }\n}\n'
    )
    before = (folder / DEFAULT).stat().st_mtime_ns
    run("baseline", "write")
    assert (folder / DEFAULT).stat().st_mtime_ns == before


def test_all_findings_come_back_without_the_baseline(app: Path, run: Run) -> None:
    run("baseline", "write")
    assert _codes(run("--no-baseline")[1]) == ["LCL103", "LCL101"]


def test_moved_and_formatted_code_is_told_again(app: Path, run: Run) -> None:
    run("baseline", "write")
    app.write_text(
        APP.replace("import boto3", "# more\n\nimport os\nimport boto3").replace(
            S3, "boto3.client(\n        's3',  # receipts\n        region_name = 'eu-west-1',\n    )"
        )
    )
    assert run() == (0, "No findings.\n", "")


@pytest.mark.parametrize("change", [('"eu-west-1"', '"us-east-1"'), ('"s3",', '"s3", verify=False,')])
def test_changed_code_is_new(app: Path, run: Run, change: tuple[str, str]) -> None:
    run("baseline", "write")
    app.write_text(APP.replace(*change))
    status, out, err = run()
    assert (status, _codes(out)) == (1, ["LCL103"])
    assert f"warning: {DEFAULT}: 1 entry has more findings than there are" in err
    assert run("--quiet")[2] == ""


def test_one_more_of_the_same_reports_all_of_them(app: Path, run: Run) -> None:
    run("baseline", "write")
    app.write_text(APP + f"\n\ndef other_handler(event, context):\n    return {S3}.list_buckets()\n")
    status, out, err = run()
    assert (status, _codes(out), err) == (1, ["LCL103", "LCL103"], "")


def test_same_text_in_another_file_or_under_another_code_is_new(app: Path, folder: Path, run: Run) -> None:
    _set(folder, {"other.py": {"LCL103": {S3: 1}}, "app.py": {"LCL101": {REDIS: 1, S3: 1}}})
    assert _codes(run()[1]) == ["LCL103"]


def test_what_is_silenced_otherwise_is_not_written(app: Path, folder: Path, run: Run) -> None:
    app.write_text(APP.replace(f"{S3}\n", f"{S3}  # noqa: LCL103\n"))
    (folder / "old.py").write_text(APP)
    run("baseline", "write", "--per-file-ignores", "old.py:LCL101")
    assert _counts(folder) == {"app.py": {"LCL101": {REDIS: 1}}, "old.py": {"LCL103": {S3: 1}}}


def test_files_that_cannot_be_parsed_are_never_in_it(app: Path, folder: Path, run: Run) -> None:
    (folder / "broken.py").write_text("import boto3\n\n\ndef handler(event, context):\n    boto3.client(\n")
    status, out, err = run("baseline", "write")
    assert (status, out) == (0, f"{DEFAULT} now counts 2 findings in 1 file.\n")
    assert "warning: broken.py: this file was not checked" in err
    assert _codes(run()[1]) == ["LCL001"]


def test_a_part_is_written_in_place_of_what_the_file_says_about_it(app: Path, folder: Path, run: Run) -> None:
    (folder / "other.py").write_text(APP)
    _set(folder, {"other.py": {"LCL103": {"gone()": 2}}, "app.py": {"LCL103": {"gone()": 2}, "LCL101": {"gone()": 3}}})
    run("baseline", "write", "app.py", "--select", "LCL103")
    assert _counts(folder) == {
        "app.py": {"LCL101": {"gone()": 3}, "LCL103": {S3: 1}},
        "other.py": {"LCL103": {"gone()": 2}},
    }


def test_nothing_to_write(folder: Path, run: Run) -> None:
    (folder / "app.py").write_text("a = 1\n")
    assert run("baseline", "write") == (0, f"Nothing to write to {DEFAULT}.\n", "")
    assert not (folder / DEFAULT).exists()
    assert run("baseline", "write", "--baseline", "old.json")[0] == 0
    assert _counts(folder, "old.json") == {}
    assert run("--baseline", "old.json") == (0, "No findings.\n", "")


@pytest.mark.skipif(os.name == "nt", reason="there are no such modes on Windows")
def test_a_new_file_is_readable_by_others_as_far_as_the_system_says(app: Path, folder: Path, run: Run) -> None:
    mask = os.umask(0o027)
    try:
        run("baseline", "write")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / DEFAULT).stat().st_mode) == 0o640
    assert [path.name for path in folder.iterdir() if path.name.startswith(".lambda")] == [DEFAULT]


# Where it lies, and which paths are in it


def test_paths_are_those_of_the_project_wherever_it_is_called(
    app: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = folder / "src"
    inner.mkdir()
    (inner / "app.py").write_text(APP)
    monkeypatch.chdir(inner)
    run("baseline", "write", ".")
    assert set(_counts(folder)) == {"src/app.py"}
    assert run("app.py") == (0, "No findings.\n", "")
    monkeypatch.chdir(folder.parent)
    assert _codes(run(folder.name)[1]) == ["LCL103", "LCL101"]


def test_the_file_of_the_configuration_lies_beside_it(
    app: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pyproject.toml").write_text('[tool.lambda-conn-lint]\nbaseline = "ci/old.json"\n')
    (folder / "ci").mkdir()
    status, _, err = run()
    assert (status, err) == (
        2,
        "lambda-conn-lint: error: ci/old.json: the baseline cannot be read: No such file or directory\n",
    )
    monkeypatch.chdir(folder / "ci")
    run("baseline", "write", "..")
    assert set(_counts(folder / "ci", "old.json")) == {"app.py"}
    assert run("..")[:2] == (0, "No findings.\n")


def test_a_text_from_standard_input_has_the_baseline_of_its_file(
    app: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("baseline", "write")
    monkeypatch.setattr("lambda_conn_lint.checking.read_stdin", lambda: APP.replace(REDIS, "None").encode())
    assert run("--stdin-filename", "app.py", "-") == (0, "No findings.\n", "")
    status, _, err = run("baseline", "write", "-")
    assert (status, err) == (2, "lambda-conn-lint: error: a baseline is about files, not about standard input\n")


def test_two_projects_cannot_share_one(folder: Path, run: Run) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "pyproject.toml").write_text("[tool.lambda-conn-lint]\n")
        (folder / name / "app.py").write_text(APP)
    status, _, err = run("baseline", "write", "one", "two", "--baseline", "old.json")
    assert status == 2
    assert "one baseline cannot serve two projects" in err
    assert run("baseline", "write", "one", "two")[0] == 0
    assert _counts(folder / "one") == _counts(folder / "two")
    assert run("one", "two")[0] == 0
    (folder / "two" / DEFAULT).unlink()
    assert run("baseline", "check", "one", "two") == (0, f"one/{DEFAULT} has no stale entries.\n", "")
    assert _codes(run("one", "two")[1]) == ["LCL103", "LCL101"]


def test_other_linters_see_the_same(app: Path, folder: Path, run: Run) -> None:
    """What runs file by file leaves comments to its host, and so counts what they do not silence."""
    lines = [f"{line}\n" for line in APP.splitlines()]
    run("baseline", "write", "--select", "LCL103")
    assert [finding.code for finding in FileByFile({}).findings("app.py", lines)] == ["LCL101"]
    more = [*lines, "\n", "def other_handler(event, context):\n", f"    return {S3}\n"]
    assert [finding.code for finding in FileByFile({}).findings("app.py", more)] == ["LCL103", "LCL101", "LCL103"]
    more[-1] = f"    return {S3}  # noqa: LCL103\n"
    assert [finding.code for finding in FileByFile({}).findings("app.py", more)] == ["LCL101", "LCL103"]
    (folder / DEFAULT).write_text("{")
    (finding,) = FileByFile({}).findings("app.py", lines)
    assert f"{DEFAULT}: the baseline is no JSON" in finding.message


# Fixing


def test_only_what_is_reported_is_fixed(app: Path, folder: Path, run: Run) -> None:
    run("baseline", "write", "--select", "LCL103")
    status, out, _ = run("--fix", "--unsafe-fixes")
    assert (status, out) == (0, "Fixed 1 finding in 1 file, 0 remaining.\n")
    assert f"    s3 = {S3}\n" in app.read_text()
    assert "_get_cache()" in app.read_text()
    assert run("--diff")[:2] == (0, "")


def test_more_than_it_counts_is_fixed_and_leaves_a_stale_entry(app: Path, run: Run) -> None:
    run("baseline", "write")
    app.write_text(APP + f"\n\ndef other_handler(event, context):\n    return {S3}.list_buckets()\n")
    status, out, err = run("--fix")
    assert (status, out) == (0, "Fixed 2 findings in 1 file, 0 remaining.\n")
    assert f"warning: {DEFAULT}: 1 entry has more findings than there are" in err


# check and prune


def test_stale_entries(app: Path, folder: Path, run: Run) -> None:
    kept = {"LCL101": {REDIS: 1}}
    _set(
        folder,
        {
            "app.py": {**kept, "LCL103": {"boto3.client(x)": 2, S3: 3}},
            "gone.py": {"LCL103": {S3: 1}},
            "zoo.py": {"LCL777": {"what()": 1}},
        },
    )
    lines = [
        'app.py: LCL103 boto3.client("s3", region_name="eu-west-1"): 1 of 3 left\n',
        "app.py: LCL103 boto3.client(x): none of 2 left\n",
        'gone.py: LCL103 boto3.client("s3", region_name="eu-west-1"): none of 1 left\n',
        "zoo.py: LCL777 what(): none of 1 left\n",
    ]
    assert run("baseline", "check") == (1, "".join([*lines, f"{DEFAULT} has 4 stale entries.\n"]), "")
    assert run("baseline", "check", "-q") == (1, "".join(lines), "")
    assert run()[0] == 0
    app.write_text(
        APP + f"\n\ndef other_handler(event, context):\n    return {S3.replace('s3', 'sqs')}.list_queues()\n"
    )
    assert run("baseline", "prune") == (0, "".join([*lines, f"{DEFAULT} has lost 4 stale entries.\n"]), "")
    assert _counts(folder) == {"app.py": {**kept, "LCL103": {S3: 1}}}
    assert run("baseline", "check", "-q") == (0, "", "")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["other.py"], id="files that were not given"),
        pytest.param(["--select", "LCL101"], id="codes that were not asked for"),
        pytest.param(["--exclude", "app.py"], id="excluded files"),
    ],
)
def test_what_was_not_looked_at_is_not_stale(app: Path, folder: Path, run: Run, arguments: list[str]) -> None:
    (folder / "other.py").write_text("import boto3\n")
    _set(folder, {"app.py": {"LCL103": {"gone()": 1}}})
    assert run("baseline", "check", *arguments)[0] == 0
    assert run("baseline", "prune", *arguments)[0] == 0
    assert "warning" not in run(*arguments)[2]
    assert _counts(folder) == {"app.py": {"LCL103": {"gone()": 1}}}
    assert run("baseline", "check")[0] == 1


def test_what_could_not_be_checked_is_not_stale(app: Path, folder: Path, run: Run) -> None:
    """The way to the construction leads through a file that is broken for the moment."""
    (folder / "lib.py").write_text("import boto3\n\n\ndef make():\n    return boto3.client('s3')\n")
    app.write_text("import lib\n\n\ndef handler(event, context):\n    return lib.make().list_buckets()\n")
    run("baseline", "write")
    assert set(_counts(folder)) == {"lib.py"}
    app.write_text("import lib\n\n\ndef handler(event, context):\n    return lib.make(\n")
    assert run("baseline", "check")[:2] == (0, f"{DEFAULT} has no stale entries.\n")
    run("baseline", "write")
    assert set(_counts(folder)) == {"lib.py"}


# Files that are no baseline


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no JSON"),
        ("[]", 'lacks "version": 1'),
        ("{}", 'lacks "version": 1'),
        ('{"version": true, "findings": {}}', 'lacks "version": 1'),
        ('{"version": 2, "findings": {}}', "has version 2, which a newer lambda_conn_lint has written"),
        ('{"version": 1}', "is damaged: findings: there is no table"),
        ('{"version": 1, "findings": {"a.py": []}}', "is damaged: a.py: there is no table"),
        ('{"version": 1, "findings": {"a.py": {"LCL101": 1}}}', "is damaged: a.py, LCL101: there is no table"),
        ('{"version": 1, "findings": {"a.py": {"LCL101": {"f()": 0}}}}', "f(): 0 is no count"),
        ('{"version": 1, "findings": {"a.py": {"LCL101": {"f()": true}}}}', "f(): True is no count"),
        ("<<<<<<< ours\n", "is no JSON"),
        ("\xff", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(app: Path, folder: Path, run: Run, text: str, why: str) -> None:
    (folder / DEFAULT).write_bytes(text.encode("latin-1"))
    for arguments in ([], ["--fix"], ["baseline", "check"], ["baseline", "prune"], ["baseline", "write"]):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith(f"lambda-conn-lint: error: {DEFAULT}: the baseline ")
        assert why in err
    assert (folder / DEFAULT).read_bytes() == text.encode("latin-1")
    assert app.read_text() == APP


@pytest.mark.parametrize("what", ["check", "prune"])
def test_there_has_to_be_one(app: Path, run: Run, what: str) -> None:
    status, _, err = run("baseline", what)
    assert (status, err) == (
        2,
        f"lambda-conn-lint: error: {DEFAULT}: the baseline cannot be read: No such file or directory\n",
    )


@pytest.mark.parametrize(("arguments", "nearest"), [(["wrote"], "write"), (["prun"], "prune")])
def test_unknown_sub_command(run: Run, arguments: list[str], nearest: str) -> None:
    status, _, err = run("baseline", *arguments)
    assert status == 2
    assert f"the nearest to {' '.join(arguments)!r} is {nearest!r}" in err


def test_no_sub_command(run: Run) -> None:
    status, out, err = run("baseline")
    assert (status, out) == (2, "")
    assert err == "lambda-conn-lint: error: 'baseline' takes one of 'write', 'check', 'prune'\n"


def test_a_folder_that_is_not_there(app: Path, run: Run) -> None:
    status, _, err = run("baseline", "write", "--baseline", "no/old.json")
    assert status == 2
    assert err.endswith(f"{Path('no', 'old.json')}: No such file or directory\n")


def test_a_file_that_cannot_be_written_is_an_error(app: Path, folder: Path, run: Run) -> None:
    status, out, err = run("baseline", "write", "--baseline", "missing/old.json")
    assert (status, out) == (2, "")
    assert "missing" in err


def test_odd_names_and_texts_come_back(tmp_path: Path) -> None:
    counts = {Entry("a\udcff.py", "LCL101", 'f("é\\n\u2028")'): 1, Entry("b/ü.py", "LCL103", "g()"): 7}
    path = tmp_path / "b.json"
    path.write_bytes(rendered(counts))
    assert load(path, "b.json") == counts
    assert "ü" in path.read_text(encoding="utf-8")


def test_error_names_the_file_as_the_user_knows_it(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"^over/there: "):
        load(tmp_path / "none", "over/there")


def test_the_readme_shows_what_happens(folder: Path, run: Run) -> None:
    root = Path(__file__).parent.parent
    shutil.copytree(root / "fixtures" / "example_service", folder, dirs_exist_ok=True)
    text = root.joinpath("README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```text\n(\$ lambda-conn-lint baseline write\n(?:.*\n)*?)```$", text, re.MULTILINE)
    calls = re.findall(r"^\$ lambda-conn-lint(.*)\n((?:[^$].*\n)*)", block, re.MULTILINE)
    assert len(calls) == 3
    for arguments, output in calls:
        assert run(*arguments.split()) == (0, output, "")
