"""Slots: places that hold a client only while nobody uses it, and the functions that give one back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import known
from lambda_conn_lint.link.values import Place

if TYPE_CHECKING:
    from lambda_conn_lint.link.analysis import Analysis


def releaser(analysis: Analysis, slot: Place) -> str:
    """The function of a slot's module that puts a parameter of its own into it; empty if there is none.

    A slot is a global, or a module-level list or queue. The function counts whether or not anything calls it yet.
    """
    holder = _holder(slot)
    if holder.kind != "global":
        return ""
    path = str(holder.owner)
    if path not in analysis.releasers:
        facts = analysis.facts(path)
        analysis.releasers[path] = {} if facts is None else _releasers(facts)
    return analysis.releasers[path].get((holder is slot, holder.name), "")


def module_of(slot: Place) -> str:
    """The path of the module that a slot belongs to."""
    return str(_holder(slot).owner)


def _holder(slot: Place) -> Place:
    return slot.owner if slot.kind == "item" and isinstance(slot.owner, Place) else slot


def _releasers(facts: m.ModuleFacts) -> dict[tuple[bool, str], str]:
    """For each name that gets a parameter of a function, as its value or as an item of it: the first such function."""
    found: dict[tuple[bool, str], str] = {}
    for function in facts.functions:
        given = {m.Name(parameter.name) for parameter in function.parameters}
        for node in m.descendants(function.body):
            for is_variable, name in _puts(node, given):
                if not (is_variable and name in function.bound):
                    found.setdefault((is_variable, name), function.name)
    return found


def _puts(node: m.Node, given: set[m.Name]) -> Iterator[tuple[bool, str]]:
    """The names that one of the ``given`` is put into, and whether it becomes the value of the variable itself."""
    if isinstance(node, m.Assign):
        if node.value in given:
            yield from ((True, target.id) for target in node.targets if isinstance(target, m.Name))
    elif isinstance(node, m.Call) and isinstance(node.function, m.Attribute):
        owner = node.function.value
        puts = node.function.name in known.MUTATORS and any(argument.value in given for argument in node.arguments)
        if puts and isinstance(owner, m.Name):
            yield False, owner.id
