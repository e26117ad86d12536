"""The classes of the project: bases, namespaces, and where an attribute is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link.values import ClassObject, External, FunctionObject, Memoised, Place, Value, ordered

if TYPE_CHECKING:
    from lambda_conn_lint.link.analysis import Analysis


class ClassInfo(NamedTuple):
    """A class whose statement has been run: what it inherits from, and what its body has bound."""

    bases: tuple[Value, ...]
    metaclass: Value | None
    namespace: dict[str, Value]
    is_dataclass: bool
    own_attributes: frozenset[str]  # names that its methods assign through ``self``
    fields: tuple[tuple[str, Value | None], ...] = ()  # of a data class, each with what makes its default


class Classes:
    """All classes seen so far, by module path and index."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._infos: dict[tuple[str, int], ClassInfo] = {}
        self._orders: dict[ClassObject, list[ClassObject | External]] = {}

    def define(self, cls: ClassObject, info: ClassInfo) -> None:
        self._infos[cls.path, cls.number] = info
        self._orders.clear()

    def info(self, cls: ClassObject) -> ClassInfo | None:
        return self._infos.get((cls.path, cls.number))

    def order(self, cls: ClassObject) -> list[ClassObject | External]:
        """The method resolution order: a class before its bases, a shared base after all that inherit from it."""
        known = self._orders.get(cls)
        if known is not None:
            return known
        self._orders[cls] = [cls]  # of a class that inherits from itself, which Python does not allow either
        behind: list[ClassObject | External] = []
        info = self.info(cls)
        for base in info.bases if info is not None else ():
            for thing in ordered(base.objects):
                if isinstance(thing, ClassObject):
                    behind.extend(self.order(thing))
                elif isinstance(thing, External):
                    behind.append(thing)
        # Of several mentions the last one counts.
        found = [cls, *list(dict.fromkeys(reversed(behind)))[::-1]]
        self._orders[cls] = found
        return found

    def lookup(
        self, cls: ClassObject, name: str, after: tuple[str, int] | None = None
    ) -> tuple[ClassObject, Value] | None:
        """The class that defines an attribute, and its value; ``after`` starts behind a class, as ``super()`` does."""
        skipping = after is not None
        for current in self.order(cls):
            if not isinstance(current, ClassObject):
                continue
            if skipping:
                skipping = (current.path, current.number) != after
                continue
            info = self.info(current)
            if info is not None and name in info.namespace:
                return current, info.namespace[name]
        return None

    def assigns(self, cls: ClassObject, name: str) -> bool:
        """Whether a method of the class or of an ancestor assigns ``self.name``."""
        return any(
            info is not None and name in info.own_attributes
            for current in self.order(cls)
            if isinstance(current, ClassObject)
            for info in (self.info(current),)
        )

    def metaclass(self, cls: ClassObject) -> Value | None:
        for current in self.order(cls):
            info = self.info(current) if isinstance(current, ClassObject) else None
            if info is not None and info.metaclass is not None:
                return info.metaclass
        return None

    def externals(self, cls: ClassObject) -> Iterator[str]:
        """Qualified names of the library classes it inherits from."""
        for current in self.order(cls):
            if isinstance(current, External):
                yield current.name

    def place(self, cls: ClassObject, name: str) -> Place:
        """Where a class attribute is kept: with the ancestor that declares it, or with the class itself."""
        found = self.lookup(cls, name)
        owner = cls if found is None else found[0]
        return Place("attribute", (owner.path, owner.number), name, cls.life)

    def kind(self, function: FunctionObject | Memoised) -> str:
        """``property``, ``classmethod``, ``staticmethod`` or nothing, for a function in a class body."""
        inner = function.function if isinstance(function, Memoised) else function
        if isinstance(inner, FunctionObject):
            return self._analysis.kinds.get((inner.path, inner.number), "")
        return ""


def assigned_through_self(facts: m.ModuleFacts, body: m.Block) -> frozenset[str]:
    """Names that the methods of a class body assign as attributes of their first parameter."""
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, m.Define):
            function = facts.functions[statement.number]
            if function.parameters and not _is_class_level(function):
                _collect(function.body, function.parameters[0].name, found)
    return frozenset(found)


def _is_class_level(function: m.FunctionFacts) -> bool:
    return function.parameters[0].name in ("cls", "mcs", "klass") or m.Name("classmethod") in function.decorators


def _collect(body: m.Block, self_name: str, found: set[str]) -> None:
    for node in m.descendants(body):
        targets: tuple[m.Expression, ...] = ()
        if isinstance(node, m.Assign):
            targets = node.targets
        elif isinstance(node, m.Annotate | m.AugAssign):
            targets = (node.target,)
        for target in targets:
            for one in target.items if isinstance(target, m.Display) else (target,):
                if isinstance(one, m.Attribute) and one.value == m.Name(self_name):
                    found.add(one.name)
