"""The driver: which contexts are run, in which order, and what all of them share.

A frame that needs the result of a context that was not run yet goes on without it and says so; the driver runs what is
missing and then runs the frame again. So the depth of the analysed program is never the depth of our own stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.catalog import Catalog, Client
from lambda_conn_lint.deep import run_deep
from lambda_conn_lint.facts.model import FunctionFacts, ModuleFacts, Name, Node, descendants
from lambda_conn_lint.facts.names import free_names
from lambda_conn_lint.findings import Span
from lambda_conn_lint.link import known
from lambda_conn_lint.link.classes import Classes
from lambda_conn_lint.link.contexts import Context, Contexts
from lambda_conn_lint.link.declared import DeclaredNames
from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.link.narrowing import narrowed
from lambda_conn_lint.link.values import (
    NOTHING,
    UNKNOWN,
    FunctionObject,
    Object,
    Phase,
    Place,
    Site,
    Taint,
    Value,
    join,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame

MODULE_BODY = -1
"""The index of the pseudo function that a module's body is."""

_MOST_RUNS = 400  # of one context while its callees become known
_MOST_DECISIONS = 12  # of one context while its guards become known
_MOST_REVISIONS = 6  # of one context when what it has read changes later


class Construction(NamedTuple):
    """A catalogued client built per invocation in one context.

    ``chained`` are the constructions it takes in; ``ended`` is where the connection is closed that a guard around the
    construction would otherwise keep.
    """

    site: Site
    client: Client
    taint: Taint
    chained: frozenset[Site]
    ended: Site | None = None


class Closing(NamedTuple):
    """Clients that outlive the invocation, ended in one context per invocation.

    ``how`` is the method, or "with". ``slot`` is the place that the client was taken out of before, if that is where it
    would have to be put back.
    """

    site: Site
    clients: frozenset[Site]  # where they are built
    how: str
    slot: Place | None = None


class Edge(NamedTuple):
    """A call that must lead, per invocation, from one context into another; ``ended`` as for a construction.

    Calls that only may lead somewhere are the ``guesses`` of a summary. ``certain`` is false under a condition that may
    never hold while the process lives.
    """

    callee: Context
    span: Span
    ended: Site | None = None
    certain: bool = True


class Summary(NamedTuple):
    """What a run of a context did: its result, the long-lived places it filled, emptied and closed, and its calls."""

    value: Value
    filled: frozenset[Place]
    emptied: Mapping[Place, bool]  # whether nothing was put there again
    closed: Mapping[Place, Site]
    edges: tuple[Edge, ...]
    constructions: tuple[Construction, ...]
    reads: frozenset[Place]  # long-lived places that were read
    guesses: frozenset[str]  # names called on what cannot be followed: any function of that name may be meant
    closings: tuple[Closing, ...] = ()

    def differs(self, other: Summary) -> bool:
        """Whether a caller would notice the difference."""
        return (self.value, self.filled, self.emptied, self.closed, self.reads) != (
            other.value,
            other.filled,
            other.emptied,
            other.closed,
            other.reads,
        )


class Handed(NamedTuple):
    """What a framework is given in one call: ``values`` by keyword, which is empty for those by position.

    ``name`` is the callee's. A class whose method is the callee (``View.as_view()``) counts as given by position.
    """

    name: str
    values: tuple[tuple[str, Value], ...]
    phase: Phase


class OwnNames(NamedTuple):
    """What the user says of names: files that may define such names, by ``defining_files``, and more memoisers."""

    files: Mapping[str, Mapping[str, str]]
    memoisers: frozenset[str]


NOTHING_DECLARED = OwnNames({}, frozenset())


class _Slot:
    """What functions have put into one place, and the contexts that have asked for it, in the order of their asking."""

    __slots__ = ("readers", "value")

    def __init__(self) -> None:
        self.value = NOTHING
        self.readers: dict[Context, None] = {}


