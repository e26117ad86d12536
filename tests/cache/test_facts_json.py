"""Facts survive JSON to the last bit."""

from __future__ import annotations

import math

import pytest
from corpus import Sample, facts, named, samples

from lambda_conn_lint.cache.facts_json import facts_in, text_of
from lambda_conn_lint.facts.lower import facts_of
from lambda_conn_lint.facts.model import Literal, ModuleFacts, Node, descendants, fields


def _differences(one: object, other: object) -> list[tuple[object, object]]:
    """Where two values differ in anything, be it in type alone."""
    if type(one) is not type(other):
        return [(one, other)]
    if isinstance(one, tuple) and isinstance(other, tuple):
        inner = [_differences(*pair) for pair in zip(one, other, strict=True)]
    elif isinstance(one, frozenset):
        return [] if one == other else [(one, other)]
    elif isinstance(one, str | int | float | None):
        return [] if repr(one) == repr(other) else [(one, other)]
    else:
        assert isinstance(one, Node)
        assert isinstance(other, Node)
        assert fields(one) == fields(other)
        inner = [_differences(getattr(one, name), getattr(other, name)) for name in fields(one)]
    return [found for several in inner for found in several]


@pytest.mark.parametrize("source", named(samples()))
def test_real_modules(source: Sample) -> None:
    known = facts(source.data)
    assert _differences(facts_in(text_of(known)), known) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = (1, 1.0, True, None, -0.0, 1e400, 1e-320, 0x"
        + "f" * 400
        + ", 10**3, '\\ud800', '\U0001f600', '', b'x', 1j)",
        "from . import a as b, c\nfrom ..d import *\nglobal e\n",
        "class A(B, metaclass=C):\n    def f(self, /, a: int = 1, *b, c, **d) -> E: yield from [*b, {**d}]\n",
        "async def f():\n    async with a as b, c:\n        [x async for x in y if z]\n    await (lambda: (d := 1))\n",
        "match x:\n    case {'a': b, **c} if b: pass\n    case None: pass\n",
        "try: pass\nexcept* (A, B) as c: raise\nelse: del x[1:2], y.z\nfinally: assert a, f'{b!r:>{c}}'\n",
        "",
    ],
)
def test_odd_modules(source: str) -> None:
    known = facts_of(source.encode("utf-8"))
    assert _differences(facts_in(text_of(known)), known) == []


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, math.nan, "\ud800\udc00", 1 << 9000, -(1 << 63), True, 0.1 + 0.2]
)
def test_values(value: float | str) -> None:
    known = ModuleFacts((), (), (Literal(value),))  # type: ignore[arg-type]  # any node will do
    (literal,) = (one for one in descendants(facts_in(text_of(known))) if isinstance(one, Literal))
    assert (type(literal.value), repr(literal.value)) == (type(value), repr(value))


def test_a_number_of_too_many_digits_has_no_form() -> None:
    known = ModuleFacts((), (), (Literal(1 << 99_999),))  # type: ignore[arg-type]  # any node will do
    with pytest.raises(ValueError, match="digits"):
        text_of(known)


@pytest.mark.parametrize("text", ["{}", '{"999":[]}', '{"0":[1,2,3,4,5,6,7]}', '{"0":1}', "{", "[" * 99_999])
def test_other_json_is_no_facts(text: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError, RecursionError)):
        facts_in(text)
