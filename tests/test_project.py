"""Which files a project consists of, and where it begins."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.project import Project, find_root, is_test


def write(root: Path, *paths: str) -> None:
    """Make empty files, and the folders that they are in."""
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()


def python(root: Path, *exclude: str) -> list[str]:
    return list(Project(root, exclude=exclude).python)


# Listing


def test_python_files_and_what_may_be_deployment_files(tmp_path: Path) -> None:
    write(
        tmp_path, "b.py", "a/c.py", "a/b/d.py", "t.yaml", "a/s.yml", "x.json", "y.template", "README.md", "p.pyi", "py"
    )
    project = Project(tmp_path)
    assert project.python == ("a/b/d.py", "a/c.py", "b.py")
    assert project.manifests == ("a/s.yml", "t.yaml", "x.json", "y.template")
    assert project.folders == {"", "a", "a/b"}


def test_folders_are_those_that_hold_code() -> None:
    project = Project(Path("/nowhere/at/all"), {"a/b/c/d.py": b"", "e/f.yaml": b""})
    assert project.folders == {"", "a", "a/b", "a/b/c"}


def test_a_project_that_is_not_there_is_empty(tmp_path: Path) -> None:
    project = Project(tmp_path / "gone")
    assert project.python == project.manifests == ()


def test_names_with_spaces_braces_and_letters_of_other_languages(tmp_path: Path) -> None:
    paths = ["order sync/sync-orders.py", "{{cookiecutter.slug}}/größe.py", "функции/main.py", "a[1]/*b.py"]
    write(tmp_path, *paths)
    assert python(tmp_path) == sorted(paths)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="such names cannot be written here")
def test_names_that_are_not_text(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/\xff")
    with open(os.fsencode(tmp_path) + b"/\xff/\xe9.py", "wb") as file:
        file.write(b"x = 1\n")
    project = Project(tmp_path)
    (path,) = project.python
    assert project.read(path) == b"x = 1\n"


def test_a_folder_that_ends_like_a_file_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.py/b.py", "c.yaml/d.py")
    assert python(tmp_path) == ["a.py/b.py", "c.yaml/d.py"]
    assert Project(tmp_path).manifests == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert python(tmp_path) == []
    assert Project(tmp_path).manifests == ()


# Overlay


def test_the_overlay_is_newer_than_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"old")
    (tmp_path / "b.py").write_bytes(b"kept")
    project = Project(tmp_path, {"a.py": b"new", "c/d.py": b"more", "t.yaml": b"{}"})
    assert project.python == ("a.py", "b.py", "c/d.py")
    assert project.manifests == ("t.yaml",)
    assert [project.read(path) for path in project.python] == [b"new", b"kept", b"more"]
    assert "c" in project.folders


def test_what_exists() -> None:
    project = Project(Path("/nowhere/at/all"), {"a.py": b"", "t.yaml": b"", "x.txt": b""})
    assert [project.has(path) for path in ("a.py", "t.yaml", "x.txt", "b.py")] == [True, False, False, False]
    assert [project.exists(path) for path in ("a.py", "t.yaml", "x.txt", "b.py")] == [True, True, True, False]


def test_files_that_are_not_listed_exist_and_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, "Dockerfile", "build/a.py")
    project = Project(tmp_path)
    assert project.exists("Dockerfile")
    assert project.exists("build/a.py")
    assert not project.has("build/a.py")
    assert not project.exists("build")
    assert project.read("Dockerfile") == b""


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        Project(tmp_path).read("gone.py")


def test_the_overlay_given_is_not_changed_and_may_change(tmp_path: Path) -> None:
    overlay = {"a.py": b"1"}
    project = Project(tmp_path, overlay)
    overlay["a.py"] = b"2"
    assert project.read("a.py") == b"1"


# Excludes


@pytest.mark.parametrize(
    "folder",
    [
        ".aws-sam/build/F", ".git", ".venv/lib", ".tox", "__pycache__", "__pypackages__", "build/lib", "dist", "venv",
        "env", "virtualenv", "node_modules/x", "a/site-packages/b", "cdk.out/asset.123", "x.egg", "x.egg-info",
        "_build", "buck-out",
    ],
)  # fmt: skip
def test_caches_environments_and_build_copies_are_left_out(tmp_path: Path, folder: str) -> None:
    write(tmp_path, f"{folder}/app.py", f"deep/er/{folder}/app.py", f"{folder}/t.yaml", "mine.py")
    assert python(tmp_path) == ["mine.py"]
    assert Project(tmp_path).manifests == ()


@pytest.mark.parametrize("folder", ["builder", "distribution", "environment", "my_venv", "building/x", "git"])
def test_folders_with_similar_names_are_kept(tmp_path: Path, folder: str) -> None:
    write(tmp_path, f"{folder}/app.py")
    assert python(tmp_path) == [f"{folder}/app.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("generated", ["a/b.py", "a/gen.py", "c.py"]),
        ("gen*", ["a/b.py", "c.py"]),
        ("a", ["c.py", "generated/d.py"]),
        ("a/b.py", ["a/gen.py", "a/generated/b.py", "c.py", "generated/d.py"]),
        ("./a/b.py", ["a/gen.py", "a/generated/b.py", "c.py", "generated/d.py"]),
        ("a/generated/", ["a/b.py", "a/gen.py", "c.py", "generated/d.py"]),
        ("b.py", ["a/gen.py", "c.py", "generated/d.py"]),
        ("?.py", ["a/gen.py"]),
        ("[bc].py", ["a/gen.py", "generated/d.py"]),
        ("*/generated", ["a/b.py", "a/gen.py", "c.py", "generated/d.py"]),
        ("GENERATED", ["a/b.py", "a/gen.py", "a/generated/b.py", "c.py", "generated/d.py"]),
        ("nothing", ["a/b.py", "a/gen.py", "a/generated/b.py", "c.py", "generated/d.py"]),
    ],
)
def test_excludes(tmp_path: Path, pattern: str, left: list[str]) -> None:
    write(tmp_path, "a/b.py", "a/gen.py", "a/generated/b.py", "c.py", "generated/d.py")
    assert python(tmp_path, pattern) == left
    project = Project(tmp_path, exclude=[pattern])
    everything = Project(tmp_path).python
    assert [path for path in everything if not project.is_excluded(path)] == left


def test_is_excluded_looks_at_every_part_of_the_path(tmp_path: Path) -> None:
    project = Project(tmp_path, exclude=["a/gen", "x.py"])
    excluded = ("build/a.py", "a/build/b/c.py", "a/gen/b/c.py", "a/gen", "d/x.py", ".venv/x/y.py", "a/.x.py")
    assert [path for path in excluded if not project.is_excluded(path)] == []
    kept = ("a.py", "a/b.py", "b/a/gen/c.py", "xx.py", "a/generated.py", "building/a.py")
    assert [path for path in kept if project.is_excluded(path)] == []


# What git ignores


def test_gitignore(tmp_path: Path) -> None:
    write(
        tmp_path, "a.py", "tmp/b.py", "c/tmp/d.py", "c/only.py", "e/only.py", "gen_1.py", "x/gen_2.py", "s.yaml", "k.py"
    )
    (tmp_path / ".gitignore").write_text("# note\ntmp/\n/e/only.py\ngen_*.py\n!x/gen_2.py\n*.yaml\n\nk.py/\n")
    assert python(tmp_path) == ["a.py", "c/only.py", "k.py", "x/gen_2.py"]
    assert Project(tmp_path).manifests == ()


def test_nested_gitignore(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "s/a.py", "s/b.py", "s/t/a.py", "u/a.py", "u/b.py", "s/keep/gen.py", "gen.py")
    (tmp_path / ".gitignore").write_text("gen.py\nb.py\n")
    (tmp_path / "s/.gitignore").write_text("/a.py\n!b.py\n")
    (tmp_path / "s/keep/.gitignore").write_text("!gen.py\n")
    assert python(tmp_path) == ["a.py", "s/b.py", "s/keep/gen.py", "s/t/a.py", "u/a.py"]


def test_nothing_below_an_ignored_folder_comes_back(tmp_path: Path) -> None:
    write(tmp_path, "out/keep.py", "out/.gitignore", "out2/keep.py", "out2/drop.py")
    (tmp_path / ".gitignore").write_text("out/\n!out/keep.py\nout2/*\n!out2/keep.py\n")
    (tmp_path / "out/.gitignore").write_text("!keep.py\n")
    assert python(tmp_path) == ["out2/keep.py"]


def test_gitignore_that_ignores_all_but_some(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "src/b.py", "other/c.py")
    (tmp_path / ".gitignore").write_text("/*\n!/src/\n")
    assert python(tmp_path) == ["src/b.py"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[\n", b"!\n", b"a\\\n", b"\\", b"***\n", b"\r\n# x\r\n"])
def test_odd_gitignores_stop_nothing(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, "mine.py")
    (tmp_path / ".gitignore").write_bytes(content)
    python(tmp_path)
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").mkdir()
    assert python(tmp_path) == ["mine.py"]


def test_gitignore_with_crlf(tmp_path: Path) -> None:
    write(tmp_path, "gen/a.py", "b.py")
    (tmp_path / ".gitignore").write_bytes(b"gen/\r\n")
    assert python(tmp_path) == ["b.py"]


# Vendored trees


def test_packages_installed_beside_handlers_are_left_out_and_the_handlers_kept(tmp_path: Path) -> None:
    write(
        tmp_path, "f/app.py", "f/helpers/__init__.py", "f/somelib/__init__.py", "f/somelib/core.py", "f/single.py",
        "f/bin/tool.py", "f/somelib-1.0.dist-info/METADATA",
    )  # fmt: skip
    (tmp_path / "f/somelib-1.0.dist-info/RECORD").write_text(
        dedent(
            """\
            somelib/__init__.py,sha256=x,1
            somelib/core.py,,
            single.py,sha256=y,2
            bin/tool.py,,
            somelib-1.0.dist-info/METADATA,,
            """
        )
    )
    assert python(tmp_path) == ["f/app.py", "f/helpers/__init__.py"]


def test_records_with_quotes_folders_above_and_other_newlines(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "lib/__init__.py", "lib-1.dist-info/METADATA", "b/c.py")
    (tmp_path / "lib-1.dist-info/RECORD").write_bytes(
        b'lib/__init__.py,sha256=x,1\r\n../b/c.py,,\r\n"lib/with, comma.py",,\r\n\r\n'
    )
    assert python(tmp_path) == ["app.py", "b/c.py"]


def test_a_distribution_without_a_record_is_known_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, "f/app.py", "f/somelib/__init__.py", "f/somelib-1.0.dist-info/METADATA", "somelib/mine.py")
    assert python(tmp_path) == ["f/app.py", "somelib/mine.py"]


@pytest.mark.parametrize("name", ["boto3", "requests", "pymysql", "redis", "aws_lambda_powertools", "yaml"])
def test_libraries_copied_beside_code_are_left_out(tmp_path: Path, name: str) -> None:
    write(tmp_path, "f/app.py", f"f/{name}/__init__.py", f"f/{name}/sub/x.py")
    assert python(tmp_path) == ["f/app.py"]


def test_a_client_library_with_a_version_file_is_a_copy(tmp_path: Path) -> None:
    write(tmp_path, "f/app.py", "f/ldclient/__init__.py", "f/ldclient/version.py", "f/ldclient/client.py")
    assert python(tmp_path) == ["f/app.py"]


def test_a_client_library_beside_installed_ones_is_installed_too(tmp_path: Path) -> None:
    """Its own records may have been ignored by git, or left out of the archive."""
    write(
        tmp_path, "layer/python/pika/__init__.py", "layer/python/pika/spec.py", "layer/python/mine/__init__.py",
        "layer/python/idna-3.4.dist-info/METADATA", "src/pika/__init__.py",
    )  # fmt: skip
    (tmp_path / "layer/python/pika/__init__.py").write_text("__version__ = '1.3.1'\n")
    assert python(tmp_path) == ["layer/python/mine/__init__.py", "src/pika/__init__.py"]


@pytest.mark.parametrize("name", ["http", "databases", "records"])
def test_an_own_package_beside_installed_ones_is_kept(tmp_path: Path, name: str) -> None:
    """Some libraries are called by plain words, and some clients come with Python."""
    paths = [f"svc/{name}/__init__.py", f"svc/{name}/orders.py"]
    write(tmp_path, *paths, "svc/idna-3.4.dist-info/METADATA")
    assert python(tmp_path) == paths


def test_a_file_that_is_called_like_records_tells_nothing(tmp_path: Path) -> None:
    write(tmp_path, "svc/pika/__init__.py", "svc/idna-3.4.dist-info", "svc/pika-1.dist-info")
    (tmp_path / "svc/pika/__init__.py").write_text("__version__ = '1.3.1'\n")
    assert python(tmp_path) == ["svc/pika/__init__.py"]


def test_deployment_files_of_tests_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "template.yaml", "src/app.py", "tests/template.yaml", "src/e2e/a/b.json", "src/e2e/a/c.py")
    project = Project(tmp_path)
    assert project.manifests == ("template.yaml",)
    assert project.python == ("src/app.py", "src/e2e/a/c.py")


def test_rules_behind_a_link_do_not_count(tmp_path: Path) -> None:
    """Git does not follow it either."""
    write(tmp_path, "app.py", "rules")
    (tmp_path / "rules").write_text("*.py\n")
    (tmp_path / ".gitignore").symlink_to("rules")
    assert python(tmp_path) == ["app.py"]


def test_the_authors_own_packages_are_kept(tmp_path: Path) -> None:
    paths = ["app.py", "mine/__init__.py", "mine/_version.py", "mine/py.typed", "redis_tools/__init__.py"]
    write(tmp_path, *paths, "ldclient/__init__.py", "requests/mine.py")
    assert python(tmp_path) == sorted(
        [*(path for path in paths if path.endswith(".py")), "ldclient/__init__.py", "requests/mine.py"]
    )


def test_a_folder_named_like_a_library_that_stands_alone_is_the_authors(tmp_path: Path) -> None:
    write(tmp_path, "functions/requests/__init__.py", "functions/requests/app.py")
    assert python(tmp_path) == ["functions/requests/__init__.py", "functions/requests/app.py"]


# Links and folders that cannot be read


@pytest.fixture
def links(tmp_path: Path) -> Path:
    try:
        (tmp_path / "probe").symlink_to(tmp_path)
    except OSError:
        pytest.skip("symbolic links cannot be made here")
    (tmp_path / "probe").unlink()
    return tmp_path


def test_links_to_folders_are_not_followed(links: Path) -> None:
    write(links, "a/b.py")
    (links / "a/loop").symlink_to(links)
    (links / "self").symlink_to(links / "self")
    (links / "twin").symlink_to(links / "a")
    assert python(links) == ["a/b.py"]


def test_links_to_files_are_files(links: Path) -> None:
    write(links, "project/a.py", "shared.py")
    (links / "project/linked.py").symlink_to(links / "shared.py")
    (links / "project/dangling.py").symlink_to(links / "gone.py")
    (links / "project/loop.py").symlink_to(links / "project/loop.py")
    assert python(links / "project") == ["a.py", "linked.py"]


def test_a_root_that_is_a_link_is_followed(links: Path) -> None:
    write(links, "real/a.py")
    (links / "link").symlink_to(links / "real")
    assert python(links / "link") == ["a.py"]


def test_folders_that_cannot_be_read_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions do not stop the superuser, so the system's answer is made up.
    write(tmp_path, "a.py", "locked/b.py", "open/c.py")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert python(tmp_path) == ["a.py", "open/c.py"]


# Workers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrangler.toml", 'name = "edge"\nmain = "src/entry.py"\n'),
        ("wrangler.toml", 'main = "worker"\ncompatibility_flags = ["python_workers"]\n'),
        ("wrangler.json", '{"name": "edge",\n  "main": "src/entry.py"}'),
        ("wrangler.jsonc", '{\n  // the entry\n  "main": "./src/entry.py",\n}'),
    ],
)
def test_projects_of_cloudflare_workers(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, f"edge/{name}", "edge/src/a.py", "lambda/b.py", "edges/c.py")
    (tmp_path / "edge" / name).write_text(text)
    project = Project(tmp_path)
    assert [path for path in project.python if project.is_worker(path)] == ["edge/src/a.py"]


def test_a_project_of_workers_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path, "wrangler.toml", "a.py", "b/c.py")
    (tmp_path / "wrangler.toml").write_text("main = 'a.py'\n")
    project = Project(tmp_path)
    assert all(project.is_worker(path) for path in project.python)


@pytest.mark.parametrize("text", ['main = "src/index.ts"\n', "", '# main = "a.py"\nmain = "a.js"\n'])
def test_workers_in_other_languages_say_nothing_of_python_beside_them(tmp_path: Path, text: str) -> None:
    write(tmp_path, "wrangler.toml", "a.py")
    (tmp_path / "wrangler.toml").write_text(text)
    assert not Project(tmp_path).is_worker("a.py")


def test_a_function_that_a_deployment_file_names_is_no_worker(tmp_path: Path) -> None:
    handler = "import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3')\n"
    for name in ("worker.py", "billing.py"):
        (tmp_path / name).write_text(handler)
    (tmp_path / "wrangler.toml").write_text('main = "worker.py"\n')
    assert check(Project(tmp_path), Settings()).findings == ()
    function = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: billing.handler}}"
    (tmp_path / "template.yaml").write_text(f"Resources: {{Billing: {function}}}\n")
    assert [found.filename for found in check(Project(tmp_path), Settings()).findings] == ["billing.py"]


# Tests


@pytest.mark.parametrize(
    "path",
    [
        "test_app.py", "app_test.py", "tests.py", "test.py", "conftest.py", "tests/app.py", "test/a/b.py",
        "a/tests/b.py", "testing/x.py", "unit_tests/x.py", "integration_tests/x.py", "e2e/x.py", "src/test_x.py",
    ],
)  # fmt: skip
def test_tests(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    ["app.py", "latest.py", "contest.py", "attest/app.py", "testimonials/app.py", "tester.py", "my_conftest.py",
     "protest/x.py", "test_data_handler/app.py", "tests_of/app.py"],
)  # fmt: skip
def test_no_tests(path: str) -> None:
    assert not is_test(path)


# The root


CONFIGURATION = "[tool.lambda-conn-lint]\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder in which a file lies deep, and that no repository is around."""
    if find_root(tmp_path) != tmp_path:
        pytest.skip("the temporary folder lies in a project")
    write(tmp_path, "repo/service/src/app.py")
    return tmp_path / "repo"