class Analysis:
    """Everything that frames share: facts, classes, what is kept in which place, and the summaries of contexts.

    ``load`` gives a module's facts, or none when it cannot be parsed; ``leads_to_client`` tells whether a module, or
    one that it imports, may build a client at all. ``declared`` is what the user says of the project's own names.
    """

    def __init__(
        self,
        load: Callable[[str], ModuleFacts | None],
        modules: Modules,
        catalogue: Catalog,
        leads_to_client: Callable[[str], bool],
        declared: OwnNames = NOTHING_DECLARED,
    ) -> None:
        self.modules = modules
        self.declared = DeclaredNames(declared.files, self.facts, modules)
        self.memoisers = known.MEMOISERS | declared.memoisers
        self.catalogue = catalogue
        self.leads_to_client = leads_to_client
        self.classes = Classes(self)
        self.context = Contexts().of_call
        self.summaries: dict[Context, Summary] = {}
        self.module_names: dict[str, dict[str, Value]] = {}
        self.defaults: dict[tuple[str, int], dict[str, Value]] = {}
        self.kinds: dict[tuple[str, int], str] = {}  # "property", "classmethod", "staticmethod"
        self.emptied: set[Place] = set()
        self.closed: dict[Place, Site] = {}
        self.clients: dict[Site, Client] = {}  # what is built where
        self.vacated: set[Place] = set()  # emptied on some way through an invocation
        self.healed: set[Place] = set()  # what is dead in them is replaced by a guard that tests for life
        self.slots: set[Place] = set()  # emptied while their client is in use, and filled when it is given back
        self.releasers: dict[str, dict[tuple[bool, str], str]] = {}  # by file, for ``slots.releaser``
        self.revived: set[Site] = set()  # clients that are told to connect again
        self.remembered: set[Object] = set()  # what memoised functions have given
        self.tainted_environment: dict[tuple[str, str], Taint] = {}  # by module and variable
        self.decorated: dict[str, dict[int, tuple[Value, ...]]] = {}
        self.accepted: dict[Context, set[tuple[int, str]]] = {}
        self.active: set[Context] = set()
        self.handed: dict[str, dict[tuple[str, Span], Handed]] = {}  # what frameworks are given, by module and call
        self.deferred: dict[str, set[str]] = {}  # functions kept for another time than an invocation, by name
        self.defects: list[tuple[str, Exception]] = []
        self._load = load
        self._facts: dict[str, ModuleFacts | None] = {}
        self._slots: dict[Place, _Slot] = {}
        self._references: dict[tuple[str, int], tuple[str, ...]] = {}
        self._names: dict[int, tuple[str, ...]] = {}  # by the identity of a node, which lasts as long as the facts
        self._readers: dict[object, dict[Context, None]] = {}
        self._callers: dict[Context, dict[Context, None]] = {}
        self._dirty: dict[Context, None] = {}
        self._revisions: dict[Context, int] = {}
        self._former: dict[Context, Summary] = {}

    # Facts

    def facts(self, path: str) -> ModuleFacts | None:
        """The facts of a module; parsed when first asked for."""
        if path not in self._facts:
            self._facts[path] = self._load(path)
        return self._facts[path]

    def function(self, function: FunctionObject) -> FunctionFacts:
        facts = self.facts(function.path)
        assert facts is not None, "an object of a module comes from its facts"
        return facts.functions[function.number]

    def references(self, path: str, index: int) -> tuple[str, ...]:
        """Names that a function, or one nested in it, uses and does not bind itself."""
        key = (path, index)
        if key not in self._references:
            facts = self.facts(path)
            assert facts is not None, "an object of a module comes from its facts"
            self._references[key] = tuple(sorted(free_names(facts, facts.functions[index])))
        return self._references[key]

    def names_in(self, node: Node) -> tuple[str, ...]:
        """The variables that a node of the facts mentions."""
        names = self._names.get(id(node))
        if names is None:
            names = tuple(dict.fromkeys(inner.id for inner in descendants(node) if isinstance(inner, Name)))
            self._names[id(node)] = names
        return names

    def loaded(self) -> list[tuple[str, ModuleFacts]]:
        """The modules whose facts are there, by path."""
        return [(path, facts) for path, facts in self._facts.items() if facts is not None]

    # Places

    def stored(self, place: Place, reader: Context) -> Value:
        """What functions have put into a place; the reader runs again when that changes."""
        slot = self._slot(place)
        slot.readers[reader] = None
        return slot.value

    def store(self, place: Place, value: Value) -> None:
        if value.pending:
            return
        # An attribute that lasts as long as the invocation is but another name for what it was given.
        value = narrowed(value if place.life is Phase.INVOCATION else value.at(None))
        slot = self._slot(place)
        after = join(slot.value, value)
        if after != slot.value:
            slot.value = after
            self._revise(slot.readers)

    def _slot(self, place: Place) -> _Slot:
        slot = self._slots.get(place)
        if slot is None:
            slot = self._slots[place] = _Slot()
        return slot

    def kept(self) -> Iterator[tuple[Place, Value]]:
        """Every place with what is in it, the variables of modules among them."""
        for place, slot in self._slots.items():
            if slot.value is not NOTHING:
                yield place, slot.value
        for path, names in self.module_names.items():
            for name, value in names.items():
                yield Place("global", path, name, Phase.PROCESS), value

    def watch(self, fact: object, reader: Context) -> None:
        """Run the reader again when ``changed(fact)`` is called."""
        self._readers.setdefault(fact, {})[reader] = None

    def changed(self, fact: object) -> None:
        self._revise(self._readers.get(fact, ()))

    def _revise(self, contexts: Iterable[Context]) -> None:
        for context in contexts:
            if self._revisions.get(context, 0) < _MOST_REVISIONS:
                self._dirty[context] = None

    # Contexts

    def module_context(self, path: str) -> Context:
        return self.context(FunctionObject(path, MODULE_BODY), (), Phase.PROCESS)

    def called(self, caller: Context, callee: Context) -> None:
        self._callers.setdefault(callee, {})[caller] = None

    def run(self, roots: Iterable[Context]) -> None:
        """Run contexts and all that they call, until nothing that anyone has read changes any more."""
        stack = list(roots)[::-1]
        self._drain(stack)
        while self._dirty:
            revised = list(self._dirty)
            self._dirty.clear()
            for context in revised:
                if context in self.summaries:
                    self._revisions[context] = self._revisions.get(context, 0) + 1
                    self._former[context] = self.summaries.pop(context)
            self._drain([context for context in revised if context not in self.summaries][::-1])

    def end(self, contexts: Iterable[Context]) -> bool:
        """Note the places that these contexts leave empty or closed, and run again what that concerns."""
        news = False
        for context in contexts:
            summary = self.summaries.get(context)
            if summary is None:
                continue
            for place in (summary.emptied.keys() - self.emptied) | (summary.closed.keys() - self.closed.keys()):
                self.changed(("ended", place))
                news = True
            self.emptied.update(summary.emptied)
            self.closed.update(summary.closed)
        if news:
            self.run(())
        return news

    def _ran(self, context: Context) -> tuple[Frame, Summary]:
        from lambda_conn_lint.link.frame import Frame

        frame = Frame(self, context)
        return frame, frame.run()

    def _drain(self, stack: list[Context]) -> None:
        from lambda_conn_lint.link.frame import Frame

        runs: dict[Context, int] = {}
        while stack:
            context = stack[-1]
            if context in self.summaries:
                stack.pop()
                continue
            self.active.add(context)
            try:
                frame, summary = run_deep(partial(self._ran, context))
            except Exception as error:  # a defect of ours costs one function, is said, and stops nothing
                self.defects.append((context.function.path, error))
                frame, summary = Frame(self, context), _EMPTY
            missing = dict.fromkeys(
                callee for callee in frame.missing if callee not in self.summaries and callee not in self.active
            )
            runs[context] = runs.get(context, 0) + 1
            if runs[context] < (_MOST_RUNS if missing else _MOST_DECISIONS) and (missing or frame.undecided):
                stack.extend(reversed(list(missing)))
                continue
            stack.pop()
            self.active.discard(context)
            self.summaries[context] = summary
            former = self._former.pop(context, None)
            if former is None:
                self.changed(context)  # those that met it while it was running
            elif summary.differs(former):
                self._revise(self._callers.get(context, ()))


_EMPTY = Summary(UNKNOWN, frozenset(), {}, {}, (), (), frozenset(), frozenset())
