"""What the plugin loads: nothing that flake8 would have to wait for, unless a file may matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flake8_runs import HELPER

_HEAVY = {
    "libcst",
    "yaml",
    "tomllib",
    "lambda_conn_lint.catalog.tables",
    "lambda_conn_lint.linking",
    "lambda_conn_lint.check",
    "lambda_conn_lint.fix",
}


def _loaded(script: str) -> set[str]:
    """The modules of a fresh interpreter after some statements."""
    script = f"{script}\nimport sys; print('loaded:', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=100)
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.subprocess
def test_importing_the_plugin_loads_nothing_else() -> None:
    ours = {name for name in _loaded("import lambda_conn_lint.flake8_plugin") if name.startswith("lambda_conn_lint")}
    assert ours == {"lambda_conn_lint", "lambda_conn_lint.defects", "lambda_conn_lint.flake8_plugin"}


@pytest.mark.subprocess
def test_a_run_over_files_without_functions_loads_nothing_heavy(tmp_path: Path) -> None:
    tmp_path.joinpath("constants.py").write_text("import boto3\n\nLIMIT = 3\n")
    loaded = _loaded(_run(tmp_path))
    assert "lambda_conn_lint.options" in loaded, "the plugin has been there"
    assert not loaded & _HEAVY


@pytest.mark.subprocess
@pytest.mark.parametrize("text", ["import json\n\n\ndef f():\n    return json.dumps(1)\n", HELPER])
def test_libcst_is_loaded_for_handlers_of_clients_only(text: str, tmp_path: Path) -> None:
    tmp_path.joinpath("code.py").write_text(text)
    assert "libcst" not in _loaded(_run(tmp_path))
    tmp_path.joinpath("app.py").write_text("import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3')\n")
    assert "libcst" in _loaded(_run(tmp_path))


def _run(folder: Path) -> str:
    return f"from flake8.main.cli import main; main(['-j1', '--isolated', {str(folder)!r}])"
