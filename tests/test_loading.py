"""Whose facts are kept, and how long: a file that is read again is parsed again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lambda_conn_lint.loading import Loading
from lambda_conn_lint.project import Project

_LARGE = "#" * 250_000  # there is room for two of them
_TOO_LARGE = "#" * 700_000


class _Reads(Project):
    """A project that notes which files are read."""

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        super().__init__(root, {path: text.encode() for path, text in texts.items()})
        self.seen: list[str] = []

    def read(self, path: str) -> bytes:
        self.seen.append(path)
        return super().read(path)


def _loading(project: Project) -> Loading:
    return Loading(project, None, lambda parsed: None)


def test_the_link_leaves_the_facts_of_the_first_files(tmp_path: Path) -> None:
    project = _Reads(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), _LARGE))
    loading = _loading(project)
    for path in project.python:
        assert loading.facts(path) is not None
    for path in project.python:
        assert loading.facts_again(path) is not None
    assert project.seen == ["a.py", "b.py", "c.py", "c.py"]


def test_a_fix_has_what_was_asked_for_last(tmp_path: Path) -> None:
    project = _Reads(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), _LARGE))
    loading = _loading(project)
    for path in ("a.py", "b.py", "a.py", "c.py", "a.py", "b.py"):
        loading.facts_again(path)
    assert project.seen == ["a.py", "b.py", "c.py", "b.py"]


def test_the_facts_of_the_only_file_are_kept_whatever_its_size(tmp_path: Path) -> None:
    project = _Reads(tmp_path, {"a.py": _TOO_LARGE})
    loading = _loading(project)
    facts = loading.facts("a.py")
    assert loading.facts_again("a.py") is facts is loading.facts_again("a.py")
    assert project.seen == ["a.py"]


def test_what_is_let_go_makes_room(tmp_path: Path) -> None:
    project = _Reads(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), _LARGE))
    loading = _loading(project)
    loading.facts("a.py")
    loading.facts("b.py")
    loading.let_go(["a.py"])
    loading.facts("c.py")
    loading.facts_again("c.py")
    loading.facts_again("b.py")
    assert project.seen == ["a.py", "b.py", "c.py"]


def test_what_cannot_be_parsed_is_tried_once(tmp_path: Path) -> None:
    project = _Reads(tmp_path, {"a.py": "def f(:\n"})
    loading = _loading(project)
    assert loading.facts("a.py") is None
    assert loading.facts_again("a.py") is None
    assert project.seen == ["a.py"]
    assert list(loading.problems) == ["a.py"]
