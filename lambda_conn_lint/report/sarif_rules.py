"""The rules as SARIF describes them, with what GitHub's code scanning reads beside the standard's own fields."""

from __future__ import annotations

from types import MappingProxyType

from lambda_conn_lint.report.severity import severity_of
from lambda_conn_lint.rules import RULES, Rule
from lambda_conn_lint.rules.explanations import explanation

INDEX = MappingProxyType({rule.code: index for index, rule in enumerate(RULES)})
"""Where each code stands among ``descriptors()``."""


def descriptors() -> list[dict[str, object]]:
    """Every rule, whether or not it was broken, or even selected."""
    return [_descriptor(rule) for rule in RULES]


def _descriptor(rule: Rule) -> dict[str, object]:
    severity = severity_of(rule.code)
    described: dict[str, object] = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} {rule.why}"},
        "help": {"text": f"{rule.why}\n\n{rule.help}", "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": severity.sarif, "enabled": rule.default},
        "properties": {
            "tags": ["serverless", *(("performance", *rule.kinds) if rule.kinds else ("reliability",))],
            "precision": "high",
            "problem.severity": severity.problem,
        },
    }
    if rule.url is not None:
        described["helpUri"] = rule.url
    return described


def _markdown(rule: Rule) -> str:
    """What code scanning shows below a finding: the rule's page is too long for that."""
    parts = [f"# {rule.name} ({rule.code})", rule.summary, rule.why, rule.help]
    example = explanation(rule).example
    if example is not None:
        parts.append(f"```python\n{example.bad}```")
        if example.good:
            parts += ["The fix makes this of it:", f"```python\n{example.good}```"]
    if rule.url is not None:
        parts.append(f"[More about {rule.code}]({rule.url})")
    return "\n\n".join(parts) + "\n"
