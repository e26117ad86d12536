"""One run of one context: its variables, its statements, and the regions that run once per process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import calls, definitions, expressions, guards, known
from lambda_conn_lint.link.analysis import MODULE_BODY, Analysis, Construction, Context, Edge, Summary
from lambda_conn_lint.link.values import (
    NOTHING,
    PENDING,
    UNKNOWN,
    ClassObject,
    Constant,
    Container,
    External,
    ExternalInstance,
    FunctionObject,
    Given,
    Imported,
    Instance,
    Memoised,
    Module,
    Object,
    Phase,
    Place,
    Site,
    Super,
    Taint,
    Value,
    is_none,
    join,
    join_all,
    life_of,
    only,
    unknown,
)

_T = TypeVar("_T")


class Frame:
    """The state of one run. ``run`` gives the summary; ``missing`` are the contexts it would have needed for it."""

    def __init__(self, analysis: Analysis, context: Context) -> None:
        self.analysis = analysis
        self.context = context
        self.path = context.function.path
        self.phase = context.phase
        self.is_module = context.function.number == MODULE_BODY
        self.env: dict[str, Value] = dict(context.arguments)
        self.tests: dict[str, guards.Outcome] = {}
        self.declared: dict[str, str] = {}
        self.missing: list[Context] = []
        self.undecided = False  # a guard turned out to be one only at the end of the run
        self._branches: tuple[int, ...] = ()  # the conditional blocks around the running statement
        self._branch_count = 0
        self._obtained: dict[Place, tuple[int, ...]] = {}  # in which of them a place was last seen to be filled
        self.classes: list[dict[str, Value]] = []  # namespaces of the class bodies being run
        self.class_references: list[tuple[str, int]] = []
        self._parameters = frozenset(name for name, _ in context.arguments)
        self._captured = dict(context.function.captured)
        self._filled: set[Place] = set()
        self._emptied: dict[Place, bool] = {}
        self._closed: dict[Place, Site] = {}
        self.edges: list[Edge] = []
        self._constructions: list[Construction] = []
        self._returned = NOTHING
        self._yielded = NOTHING
        self._reads: list[Place] | None = None
        self._taken: set[Place] = set()
        self.recording = True  # whether what is built here from the event would serve other invocations
        self._moment = 0
        self._last_fill: dict[Place, int] = {}
        self._rejected: list[tuple[tuple[int, str], frozenset[guards.Absence], int]] = []
        facts = analysis.facts(self.path)
        assert facts is not None, "contexts are made from facts"
        self.facts = facts
        self.function = None if self.is_module else facts.functions[context.function.number]

    # Running

    def run(self) -> Summary:
        """Run the body from its start; may be called once."""
        if self.function is None:
            self.analysis.module_names[self.path] = self.env
            self.block(self.facts.body)
            self.analysis.module_names[self.path] = self.env
        else:
            definitions.refine_parameters(self)
            self.block(self.function.body)
        self._accept_late_fills()
        is_generator = self.function is not None and self.function.is_generator
        value = self._yielded if is_generator else self._returned
        if self.function is not None and self.function.returns is not None and value.open and not value.objects:
            value = definitions.annotated(self, self.function.returns, value)
        if self.missing:
            value = value._replace(pending=False)
        return Summary(
            value if value is not NOTHING else only(Constant(None)),
            frozenset(self._filled),
            self._emptied,
            self._closed,
            tuple(dict.fromkeys(self.edges)),
            tuple(self._constructions),
        )

    def block(self, statements: m.Block) -> bool:
        """Run statements in order; whether control never reaches their end."""
        for index, statement in enumerate(statements):
            self._moment += 1
            if self.is_module:
                self.analysis.module_names[self.path] = self.env
            run = _STATEMENTS.get(type(statement))
            if isinstance(statement, m.If | m.Try):
                ended, absences = self._if(statement) if isinstance(statement, m.If) else self._try(statement)
                rest = statements[index + 1 :]
                if not ended and absences and rest:
                    return self.region(absences, (id(statement), "rest"), lambda rest=rest: self.block(rest))  # type: ignore[misc]
            elif run is not None:
                ended = run(self, statement)
            else:
                ended = False
            if ended:
                return True
        return False

    # Once-regions

    def region(self, absences: frozenset[guards.Absence], key: tuple[int, str], run: Callable[[], _T]) -> _T:
        """Run code that is reached only when places are absent: in the process phase if it fills one of them.

        ``key`` names the region; nodes of the facts are told apart by identity, which lasts as long as the analysis.
        """
        if not absences:
            return run()
        is_keyed = any(absence.place.kind == "item" and not absence.place.name for absence in absences)
        if self.phase is not Phase.INVOCATION:
            return self._unrecorded(run) if is_keyed else run()
        candidates = self._guards(absences)
        if not candidates:
            return run()
        env, returned, yielded = dict(self.env), self._returned, self._yielded
        filled, missing = self._filled, len(self.missing)
        emptied, closed = dict(self._emptied), dict(self._closed)
        edges, constructions = len(self.edges), len(self._constructions)
        self._filled = set()
        self.phase = Phase.PROCESS
        result = self._unrecorded(run) if is_keyed else run()
        self.phase = Phase.INVOCATION
        inside, self._filled = self._filled, filled
        is_complete = len(self.missing) == missing
        accepted = self.analysis.accepted.get(self.context, set())
        if not is_complete or key in accepted or any(self._is_filled(absence, inside) for absence in candidates):
            self._filled |= inside
            self._emptied, self._closed = emptied, closed
            return result
        self.env, self._returned, self._yielded = env, returned, yielded
        self._emptied, self._closed = emptied, closed
        del self.edges[edges:], self._constructions[constructions:]
        self._rejected.append((key, candidates, self._moment))
        self._moment += 1
        return run()

    def _unrecorded(self, run: Callable[[], _T]) -> _T:
        recording, self.recording = self.recording, False
        result = run()
        self.recording = recording
        return result

    def _guards(self, absences: frozenset[guards.Absence]) -> frozenset[guards.Absence]:
        """The absences that may guard a once-region: of long-lived places that no invocation empties or closes."""
        found = []
        dead = set()
        for absence in absences:
            for place in self._alternatives(absence.place):
                if place.life is Phase.INVOCATION:
                    continue
                self.analysis.watch(("ended", place), self.context)
                if absence.liveness and any(_same(place, closed) for closed in self.analysis.closed):
                    dead.add(place)
                if absence.elsewhere or not any(_same(place, emptied) for emptied in self.analysis.emptied):
                    found.append(absence._replace(place=place))
        return frozenset(absence for absence in found if absence.place not in dead)

    def _alternatives(self, place: Place) -> Iterable[Place]:
        """The place itself and, for an attribute that instances only read, the one in their class."""
        yield place
        if place.kind == "attribute" and isinstance(place.owner, Instance):
            if not self.analysis.classes.assigns(place.owner.cls, place.name):
                yield self.analysis.classes.place(place.owner.cls, place.name)

    def _is_filled(self, absence: guards.Absence, inside: set[Place]) -> bool:
        if any(_same(absence.place, place) for place in inside):
            return True
        if absence.elsewhere:
            kept = self.analysis.stored(absence.place, self.context)
            return any(not is_none(thing) for thing in kept.objects) or (kept is not NOTHING and kept.open)
        return False

    def is_taken(self, place: Place) -> bool:
        """Whether this run has emptied the place itself, as one does with a slot."""
        return place in self._taken

    def empty(self, place: Place | None) -> None:
        """Nothing is in a place any more."""
        if place is None or place.life is Phase.INVOCATION:
            return
        self._taken.add(place)
        if self._always_happens(place):
            self._emptied[place] = True

    def _always_happens(self, place: Place) -> bool:
        """Whether what the running statement does to a place happens on every way on which the place is used."""
        obtained = self._obtained.get(place, ())
        return self.phase is Phase.INVOCATION and obtained[: len(self._branches)] == self._branches

    @contextmanager
    def branch(self, is_conditional: bool = True) -> Iterator[None]:
        """The statements that run inside may be left out."""
        before = self._branches
        if is_conditional:
            self._branch_count += 1
            self._branches = (*before, self._branch_count)
        yield
        self._branches = before

    def _accept_late_fills(self) -> None:
        """A guard whose place is filled further down, after its region, is a guard as well."""
        for key, absences, moment in self._rejected:
            late = [place for place, filled in self._last_fill.items() if filled > moment]
            if any(_same(absence.place, place) for absence in absences for place in late):
                accepted = self.analysis.accepted.setdefault(self.context, set())
                if key not in accepted:
                    accepted.add(key)
                    self.undecided = True

    def read(self, value: Value) -> Value:
        """Note that a place was read: a ``try`` around it may test for its absence."""
        if self._reads is not None and value.place is not None:
            self._reads.append(value.place)
        return value

    # Names

    def is_parameter(self, name: str) -> bool:
        return name in self._parameters

    def lookup(self, name: str) -> Value:
        """What a name means here."""
        for namespace in reversed(self.classes):
            if name in namespace:
                return namespace[name]
            break
        declared = self.declared.get(name)
        if declared is None and name in self.env:
            return self.read(self.env[name])
        if declared is None and self.function is not None and name in self.function.bound:
            return UNKNOWN
        if name in self._captured and declared != "global":
            return self.read(self._cell(name))
        if self.function is not None and declared is None and name == self.function.name.rpartition(".")[2]:
            if self.context.function.definer != MODULE_BODY:
                return only(self.context.function)  # a nested function that calls itself
        return self.read(self.global_value(self.path, name))

    def enclosing_variables(self) -> dict[str, Value]:
        """The variables that a function defined here may close over."""
        return {**self._captured, **({} if self.is_module else self.env)}

    def _cell(self, name: str) -> Value:
        place = self._cell_place(name)
        kept = self.analysis.stored(place, self.context)
        return join(self._captured[name], kept).at(place)

    def _cell_place(self, name: str) -> Place:
        function = self.context.function
        return Place("cell", (function.path, function.definer), name, function.life)

    def global_value(self, path: str, name: str) -> Value:
        """A module's variable, as its body and the functions that declare it global have left it."""
        place = Place("global", path, name, Phase.PROCESS)
        kept = self.analysis.stored(place, self.context)
        names = self.analysis.module_names.get(path, {})
        if name in names:
            return join(names[name], kept).at(place)
        if kept is not NOTHING:
            return kept.at(place)
        facts = self.analysis.facts(path)
        if name in _BUILTINS and facts is not None:
            return only(External("builtins." + name))
        return UNKNOWN.at(place if path != self.path or not self.is_module else None)

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
        self.tests.pop(name, None)
        declared = self.declared.get(name)
        if declared == "global":
            place = Place("global", self.path, name, Phase.PROCESS)
        elif declared == "nonlocal":
            place = self._cell_place(name)
        else:
            self.env[name] = value
            if name in self._parameters:
                self._filled.add(Place("parameter", self.path, name, Phase.UNKNOWN))
            return
        self.fill(place, value)

    def fill(self, place: Place, value: Value) -> None:
        """Put a value into a place that may outlive this run."""
        self.analysis.store(place, value)
        if place.life is Phase.INVOCATION:
            return
        if value.objects and not value.open and all(is_none(thing) for thing in value.objects):
            self.empty(place)
            return
        self._note_fill(place)

    def _note_fill(self, place: Place) -> None:
        self._filled.add(place)
        self._closed.pop(place, None)
        if place in self._emptied:
            self._emptied[place] = False
        self._obtained[place] = self._branches
        self._last_fill[place] = self._moment

    def close(self, value: Value, span: Span) -> None:
        """A value's connection is ended."""
        place = value.place
        if place is not None and self._always_happens(place):
            self._closed[place] = Site(self.path, span)

    def item_place(self, container: Value, index: m.Expression, key: Value) -> Place | None:
        """Where an item of a container is kept, if the container is kept anywhere."""
        name = str(index.value) if isinstance(index, m.Literal) else ""
        for thing in container.objects:
            if isinstance(thing, ExternalInstance) and thing.name == "builtins.globals":
                return Place("global", self.path, name, Phase.PROCESS)
            if isinstance(thing, Given):
                return Place("item", thing, name, Phase.INVOCATION)
        if container.place is None:
            return None
        return Place("item", container.place, name, container.place.life)

    # Calls

    def enter(self, function: FunctionObject, arguments: Iterable[tuple[str, Value]], phase: Phase, span: Span) -> Value:
        """The result of a function of the project; notes the call and asks for a run where there was none."""
        context = self.analysis.context(function, arguments, phase)
        if phase is Phase.INVOCATION or (self.recording and _depends(context)):
            self.edges.append(Edge(context, span))
        self.analysis.called(self.context, context)
        summary = self.analysis.summaries.get(context)
        if summary is None:
            if context in self.analysis.active:
                self.analysis.watch(context, self.context)
                return UNKNOWN
            self.missing.append(context)
            return PENDING
        for place in summary.filled:
            self._note_fill(place)
        if phase is Phase.INVOCATION:
            # What a function both fills and ends is over on every way through it, wherever the call stands.
            for place, is_left_empty in summary.emptied.items():
                if (is_left_empty and place in summary.filled) or self._always_happens(place):
                    self._emptied[place] = is_left_empty
            for place, site in summary.closed.items():
                if place in summary.filled or self._always_happens(place):
                    self._closed[place] = site
        return summary.value

    def construct(self, construction: Construction) -> None:
        if self.phase is Phase.INVOCATION or (self.recording and Taint.DEPENDENT in construction.taint):
            self._constructions.append(construction)

    # Statements

    def _evaluate(self, statement: m.Evaluate) -> bool:
        value = expressions.evaluate(self, statement.value)
        return bool(value.objects) and not value.open and value.objects <= _NEVER_RETURNING

    def _assign(self, statement: m.Assign) -> bool:
        outcome: guards.Outcome | None = None
        if isinstance(statement.value, m.Compare | m.Not | m.Boolean):
            outcome = guards.examine(self, statement.value)
            value = outcome.value
        else:
            value = expressions.evaluate(self, statement.value)
        for target in statement.targets:
            self.assign(target, value)
            if outcome is not None and isinstance(target, m.Name) and (outcome.when_true or outcome.when_false):
                self.tests[target.id] = outcome
        # What has just been put into a place is, by its other names, still what is in that place.
        if isinstance(statement.value, m.Name) and statement.value.id in self.env:
            place = self._target_place(statement.targets)
            if place is not None and place.life is not Phase.INVOCATION and not self.is_module:
                self.env[statement.value.id] = self.env[statement.value.id].at(place)
        return False

    def _target_place(self, targets: tuple[m.Expression, ...]) -> Place | None:
        for target in targets:
            place = self.place_of(target)
            if place is not None:
                return place
        return None

    def place_of(self, target: m.Expression) -> Place | None:
        """The place that an assignment to this expression fills, if that is more than a local variable."""
        if isinstance(target, m.Name):
            declared = self.declared.get(target.id)
            if declared == "global":
                return Place("global", self.path, target.id, Phase.PROCESS)
            return self._cell_place(target.id) if declared == "nonlocal" else None
        if isinstance(target, m.Attribute):
            return self.attribute_place(expressions.peek(self, target.value), target.name)
        if isinstance(target, m.Subscript):
            container = expressions.peek(self, target.value)
            return self.item_place(container, target.key, UNKNOWN)
        return None

    def attribute_place(self, receiver: Value, name: str) -> Place | None:
        """Where an attribute of a value is kept when it is assigned."""
        for thing in receiver.objects:
            place = self.object_place(thing, receiver, name)
            if place is not None:
                return place
        if receiver.place is not None:
            return Place("attribute", receiver.place, name, receiver.place.life)
        return None

    def object_place(self, thing: Object, holder: Value, name: str) -> Place | None:
        if isinstance(thing, Instance):
            return Place("attribute", thing, name, thing.life)
        if isinstance(thing, ClassObject):
            return self.analysis.classes.place(thing, name)
        if isinstance(thing, Module):
            return Place("global", thing.path, name, Phase.PROCESS)
        if isinstance(thing, Imported):
            resolved = self.resolve(only(thing))
            return None if thing in resolved.objects else self.attribute_place(resolved.at(holder.place), name)
        if isinstance(thing, FunctionObject):
            return Place("attribute", (thing.path, thing.number), name, thing.life)
        if isinstance(thing, Memoised):
            return self.object_place(thing.function, holder, name)
        if isinstance(thing, External):
            return Place("attribute", thing.name, name, Phase.PROCESS)
        if holder.place is not None:
            return Place("attribute", holder.place, name, holder.place.life)
        if isinstance(thing, Super):
            return self.object_place(thing.receiver, holder, name)
        return Place("attribute", thing, name, life_of(thing)) if life_of(thing) is not Phase.PROCESS else None

    def assign(self, target: m.Expression, value: Value) -> None:
        """Bind a target to a value, whatever its form."""
        if isinstance(target, m.Name):
            self.bind(target.id, value)
        elif isinstance(target, m.Display):
            self._unpack(target, value)
        elif isinstance(target, m.Star):
            self.assign(target.value, unknown(value.taint))
        elif isinstance(target, m.Attribute):
            receiver = expressions.evaluate(self, target.value)
            self.assign_attribute(receiver, target.name, value)
        elif isinstance(target, m.Subscript):
            container = expressions.evaluate(self, target.value)
            key = expressions.evaluate(self, target.key)
            self.put(target.value, container, self.item_place(container, target.key, key), value, key)
        else:
            expressions.evaluate(self, target)

    def assign_attribute(self, receiver: Value, name: str, value: Value) -> None:
        if receiver.objects:
            for thing in receiver.objects:
                place = self.object_place(thing, receiver, name)
                if place is not None:
                    self.fill(place, value)
        elif receiver.place is not None:
            self.fill(Place("attribute", receiver.place, name, receiver.place.life), value)

    def put(self, holder: m.Expression, container: Value, place: Place | None, value: Value, key: Value) -> None:
        """An item goes into a container: into its place, and into what a local container is known to hold."""
        if place is not None:
            self.fill(place, value)
            if place.kind == "item" and isinstance(place.owner, Place):
                self._filled.add(place.owner)
        self._note_environment(container, key, value)
        if isinstance(holder, m.Name) and holder.id in self.env:
            before = self.env[holder.id]
            objects = frozenset(
                thing._replace(items=None, element=join(thing.element, value.at(None)))
                if isinstance(thing, Container)
                else thing
                for thing in before.objects
            )
            self.env[holder.id] = before._replace(objects=objects, taint=before.taint | value.taint | key.taint)

    def _note_environment(self, container: Value, key: Value, value: Value) -> None:
        if External("os.environ") not in container.objects or Taint.DEPENDENT not in value.taint:
            return
        if self.phase is not Phase.INVOCATION:
            return
        names = [str(thing.value) for thing in key.objects if isinstance(thing, Constant)] or [""]
        for name in names:
            before = self.analysis.tainted_environment.get(name, Taint.NONE)
            if before | value.taint != before:
                self.analysis.tainted_environment[name] = before | value.taint
                self.analysis.changed(("environment", name))

    def _unpack(self, target: m.Display, value: Value) -> None:
        rows: list[tuple[Value, ...]] = []
        for thing in value.objects:
            if isinstance(thing, Container) and thing.items is not None and len(thing.items) == len(target.items):
                rows.append(thing.items)
        starred = any(isinstance(item, m.Star) for item in target.items)
        for index, item in enumerate(target.items):
            if rows and not value.open and not starred and len(rows) == len(value.objects):
                self.assign(item, join_all(row[index] for row in rows))
            else:
                self.assign(item, expressions.element_of(value))

    def _annotate(self, statement: m.Annotate) -> bool:
        if statement.value is None:
            if self.classes and isinstance(statement.target, m.Name):
                self.classes[-1].setdefault(statement.target.id, UNKNOWN)
            return False
        value = expressions.evaluate(self, statement.value)
        if value.open and not value.objects:
            value = definitions.annotated(self, statement.annotation, value)
        self.assign(statement.target, value)
        return False

    def _augmented(self, statement: m.AugAssign) -> bool:
        value = expressions.evaluate(self, statement.value)
        before = expressions.peek(self, statement.target)
        merged = join(before, value)
        self.assign(statement.target, merged if any(isinstance(t, Container) for t in before.objects) else
                    unknown(merged.taint))  # fmt: skip
        return False

    def _return(self, statement: m.Return) -> bool:
        value = only(Constant(None)) if statement.value is None else expressions.evaluate(self, statement.value)
        self._returned = join(self._returned, value)
        return True

    def yielded(self, value: Value) -> None:
        self._yielded = join(self._yielded, value)

    def _raise(self, statement: m.Raise) -> bool:
        if statement.value is not None:
            expressions.evaluate(self, statement.value)
        return True

    def _jump(self, statement: m.Jump) -> bool:
        return True

    def _delete(self, statement: m.Delete) -> bool:
        for target in statement.targets:
            if isinstance(target, m.Name) and not self.declared.get(target.id):
                self.env.pop(target.id, None)
                self.env[target.id] = UNKNOWN
                continue
            place = self.place_of(target)
            self.empty(place)
        return False

    def _declare(self, statement: m.Declare) -> bool:
        for name in statement.names:
            self.declared[name] = statement.kind
        return False

    def _if(self, statement: m.If) -> tuple[bool, frozenset[guards.Absence]]:
        """Run both branches; what is absent in the code that follows, when one of them does not reach it."""
        outcome = guards.examine(self, statement.test)
        if self.is_module and _is_main_guard(statement.test):
            return False, frozenset()
        before = dict(self.env)
        is_open = outcome.truth is None
        ended_body = True
        after_body: dict[str, Value] = {}
        if outcome.truth is not False:
            guards.narrow(self, statement.test, True)
            # That a connection is there is no condition for what is done with it.
            with self.branch(is_open and not outcome.when_false):
                ended_body = self.region(outcome.when_true, (id(statement), "body"), lambda: self.block(statement.body))
            after_body = self.env
        self.env = before
        ended_orelse = True
        if outcome.truth is not True:
            guards.narrow(self, statement.test, False)
            with self.branch(is_open):
                ended_orelse = self.region(
                    outcome.when_false, (id(statement), "else"), lambda: self.block(statement.orelse)
                )
        if ended_body and ended_orelse:
            self.env = self.env if outcome.truth is not True else after_body
            return True, frozenset()
        if ended_body:
            return False, outcome.when_false
        if ended_orelse:
            self.env = after_body
            return False, outcome.when_true
        self.env = _merged(after_body, self.env)
        return False, frozenset()

    def _for(self, statement: m.For) -> bool:
        iterable = expressions.evaluate(self, statement.iterable)
        before = dict(self.env)
        self.assign(statement.target, expressions.iterated(iterable))
        with self.branch():
            self.block(statement.body)
            self.env = _merged(before, self.env)
            self.block(statement.orelse)
        return False

    def _while(self, statement: m.While) -> bool:
        outcome = guards.examine(self, statement.test)
        before = dict(self.env)
        if outcome.truth is not False:
            with self.branch():
                self.region(outcome.when_true, (id(statement), "body"), lambda: self.block(statement.body))
            self.env = _merged(before, self.env)
        self.block(statement.orelse)
        return False

    def _with(self, statement: m.With) -> bool:
        managers: list[Value] = []
        for item in statement.items:
            value = expressions.evaluate(self, item.value)
            entered = calls.enter_context(self, value)
            managers.append(value)
            if item.target is not None:
                self.assign(item.target, entered)
        ended = self.block(statement.body)
        for value in managers:
            calls.leave_context(self, value, _NOWHERE)
        return ended and not _may_suppress(statement)

    def _try(self, statement: m.Try) -> tuple[bool, frozenset[guards.Absence]]:
        """Run a ``try``; what is absent in the code that follows, when only handlers reach it."""
        before = dict(self.env)
        outer, self._reads = self._reads, []
        ended = self.block(statement.body)
        reads = self._reads
        self._reads = outer
        if outer is not None:
            outer.extend(reads)
        start = _merged(before, self.env)
        after = self.env
        if not ended:
            ended = self.block(statement.orelse)
            after = self.env
        ends = [] if ended else [after]
        found: frozenset[guards.Absence] = frozenset()
        for handler in statement.handlers:
            self.env = dict(start)
            names = _exception_names(handler.types)
            if handler.types is not None:
                expressions.evaluate(self, handler.types)
            if handler.name:
                self.env[handler.name] = UNKNOWN
            liveness = not names <= known.ABSENCE_ERRORS if names else True
            absences = frozenset(guards.Absence(place, liveness, self.is_taken(place)) for place in reads)
            found |= absences if ended else frozenset()
            body = handler.body
            with self.branch():
                if not self.region(absences, (id(handler), "body"), lambda body=body: self.block(body)):  # type: ignore[misc]
                    ends.append(self.env)
        self.env = start if not ends else ends[0]
        for other in ends[1:]:
            self.env = _merged(self.env, other)
        return self.block(statement.final) or not ends, found

    def _match(self, statement: m.Match) -> bool:
        subject = expressions.evaluate(self, statement.subject)
        before = dict(self.env)
        ends = [dict(before)]
        for case in statement.cases:
            self.env = dict(before)
            for name in case.captures:
                self.bind(name, unknown(subject.taint))
            with self.branch():
                if case.guard is not None:
                    guards.examine(self, case.guard)
                if not self.block(case.body):
                    ends.append(self.env)
        self.env = ends[0]
        for other in ends[1:]:
            self.env = _merged(self.env, other)
        return False

    def _define(self, statement: m.Define) -> bool:
        definitions.define_function(self, statement.number)
        return False

    def _define_class(self, statement: m.DefineClass) -> bool:
        definitions.define_class(self, statement.number)
        return False

    def _import(self, statement: m.Import) -> bool:
        found = self.analysis.modules.absolute(self.path, statement.module)
        if statement.alias:
            self.bind(statement.alias, only(found if found is not None else External(statement.module)))
            return False
        head = statement.module.partition(".")[0]
        if found is not None and head != statement.module:
            found = self.analysis.modules.absolute(self.path, head)
        self.bind(head, only(found) if found is not None else only(External(head)))
        return False

    def _import_from(self, statement: m.ImportFrom) -> bool:
        modules = self.analysis.modules
        if statement.level:
            found = modules.relative(self.path, statement.level, statement.module)
        else:
            found = modules.absolute(self.path, statement.module)
        for name, bound in statement.names:
            if name == "*":
                self._import_star(found, statement)
            elif found is not None:
                self.bind(bound, only(Imported(found, name)))
            elif statement.level:
                self.bind(bound, UNKNOWN)
            else:
                self.bind(bound, only(External(f"{statement.module}.{name}")))
        return False

    def _import_star(self, found: Module | None, statement: m.ImportFrom) -> None:
        if found is None:
            if not statement.level:
                for name in self.analysis.catalogue.exported(statement.module):
                    self.bind(name, only(External(f"{statement.module}.{name}")))
            return
        if not found.path or self.analysis.facts(found.path) is None or not self.require_module(found.path):
            return
        names = self.analysis.module_names.get(found.path, {})
        offered = expressions.constants(names["__all__"]) if "__all__" in names else None
        for name in names if offered is None else offered:
            if offered is not None or not name.startswith("_"):
                self.bind(name, only(Imported(found, name)))

    # Imported names

    def resolve(self, value: Value) -> Value:
        """The value with names imported from the project looked up; opens their modules."""
        if not any(isinstance(thing, Imported) for thing in value.objects):
            return value
        result = NOTHING
        for thing in value.objects:
            found = self._resolve(thing, 0) if isinstance(thing, Imported) else only(thing)
            result = join(result, found)
        # An imported name is a copy: assigning it leaves the module's own alone. What a container holds is shared.
        is_copy = value.place is not None and not any(isinstance(thing, Container) for thing in result.objects)
        place = value.place if is_copy else result.place
        return result._replace(
            open=result.open or value.open, taint=result.taint | value.taint, pending=result.pending or value.pending
        ).at(place)

    def _resolve(self, thing: Imported, depth: int) -> Value:
        module = thing.module
        if depth > _LONGEST_REEXPORT:
            return UNKNOWN
        facts = self.analysis.facts(module.path) if module.path else None
        if facts is not None:
            if not self.require_module(module.path):
                return PENDING
            found = self.global_value(module.path, thing.name)
            if thing.name in self.analysis.module_names.get(module.path, {}) or found.objects:
                if found.objects == {External("builtins." + thing.name)}:
                    found = UNKNOWN
                result = NOTHING
                for inner in found.objects:
                    if isinstance(inner, Imported) and inner != thing:
                        result = join(result, self._resolve(inner, depth + 1))
                    elif inner != thing:
                        result = join(result, only(inner))
                if result is not NOTHING:
                    return result._replace(open=result.open or found.open, taint=found.taint).at(
                        found.place if found.place is not None else result.place
                    )
                if found.objects != {thing}:
                    return found
        submodule = self.analysis.modules.submodule(module, thing.name)
        return UNKNOWN if submodule is None else only(submodule)


