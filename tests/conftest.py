"""What tests of several modules start from."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the working directory, without what the surroundings say about colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path.resolve()
    root.joinpath("template.yaml").write_text("Resources: {}\n")
    monkeypatch.chdir(root)
    return root
