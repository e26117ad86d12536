"""What tests of several modules start from."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from lambda_conn_lint.cli import main
from lambda_conn_lint.facts import lower
from lambda_conn_lint.facts.model import ModuleFacts
from lambda_conn_lint.facts.trees import Trees


@pytest.fixture(scope="module", autouse=True)
def young_objects_only() -> None:
    """The garbage collector looks at nothing that is older than the module.

    Some tests collect garbage after each step, and to go through all that was made for thousands of tests is slow.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the working directory, without what the surroundings say about colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path.resolve()
    root.joinpath("template.yaml").write_text("Resources: {}\n")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs ``main`` and returns the exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts that libcst is given for facts."""
    texts: list[bytes] = []
    facts_of = lower.facts_of

    def noting(source: bytes, trees: Trees | None = None) -> ModuleFacts:
        texts.append(source)
        return facts_of(source, trees)

    monkeypatch.setattr(lower, "facts_of", noting)
    return texts
