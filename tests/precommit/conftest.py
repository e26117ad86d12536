"""The hooks as somebody's repository gets them: cloned, built and installed by pre-commit itself, without an index."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
from precommit.scratch import Repository, environment
from precommit.wheels import NotRepackableError, needs_of, repack

import lambda_conn_lint

ROOT = Path(__file__).parent.parent.parent
_BUILT_FROM = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml")


class Hooks(NamedTuple):
    """The repository that has the hooks, its only revision, and what pre-commit is to be run with."""

    repository: Repository
    revision: str
    environ: Mapping[str, str]

    def configuration(self, hook: str, arguments: Sequence[str] = ()) -> str:
        """The text of a ``.pre-commit-config.yaml`` with one of the hooks."""
        return (
            f"repos:\n- repo: {self.repository.folder.as_posix()!r}\n  rev: {self.revision}\n"
            f"  hooks:\n  - id: {hook}\n    args: {list(arguments)}\n"
        )


Start: TypeAlias = Callable[..., Repository]


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    """The hooks' repository, made from this project's files and the package that is being tested."""
    if shutil.which("git") is None or find_spec("pre_commit") is None:
        pytest.skip("git or pre-commit is not installed")
    surroundings = tmp_path_factory.mktemp("surroundings")
    wheels = tmp_path_factory.mktemp("wheels")
    try:
        repack([_build_backend(), *needs_of("lambda-conn-lint")], wheels)
    except NotRepackableError as error:
        pytest.skip(f"the hooks cannot be installed without an index: {error}")
    environ = {**environment(surroundings), "PIP_FIND_LINKS": wheels.as_uri()}
    folder = tmp_path_factory.mktemp("hooks")
    for name in _BUILT_FROM:
        shutil.copy(ROOT / name, folder)
    package = Path(lambda_conn_lint.__file__).parent
    shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    repository = Repository(folder, environ)
    made = Hooks(repository, repository.commit(), environ)
    first = Repository(tmp_path_factory.mktemp("first"), environ)
    first.commit({".pre-commit-config.yaml": made.configuration("lambda-conn-lint")})
    status, output = first.pre_commit("install-hooks")
    assert status == 0, output
    return made


@pytest.fixture
def start(hooks: Hooks, tmp_path: Path) -> Start:
    """Makes a repository with its first files committed that uses a hook: ``start(hook, files, *arguments)``."""

    def make(hook: str, files: Mapping[str, str], *arguments: str) -> Repository:
        folder = tmp_path / "somebody's project"
        folder.mkdir()
        repository = Repository(folder, hooks.environ)
        repository.commit({".pre-commit-config.yaml": hooks.configuration(hook, arguments), **files})
        return repository

    return make


def _build_backend() -> str:
    """The name of what builds this project. Raises ``NotRepackableError`` where it is too old for that."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    required = re.search(r'^requires = \["(\w+)>=(\d+)[.\d]*"\]$', project, re.MULTILINE)
    assert required is not None
    name, oldest = required.groups()
    needs_of(name)
    if int(version(name).partition(".")[0]) < int(oldest):
        raise NotRepackableError(f"{name} is older than {oldest}")
    return name
