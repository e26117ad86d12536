"""What was measured, as a picture: bars on a logarithmic scale, in SVG that suits light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape

from .scenarios import Group
from .tables import seconds

_WIDTH, _LABELS, _VALUES = 780, 280, 64
_ROW, _BAR, _HEADING = 22, 14, 34

_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.heading { font-weight: 600 }
.scale { font-size: 11px; fill: #6e7781; text-anchor: middle }
.grid { stroke: #d0d7de }
.ours { fill: #1a7f37 }
.peer { fill: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .scale { fill: #8b949e }
  .grid { stroke: #30363d }
  .ours { fill: #3fb950 }
  .peer { fill: #6e7681 }
}
"""


def draw(groups: Sequence[Group], ours: str) -> str:
    """A picture of at least one group. Bars whose label begins with ``ours`` stand out."""
    times = [runs.median().processor for group in groups for runs in group.runs]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    high = max(high, low + 1)

    def across(time: float) -> float:
        return _LABELS + (math.log10(time) - low) / (high - low) * (_WIDTH - _LABELS - _VALUES)

    body, bottom = [], _BAR - _HEADING + 10
    for group in groups:
        bottom += _HEADING
        body.append(f'<text class="heading" x="0" y="{bottom - 10}">{escape(group.title)}</text>')
        for runs in group.runs:
            time = runs.median().processor
            kind = "ours" if runs.label.startswith(ours) else "peer"
            body.append(f'<text x="0" y="{bottom + _BAR - 2}">{escape(runs.label)}</text>')
            width = across(time) - _LABELS
            body.append(f'<rect class="{kind}" x="{_LABELS}" y="{bottom}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
            body.append(f'<text x="{across(time) + 6:.1f}" y="{bottom + _BAR - 2}">{seconds(time)}</text>')
            bottom += _ROW
    grid = list(_grid([10.0**power for power in range(low, high + 1)], across, bottom))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 24}" role="img" '
        'aria-label="CPU time of lambda-conn-lint and other tools, logarithmic scale">'
    )
    return "\n".join((head, f"<style>\n{_STYLE}</style>", *grid, *body, "</svg>", ""))


def _grid(times: Sequence[float], across: Callable[[float], float], bottom: int) -> Iterator[str]:
    """A line for each power of ten, with its time below."""
    for time in times:
        place = f"{across(time):.1f}"
        yield f'<line class="grid" x1="{place}" x2="{place}" y1="{_BAR + 6}" y2="{bottom}"/>'
        yield f'<text class="scale" x="{place}" y="{bottom + 16}">{seconds(time)}</text>'