def test_without_a_sign_the_root_is_the_folder(tree: Path) -> None:
    assert find_root(tree / "service/src/app.py") == tree / "service/src"
    assert find_root(tree / "service/src") == tree / "service/src"
    assert find_root(tree / "service") == tree / "service"


def test_a_repository_is_the_root(tree: Path) -> None:
    (tree / ".git").mkdir()
    assert find_root(tree / "service/src/app.py") == find_root(tree / "service/src") == find_root(tree) == tree


def test_a_worktree_is_the_root(tree: Path) -> None:
    (tree / ".git").write_text("gitdir: /elsewhere/.git/worktrees/repo\n")
    assert find_root(tree / "service/src/app.py") == tree


@pytest.mark.parametrize("table", ["[tool.lambda-conn-lint]", "[tool.lambda-conn-lint.per-file-ignores]"])
def test_our_configuration_is_the_root(tree: Path, table: str) -> None:
    (tree / "pyproject.toml").write_text(f"[project]\nname = 'x'\n\n{table}\n")
    assert find_root(tree / "service/src/app.py") == tree


@pytest.mark.parametrize("section", ["[lambda-conn-lint]", "[lambda-conn-lint:clients]"])
def test_our_configuration_in_setup_cfg_is_the_root_too(tree: Path, section: str) -> None:
    (tree / "setup.cfg").write_text("[metadata]\nname = lambda-conn-lint\n")
    assert find_root(tree / "service/src/app.py") == tree / "service/src"
    (tree / "setup.cfg").write_text(f"[flake8]\nmax-line-length = 100\n\n{section}\n")
    assert find_root(tree / "service/src/app.py") == tree


