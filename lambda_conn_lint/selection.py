"""Which codes are reported: ``--select``, ``--ignore`` and ``--extend-select`` resolved as ruff resolves them."""

from __future__ import annotations

from collections.abc import Sequence

from lambda_conn_lint.rules import INTERNAL_ERROR, RULES, Rule

ALL = "ALL"
_PREFIX = "LCL"


class UnknownSelectorError(ValueError):
    """A selector that is neither a code, nor the beginning of one, nor ``ALL``; the text names the nearest."""


def expand(selector: str) -> tuple[Rule, ...]:
    """The rules that a selector means, sorted by code: a code, a prefix of ``LCL`` or more, or ``ALL``.

    Raises ``UnknownSelectorError`` where it means none.
    """
    if selector == ALL:
        return RULES
    if selector.startswith(_PREFIX):
        found = tuple(rule for rule in RULES if rule.code.startswith(selector))
        if found:
            return found
    from difflib import get_close_matches

    nearest = get_close_matches(selector.upper(), selectors(), n=1, cutoff=0.0)
    raise UnknownSelectorError(f"unknown rule selector {selector!r}, the nearest valid one is {nearest[0]!r}")


def select(select: Sequence[str] | None, ignore: Sequence[str], extend_select: Sequence[str]) -> frozenset[str]:
    """The codes to report.

    ``select`` replaces the default set where it is given (``None``: not given); ``extend_select`` adds to either.
    Where selecting and ignoring meet, the longer selector wins, and of two equally long ones the one that ignores.
    Rules that are off by default are on as soon as a selector covers them, be it ``LCL2`` or ``ALL``. Rules about the
    run itself stay on under any ``select``; ``LCL000`` under any ``ignore`` too.

    Raises ``UnknownSelectorError``.
    """
    on = {rule.code for rule in RULES if rule.about_run or (rule.default and select is None)}
    steps = [(_specificity(selector), False, selector) for selector in (*(select or ()), *extend_select)]
    steps += [(_specificity(selector), True, selector) for selector in ignore]
    for _, ignored, selector in sorted(steps):
        codes = {rule.code for rule in expand(selector)}
        on = on - codes if ignored else on | codes
    return frozenset(on | {INTERNAL_ERROR})


def _specificity(selector: str) -> int:
    return 0 if selector == ALL else len(selector)


def selectors() -> tuple[str, ...]:
    """Every valid selector: ``ALL``, then the others, sorted."""
    beginnings = {rule.code[:length] for rule in RULES for length in range(len(_PREFIX), len(rule.code) + 1)}
    return (ALL, *sorted(beginnings))


def check_selector(selector: str) -> str:
    """The selector, where it is valid. Raises ``UnknownSelectorError``."""
    expand(selector)
    return selector
