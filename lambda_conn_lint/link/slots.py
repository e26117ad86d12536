"""Slots: places that hold a client only while nobody uses it, and the functions that give one back."""

from __future__ import annotations

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
    facts = analysis.facts(str(holder.owner))
    for function in facts.functions if facts is not None else ():
        given = {m.Name(parameter.name) for parameter in function.parameters}
        if holder is slot and holder.name in function.bound:
            continue
        if any(_puts(node, holder is slot, holder.name, given) for node in m.descendants(function.body)):
            return function.name
    return ""


def module_of(slot: Place) -> str:
    """The path of the module that a slot belongs to."""
    return str(_holder(slot).owner)


def _holder(slot: Place) -> Place:
    return slot.owner if slot.kind == "item" and isinstance(slot.owner, Place) else slot


def _puts(node: m.Node, is_variable: bool, name: str, given: set[m.Name]) -> bool:
    if is_variable:
        return isinstance(node, m.Assign) and m.Name(name) in node.targets and node.value in given
    return (
        isinstance(node, m.Call)
        and isinstance(node.function, m.Attribute)
        and node.function.name in known.MUTATORS
        and node.function.value == m.Name(name)
        and any(argument.value in given for argument in node.arguments)
    )
