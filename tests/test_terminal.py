from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from lambda_conn_lint.terminal import Progress, wants_colour, wants_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_wants_colour(choice: str, terminal: bool, environ: Mapping[str, str], expected: bool) -> None:
    assert wants_colour(choice, Terminal() if terminal else io.StringIO(), environ) is expected


@pytest.mark.parametrize(
    ("terminal", "environ", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"CI": "true"}, False),
        (True, {"PRE_COMMIT": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_wants_progress(terminal: bool, environ: Mapping[str, str], expected: bool) -> None:
    assert wants_progress(Terminal() if terminal else io.StringIO(), environ) is expected


def test_short_run_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _progress_at(monkeypatch, 0.0, 0.4, 0.9) == ""


def test_long_run_shows_progress_and_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    written = _progress_at(monkeypatch, 0.0, 1.5, 1.55, 2.0)
    assert written == "\rchecking 1/9 files\rchecking 3/9 files\r                  \r"


def _progress_at(monkeypatch: pytest.MonkeyPatch, start: float, *calls: float) -> str:
    times = iter((start, *calls))
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    stream = io.StringIO()
    progress = Progress(stream)
    for done, _ in enumerate(calls, start=1):
        progress(done, 9)
    progress.close()
    return stream.getvalue()
