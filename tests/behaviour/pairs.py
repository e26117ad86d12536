"""Programs with their fix written by hand: what the harness is tested on, whatever the fixer makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from behaviour.comparing import Program

_FOLDER = Path(__file__).with_name("by_hand")
_MARK = "\n\n# ---- after the fix ----\n"


class Pair(NamedTuple):
    """A program, and the text of its ``app.py`` after the fix."""

    program: Program
    fixed: str


def _pair(text: str) -> Pair:
    before, after = text.split(_MARK)
    return Pair(Program({"app.py": before}, "app.handler", ({}, {"id": 1}, {"id": None})), after)


PAIRS = {path.stem: _pair(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.txt"))}
