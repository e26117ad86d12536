"""Where an object goes: from the expression that gives it, up through what stands around it, to names and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Span
from lambda_conn_lint.fix.uses import arguments, closures, functions, targets
from lambda_conn_lint.fix.uses.classes import Classes
from lambda_conn_lint.fix.uses.held import DEEPEST, Held
from lambda_conn_lint.fix.uses.index import Occurrence, Variable, text_of
from lambda_conn_lint.fix.uses.model import Entries, Kind, Use
from lambda_conn_lint.fix.uses.project import Project

_LIMIT = 20_000  # steps; more than any real object takes


class Flow:
    """Follows one object; ``uses`` is what was found."""

    def __init__(self, project: Project, entries: Entries) -> None:
        self.project = project
        self.entries = entries
        self.uses: set[Use] = set()
        self._seen: set[tuple[object, ...]] = set()
        self._pending: deque[tuple[Occurrence, Held]] = deque()

    def once(self, *key: object) -> bool:
        """Whether this was not yet asked for."""
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def hold(self, occurrence: Occurrence, held: Held) -> None:
        """An expression gives this."""
        if len(held.route) > DEEPEST:
            self.keep(occurrence, "too many containers")
        elif self.once(occurrence, held):
            self._pending.append((occurrence, held))

    def run(self) -> None:
        """Follow until nothing is left."""
        steps = 0
        while self._pending:
            occurrence, held = self._pending.popleft()
            steps += 1
            if steps > _LIMIT:
                self.use("unknown", "too many places", occurrence)
                return
            self._follow(occurrence, held)

    def use(self, kind: Kind, name: str, at: Occurrence, span: Span | None = None) -> None:
        """Report what happens to the object at a place."""
        if span is None and isinstance(at.node, m.Call):
            span = at.node.span
        around = at.scope.enclosing_function()
        function = "" if around is None else around.facts.name
        self.uses.add(Use(kind, name, at.path, span, function, text_of(at.node)))

    def keep(self, at: Occurrence, name: str) -> None:
        self.use("kept", name, at)

    def _follow(self, occurrence: Occurrence, held: Held) -> None:
        parent = occurrence.parent
        if held.derived:
            self.derived(occurrence, held)
        elif parent is None:
            self.use("unknown", "module", occurrence)
        elif parent.node.__class__ in _NAMED and occurrence.role == "value":
            self._named(occurrence, held)
        else:
            follow = _PARENTS.get(type(parent.node))
            if follow is None:
                self.use("unknown", type(parent.node).__name__.lower(), occurrence)
            else:
                follow(self, occurrence, parent, held)

    # Names read from the object

    def _named(self, occurrence: Occurrence, held: Held) -> None:
        parent = occurrence.parent
        assert parent is not None
        if not held.route:
            self.derived(occurrence, held)
        elif isinstance(parent.node, m.Subscript) and held.is_in("item") and not parent.is_target:
            key = parent.node.key
            if not isinstance(key, m.Literal) or key.value == held.route[0][1]:
                self.hold(parent, held.taken())
        elif isinstance(parent.node, m.Subscript) and held.is_in("iterated") and not parent.is_target:
            self.hold(parent, held.taken())
        elif not parent.is_target:
            self.keep(occurrence, text_of(parent.node))

    def derived(self, occurrence: Occurrence, held: Held) -> None:
        """A chain of names read from the object (or from something read from it): what happens at its end."""
        names, top = list(held.derived), occurrence
        while (above := _one_name_up(top)) is not None:
            name, top = above
            names.append(name)
        name, parent = ".".join(names), top.parent
        if top.is_target:
            if top is not occurrence:
                self.use("write", name, occurrence)
            return
        if parent is not None and isinstance(parent.node, m.Call) and top.role == "function":
            self.use("method", name or "__call__", occurrence, parent.node.span)
            return
        if top.role == "decorator":
            self.use("method", name, occurrence)
            return
        arguments.derived_argument(self, top)
        if top is occurrence:
            return
        self.use("read", name, occurrence)
        if not held.derived:
            targets.bind_derived(self, top, Held((), tuple(names)))

    # What stands around it

    def _call(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.Call)
        if held.route:
            self.keep(occurrence, f"{text_of(occurrence.node)}()")
        else:
            self.use("method", "__call__", occurrence, parent.node.span)

    def _argument(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        arguments.follow_argument(self, occurrence, parent, held)

    def _await(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if held.is_in("awaited"):
            self.hold(parent, held.taken())
        elif held.route:
            self.keep(occurrence, "await")
        else:
            self.use("awaited", "", occurrence)
            self.hold(parent, held)

    def _yield(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        functions.yielded(self, occurrence, parent, held)

    def _return(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        functions.returned(self, occurrence, held)

    def _display(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.Display)
        before = parent.node.items[: occurrence.place]
        if parent.node.kind == "set" or any(isinstance(item, m.Star) for item in before):
            self.hold(parent, held.inside("iterated"))
        else:
            self.hold(parent, held.inside("item", occurrence.place))

    def _mapping(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.Mapping)
        key = parent.node.items[occurrence.place][0]
        if occurrence.role == "value" and isinstance(key, m.Literal):
            self.hold(parent, held.inside("item", key.value))
        elif occurrence.role == "value" and key is None and held.is_in("item"):
            self.hold(parent, held)
        else:
            self.keep(occurrence, "dict")

    def _star(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        display = parent.parent
        if held.is_in("item", "iterated") and display is not None:
            self.hold(display, held.taken().inside("iterated"))
        else:
            self.use("unknown", "*", occurrence)

    def _test(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        self.use("tested", "", occurrence)

    def _choice(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if occurrence.role in ("test", "left"):
            self.use("tested", "", occurrence)
        if occurrence.role != "test":
            self.hold(parent, held)

    def _subscript_key(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if parent.is_target:
            self.keep(occurrence, text_of(parent.node))
        else:
            self.use("tested", "", occurrence)

    def _element(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        self.hold(parent, held.inside("iterated"))

    def _iterable(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if occurrence.role != "iterable":
            self.use("tested", "", occurrence)
        elif not held.route:
            self.use("method", "__iter__", occurrence)
        elif held.is_in("item", "iterated"):
            targets.assign(self, parent, "target", held.taken())
        else:
            self.keep(occurrence, "iteration")

    def _walrus(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.Walrus)
        name = parent.node.target
        self.variable((parent.scope.resolve(name), name), held, occurrence)
        self.hold(parent, held)

    def _opaque(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if arguments.is_printed(self, parent):
            self.use("printed", "", occurrence)
        else:
            self.use("unknown", "expression", occurrence)

    def _assign(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if occurrence.role == "annotation":
            self.use("unknown", "annotation", occurrence)
            return
        targets.assign(self, parent, "targets" if isinstance(parent.node, m.Assign) else "target", held)

    def _augment(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.AugAssign)
        self.keep(occurrence, text_of(parent.node.target))

    def _with(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        if held.is_in("entered"):
            targets.assign(self, parent, "target", held.taken())
        elif held.route:
            self.keep(occurrence, "with")
        else:
            self.use("entered", "with", occurrence)
            targets.assign(self, parent, "target", held)

    def _match(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        assert isinstance(parent.node, m.Match)
        self.use("tested", "", occurrence)
        for case in parent.node.cases:
            for name in case.captures:
                if held.route:
                    self.keep(occurrence, name)
                else:
                    self.variable((occurrence.scope.resolve(name), name), held, occurrence)

    def _nothing(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        """The object is dropped there."""

    def _raise(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        self.use("raised", "", occurrence)

    def _definition(self, occurrence: Occurrence, parent: Occurrence, held: Held) -> None:
        functions.around_definition(self, occurrence, parent, held)

    # Names

    def variable(self, variable: Variable, held: Held, at: Occurrence) -> None:
        """A variable is given this at a place: follow what reads it."""
        if self.once(variable, held):
            closures.read_variable(self, variable, held, at)

    def attribute(self, name: str, held: Held, owners: Classes | None) -> None:
        """An attribute of an instance of some classes is given this (None: of anything): follow what reads it."""
        if self.once("attribute", name, held, owners):
            targets.read_attribute(self, name, held, owners)


def _one_name_up(occurrence: Occurrence) -> tuple[str, Occurrence] | None:
    """The name that is read from what stands here, and the expression that reads it."""
    parent = occurrence.parent
    if parent is None:
        return None
    if occurrence.role == "value" and isinstance(parent.node, m.Attribute):
        return parent.node.name, parent
    if occurrence.role == "value" and isinstance(parent.node, m.Subscript):
        return "[]", parent
    return arguments.read_by_text(occurrence)


_NAMED = (m.Attribute, m.Subscript)
_PARENTS: dict[type[m.Node], Callable[[Flow, Occurrence, Any, Held], None]] = {
    m.Call: Flow._call,
    m.Argument: Flow._argument,
    m.Await: Flow._await,
    m.Yield: Flow._yield,
    m.Return: Flow._return,
    m.Display: Flow._display,
    m.Mapping: Flow._mapping,
    m.Star: Flow._star,
    m.Not: Flow._test,
    m.Compare: Flow._test,
    m.If: Flow._test,
    m.While: Flow._test,
    m.Conditional: Flow._choice,
    m.Boolean: Flow._choice,
    m.Subscript: Flow._subscript_key,
    m.Comprehension: Flow._element,
    m.Clause: Flow._iterable,
    m.For: Flow._iterable,
    m.Walrus: Flow._walrus,
    m.Opaque: Flow._opaque,
    m.Assign: Flow._assign,
    m.Annotate: Flow._assign,
    m.AugAssign: Flow._augment,
    m.WithItem: Flow._with,
    m.Match: Flow._match,
    m.Case: Flow._test,
    m.Evaluate: Flow._nothing,
    m.Raise: Flow._raise,
    m.Define: Flow._definition,
    m.Function: Flow._definition,
    m.DefineClass: Flow._definition,
}
