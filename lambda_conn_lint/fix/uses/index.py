"""One module's facts with what a tree of values does not tell: parents, scopes, and who reads or binds each name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span

_TARGETS = frozenset(
    {
        (m.Assign, "targets"),
        (m.Annotate, "target"),
        (m.AugAssign, "target"),
        (m.For, "target"),
        (m.WithItem, "target"),
        (m.Clause, "target"),
        (m.Delete, "targets"),
    }
)


@dataclass(eq=False, slots=True)
class Scope:
    """Where names live. ``number`` is that of the function or class; ``opener`` is the node that opens it."""

    module: ModuleIndex
    kind: str  # "module", "class", "function" or "comprehension"
    parent: Scope | None = None
    number: int = -1
    opener: Occurrence | None = None
    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)

    @property
    def facts(self) -> m.FunctionFacts:
        """The facts of a scope of kind "function"."""
        return self.module.facts.functions[self.number]

    def resolve(self, name: str) -> Scope:
        """The scope in which Python looks a name up that is read or bound here."""
        scope = self
        while scope.parent is not None:
            if name in scope.globals:
                return self.module.scope
            if name in scope.bound and (scope.kind != "class" or scope is self):
                return scope
            scope = scope.parent
        return scope

    def enclosing_function(self) -> Scope | None:
        """The innermost function that this scope is, or is in."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "function":
            scope = scope.parent
        return scope


