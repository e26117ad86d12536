"""One run of one context: its variables, its calls, and what they have come to."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import closing, definitions, once, places, statements
from lambda_conn_lint.link.analysis import MODULE_BODY, Analysis, Closing, Construction, Edge, Summary
from lambda_conn_lint.link.contexts import Context
from lambda_conn_lint.link.ledger import Ledger, Mark
from lambda_conn_lint.link.values import (
    NONE,
    NOTHING,
    PENDING,
    UNKNOWN,
    Absence,
    ClassObject,
    Constant,
    External,
    FunctionObject,
    Phase,
    Place,
    Site,
    Taint,
    Test,
    Value,
    is_none,
    join,
    only,
)

_BUILTINS = frozenset(dir(builtins))
_IMPOSSIBLE: frozenset[Absence] = frozenset({Absence(Place("impossible", None, "", Phase.UNKNOWN))})
"""In place of what a return tells when its value can only be the other way."""


class FrameMark(NamedTuple):
    """A state of a run to come back to, when a trial has failed."""

    env: dict[str, Value]
    returned: Value
    yielded: Value
    missing: int
    edges: int
    constructions: int
    closings: int
    truths: int
    ledger: Mark


class Frame:
    """The state of one run; ``run`` gives the summary.

    ``missing``    contexts whose results would have been needed; the summary is not final while there are any
    ``undecided``  a guard turned out to be one only at the end, so the context must be run again
    ``phase``      how often the code that is being run just now runs; it changes in once-regions
    ``ended``      where per-invocation code closes what the guard around the running code would keep
    ``certain``    whether no condition stands around the running code that may never hold while the process lives
    ``recording``  whether what is built from the event in the process phase would serve other invocations
    """

    def __init__(self, analysis: Analysis, context: Context) -> None:
        facts = analysis.facts(context.function.path)
        assert facts is not None, "contexts are made from facts"
        self.analysis = analysis
        self.context = context
        self.path = context.function.path
        self.facts = facts
        self.is_module = context.function.number == MODULE_BODY
        self.function = None if self.is_module else facts.functions[context.function.number]
        self.phase = context.phase
        self.recording = True
        self.env: dict[str, Value] = dict(context.arguments)
        self.declared: dict[str, str] = {}
        self.classes: list[dict[str, Value]] = []  # namespaces of the class bodies being run
        self.class_references: list[tuple[str, int]] = []
        self.missing: list[Context] = []
        self.undecided = False
        self.ended: Site | None = None
        self.certain = True
        self.edges: list[Edge] = []
        self.guesses: set[str] = set()
        self.ledger = Ledger()
        self.rejected: list[once.Rejected] = []
        self.reads: list[Place] | None = None  # places read in the ``try`` block that is being run
        self.all_reads: set[Place] = set()
        self.in_force: frozenset[Absence] = frozenset()  # what the branches around have found absent
        self.returned = NOTHING
        self.yielded = NOTHING
        self._constructions: list[Construction] = []
        self.closings: list[Closing] = []
        self._truths: list[Test | None] = []  # of each return: what it tells; none if it tells nothing
        self._parameters = frozenset(name for name, _ in context.arguments)
        self._captured = dict(context.function.captured)

    def run(self) -> Summary:
        """Run the body from its start; to be called once."""
        if self.function is None:
            self.publish()
            statements.run_block(self, self.facts.body)
            self.publish()
        else:
            definitions.refine_parameters(self)
            if not statements.run_block(self, self.function.body):
                self.give_back(NONE)
        self.undecided = once.accept_late_fills(self)
        return Summary(
            self._result(),
            frozenset(self.ledger.filled.difference(map(self.parameter_place, self._parameters))),
            self.ledger.emptied,
            self.ledger.closed,
            tuple(sorted(dict.fromkeys(self.edges), key=_position)),
            tuple(self._constructions),
            frozenset(self.all_reads),
            frozenset(self.guesses),
            tuple(self.closings),
        )

    def give_back(self, value: Value) -> None:
        """``return value``."""
        self.returned = join(self.returned, value)
        if value.test is not None:
            self._truths.append(value.test)
        elif value.objects and not value.open and all(isinstance(thing, Constant) for thing in value.objects):
            is_true = any(isinstance(thing, Constant) and thing.value for thing in value.objects)
            self._truths.append(Test(self.in_force, _IMPOSSIBLE) if is_true else Test(_IMPOSSIBLE, self.in_force))
        else:
            self._truths.append(None)

    @contextmanager
    def under(self, condition: bool) -> Iterator[None]:
        """What runs inside stands under a condition, if there is one, that may never hold."""
        before = self.certain
        self.certain = before and not condition
        yield
        self.certain = before

    @contextmanager
    def found_absent(self, absences: frozenset[Absence]) -> Iterator[None]:
        """What runs inside is reached only when these places are absent."""
        before = self.in_force
        self.in_force = before | absences
        yield
        self.in_force = before

    def _test(self) -> Test | None:
        """What the truth of the result tells, when every return tells something of it."""
        known = [test for test in self._truths if test is not None]
        if not known or len(known) < len(self._truths):
            return None
        sides = []
        for side in ([test.when_true for test in known], [test.when_false for test in known]):
            possible = [absences for absences in side if absences is not _IMPOSSIBLE]
            union = frozenset(one for absences in possible for one in absences if one.place.kind != "parameter")
            sides.append(union if all(possible) else frozenset())
        return Test(*sides) if any(sides) else None

    def _result(self) -> Value:
        if self.function is None:
            return NONE
        value = self.yielded if self.function.is_generator else self.returned
        if value is NOTHING:
            return NONE
        if self.function.returns is not None and value.open and not value.objects:
            value = definitions.annotated(self, self.function.returns, value)
        return value._replace(pending=False, test=self._test())

    # Trials

    def mark(self) -> FrameMark:
        return FrameMark(
            dict(self.env),
            self.returned,
            self.yielded,
            len(self.missing),
            len(self.edges),
            len(self._constructions),
            len(self.closings),
            len(self._truths),
            self.ledger.mark(),
        )

    def back_to(self, mark: FrameMark) -> None:
        self.env, self.returned, self.yielded = dict(mark.env), mark.returned, mark.yielded
        del self.edges[mark.edges :], self._constructions[mark.constructions :], self._truths[mark.truths :]
        del self.closings[mark.closings :]
        self.ledger.back_to(mark.ledger)

    def lacks_more_than(self, mark: FrameMark) -> bool:
        """Whether results were missing since the mark, so that nothing can be concluded yet."""
        return len(self.missing) > mark.missing

    # Names

    def is_parameter(self, name: str) -> bool:
        return name in self._parameters

    def lookup(self, name: str) -> Value:
        """What a name means here."""
        if self.classes and name in self.classes[-1]:
            return self.classes[-1][name]
        declared = self.declared.get(name)
        if declared is None and name in self.env:
            return self.read(self.env[name])
        if declared is None and self.function is not None and name in self.function.bound:
            return UNKNOWN
        if name in self._captured and declared != "global":
            place = places.of_cell(self, name)
            return self.read(join(self._captured[name], self.analysis.stored(place, self.context)).at(place))
        if self._is_own_name(name) and declared is None:
            return only(self.context.function)
        value = self.module_value(self.path, name)
        if value is not None:
            return self.read(value)
        if name in _BUILTINS:
            return only(External("builtins." + name))
        return UNKNOWN if self.is_module else UNKNOWN.at(Place("global", self.path, name, Phase.PROCESS))

    def _is_own_name(self, name: str) -> bool:
        """Whether a nested function calls itself: it is not among the variables it closed over."""
        is_nested = self.context.function.definer != MODULE_BODY
        return is_nested and self.function is not None and name == self.function.name.rpartition(".")[2]

    def read(self, value: Value) -> Value:
        """Note that a place was read: a ``try`` around it may test for its absence."""
        place = value.place
        if place is None or place.life is Phase.INVOCATION or _is_definition(value):
            return value
        self.all_reads.add(place)
        if self.reads is not None:
            self.reads.append(place)
        return value

    def module_value(self, path: str, name: str) -> Value | None:
        """A module's variable, as its body and the functions that declare it global have left it."""
        place = Place("global", path, name, Phase.PROCESS)
        kept = self.analysis.stored(place, self.context)
        names = self.analysis.module_names.get(path, {})
        if name in names:
            return join(names[name], kept).at(place)
        return None if kept is NOTHING else kept.at(place)

    def held(self, place: Place) -> Value:
        """What is kept in a place, however it came there."""
        if place.kind == "global":
            return self.module_value(str(place.owner), place.name) or NOTHING
        return self.analysis.stored(place, self.context)

    def enclosing_variables(self) -> dict[str, Value]:
        """The variables that a function defined here may close over."""
        return {**self._captured, **({} if self.is_module else self.env)}

    def publish(self) -> None:
        """Let functions that a module's body calls see its variables as they are now."""
        if self.is_module:
            self.analysis.module_names[self.path] = self.env

    def require_module(self, path: str) -> bool:
        """Whether a module's body has been run (or is being run); asks for it otherwise."""
        context = self.analysis.module_context(path)
        if path == self.path or context in self.analysis.summaries or context in self.analysis.active:
            return True
        self.missing.append(context)
        return False

    def bind(self, name: str, value: Value) -> None:
        """Assign a variable of the scope that is being run."""
        if self.classes:
            self.classes[-1][name] = value
            return
        place = places.of_variable(self, name)
        if place is not None:
            self.fill(place, value)
            return
        self.env[name] = value
        if name in self._parameters:
            self.ledger.filled.add(self.parameter_place(name))

    def parameter_place(self, name: str) -> Place:
        """A parameter, as what a test of it and an assignment to it have in common."""
        return Place("parameter", (self.path, self.context.function.number), name, Phase.UNKNOWN)

    # Effects

    def fill(self, place: Place, value: Value) -> None:
        """Put a value into a place that may outlive this run."""
        self.analysis.store(place, value)
        if place.life is Phase.INVOCATION:
            return
        if value.objects and not value.open and all(is_none(thing) for thing in value.objects):
            self.empty(place)
        else:
            self.ledger.fill(place)

    def empty(self, place: Place | None) -> None:
        """Nothing is in a place any more."""
        if place is not None and place.life is not Phase.INVOCATION:
            self.ledger.take(place, counts=self.phase is Phase.INVOCATION)
            if self.phase is Phase.INVOCATION:
                self.analysis.vacated.add(place)

    def written_environment(self, name: str) -> Taint:
        """What a variable of the environment depends on, as far as this module writes it on an invocation.

        Only this module: others are, as likely as not, those of other functions, and have processes of their own.
        """
        self.analysis.watch(("environment", self.path, name), self.context)
        return self.analysis.tainted_environment.get((self.path, name), Taint.NONE)

    def close(self, value: Value, span: Span, how: str) -> None:
        """A value's connection is ended, by a method or at the end of "with"."""
        if self.phase is not Phase.INVOCATION:
            return
        site = Site(self.path, span)
        slot = closing.slot_of(self, value)
        clients = closing.shared_clients(self, value, how)
        if clients and self.certain:
            self.closings.append(Closing(site, clients, how, slot))
        place = value.place or (closing.nowhere(clients) if clients else None)
        if place is not None and slot is None:
            self.ledger.close(place, site)

    def ends_process(self, closings: int, edges: int) -> None:
        """What has been closed since there were so many closings and calls was closed for the end of the process."""
        del self.closings[closings:]
        self.edges[edges:] = [edge._replace(certain=False) for edge in self.edges[edges:]]

    # Calls

    def enter(
        self, function: FunctionObject, arguments: Iterable[tuple[str, Value]], phase: Phase, span: Span
    ) -> Value:
        """The result of a function of the project; notes the call and asks for a run where there was none."""
        context = self.analysis.context(function, arguments, phase)
        if phase is Phase.INVOCATION or (self.recording and _depends(context)):
            self.edges.append(Edge(context, span, self.ended, self.certain))
        self.analysis.called(self.context, context)
        summary = self.analysis.summaries.get(context)
        if summary is None:
            if context in self.analysis.active:
                self.analysis.watch(context, self.context)
                return UNKNOWN
            self.missing.append(context)
            return PENDING
        self.all_reads |= summary.reads
        if self.reads is not None:
            self.reads.extend(summary.reads)
        counts = phase is Phase.INVOCATION
        self.ledger.absorb(summary.filled, summary.emptied, summary.closed, counts=counts)
        if counts and summary.value.place is not None and summary.emptied.get(summary.value.place):
            self.ledger.borrow(summary.value.place)
        return summary.value

    def construct(self, construction: Construction) -> None:
        if self.phase is Phase.INVOCATION or (self.recording and Taint.DEPENDENT in construction.taint):
            self._constructions.append(construction._replace(ended=self.ended))


def _is_definition(value: Value) -> bool:
    """Whether a value is but what a ``def`` or ``class`` has made: nobody tests whether that is there.

    Their names are most of what functions read, and all that is read below a function is kept with it.
    """
    if value.open or not value.objects:
        return False
    return all(isinstance(thing, FunctionObject | ClassObject) for thing in value.objects)


def _position(edge: Edge) -> tuple[Span, str, int]:
    """Objects of a value have no order of their own; the ways through the program must not depend on their hashes."""
    return edge.span, edge.callee.function.path, edge.callee.function.number


def _depends(context: Context) -> bool:
    return any(Taint.DEPENDENT in value.taint for _, value in context.arguments)