def _merged(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    """The variables after a branch that was or was not taken."""
    if first is second:
        return first
    merged = dict(first)
    for name, value in second.items():
        merged[name] = join(merged[name], value) if name in merged else value
    return merged


def _same(tested: Place, filled: Place) -> bool:
    """Whether filling one place is filling the tested one; a key that is not a literal fits any."""
    if tested[:3] == filled[:3]:
        return True
    if tested.kind == filled.kind == "item" and tested.owner == filled.owner:
        return not tested.name or not filled.name
    return False


def _depends(context: Context) -> bool:
    return any(Taint.DEPENDENT in value.taint for _, value in context.arguments)


def _is_main_guard(test: m.Expression) -> bool:
    return isinstance(test, m.Compare) and m.Name("__name__") in (test.left, test.right)


def _exception_names(types: m.Expression | None) -> frozenset[str]:
    if isinstance(types, m.Name):
        return frozenset((types.id,))
    if isinstance(types, m.Attribute):
        return frozenset((types.name,))
    if isinstance(types, m.Display):
        return frozenset().union(*(_exception_names(item) for item in types.items))
    return frozenset()


def _may_suppress(statement: m.With) -> bool:
    """``contextlib.suppress`` and the like: a ``return`` inside does not end the function for certain."""
    for item in statement.items:
        function = item.value.function if isinstance(item.value, m.Call) else item.value
        name = function.id if isinstance(function, m.Name) else function.name if isinstance(function, m.Attribute) else ""
        if "suppress" in name or "raises" in name:
            return True
    return False


_LONGEST_REEXPORT = 20
_NOWHERE = Span(0, 0, 0, 0)
_BUILTINS = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
_NEVER_RETURNING: frozenset[Object] = frozenset({ExternalInstance("sys.exit", Phase.PROCESS)})
_STATEMENTS: dict[type[object], Callable[[Frame, object], bool]] = {
    m.Assign: Frame._assign,  # type: ignore[dict-item]
    m.Annotate: Frame._annotate,  # type: ignore[dict-item]
    m.AugAssign: Frame._augmented,  # type: ignore[dict-item]
    m.Evaluate: Frame._evaluate,  # type: ignore[dict-item]
    m.Return: Frame._return,  # type: ignore[dict-item]
    m.For: Frame._for,  # type: ignore[dict-item]
    m.While: Frame._while,  # type: ignore[dict-item]
    m.With: Frame._with,  # type: ignore[dict-item]
    m.Match: Frame._match,  # type: ignore[dict-item]
    m.Raise: Frame._raise,  # type: ignore[dict-item]
    m.Delete: Frame._delete,  # type: ignore[dict-item]
    m.Declare: Frame._declare,  # type: ignore[dict-item]
    m.Define: Frame._define,  # type: ignore[dict-item]
    m.DefineClass: Frame._define_class,  # type: ignore[dict-item]
    m.Import: Frame._import,  # type: ignore[dict-item]
    m.ImportFrom: Frame._import_from,  # type: ignore[dict-item]
    m.Jump: Frame._jump,  # type: ignore[dict-item]
}
