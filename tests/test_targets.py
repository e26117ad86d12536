from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lambda_conn_lint.config import COMMAND_LINE, Loaded
from lambda_conn_lint.options import Options
from lambda_conn_lint.targets import Load, MissingPathError, Target, find_stdin_target, find_targets

FILES = {
    "template.yaml": "",
    ".gitignore": "generated/\n",
    "app.py": "",
    "notes.txt": "",
    "src/db.py": "",
    "src/handlers/get.py": "",
    "build/app.py": "",
    "generated/api.py": "",
    "services/mail/serverless.yml": "",
    "services/mail/send.py": "",
    "services/mail/gen/a_pb2.py": "",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = (tmp_path / "repo").resolve()
    _write(root, FILES)
    return root


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _given(exclude: tuple[str, ...] = (), *, force: bool = True) -> Load:
    """The settings of every project, as the command line gives them."""
    loaded = Loaded(Options(exclude=exclude, force_exclude=force), {"exclude": COMMAND_LINE})
    return lambda root: loaded


def _found(tree: Path, *paths: str, exclude: tuple[str, ...] = (), force: bool = True) -> dict[str, list[str]]:
    targets = find_targets(paths, tree, _given(exclude, force=force))
    return {target.project.root.relative_to(tree).as_posix(): target.files() for target in targets}


def test_given_paths_choose_what_is_reported_and_not_what_is_analysed(tree: Path) -> None:
    (target,) = find_targets(["src/handlers"], tree, _given())
    assert target.files() == ["src/handlers/get.py"]
    assert {"app.py", "src/db.py"} <= set(target.project.python)


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (
            ["."],
            {
                ".": [
                    "app.py",
                    "services/mail/gen/a_pb2.py",
                    "services/mail/send.py",
                    "src/db.py",
                    "src/handlers/get.py",
                ]
            },
        ),
        (["src"], {".": ["src/db.py", "src/handlers/get.py"]}),
        (["./src/", "src/db.py", "src"], {".": ["src/db.py", "src/handlers/get.py"]}),
        (["src/../app.py"], {".": ["app.py"]}),
        (["services/mail"], {"services/mail": ["gen/a_pb2.py", "send.py"]}),
        (["app.py", "services/mail/send.py"], {".": ["app.py"], "services/mail": ["send.py"]}),
        (["notes.txt"], {".": []}),
    ],
)
def test_paths_are_grouped_by_project(tree: Path, paths: list[str], found: dict[str, list[str]]) -> None:
    assert _found(tree, *paths) == found


def test_a_prefix_of_a_name_is_no_folder(tree: Path) -> None:
    _write(tree, {"src2/x.py": ""})
    assert _found(tree, "src") == {".": ["src/db.py", "src/handlers/get.py"]}


@pytest.mark.parametrize(
    ("paths", "forced", "unforced"),
    [
        (["build/app.py"], {}, {".": ["build/app.py"]}),
        (["build"], {}, {".": ["build/app.py"]}),
        (["generated/api.py"], {".": []}, {".": ["generated/api.py"]}),
        (["generated"], {".": []}, {".": ["generated/api.py"]}),
    ],
)
def test_excludes_apply_to_given_paths_unless_told(
    tree: Path, paths: list[str], forced: dict[str, list[str]], unforced: dict[str, list[str]]
) -> None:
    assert _found(tree, *paths) == forced
    assert _found(tree, *paths, force=False) == unforced


def test_excludes_apply_below_a_given_folder_all_the_same(tree: Path) -> None:
    found = _found(tree, "services/mail", exclude=("services/mail/gen",), force=False)
    assert found == {"services/mail": ["send.py"]}


@pytest.mark.parametrize(
    ("pattern", "cwd", "path", "left"),
    [
        pytest.param("gen", ".", "services/mail", ["send.py"], id="a name at any depth"),
        pytest.param("*_pb2.py", ".", "services/mail", ["send.py"], id="a glob"),
        pytest.param("services/mail/gen", ".", "services/mail", ["send.py"], id="a path from the working directory"),
        pytest.param("./services/*/gen/", ".", "services/mail", ["send.py"], id="a glob above the project"),
        pytest.param("mail/gen", "services", "mail", ["send.py"], id="the working directory is below"),
        pytest.param("../services/mail/gen", "src", "../services/mail", ["send.py"], id="upwards"),
        pytest.param("mail/gen", ".", "services/mail", ["gen/a_pb2.py", "send.py"], id="another path"),
        pytest.param("**/gen", ".", "services/mail", ["send.py"], id="any depth, and none"),
        pytest.param("**/gen/*.py", ".", "services", ["services/mail/send.py"], id="below any depth"),
        pytest.param("mail", ".", "services/mail", None, id="the project's own folder"),
        pytest.param("services/*", ".", "services/mail/send.py", None, id="above the given path"),
    ],
)
def test_exclude(tree: Path, pattern: str, cwd: str, path: str, left: list[str] | None) -> None:
    targets = find_targets([path], tree / cwd, _given((pattern,)))
    assert [target.files() for target in targets] == ([] if left is None else [left])


def test_missing_paths_are_all_named(tree: Path) -> None:
    with pytest.raises(MissingPathError) as caught:
        _found(tree, "src", "nowhere", "app.pyc")
    assert str(caught.value) == "nowhere: no such file or folder, app.pyc: no such file or folder"


def test_shown_paths(tree: Path) -> None:
    (target,) = find_targets(["src"], tree, _given())
    assert target.shown("src/db.py", tree) == "src/db.py"
    assert target.shown("src/db.py", tree / "src") == "db.py"
    assert target.shown("app.py", tree / "src") == f"{tree.as_posix()}/app.py"


def test_a_link_is_the_file_that_it_leads_to(tree: Path) -> None:
    (tree / "current").symlink_to(tree / "src")
    assert _found(tree, "current/db.py") == {".": ["src/db.py"]}


def _stdin(tree: Path, filename: str | None, **given: bool | tuple[str, ...]) -> list[Target]:
    exclude = given.get("exclude", ())
    assert isinstance(exclude, tuple)
    return find_stdin_target(b"x", filename, tree, _given(exclude, force=bool(given.get("force", True))))


@pytest.mark.parametrize(
    ("filename", "root", "path"),
    [
        ("src/db.py", ".", "src/db.py"),
        ("src/new.py", ".", "src/new.py"),
        ("services/mail/send.py", "services/mail", "send.py"),
    ],
)
def test_stdin_takes_the_place_of_a_file(tree: Path, filename: str, root: str, path: str) -> None:
    (target,) = _stdin(tree, filename)
    assert target.project.root == (tree / root).resolve()
    assert target.files() == [path]
    assert target.project.read(path) == b"x"
    assert target.shown(path, tree) == filename


@pytest.mark.parametrize("filename", ["build/app.py", "build/new.py", "generated/api.py"])
def test_stdin_for_an_excluded_file(tree: Path, filename: str) -> None:
    assert _stdin(tree, filename) == []
    (target,) = _stdin(tree, filename, force=False)
    assert target.files() == [filename]


def test_stdin_with_an_exclude_pattern(tree: Path) -> None:
    assert _stdin(tree, "src/db.py", exclude=("src/*.py",)) == []


def test_stdin_without_a_name(tree: Path) -> None:
    (target,) = _stdin(tree, None)
    (path,) = target.files()
    assert target.project.read(path) == b"x"
    assert target.shown(path, tree) == "-"
    assert target.shown("app.py", tree) == "app.py"
