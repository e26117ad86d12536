from __future__ import annotations

import pytest

from lambda_conn_lint.patterns import PatternError, handler_pattern


@pytest.mark.parametrize(
    "text",
    ["app:run", "jobs.*:run", "*:App.__call__", "my-service.app:h?ndle", "run", "*_worker", "[!_]*", "größe:lauf"],
)
def test_right_shapes(text: str) -> None:
    assert handler_pattern(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("src/app.handler", "src.app:handler"),
        ("app.handler", "app:handler"),
        ("src/app.py:handler", "src.app:handler"),
        ("./src/app:handler", "src.app:handler"),
        ("src\\app.py:App.run", "src.app:App.run"),
        ("app.py:handler", "app:handler"),
        ("app.:handler", "app:handler"),
    ],
)
def test_other_spellings_are_named_as_they_should_be(text: str, meant: str) -> None:
    with pytest.raises(PatternError) as caught:
        handler_pattern(text)
    assert str(caught.value) == (
        f"{text!r} is neither 'module:function' nor the name of a function, did you mean {meant!r}?"
    )
    assert handler_pattern(meant) == meant


@pytest.mark.parametrize("text", ["app:", ":run", "app:run:now", "a b", "app::run", "run()", "app:run()"])
def test_wrong_shapes(text: str) -> None:
    with pytest.raises(PatternError, match=r"nor the name of a function$"):
        handler_pattern(text)