@dataclass(eq=False, slots=True)
class Occurrence:
    """One node where it stands. ``role`` is the parent's field that holds it, ``place`` its number there."""

    node: m.Node
    parent: Occurrence | None
    role: str
    place: int
    scope: Scope
    is_target: bool

    @property
    def path(self) -> str:
        return self.scope.module.path


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing that gives a variable a value.

    ``kind`` is "target", "walrus", "import", "from", "function", "class", "except", "case" or "parameter";
    ``occurrence`` is the target, the statement, or for a parameter what opens the function; ``number`` is that of the
    function, class or parameter; ``origin`` is the imported (level, module, name).
    """

    kind: str
    occurrence: Occurrence
    number: int = -1
    origin: tuple[int, str, str] = (0, "", "")


Variable = tuple[Scope, str]


class ModuleIndex:
    """The occurrences of one module, found by what they are."""

    def __init__(self, path: str, facts: m.ModuleFacts) -> None:
        self.path = path
        self.facts = facts
        self.scope = Scope(self, "module")
        self.calls: dict[Span, Occurrence] = {}
        self.attributes: dict[str, list[Occurrence]] = defaultdict(list)
        self.texts: dict[str, list[Occurrence]] = defaultdict(list)
        self.defined: dict[str, list[tuple[int, bool]]] = defaultdict(list)  # (number, is a class) by the last name
        self.functions: dict[int, Scope] = {}
        self.classes: dict[int, Scope] = {}
        self.reads: dict[Variable, list[Occurrence]] = defaultdict(list)
        self.bindings: dict[Variable, list[Binding]] = defaultdict(list)
        self.imported: dict[str, list[tuple[Variable, Binding]]] = defaultdict(list)  # by the name imported
        self._by_parent: dict[tuple[Occurrence, str], list[Occurrence]] = defaultdict(list)
        self._names: list[Occurrence] = []
        self._raw: list[tuple[Scope, str, Binding]] = []
        self._build()

    def children(self, occurrence: Occurrence, role: str) -> list[Occurrence]:
        """What stands in a node's field, in order."""
        return self._by_parent.get((occurrence, role), [])

    def child(self, occurrence: Occurrence, role: str) -> Occurrence:
        """What stands in a field that holds one node; raises IndexError if it holds none."""
        return self.children(occurrence, role)[0]

    def _build(self) -> None:
        pending = [Occurrence(statement, None, "body", 0, self.scope, False) for statement in self.facts.body]
        pending.reverse()
        while pending:
            occurrence = pending.pop()
            if occurrence.parent is not None:
                self._by_parent[occurrence.parent, occurrence.role].append(occurrence)
            self._note(occurrence)
            below = list(self._below(occurrence))
            pending.extend(reversed(below))
        for scope, name, binding in self._raw:
            variable = (scope.resolve(name), name)
            self.bindings[variable].append(binding)
            if binding.kind == "from":
                self.imported[binding.origin[2]].append((variable, binding))
        for occurrence in self._names:
            assert isinstance(occurrence.node, m.Name)
            name = occurrence.node.id
            scope = occurrence.scope.resolve(name)
            self.reads[scope, name].append(occurrence)
            if scope.kind == "class":  # until the class binds it, it is the module's
                self.reads[self.scope, name].append(occurrence)

    def _bind(self, name: str, binding: Binding, scope: Scope | None = None) -> None:
        scope = scope or binding.occurrence.scope
        if scope.kind in ("class", "module"):
            scope.bound.add(name)
        self._raw.append((scope, name, binding))

    def _note(self, occurrence: Occurrence) -> None:
        node = occurrence.node
        if isinstance(node, m.Name):
            if occurrence.is_target:
                self._bind(node.id, Binding("target", occurrence))
            else:
                self._names.append(occurrence)
        elif isinstance(node, m.Attribute):
            self.attributes[node.name].append(occurrence)
        elif isinstance(node, m.Call):
            self.calls[node.span] = occurrence
        elif isinstance(node, m.Literal):
            if isinstance(node.value, str):
                self.texts[node.value].append(occurrence)
        elif isinstance(node, m.Walrus):
            self._bind(node.target, Binding("walrus", occurrence))
        else:
            self._note_statement(occurrence)

    def _note_statement(self, occurrence: Occurrence) -> None:
        node = occurrence.node
        if isinstance(node, m.Import):
            self._bind(node.alias or node.module.partition(".")[0], Binding("import", occurrence))
        elif isinstance(node, m.ImportFrom):
            for name, bound in node.names:
                self._bind(bound, Binding("from", occurrence, origin=(node.level, node.module, name)))
        elif isinstance(node, m.Except):
            if node.name:
                self._bind(node.name, Binding("except", occurrence))
        elif isinstance(node, m.Case):
            for name in node.captures:
                self._bind(name, Binding("case", occurrence))
        elif isinstance(node, m.Declare):
            if node.kind == "global":
                occurrence.scope.globals.update(node.names)
        elif isinstance(node, m.Define):
            name = self.facts.functions[node.number].name.rpartition(".")[2]
            self.defined[name].append((node.number, False))
            self._bind(name, Binding("function", occurrence, node.number))
        elif isinstance(node, m.DefineClass):
            name = self.facts.classes[node.number].name.rpartition(".")[2]
            self.defined[name].append((node.number, True))
            self._bind(name, Binding("class", occurrence, node.number))

    def _below(self, occurrence: Occurrence) -> Iterator[Occurrence]:
        node = occurrence.node
        if isinstance(node, m.Define | m.Function):
            yield from self._function(occurrence, node.number)
        elif isinstance(node, m.DefineClass):
            yield from self._class(occurrence, node.number)
        elif isinstance(node, m.Comprehension):
            yield from self._comprehension(occurrence, node)
        elif isinstance(node, m.Mapping):
            for place, (key, value) in enumerate(node.items):
                if key is not None:
                    yield Occurrence(key, occurrence, "key", place, occurrence.scope, False)
                yield Occurrence(value, occurrence, "value", place, occurrence.scope, False)
        else:
            yield from self._plain(occurrence)

    def _plain(self, occurrence: Occurrence) -> Iterator[Occurrence]:
        node = occurrence.node
        passes_on = occurrence.is_target and isinstance(node, m.Display | m.Star)
        for role in m.fields(node):
            value = getattr(node, role)
            is_target = passes_on or (type(node), role) in _TARGETS
            if isinstance(value, m.Node):
                yield Occurrence(value, occurrence, role, 0, occurrence.scope, is_target)
            elif isinstance(value, tuple):
                yield from _each(value, occurrence, role, occurrence.scope, is_target)

    def _function(self, occurrence: Occurrence, number: int) -> Iterator[Occurrence]:
        facts = self.facts.functions[number]
        outer = occurrence.scope
        scope = Scope(self, "function", outer, number, occurrence, set(facts.bound))
        self.functions[number] = scope
        yield from _each(facts.decorators, occurrence, "decorator", outer)
        for place, parameter in enumerate(facts.parameters):
            self._bind(parameter.name, Binding("parameter", occurrence, place), scope)
            if parameter.annotation is not None:
                yield Occurrence(parameter.annotation, occurrence, "annotation", place, outer, False)
            if parameter.default is not None:
                yield Occurrence(parameter.default, occurrence, "default", place, outer, False)
        if facts.returns is not None:
            yield Occurrence(facts.returns, occurrence, "annotation", -1, outer, False)
        yield from _each(facts.body, occurrence, "body", scope)

    def _class(self, occurrence: Occurrence, number: int) -> Iterator[Occurrence]:
        facts = self.facts.classes[number]
        scope = Scope(self, "class", occurrence.scope, number, occurrence)
        self.classes[number] = scope
        yield from _each(facts.decorators, occurrence, "decorator", occurrence.scope)
        yield from _each(facts.bases, occurrence, "base", occurrence.scope)
        yield from _each(facts.body, occurrence, "body", scope)

    def _comprehension(self, occurrence: Occurrence, node: m.Comprehension) -> Iterator[Occurrence]:
        outer = occurrence.scope
        scope = Scope(self, "comprehension", outer, opener=occurrence)
        for clause in node.clauses:
            scope.bound.update(one.id for one in m.descendants(clause.target) if isinstance(one, m.Name))
        for place, clause in enumerate(node.clauses):
            inner = Occurrence(clause, occurrence, "clauses", place, scope, False)
            self._by_parent[occurrence, "clauses"].append(inner)
            yield Occurrence(clause.iterable, inner, "iterable", 0, scope if place else outer, False)
            yield Occurrence(clause.target, inner, "target", 0, scope, True)
            yield from _each(clause.conditions, inner, "conditions", scope)
        yield from _each(node.elements, occurrence, "elements", scope)


def _each(
    nodes: Iterable[object], parent: Occurrence, role: str, scope: Scope, is_target: bool = False
) -> Iterator[Occurrence]:
    for place, node in enumerate(nodes):
        if isinstance(node, m.Node):
            yield Occurrence(node, parent, role, place, scope, is_target)


def text_of(node: m.Node | None) -> str:
    """An expression roughly as it was written: names, attributes, calls and subscripts without what is in them."""
    links: list[str] = []
    while node is not None:
        if isinstance(node, m.Attribute):
            links.append("." + node.name)
            node = node.value
        elif isinstance(node, m.Call):
            links.append("()")
            node = node.function
        elif isinstance(node, m.Subscript):
            links.append("[]")
            node = node.value
        elif isinstance(node, m.Await):
            node = node.value
        else:
            links.append(node.id if isinstance(node, m.Name) else "...")
            break
    return "".join(reversed(links))
