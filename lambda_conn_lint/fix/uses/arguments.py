"""What a call does with an argument: functions of the project take it on, others are told by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses import binding, threads
from lambda_conn_lint.fix.uses.callee import resolve_callee
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import Occurrence, text_of
from lambda_conn_lint.fix.uses.known import (
    ENTERING,
    ITERATING,
    LOGGING,
    PRINTING,
    RUNNERS,
    TESTING,
    THREADERS,
    WRAPPERS,
)
from lambda_conn_lint.fix.uses.project import last_part

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow


class Passing(NamedTuple):
    """An argument that leaves for a function outside the project."""

    flow: Flow
    at: Occurrence  # the expression that gives the object
    argument: Occurrence
    call: Occurrence
    held: Held
    name: str  # the function as written
    is_plain: bool  # a name that is no variable of the function around it

    @property
    def facts(self) -> m.Call:
        assert isinstance(self.call.node, m.Call)
        return self.call.node

    @property
    def last(self) -> str:
        return last_part(self.name)


def follow_argument(flow: Flow, at: Occurrence, argument: Occurrence, held: Held) -> None:
    """The object is an argument of a call, or of a class statement."""
    call = argument.parent
    assert isinstance(argument.node, m.Argument)
    if call is None or not isinstance(call.node, m.Call):
        flow.use("unknown", "class argument", at)
        return
    function = call.scope.module.child(call, "function")
    name = text_of(call.node.function)
    if argument.node.star:
        flow.use("unknown", f"{argument.node.star} to {name}", at, call.node.span)
        return
    callee = resolve_callee(flow.project, function)
    for definition in callee.definitions:
        binding.bind(flow, binding.Bound(at, call, held, callee.is_bound), definition, argument)
    if callee.is_open:
        _leave(Passing(flow, at, argument, call, held, name, _is_plain(function)))


def _is_plain(function: Occurrence) -> bool:
    """A name of the language or of an import, and not a variable that somebody filled."""
    if not isinstance(function.node, m.Name):
        return False
    name = function.node.id
    bindings = function.scope.module.bindings.get((function.scope.resolve(name), name), ())
    return all(one.kind in ("import", "from") for one in bindings)


def _leave(passing: Passing) -> None:
    for is_meant, follow in _OUTSIDE:
        if is_meant(passing):
            follow(passing)
            return
    passing.flow.use("passed", passing.name, passing.at, passing.facts.span)


def is_printed(flow: Flow, opaque: Occurrence) -> bool:
    """Whether an f-string or the like is an argument of a function that only makes text of it."""
    argument = opaque.parent
    call = None if argument is None else argument.parent
    if argument is None or call is None or not isinstance(call.node, m.Call):
        return False
    function = call.scope.module.child(call, "function")
    passing = Passing(flow, opaque, argument, call, Held(), text_of(call.node.function), _is_plain(function))
    return _prints(passing) and resolve_callee(flow.project, function).is_open


def derived_argument(flow: Flow, top: Occurrence) -> None:
    """A method of the object, not called, is an argument: report threads."""
    argument = top.parent
    call = argument.parent if argument is not None and isinstance(argument.node, m.Argument) else None
    if call is not None and isinstance(call.node, m.Call):
        function = call.scope.module.child(call, "function")
        name = text_of(call.node.function)
        if last_part(name) in THREADERS and not _is_language(function):
            flow.use("threaded", name, top, call.node.span)


def _is_language(function: Occurrence) -> bool:
    """A built-in function."""
    if not isinstance(function.node, m.Name):
        return False
    name = function.node.id
    return (function.scope.resolve(name), name) not in function.scope.module.bindings


def read_by_text(occurrence: Occurrence) -> tuple[str, Occurrence] | None:
    """The name and the call of ``getattr(object, "name")``."""
    argument = occurrence.parent
    call = argument.parent if argument is not None and isinstance(argument.node, m.Argument) else None
    if argument is None or call is None or not isinstance(call.node, m.Call) or argument.place:
        return None
    given = call.node.arguments
    if text_of(call.node.function) != "getattr" or len(given) < 2:
        return None
    key = given[1].value
    return (key.value, call) if isinstance(key, m.Literal) and isinstance(key.value, str) else None


# What is known of functions outside the project, first match first


def _prints(passing: Passing) -> bool:
    if passing.is_plain or passing.name.startswith("pprint."):
        return passing.last in PRINTING
    receiver = passing.name.rpartition(".")[0].lower()
    return passing.last in LOGGING and "log" in receiver


def _print(passing: Passing) -> None:
    passing.flow.use("printed", passing.name, passing.at, passing.facts.span)


def _test(passing: Passing) -> None:
    passing.flow.use("tested", passing.name, passing.at, passing.facts.span)


def _iterate(passing: Passing) -> None:
    if passing.held.route:
        passing.flow.keep(passing.at, passing.name)
    else:
        name = "__next__" if passing.name == "next" else "__iter__"
        passing.flow.use("method", name, passing.at, passing.facts.span)


def _wrap(passing: Passing) -> None:
    passing.flow.use("entered", WRAPPERS[passing.last], passing.at, passing.facts.span)
    passing.flow.hold(passing.call, passing.held.inside("entered"))


def _enter(passing: Passing) -> None:
    if passing.held.is_in("entered"):
        passing.flow.hold(passing.call, passing.held.taken())
    elif passing.held.route:
        passing.flow.keep(passing.at, passing.name)
    else:
        passing.flow.use("entered", passing.last, passing.at, passing.facts.span)
        passing.flow.hold(passing.call, passing.held)


def _same(passing: Passing) -> None:
    passing.flow.hold(passing.call, passing.held)


def _run(passing: Passing) -> None:
    passing.flow.hold(passing.call, passing.held.taken())


def _get(passing: Passing) -> None:
    if passing.argument.place > 1:
        passing.flow.hold(passing.call, passing.held)
    elif read_by_text(passing.at) is not None and not passing.held.route:
        passing.flow.derived(passing.at, passing.held)
    else:
        passing.flow.use("unknown", passing.name, passing.at, passing.facts.span)


def _set(passing: Passing) -> None:
    given = passing.facts.arguments
    key = given[1].value if len(given) > 1 else None
    name = key.value if isinstance(key, m.Literal) and isinstance(key.value, str) else ""
    if passing.argument.place == 0 and not passing.held.route:
        passing.flow.use("write", name or passing.name, passing.at, passing.facts.span)
    elif passing.argument.place == 2 and name:
        passing.flow.keep(passing.at, f"attribute {name}")
        passing.flow.attribute(name, passing.held, None)
    else:
        passing.flow.keep(passing.at, passing.name)


def _vars(passing: Passing) -> None:
    passing.flow.use("read", "__dict__", passing.at, passing.facts.span)


def _partial(passing: Passing) -> None:
    threads.follow_partial(passing.flow, passing.at, passing.argument, passing.call, passing.held)


def _thread(passing: Passing) -> None:
    threads.follow_thread(passing.flow, passing.at, passing.argument, passing.call, passing.held)


_OUTSIDE: tuple[tuple[Callable[[Passing], bool], Callable[[Passing], None]], ...] = (
    (_prints, _print),
    (lambda passing: passing.is_plain and passing.last in TESTING, _test),
    (lambda passing: passing.is_plain and passing.last in ITERATING | {"next"}, _iterate),
    (lambda passing: passing.is_plain and passing.last == "getattr", _get),
    (lambda passing: passing.is_plain and passing.last in ("setattr", "delattr"), _set),
    (lambda passing: passing.is_plain and passing.last == "vars", _vars),
    (lambda passing: passing.last == "cast" and passing.argument.place == 1, _same),
    (lambda passing: passing.last in WRAPPERS, _wrap),
    (lambda passing: passing.last in ENTERING, _enter),
    (lambda passing: passing.last in RUNNERS and passing.held.is_in("awaited"), _run),
    (lambda passing: passing.last == "partial", _partial),
    (lambda passing: passing.last in THREADERS, _thread),
)
