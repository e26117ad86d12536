"""``--project-root``: the project is what the user says, not what lies around it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

HANDLER = "from libs.storage import make\n\n\ndef handler(event, context):\n    return make()\n"
HELPER = 'import boto3\n\n\ndef make():\n    return boto3.client("s3")\n'
FOUND = "libs/storage.py:5:12: LCL103"


@pytest.fixture
def monorepo(folder: Path) -> Path:
    """A handler that reaches its client through a library beside its service; both folders look like projects."""
    for path, text in {"services/orders/app.py": HANDLER, "libs/storage.py": HELPER}.items():
        file = folder / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
    for part in ("services/orders", "libs"):
        (folder / part / ".git").mkdir()
    return folder


def test_without_it_the_surroundings_decide(monorepo: Path, run: Run) -> None:
    assert run("libs", "services")[0] == 0


@pytest.mark.parametrize("paths", [(), (".",), ("libs",), ("services", "libs/storage.py")], ids=str)
def test_the_given_folder_is_one_project(monorepo: Path, run: Run, paths: tuple[str, ...]) -> None:
    status, out, _ = run("--project-root", ".", "--output-format", "concise", *paths)
    assert status == 1
    assert out.startswith(FOUND)


def test_paths_choose_what_is_reported(monorepo: Path, run: Run) -> None:
    assert run("--project-root", ".", "services")[0] == 0


def test_from_below_only_the_working_directory_is_reported(
    monorepo: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(monorepo / "services")
    assert run("--project-root", "..")[0] == 0
    monkeypatch.chdir(monorepo / "libs")
    assert run("--project-root", "..", "--output-format", "concise")[1].startswith("storage.py:5:12: LCL103")


def test_from_elsewhere_all_of_it_is_reported(monorepo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (monorepo / "elsewhere").mkdir()
    monkeypatch.chdir(monorepo / "elsewhere")
    (monorepo / "services" / "orders" / "more.py").write_text(HELPER.replace("make()", "handler(event, context)"))
    _, out, _ = run("--project-root", "../services", "--output-format", "concise")
    assert f"{monorepo.as_posix()}/services/orders/more.py:5:12: LCL103" in out


def test_folders_with_a_configuration_of_their_own_belong_to_it(monorepo: Path, run: Run) -> None:
    (monorepo / "libs" / "pyproject.toml").write_text('[tool.lambda-conn-lint]\nignore = ["LCL103"]\n')
    assert run("--project-root", ".")[0] == 1


def test_standard_input(monorepo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_conn_lint.checking.read_stdin", HELPER.encode)
    arguments = ("-", "--stdin-filename", "libs/storage.py", "--output-format", "concise")
    assert run(*arguments)[0] == 0
    assert run(*arguments, "--project-root", ".")[1].startswith(FOUND)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_to_files_are_files(monorepo: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("store")
    for number, path in enumerate(("libs/storage.py", "services/orders/app.py")):
        os.replace(monorepo / path, store / str(number))
        os.symlink(store / str(number), monorepo / path)
    for given in (".", "libs/storage.py"):
        assert run("--project-root", ".", "--output-format", "concise", given)[1].startswith(FOUND)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--project-root", "nowhere"), "nowhere: no such folder"),
        (("--project-root", "template.yaml"), "template.yaml: no such folder"),
        (("--project-root", "services", "libs"), "is not in the project root"),
        (("--project-root", "services", "--stdin-filename", "libs/storage.py"), "is not in the project root"),
    ],
    ids=["missing", "file", "outside", "standard input outside"],
)
def test_what_makes_no_sense(
    monorepo: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.setattr("lambda_conn_lint.checking.read_stdin", lambda: b"")
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert message in err
