"""What each figure may be at most, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Budget(NamedTuple):
    """The most that a figure may be; of ratios what they are compared with, else the unit."""

    what: str
    most: float
    of: str


BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        "no handlers": Budget("files without handlers, cold", 0.3, "times ruff"),
        "services": Budget("Lambda services, cold", 8.0, "times ruff"),
        "services, pythaw": Budget("Lambda services, cold", 0.25, "times pythaw"),
        "services, warm": Budget("Lambda services, nothing changed", 1.0, "times ruff, cold"),
        "one file, screen": Budget("one file that the screen decides", 10.0, "times an empty Python"),
        "one file, parsed": Budget("one file that has to be parsed", 40.0, "times an empty Python"),
        "flake8": Budget("flake8 with the plugin, files that cannot matter", 1.03, "times flake8"),
        "growth": Budget("twice the files", 2.1, "times the half"),
        "memory": Budget("peak memory at 20,000 files", 150.0, "MB"),
        "fix": Budget("`--fix` of 300 findings", 3.0, "times the check"),
    }
)
"""By the name that a scenario gives its figure."""


class Verdict(NamedTuple):
    """A figure beside its budget. ``detail`` tells figures of one budget apart."""

    budget: Budget
    value: float
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its budget."""
        return self.value <= self.budget.most


def verdict(name: str, value: float, detail: str = "") -> Verdict:
    """The figure beside the budget of that name."""
    return Verdict(BUDGETS[name], value, detail)


def shape_verdict(shape: str, small: int, large: int, value: float) -> Verdict:
    """The growth of a shape's time beside that of n log n, n being the bytes of its source."""
    most = large * math.log(large) / (small * math.log(small))
    return Verdict(Budget("a shape, from half its size to the whole", most, "times the half"), value, shape)
