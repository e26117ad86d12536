"""One file of a program that describes a deployment: what it calls, assigns and imports, without any values."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from lambda_conn_lint.facts import model as m

_LEAVES = frozenset({m.Name, m.Literal, m.Attribute, m.Argument})  # most nodes, and none is of interest by itself
_EXPORTS = m.Attribute(m.Name("module"), "exports")

Loops: TypeAlias = "tuple[tuple[m.Expression, m.Expression], ...]"
"""The loops around a place, from the outside in: what each binds, and what it goes over."""


class Call(NamedTuple):
    """A call, the function it stands in (-1: the module), and the loops around it."""

    node: m.Call
    function: int
    loops: Loops


class Source:
    """One file of a program."""

    def __init__(self, path: str, facts: m.ModuleFacts) -> None:
        self.path = path
        self.facts = facts
        self.calls: list[Call] = []
        self._seen: set[int] = set()  # calls in comprehensions are come to twice
        self.assigned: dict[tuple[int, str], list[m.Expression]] = {}
        self.members: dict[tuple[str, str], list[tuple[int, m.Expression]]] = {}
        self.imports: dict[str, tuple[int, str, str]] = {}  # bound name -> level, module, name in it
        self.parents: dict[int, int] = {}
        self.repeated: dict[int, m.Expression] = {}  # functions that are called with each item of a list
        self._walk(facts.body, -1, ())
        for number, function in enumerate(facts.functions):
            self._walk(function.body, number, ())
        for cls in facts.classes:
            for statement in cls.body:
                self._walk((statement,), -1, (), cls.name)

    def owner(self, number: int) -> str:
        """The class whose method a function is or stands in."""
        while number in self.parents and "." not in self.facts.functions[number].name:
            number = self.parents[number]
        return self.facts.functions[number].name.partition(".")[0] if number >= 0 else ""

    def _walk(self, body: m.Block, number: int, loops: Loops, cls: str = "") -> None:
        for statement in body:
            inner = loops
            if isinstance(statement, m.For):
                inner = (*loops, (statement.target, statement.iterable))
            self._bind(statement, number, cls)
            for field in m.fields(statement):
                value = getattr(statement, field)
                if field in ("body", "orelse", "final") and isinstance(value, tuple):
                    self._walk(value, number, inner if field == "body" else loops, cls)
                elif field == "handlers":
                    for handler in value:
                        self._walk(handler.body, number, loops, cls)
                elif isinstance(value, m.Node | tuple):
                    self._expressions(value, number, inner)

    def _bind(self, statement: m.Statement, number: int, cls: str) -> None:
        if isinstance(statement, m.ImportFrom):
            for name, bound in statement.names:
                self.imports[bound] = (statement.level, statement.module, name)
        elif isinstance(statement, m.Import):
            self.imports[statement.alias or statement.module.partition(".")[0]] = (0, statement.module, "")
        elif isinstance(statement, m.Define):
            self.parents[statement.number] = number
        pairs: list[tuple[m.Expression, m.Expression]] = []
        if isinstance(statement, m.With):
            pairs = [(item.target, item.value) for item in statement.items if item.target is not None]
        elif isinstance(statement, m.Assign):
            pairs = [(target, statement.value) for target in statement.targets]
        elif isinstance(statement, m.Annotate) and statement.value is not None:
            pairs = [(statement.target, statement.value)]
        for target, value in pairs:
            self._assign(target, value, number, cls)

    def _assign(self, target: m.Expression, value: m.Expression, number: int, cls: str) -> None:
        if isinstance(target, m.Name):
            self.assigned.setdefault((number, target.id), []).append(value)
            if cls:
                self.members.setdefault((cls, target.id), []).append((number, value))
        elif target == _EXPORTS:
            self.assigned.setdefault((number, "exports"), []).append(value)
        elif isinstance(target, m.Attribute) and isinstance(target.value, m.Name) and target.value.id == "self":
            owner = cls or self.owner(number)
            self.members.setdefault((owner, target.name), []).append((number, value))

    def _expressions(self, root: object, number: int, loops: Loops) -> None:
        for node in m.descendants(root):
            if type(node) in _LEAVES:
                continue
            if isinstance(node, m.Function):
                self.parents[node.number] = number
            if isinstance(node, m.Comprehension):
                inner = tuple((clause.target, clause.iterable) for clause in node.clauses)
                known = len(self.calls)
                self._expressions(node.elements, number, (*loops, *inner))
                if len(self.calls) > known:
                    continue
            if isinstance(node, m.Call):
                if id(node) not in self._seen:
                    self._seen.add(id(node))
                    self.calls.append(Call(node, number, loops))
                called = node.function
                if isinstance(called, m.Attribute) and called.name in ("forEach", "map") and node.arguments:
                    each = node.arguments[0].value
                    if isinstance(each, m.Function):
                        self.repeated[each.number] = called.value
