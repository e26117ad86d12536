"""Server programs that one test run has for itself: a folder, a free port, a process, and its end.

A program is taken from a package that pip installed for this interpreter, or from the system. What can be found nowhere
is said with ``NotInstalledError``, whose text is the reason why tests are skipped.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

HOST = "127.0.0.1"
_SECONDS_TO_START = 30.0
_SECONDS_TO_STOP = 10.0
_SECONDS_TO_SETTLE = 1.5
_UNPRIVILEGED = "nobody"
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

_Row = TypeVar("_Row")


class NotInstalledError(Exception):
    """A server cannot be had here; the text says why."""


class Program:
    """A server's process, started by ``start`` and ended by ``stop``, as often as a test wants a restart.

    On Linux it ends with the test run, however that is ended.

    ``ready`` is called until it no longer raises; ``log`` holds all that the process has printed. ``user`` is who runs
    it where that is somebody else; ``stop_signal`` is what it takes for an order to end at once.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        ready: Callable[[], object],
        *,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        self._command = tuple(command)
        self._ready = ready
        self._options: dict[str, Any] = as_user(user)
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it serves; ``RuntimeError`` if it does not."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
                start_new_session=True,  # the terminal's Ctrl-C is for the tests, which then end the server
                preexec_fn=_bound_to(self._stop_signal),  # noqa: PLW1509 - one call of C, safe beside threads
                **self._options,
            )
        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                self._ready()
            except Exception as error:
                if self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                self.stop()
                text = self.log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self._command[0]} does not serve: {error}\n{text}") from error
            return

    def stop(self) -> None:
        """End the process, by force if it does not go."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(self._stop_signal)
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _bound_to(stop_signal: signal.Signals) -> Callable[[], object] | None:
    """What a new process has to do so that it gets a signal when this one is gone; ``None`` where systems have no such.

    All is looked up here: between fork and exec a process should do as little as it can.
    """
    if sys.platform != "linux":
        return None
    return partial(ctypes.CDLL(None).prctl, _PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)


@contextlib.contextmanager
def private_folder(user: str | None = None) -> Iterator[Path]:
    """A new folder for one server, gone afterwards; ``user`` can reach it, and owns ``data`` in it.

    It is not below pytest's own temporary folder, which nobody but its owner may enter. Its path is short, since a
    socket's may have no more than a hundred characters.
    """
    folder = Path(tempfile.mkdtemp(prefix="lcl-"))
    try:
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(data, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> str | None:
    """Who runs a server that refuses to be run by root; ``None`` where the tests are not run by root."""
    return _UNPRIVILEGED if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def as_user(user: str | None) -> dict[str, Any]:
    """The arguments of ``subprocess`` for a process of another user."""
    if user is None:
        return {}
    import pwd

    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": ()}


def run(command: Sequence[str], user: str | None = None) -> None:
    """Run a command to its end; ``RuntimeError`` with what it printed if it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", check=False, text=True, **as_user(user)
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def driver(module: str) -> Any:
    """A client library, which the checks of types need not know; ``NotInstalledError`` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise NotInstalledError(f"the package {module} is not installed ({error})") from error


def settled(read: Callable[[], list[_Row]], seconds: float = _SECONDS_TO_SETTLE) -> list[_Row]:
    """What ``read`` gives once it is empty, or still gives after so many seconds.

    A server needs a moment to see that a client has gone, so that only what stays counts.
    """
    deadline = time.monotonic() + seconds
    while (rows := read()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return rows


def free_port() -> int:
    """A port that nobody listens on. Another process can take it before the server does; the server then fails."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


def in_package(package: str, program: str) -> Path | None:
    """A program that an installed Python package carries; the package is not imported."""
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        for found in sorted(Path(folder).rglob(program)):
            if os.access(found, os.X_OK):
                return found
    return None


def on_system(*programs: str, folders: Sequence[Path] = ()) -> Path | None:
    """The first of the programs on the PATH, in ``folders``, or where Debian keeps daemons."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders), "/usr/sbin", "/usr/local/sbin"])
    found = next(filter(None, (shutil.which(program, path=path) for program in programs)), None)
    return None if found is None else Path(found)
