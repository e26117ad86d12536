"""The tools that are compared: this one and its peers, in an environment made for them or as they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

_PEERS = ("ruff", "flake8", "pythaw")
_PROGRAMS = ("lambda-conn-lint", "ruff", "pythaw", "semgrep")
_SOURCES = ("lambda_conn_lint", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "CHANGELOG.md")

_FLAKE8 = "from flake8.main.cli import main; raise SystemExit(main())"
_WITHOUT = """
from flake8.plugins import finder

every = finder._find_importlib_plugins
finder._find_importlib_plugins = lambda: (one for one in every() if one.entry_point.name != "LCL")
"""

_VERSIONS = """
import json
from importlib.metadata import distributions

print(json.dumps({str(one.metadata["Name"]).lower(): one.version for one in distributions()}))
"""

# What the peers look for, as far as semgrep can say it: no calls of other functions, no other files.
_SEMGREP_RULES = """
rules:
  - id: client-in-handler
    languages: [python]
    severity: WARNING
    message: a client is built on every invocation
    patterns:
      - pattern-inside: |
          def $HANDLER($EVENT, $CONTEXT): ...
      - pattern-either:
          - pattern: boto3.client(...)
          - pattern: boto3.resource(...)
          - pattern: psycopg2.connect(...)
          - pattern: pymongo.MongoClient(...)
          - pattern: redis.Redis(...)
          - pattern: requests.Session(...)
"""


class Tools(NamedTuple):
    """How the tools are called, those of them that are there: they stand in ``versions``."""

    python: str
    versions: dict[str, str]
    programs: dict[str, str]
    rules: str

    def ours(self, *arguments: str) -> tuple[str, ...]:
        """This tool. It ends with exit code 0 in spite of findings, as all the others do here."""
        return (self.programs["lambda-conn-lint"], "--exit-zero", *arguments)

    def flake8(self, *arguments: str, plugin: bool) -> tuple[str, ...]:
        """flake8 with this tool's plugin or, in the same environment, without it."""
        script = _FLAKE8 if plugin else _WITHOUT + _FLAKE8
        return (self.python, "-c", script, "--isolated", "--exit-zero", *arguments)

    def peers(self) -> dict[str, tuple[str, ...]]:
        """The tools, besides flake8, that check a whole tree by themselves, by name."""
        arguments = {
            "ruff": ("check", "--isolated", "--no-cache", "--select", "E711", "--exit-zero", "--quiet", "."),
            "pythaw": ("check", "--exit-zero", "."),
            "semgrep": ("scan", "--config", self.rules, "--metrics=off", "--disable-version-check", "--quiet", "."),
        }
        return {name: (self.programs[name], *rest) for name, rest in arguments.items() if name in self.programs}

    @property
    def has_flake8(self) -> bool:
        """Whether flake8 is there."""
        return "flake8" in self.versions


def install(work: Path, say: Callable[[str], None]) -> Tools:
    """An environment in that folder with this tool as it is now, and its peers; what is installed if pip fails."""
    source, environment = work / "source", work / "venv"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name in _SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True, symlinks=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(source), *_PEERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"pip could not install the tools, so those of this environment run:\n{done.stderr.strip()[-500:]}")
        return installed(work)
    return _tools(str(python), str(python.parent), work)


def installed(work: Path) -> Tools:
    """The tools as they are installed beside the running interpreter. Raises ``SystemExit`` where this one is not."""
    return _tools(sys.executable, sysconfig.get_path("scripts"), work)


def _tools(python: str, scripts: str, work: Path) -> Tools:
    searched = os.pathsep.join((scripts, os.environ.get("PATH", os.defpath)))
    programs = {name: place for name in _PROGRAMS if (place := shutil.which(name, path=searched))}
    if "lambda-conn-lint" not in programs:
        raise SystemExit("lambda-conn-lint is not installed; see the README")
    every = json.loads(_output((python, "-c", _VERSIONS)))
    versions = {name: every[name] for name in ("flake8", "libcst") if name in every}
    for name, program in programs.items():
        versions[name] = every.get(name) or _output((program, "--version")).split()[-1]
    rules = work / "semgrep.yml"
    rules.write_text(_SEMGREP_RULES, encoding="utf-8")
    return Tools(python, versions, programs, str(rules))


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
