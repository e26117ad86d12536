"""The recipes for continuous integration in the README: their commands are run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from lambda_conn_lint import __version__

ROOT = Path(__file__).parent.parent
TEXT = ROOT.joinpath("README.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"^```yaml\n# (\S+)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE))
PIN = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+(?:\.\d+)*)$")

pytestmark = [
    pytest.mark.subprocess,
    pytest.mark.skipif(sys.platform == "win32" or shutil.which("bash") is None, reason="the recipes are for a shell"),
]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose ``pip`` installs nothing, since the command is there already, and that has no network."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pip").write_text('#!/bin/sh\ntest "$*" = "install lambda-conn-lint"\n')
    python = shlex.quote(sys.executable)
    (programs / "lambda-conn-lint").write_text(f'#!/bin/sh\nexec {python} -m lambda_conn_lint "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    (programs / "sitecustomize.py").write_text(_NO_SOCKETS)
    search = os.pathsep.join((os.fspath(programs), os.environ["PATH"]))
    package = os.fspath(Path(sys.modules["lambda_conn_lint"].__path__[0]).parent)
    return {**os.environ, "PATH": search, "PYTHONPATH": os.pathsep.join((os.fspath(programs), package))}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A checkout of a repository with findings."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "fixtures" / "example_service", checkout)
    (checkout / ".git").mkdir()
    return checkout


def run(command: str, folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ("bash", "-e", "-c", command), check=False, cwd=folder, env=environ, capture_output=True, encoding="utf-8"
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def recipe(file: str) -> Any:
    return yaml.safe_load(BLOCKS[file])


def test_github_uploads_what_is_found(service: Path, environ: Mapping[str, str]) -> None:
    (job,) = recipe(".github/workflows/lambda-conn-lint.yml")["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [run(command, service, environ) for command in commands] == [(0, ""), (0, "")]
    (upload,) = (step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    log = json.loads((service / upload["with"]["sarif_file"]).read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["results"]


def test_github_annotates(service: Path, environ: Mapping[str, str]) -> None:
    command = re.search(r"`(lambda-conn-lint --output-format github)`", TEXT)
    assert command is not None
    status, output = run(command[1], service, environ)
    assert status == 1
    assert re.search(r"^::\w+ .*file=src/orders/db\.py", output, re.MULTILINE)


def test_gitlab_reports_what_is_found(service: Path, environ: Mapping[str, str]) -> None:
    (job,) = recipe(".gitlab-ci.yml").values()
    assert [run(command, service, environ) for command in job["script"]] == [(0, ""), (1, "")]
    report = json.loads((service / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert "src/orders/db.py" in {issue["location"]["path"] for issue in report}


def test_a_sandbox_gives_the_same_bytes(tmp_path: Path, environ: Mapping[str, str]) -> None:
    """In another folder, with links in place of files, another order of hashes, and no more than it should read."""
    command = re.search(r"^```sh\n(lambda-conn-lint --project-root .*)\n```$", TEXT, re.MULTILINE)
    assert command is not None
    source = tmp_path / "monorepo"
    shutil.copytree(ROOT / "fixtures" / "example_service", source / "services" / "orders")
    (tmp_path / "pyproject.toml").write_text('[tool.lambda-conn-lint]\nignore = ["ALL"]\n')
    sandbox = tmp_path / "a sandbox" / "of links"
    shutil.copytree(source, sandbox, copy_function=os.symlink)
    for folder, seed in ((source, "1"), (sandbox, "2")):
        before = sorted(folder.rglob("*"))
        assert run(command[1], folder, {**environ, "PYTHONHASHSEED": seed}) == (1, "")
        assert sorted({*folder.rglob("*")} - {*before}) == [folder / "findings.json"]
    found = (source / "findings.json").read_bytes()
    assert (sandbox / "findings.json").read_bytes() == found
    assert "services/orders/src/orders/db.py" in {finding["filename"] for finding in json.loads(found)}


@pytest.mark.parametrize(
    ("file", "schema"),
    [(".github/workflows/lambda-conn-lint.yml", "github-workflows"), (".gitlab-ci.yml", "gitlab-ci")],
)
def test_recipes_fit_the_schema_of_their_file(file: str, schema: str, tmp_path: Path) -> None:
    if find_spec("check_jsonschema") is None:
        pytest.skip("check-jsonschema is not installed")
    (tmp_path / "recipe.yml").write_text(BLOCKS[file], encoding="utf-8")
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", "recipe.yml")
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_revision_of_the_hooks_is_this_version() -> None:
    (repository,) = recipe(".pre-commit-config.yaml")["repos"]
    assert repository["rev"] == f"v{__version__}"


def test_actions_are_pinned_once() -> None:
    """Each to a commit, and to the same one wherever it is used."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    if not workflows:
        pytest.skip("the workflows are in the repository only")
    pins: dict[str, set[tuple[str, ...]]] = {}
    for text in (BLOCKS[".github/workflows/lambda-conn-lint.yml"], *(file.read_text("utf-8") for file in workflows)):
        for line in re.findall(r"^ *-? (uses: .*)$", text, re.MULTILINE):
            pin = PIN.fullmatch(line)
            assert pin is not None, line
            pins.setdefault(pin[1], set()).add(pin.groups()[1:])
    assert {name: len(versions) for name, versions in pins.items()} == dict.fromkeys(pins, 1)


_NO_SOCKETS = """\
import sys


def refuse(event, arguments):
    if event.startswith("socket."):
        raise OSError("no network")


sys.addaudithook(refuse)
"""
