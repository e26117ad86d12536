"""Git repositories to try the hooks in, apart from everything that this machine and this user have set up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_GIT = """\
[user]
name = Somebody
email = somebody@example.com
[core]
autocrlf = false
quotePath = false
[init]
defaultBranch = main
"""


class Done(NamedTuple):
    """How a run of pre-commit ended, and all that it printed."""

    status: int
    output: str


def environment(folder: Path) -> dict[str, str]:
    """What git, pip and pre-commit are run with: settings and caches in an existing folder, and no index."""
    settings = folder / "gitconfig"
    settings.write_text(_GIT)
    outside = ("GIT_", "PIP_", "PRE_COMMIT", "PYTHON", "SKIP", "VIRTUALENV_", "VIRTUAL_ENV")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    return inherited | {
        "GIT_CONFIG_GLOBAL": os.fspath(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": os.fspath(folder),
        "NO_COLOR": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INDEX": "1",
        "PRE_COMMIT_HOME": os.fspath(folder / "pre-commit"),
        "PYTHONUTF8": "1",
        "USERPROFILE": os.fspath(folder),
        "VIRTUALENV_OVERRIDE_APP_DATA": os.fspath(folder / "virtualenv"),
    }


class Repository:
    """A git repository in an existing folder; its files are written and read as UTF-8."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._environ = environ
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        """What a command of git prints; one that fails is an error."""
        command = ("git", *arguments)
        done = subprocess.run(command, check=False, cwd=self.folder, env=self._environ, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        """Write the files, commit all that there is, and return the revision."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "One more")
        return self.git("rev-parse", "HEAD").strip()

    def pre_commit(self, *arguments: str, **environ: str) -> Done:
        """Run pre-commit here, with more variables in its environment."""
        done = subprocess.run(
            (sys.executable, "-m", "pre_commit", *arguments),
            check=False,
            cwd=self.folder,
            env={**self._environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return Done(done.returncode, done.stdout)
