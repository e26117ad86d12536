"""Functions that call another function later or elsewhere: ``partial``, executors, threads, event loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses import binding
from lambda_conn_lint.fix.uses.callee import Callee, resolve_callee
from lambda_conn_lint.fix.uses.closures import Fates
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import Occurrence, text_of
from lambda_conn_lint.fix.uses.known import SPREADING, THREADERS
from lambda_conn_lint.fix.uses.parameters import by_keyword, by_place
from lambda_conn_lint.fix.uses.project import last_part

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow

_FUNCTION_KEYWORDS = frozenset({"target", "func", "function"})


def follow_partial(flow: Flow, at: Occurrence, argument: Occurrence, call: Occurrence, held: Held) -> None:
    """``partial(f, object)``: f gets it, and the partial object keeps it."""
    if argument.place == 0:
        flow.use("method", "__call__", at)
        return
    for fate in Fates(flow).of_value(call):
        if fate.kind == "threaded":
            flow.use("threaded", fate.name, at)
        else:
            flow.keep(at, f"partial: {fate.name}")
    _give(flow, at, argument, call, held, 0, argument.place - 1)


def follow_thread(flow: Flow, at: Occurrence, argument: Occurrence, call: Occurrence, held: Held) -> None:
    """``submit(f, object)``, ``Thread(target=f, args=(object,))`` and the like."""
    assert isinstance(call.node, m.Call)
    assert isinstance(argument.node, m.Argument)
    written = text_of(call.node.function)
    name = last_part(written)
    flow.use("threaded", written, at, call.node.span)
    place = THREADERS[name]
    keyword = argument.node.keyword
    if name in SPREADING:
        is_spread = keyword in ("args", "kwargs", "kwds") or (not keyword and argument.place > max(place, 0))
        if is_spread and held.is_in("item"):
            _give(flow, at, argument, call, held.taken(), max(place, 0), held.route[0][1])
            return
    elif place < 0:
        if held.is_in("item", "iterated") and argument.place > 0:
            _give(flow, at, argument, call, held.taken(), 0, argument.place - 1)
            return
    elif keyword or argument.place > place:
        _give(flow, at, argument, call, held, place, argument.place - place - 1)
        return
    flow.use("passed", written, at, call.node.span)


def _give(
    flow: Flow, at: Occurrence, argument: Occurrence, call: Occurrence, held: Held, place: int, slot: object
) -> None:
    """The function at a place of the call's arguments gets the object: as a positional one, or by its name."""
    assert isinstance(argument.node, m.Argument)
    function = _function(call, place)
    callee = Callee((), True) if function is None else resolve_callee(flow.project, function)
    keyword = argument.node.keyword
    if keyword and not isinstance(slot, str):
        slot = slot if keyword == "args" else keyword
    for definition in callee.definitions:
        bound = binding.Bound(at, call, held, callee.is_bound)
        if definition.is_class:
            flow.use("passed", definition.name, at)
        elif isinstance(slot, str):
            binding.give(flow, bound, definition, by_keyword(definition, slot))
        elif isinstance(slot, int):
            binding.give(flow, bound, definition, by_place(definition, slot, callee.is_bound))
    if callee.is_open:
        name = "" if function is None else text_of(function.node)
        assert isinstance(call.node, m.Call)
        flow.use("passed", name, at, call.node.span)


def _function(call: Occurrence, place: int) -> Occurrence | None:
    module = call.scope.module
    for argument in module.children(call, "arguments"):
        assert isinstance(argument.node, m.Argument)
        is_meant = argument.node.keyword in _FUNCTION_KEYWORDS or (
            not argument.node.keyword and not argument.node.star and argument.place == place
        )
        if is_meant:
            return module.child(argument, "value")
    return None
