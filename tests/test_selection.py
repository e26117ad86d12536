from __future__ import annotations

import pytest

from lambda_conn_lint.rules import RULES
from lambda_conn_lint.selection import UnknownSelectorError, expand, select

ALL = {rule.code for rule in RULES}
RUN = {"LCL000", "LCL001"}
PLAIN = {f"LCL10{n}" for n in range(1, 6)}
DEPENDENT = {f"LCL20{n}" for n in range(1, 6)}
DEFAULT = RUN | PLAIN | {"LCL301"}


@pytest.mark.parametrize(
    ("wanted", "ignored", "extended", "codes"),
    [
        pytest.param(None, [], [], DEFAULT, id="default"),
        pytest.param(["LCL101"], [], [], RUN | {"LCL101"}, id="select replaces the default"),
        pytest.param([], [], [], RUN, id="an empty select selects nothing"),
        pytest.param(["LCL2"], [], [], RUN | DEPENDENT, id="a prefix turns on what is off by default"),
        pytest.param(["LCL"], [], [], ALL, id="the shortest prefix too"),
        pytest.param(["ALL"], [], [], ALL, id="ALL too"),
        pytest.param(None, [], ["LCL203"], DEFAULT | {"LCL203"}, id="extend-select adds to the default"),
        pytest.param(["LCL101"], [], ["LCL2"], RUN | DEPENDENT | {"LCL101"}, id="extend-select adds to select"),
        pytest.param(None, ["LCL103"], [], DEFAULT - {"LCL103"}, id="ignore takes from the default"),
        pytest.param(["LCL103"], ["LCL103"], [], RUN, id="ignore wins over select of the same length"),
        pytest.param(["LCL"], ["ALL"], [], ALL, id="LCL is longer than ALL"),
        pytest.param(["ALL"], ["LCL"], [], {"LCL000"}, id="ALL is shorter than LCL"),
        pytest.param(["LCL103"], ["LCL1"], [], RUN | {"LCL103"}, id="the longer select wins"),
        pytest.param(["LCL1"], ["LCL103"], [], RUN | PLAIN - {"LCL103"}, id="the longer ignore wins"),
        pytest.param(
            None, ["LCL1"], ["LCL103"], DEFAULT - PLAIN | {"LCL103"}, id="a longer extend-select wins over ignore"
        ),
        pytest.param(None, ["LCL103"], ["LCL1"], DEFAULT - {"LCL103"}, id="a shorter one does not"),
        pytest.param(None, ["LCL001"], [], DEFAULT - {"LCL001"}, id="unparsable files can be ignored"),
        pytest.param(None, ["ALL", "LCL000"], [], {"LCL000"}, id="defects of the tool cannot"),
    ],
)
def test_select(wanted: list[str] | None, ignored: list[str], extended: list[str], codes: set[str]) -> None:
    assert select(wanted, ignored, extended) == codes


@pytest.mark.parametrize(
    ("selector", "nearest"),
    [
        ("LCL401", "LCL301"),
        ("LCL106", "LCL10"),
        ("lcl101", "LCL101"),
        ("LCL1011", "LCL101"),
        ("all", "ALL"),
        ("LC", "LCL"),
    ],
)
def test_unknown_selector_names_the_nearest(selector: str, nearest: str) -> None:
    with pytest.raises(UnknownSelectorError) as caught:
        expand(selector)
    assert repr(selector) in str(caught.value)
    assert str(caught.value).endswith(f"the nearest valid one is {nearest!r}")


@pytest.mark.parametrize("place", range(3))
def test_unknown_selector_is_an_error_wherever_it_stands(place: int) -> None:
    selectors: list[list[str]] = [[], [], []]
    selectors[place] = ["LCL9"]
    with pytest.raises(UnknownSelectorError):
        select(*selectors)


def test_expand_is_sorted() -> None:
    assert [rule.code for rule in expand("LCL2")] == sorted(DEPENDENT)
