"""What ``rule CODES`` prints: the records of rules, for people and for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable

from lambda_conn_lint.rules import Rule

_WIDTH = 88


def render(rules: Iterable[Rule], *, as_json: bool) -> str:
    """The rules in the given order: a JSON list with one object per rule, or text with a block per rule."""
    if as_json:
        return json.dumps([_as_json(rule) for rule in rules], indent=2) + "\n"
    return "\n".join(_block(rule) for rule in rules)


def _as_json(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "default": rule.default,
        "why": rule.why,
        "help": rule.help,
    }


def _block(rule: Rule) -> str:
    heading = f"{rule.code} {rule.name} ({'on' if rule.default else 'off'} by default)"
    paragraphs = (heading, rule.summary, rule.why, rule.help)
    return "\n\n".join(textwrap.fill(paragraph, _WIDTH) for paragraph in paragraphs) + "\n"
