"""Running statements: branches join, returns end a block, and what a branch has found absent holds for what follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import (
    assignments,
    calls,
    definitions,
    expressions,
    guards,
    imports,
    known,
    once,
    places,
    protocols,
)
from lambda_conn_lint.link.values import (
    NONE,
    UNKNOWN,
    Absence,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Memoised,
    Object,
    Partial,
    Phase,
    Value,
    join,
    mixed,
    unknown,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame

_NOTHING: frozenset[Absence] = frozenset()
_CLOSING: frozenset[Object] = frozenset(map(External, ("contextlib.closing", "contextlib.aclosing")))
_NULL_CONTEXT: frozenset[Object] = frozenset({External("contextlib.nullcontext")})
_NEVER_RETURNING: frozenset[Object] = frozenset(
    ExternalInstance(name, phase) for name in ("sys.exit", "os._exit") for phase in (Phase.PROCESS, Phase.INVOCATION)
)


def run_block(frame: Frame, statements: m.Block) -> bool:
    """Run statements in order; whether control never reaches their end."""
    closings, edges = len(frame.closings), len(frame.edges)
    for index, statement in enumerate(statements):
        frame.ledger.moment += 1
        frame.publish()
        absences = _NOTHING
        branching = _BRANCHING.get(type(statement))
        if branching is None:
            ended = _RUNNERS[type(statement)](frame, statement)
        else:
            ended, absences = branching(frame, statement)
        if ended:
            if isinstance(statement, m.Evaluate):
                frame.ends_process(closings, edges)
            return True
        if absences and index + 1 < len(statements):
            rest = statements[index + 1 :]
            return once.region(frame, absences, (id(statement), "rest"), partial(run_block, frame, rest))
    return False


def _if(frame: Frame, statement: m.If) -> tuple[bool, frozenset[Absence]]:
    """Run both branches; what is absent in the code that follows, when one of them does not reach it."""
    if frame.is_module and _is_main_guard(statement.test):
        return False, _NOTHING
    outcome = guards.examine(frame, statement.test)
    before = dict(frame.env)
    ended_body = True
    after_body = before
    if outcome.truth is not False:
        guards.narrow(frame, statement.test, True)
        with guards.branch(frame, outcome, True):
            body = partial(run_block, frame, statement.body)
            ended_body = once.region(frame, outcome.when_true, (id(statement), "body"), body)
        after_body = frame.env
    frame.env = before
    ended_orelse = True
    if outcome.truth is not True:
        guards.narrow(frame, statement.test, False)
        with guards.branch(frame, outcome, False):
            orelse = partial(run_block, frame, statement.orelse)
            ended_orelse = once.region(frame, outcome.when_false, (id(statement), "else"), orelse)
    if ended_body and ended_orelse:
        return True, _NOTHING
    if ended_body:
        return False, outcome.when_false
    if outcome.when_false and ended_orelse is False and not statement.orelse and _returns(statement.body):
        # Present, and good enough on some way: what follows is for the other ways.
        frame.env = _merged(after_body, frame.env)
        return False, mixed(outcome.when_false)
    if ended_orelse:
        frame.env = after_body
        return False, outcome.when_true
    frame.env = _merged(after_body, frame.env)
    return False, _NOTHING


def _try(frame: Frame, statement: m.Try) -> tuple[bool, frozenset[Absence]]:
    """Run a ``try``; what is absent in the code that follows, when only its handlers reach that code."""
    before = dict(frame.env)
    outer, frame.reads = frame.reads, []
    ended = run_block(frame, statement.body)
    reads, frame.reads = frame.reads, outer
    if outer is not None:
        outer.extend(reads)
    start = _merged(before, frame.env)
    after = frame.env
    if not ended:
        ended = run_block(frame, statement.orelse)
        after = frame.env
    ends = [] if ended else [after]
    found = _NOTHING
    for handler in statement.handlers:
        frame.env = dict(start)
        if handler.types is not None:
            expressions.evaluate(frame, handler.types)
        if handler.name:
            frame.env[handler.name] = UNKNOWN
        names = _exception_names(handler.types)
        is_liveness = not names or not names <= known.ABSENCE_ERRORS
        absences = frozenset(Absence(place, is_liveness, frame.ledger.is_taken(place)) for place in reads)
        if ended:
            found |= absences
        with frame.ledger.branch():
            if not once.region(frame, absences, (id(handler), "body"), partial(run_block, frame, handler.body)):
                ends.append(frame.env)
    frame.env = ends[0] if ends else start
    for other in ends[1:]:
        frame.env = _merged(frame.env, other)
    return run_block(frame, statement.final) or not ends, found


def _for(frame: Frame, statement: m.For) -> bool:
    element = expressions.iterated(frame, expressions.evaluate(frame, statement.iterable))
    before = dict(frame.env)
    with frame.ledger.branch():
        assignments.assign(frame, statement.target, element)
        run_block(frame, statement.body)
        frame.env = _merged(before, frame.env)
        if _has_new_callables(before, frame.env):
            # A function that one round has wrapped is what the next round wraps.
            assignments.assign(frame, statement.target, element)
            run_block(frame, statement.body)
            frame.env = _merged(before, frame.env)
        run_block(frame, statement.orelse)
    return False


def _has_new_callables(before: dict[str, Value], after: dict[str, Value]) -> bool:
    return any(
        isinstance(thing, FunctionObject | Memoised | Partial)
        for name, value in before.items()
        if after[name] != value
        for thing in after[name].objects - value.objects
    )


def _while(frame: Frame, statement: m.While) -> bool:
    outcome = guards.examine(frame, statement.test)
    before = dict(frame.env)
    if outcome.truth is not False:
        with frame.ledger.branch():
            body = partial(run_block, frame, statement.body)
            once.region(frame, outcome.when_true, (id(statement), "body"), body)
        frame.env = _merged(before, frame.env)
    run_block(frame, statement.orelse)
    return False


def _with(frame: Frame, statement: m.With) -> tuple[bool, frozenset[Absence]]:
    """Run the block; what is absent afterwards, when a manager may swallow the error of a read in it."""
    managers = []
    for item in statement.items:
        value = imports.resolve(frame, expressions.evaluate(frame, item.value))
        managers.append((item, value))
        entered = protocols.enter_context(frame, value)
        if item.target is not None:
            assignments.assign(frame, item.target, entered)
    outer, frame.reads = frame.reads, []
    ended = run_block(frame, statement.body)
    reads, frame.reads = frame.reads, outer
    if outer is not None:
        outer.extend(reads)
    for item, value in reversed(managers):
        if not _is_call_of(frame, item.value, _NULL_CONTEXT):
            closes = _is_call_of(frame, item.value, _CLOSING)
            protocols.leave_context(frame, value, item.span, closes=closes)
    if ended and _may_suppress(statement):
        return False, frozenset(Absence(place, True, frame.ledger.is_taken(place)) for place in reads)
    return ended, _NOTHING


def _is_call_of(frame: Frame, node: m.Expression, functions: frozenset[Object]) -> bool:
    if not isinstance(node, m.Call):
        return False
    return not functions.isdisjoint(expressions.peek(frame, node.function).objects)


def _match(frame: Frame, statement: m.Match) -> bool:
    subject = expressions.evaluate(frame, statement.subject)
    before = dict(frame.env)
    after = before
    for case in statement.cases:
        frame.env = dict(before)
        for name in case.captures:
            frame.bind(name, unknown(subject.taint))
        absences = frozenset({Absence(subject.place)}) if case.is_none and subject.place is not None else _NOTHING
        with frame.ledger.branch():
            if case.guard is not None:
                guards.examine(frame, case.guard)
            if not once.region(frame, absences, (id(case), "body"), partial(run_block, frame, case.body)):
                after = _merged(after, frame.env)
    frame.env = after
    return False


def _evaluate(frame: Frame, statement: m.Evaluate) -> bool:
    value = expressions.evaluate(frame, statement.value)
    return bool(value.objects) and value.objects <= _NEVER_RETURNING


def _assign(frame: Frame, statement: m.Assign) -> bool:
    value = expressions.evaluate(frame, statement.value)
    for target in statement.targets:
        assignments.assign(frame, target, value)
    # What has just been put into a place is, by its other name, still what is in that place.
    if isinstance(statement.value, m.Name) and statement.value.id in frame.env and not frame.is_module:
        for target in statement.targets:
            place = places.of_target(frame, target)
            if place is not None and place.life is not Phase.INVOCATION:
                frame.env[statement.value.id] = frame.env[statement.value.id].at(place)
    return False


def _annotate(frame: Frame, statement: m.Annotate) -> bool:
    if statement.value is None:
        if frame.classes and isinstance(statement.target, m.Name):
            frame.classes[-1].setdefault(statement.target.id, UNKNOWN)
        return False
    value = expressions.evaluate(frame, statement.value)
    if value.open and not value.objects:
        value = definitions.annotated(frame, statement.annotation, value)
    assignments.assign(frame, statement.target, value)
    return False


def _augmented(frame: Frame, statement: m.AugAssign) -> bool:
    value = expressions.evaluate(frame, statement.value)
    before = expressions.peek(frame, statement.target)
    merged = join(before, value)
    is_container = any(isinstance(thing, Container) for thing in before.objects)
    assignments.assign(frame, statement.target, merged if is_container else unknown(merged.taint))
    return False


def _return(frame: Frame, statement: m.Return) -> bool:
    value = NONE if statement.value is None else expressions.evaluate(frame, statement.value)
    frame.give_back(value)
    return True


def _raise(frame: Frame, statement: m.Raise) -> bool:
    if statement.value is not None:
        expressions.evaluate(frame, statement.value)
    return True


def _jump(frame: Frame, statement: m.Jump) -> bool:
    return True


def _delete(frame: Frame, statement: m.Delete) -> bool:
    for target in statement.targets:
        if isinstance(target, m.Name) and target.id not in frame.declared:
            frame.env[target.id] = UNKNOWN
        else:
            frame.empty(places.of_target(frame, target))
    return False


def _declare(frame: Frame, statement: m.Declare) -> bool:
    frame.declared.update(dict.fromkeys(statement.names, statement.kind))
    return False


def _define(frame: Frame, statement: m.Define) -> bool:
    definitions.define_function(frame, statement.number)
    return False


def _define_class(frame: Frame, statement: m.DefineClass) -> bool:
    definitions.define_class(frame, statement.number)
    return False


def _import(frame: Frame, statement: m.Import) -> bool:
    imports.run_import(frame, statement)
    return False


def _import_from(frame: Frame, statement: m.ImportFrom) -> bool:
    imports.run_import_from(frame, statement)
    return False


def _merged(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    """The variables after a branch that was or was not taken."""
    if first is second:
        return first
    merged = dict(first)
    for name, value in second.items():
        known = merged.get(name)
        if known is not value:
            merged[name] = value if known is None else join(known, value)
    return merged


def _returns(body: m.Block) -> bool:
    return any(isinstance(statement, m.If) and _ends(statement.body) for statement in body)


def _ends(body: m.Block) -> bool:
    return bool(body) and isinstance(body[-1], m.Return | m.Raise)


def _is_main_guard(test: m.Expression) -> bool:
    return isinstance(test, m.Compare) and m.Name("__name__") in (test.left, test.right)


def _exception_names(types: m.Expression | None) -> frozenset[str]:
    if isinstance(types, m.Name):
        return frozenset((types.id,))
    if isinstance(types, m.Attribute):
        return frozenset((types.name,))
    if isinstance(types, m.Display):
        return frozenset(name for item in types.items for name in _exception_names(item))
    return frozenset()


def _may_suppress(statement: m.With) -> bool:
    """``contextlib.suppress`` and the like: a ``return`` inside does not end the function for certain."""
    for item in statement.items:
        function = item.value.function if isinstance(item.value, m.Call) else item.value
        if any(word in calls.last_name(function) for word in ("suppress", "raises")):
            return True
    return False


_BRANCHING: dict[type[m.Statement], Callable[[Frame, Any], tuple[bool, frozenset[Absence]]]] = {
    m.If: _if,
    m.Try: _try,
    m.With: _with,
}
_RUNNERS: dict[type[m.Statement], Callable[[Frame, Any], bool]] = {
    m.Assign: _assign,
    m.Annotate: _annotate,
    m.AugAssign: _augmented,
    m.Evaluate: _evaluate,
    m.Return: _return,
    m.For: _for,
    m.While: _while,
    m.Match: _match,
    m.Raise: _raise,
    m.Delete: _delete,
    m.Declare: _declare,
    m.Define: _define,
    m.DefineClass: _define_class,
    m.Import: _import,
    m.ImportFrom: _import_from,
    m.Jump: _jump,
}