def test_folders_with_a_configuration_are_projects_inside(tree: Path) -> None:
    (tree / "pyproject.toml").write_text(CONFIGURATION)
    for folder, text in (("service", "[tool.ruff]\n"), ("service/src", CONFIGURATION), ("build", CONFIGURATION)):
        (tree / folder).mkdir(exist_ok=True)
        (tree / folder / "pyproject.toml").write_text(text)
    assert Project(tree).inner() == ["service/src"]
    assert Project(tree, exclude=["src"]).inner() == []


def test_the_nearest_of_repository_and_configuration_is_the_root(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / "service/pyproject.toml").write_text(CONFIGURATION)
    assert find_root(tree / "service/src/app.py") == tree / "service"
    (tree / "service/src/.git").mkdir()
    assert find_root(tree / "service/src/app.py") == tree / "service/src"


def test_configuration_of_others_is_no_sign(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.ruff]\n")
    assert find_root(tree / "service/src/app.py") == tree / "service/src"


@pytest.mark.parametrize("name", ["template.yaml", "template.yml", "samconfig.toml", "serverless.yml", "cdk.json"])
def test_without_a_repository_the_nearest_deployment_file_is_the_root(tree: Path, name: str) -> None:
    write(tree, name)
    assert find_root(tree / "service/src/app.py") == tree
    write(tree, f"service/{name}")
    assert find_root(tree / "service/src/app.py") == tree / "service"


def test_a_repository_goes_before_a_deployment_file(tree: Path) -> None:
    (tree / ".git").mkdir()
    write(tree, "service/template.yaml")
    assert find_root(tree / "service/src/app.py") == tree


def test_a_file_that_does_not_exist_belongs_where_it_would_be(tree: Path) -> None:
    (tree / ".git").mkdir()
    assert find_root(tree / "service/src/new.py") == tree
    assert find_root(tree / "new/folder/new.py") == tree


def test_unreadable_configuration_is_none(tree: Path) -> None:
    (tree / "service/pyproject.toml").mkdir()
    write(tree, "template.yaml")
    assert find_root(tree / "service/src/app.py") == tree


# Reading


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_200_000, 3_000_000])
def test_files_of_any_size_are_read_whole(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (tmp_path / "a.py").write_bytes(data)
    assert Project(tmp_path).read("a.py") == data


def test_what_is_no_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    for path in ("a.py", "b.py"):
        with pytest.raises(OSError, match=r"a\.py|b\.py|directory|denied"):
            Project(tmp_path).read(path)
