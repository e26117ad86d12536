"""What ``rule CODES`` prints: the explanation of rules as Markdown, and their records as JSON.

The page of a rule in ``docs/rules`` is the same text with a table of the libraries, which is too wide for a terminal.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from lambda_conn_lint.report import libraries
from lambda_conn_lint.rules import Rule
from lambda_conn_lint.rules.explanations import Explanation, explanation
from lambda_conn_lint.rules.model import Group

_WIDTH = 88


def render(rules: Iterable[Rule], *, as_json: bool) -> str:
    """The rules in the given order: a JSON list with one object per rule, or one text with a part per rule."""
    if as_json:
        return json.dumps([_as_json(rule) for rule in rules], indent=2) + "\n"
    return "\n".join(as_markdown(rule) for rule in rules)


def as_markdown(rule: Rule) -> str:
    """All that there is to say about a rule, but for the table of libraries; ends with a newline."""
    return _document(rule, libraries.names(rule))


def page(rule: Rule) -> str:
    """The page of a rule in ``docs/rules``."""
    return _document(rule, libraries.table(rule))


def _as_json(rule: Rule) -> dict[str, object]:
    said = explanation(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "default": rule.default,
        "fixable": bool(said.fix),
        "why": rule.why,
        "help": rule.help,
        "explanation": as_markdown(rule),
        "url": rule.url,
    }


def _document(rule: Rule, known: str) -> str:
    said = explanation(rule)
    parts = [
        f"# {rule.name} ({rule.code})",
        f"{'On' if rule.default else 'Off'} by default. {_availability(said)}",
        *_section("What it says", rule.summary),
        *_section("Why it matters", rule.why),
        *_section("What to do", rule.help),
        *_example(said),
        *_section("The fix", *said.fix),
        *_groups("When a deployment file says how the function is run", said.running),
        *_groups("When there is no fix", said.refusals),
        *_groups("When the fix is unsafe", said.doubts),
        *(("## Libraries", known) if known else ()),
        *_section("Options", "\n".join(_options(said.options))),
        *_section("References", "\n".join(f"- {title}: <{url}>" for title, url in said.references)),
    ]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def _availability(said: Explanation) -> str:
    if not said.fix:
        return "There is no fix."
    return "Each finding says what its fix does, or why it has none."


def _section(title: str, *paragraphs: str) -> Iterator[str]:
    if any(paragraphs):
        yield f"## {title}"
        yield from paragraphs


def _example(said: Explanation) -> Iterator[str]:
    if said.example is None:
        return
    yield "## Example"
    yield f"```python\n{said.example.bad}```"
    if said.example.good:
        options = "--fix --unsafe-fixes" if said.example.is_unsafe else "--fix"
        yield f"`{options}` makes this of it:"
        yield f"```python\n{said.example.good}```"


def _groups(title: str, groups: Iterable[Group]) -> Iterator[str]:
    """What a finding may say, under what it means; ``...`` stands for a name or a place in the code."""
    blocks = [
        "\n".join([f"- **{group.title}.** {group.advice}", *(f"  - {sentence}" for sentence in group.sentences)])
        for group in groups
    ]
    yield from _section(title, *blocks)


def _options(names: Iterable[str]) -> Iterator[str]:
    from lambda_conn_lint.options import declared, spelled_name  # which imports the formats, and they this

    on_command_line = {name: option.help for name, _, option in declared("check")}
    in_file = {name: option.help for name, _, option in declared("file")}
    for name in names:
        key = spelled_name(name)
        if name in on_command_line:
            yield f"- `--{key}`: {on_command_line[name]}"
        else:
            yield f"- `{key}`, in the configuration: {in_file[name]}"


def _wrapped(part: str) -> str:
    """A paragraph or list with its lines broken; code, headings and tables as they are."""
    if part.startswith(("```", "|", "#")):
        return part
    return "\n".join(_broken(line) for line in part.split("\n"))


def _broken(line: str) -> str:
    text = line.lstrip()
    indent = " " * (len(line) - len(text))
    hanging = f"{indent}  " if text.startswith("- ") else indent
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
