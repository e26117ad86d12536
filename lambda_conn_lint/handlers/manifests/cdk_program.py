"""Programs that describe a deployment with the CDK: what their expressions come to, and which constructs they make.

Paths that start from the program's own file or from its working directory are written with a slash in front and are
relative to the project; other texts stay as they are.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk_calls import call
from lambda_conn_lint.handlers.manifests.cdk_source import Call, Loops, Source
from lambda_conn_lint.handlers.manifests.cdk_values import Dotted
from lambda_conn_lint.handlers.manifests.evaluate import (
    SPREAD,
    UNKNOWN,
    Scope,
    Value,
    bindings,
    evaluate,
    text,
)

_MAX_CONTEXTS = 200  # ways in which one function is called
_MAX_DEPTH = 4  # functions that hand their parameters on

Facts = Callable[[str], "m.ModuleFacts | None"]
Mentions = Callable[[str, str], bool]


class Construct(NamedTuple):
    """A call that makes something, in one of the ways in which the program comes to it."""

    kind: str  # the last part of the callee's name
    arguments: dict[str, Value]
    name: str  # its id, if that is known
    path: str
    row: int


class Program:
    """The files of one program. ``folder`` is where it runs; ``facts`` gives those of any file of the project.

    ``mentions`` tells whether a file has a word in it: only those that may call what is asked about are parsed.
    """

    def __init__(self, folder: str, paths: Sequence[str], facts: Facts, mentions: Mentions) -> None:
        self.folder = folder
        self._facts = facts
        self._is_python = any(path.endswith(".py") for path in paths)
        self._known = frozenset(paths)
        self._sources: dict[str, Source | None] = {}
        self._paths = paths
        self._mentions = mentions
        self._called: dict[str, list[tuple[Source, Call]]] = {}

    def calls_of(self, name: str) -> list[tuple[Source, Call]]:
        """The calls in the program of anything with this name."""
        if name not in self._called:
            sources = filter(None, (self.source(path) for path in self._paths if self._mentions(path, name)))
            found = [(source, call) for source in sources for call in source.calls if _last(call.node.function) == name]
            self._called[name] = found
        return self._called[name]

    def source(self, path: str) -> Source | None:
        """A file of the program, or one that it imports."""
        if path not in self._sources:
            facts = self._facts(path)
            self._sources[path] = None if facts is None else Source(path, facts)
        return self._sources[path]

    def constructs(self, path: str, kinds: Mapping[str, object]) -> Iterator[Construct]:
        """The constructs of these kinds that a file makes, also by calling the constructor of its base class."""
        source = self.source(path)
        if source is None:
            return
        for made in source.calls:
            kind = self._kind(source, made, kinds)
            if kind not in kinds:
                continue
            for names in self._contexts(source, made.function, made.loops, 0):
                arguments, name = _arguments(made.node, Place(self, source, made.function, names))
                yield Construct(kind, arguments, name, path, made.node.span.row)

    def _kind(self, source: Source, call: Call, kinds: Mapping[str, object]) -> str:
        name = _last(call.node.function)
        if name == "super" or (name == "__init__" and isinstance(call.node.function, m.Attribute)):
            owner = source.owner(call.function)
            bases = (cls.bases for cls in source.facts.classes if cls.name == owner)
            return next((_last(base.value) for found in bases for base in found), "")
        imported = source.imports.get(name)
        return imported[2] if imported is not None and imported[2] in kinds else name

    def _contexts(self, source: Source, function: int, loops: Loops, depth: int) -> Iterator[dict[str, Value]]:
        """The names that parameters and loops bind, for each way to come to a place in a function."""
        count = 0
        for outer in self._calls_of(source, function, depth):
            rounds = [
                bindings(target, evaluate(iterable, Place(self, source, function, outer))) or [{}]
                for target, iterable in loops
            ]
            for chosen in product(*rounds):
                count += 1
                if count > _MAX_CONTEXTS:
                    return
                yield {**outer, **{name: value for one in chosen for name, value in one.items()}}

    def _calls_of(self, source: Source, function: int, depth: int) -> list[dict[str, Value]]:
        if function < 0:
            return [{}]
        facts = source.facts.functions[function]
        parent = source.parents.get(function, -1)
        owner, _, name = facts.name.rpartition(".")
        called = self.calls_of(owner if name == "__init__" else name) if depth < _MAX_DEPTH else []
        if function in source.repeated or name == "<lambda>" or (parent >= 0 and not called):
            outers = list(self._contexts(source, parent, (), depth + 1)) if depth < _MAX_DEPTH else [{}]
            if function not in source.repeated or not facts.parameters:
                return outers
            target = m.Name(facts.parameters[0].name)
            found = []
            for outer in outers:
                values = evaluate(source.repeated[function], Place(self, source, parent, outer))
                found += [{**outer, **one} for one in bindings(target, values) or [{}]]
            return found
        ways = [
            _bound(facts, one.node, Place(self, caller, one.function, names), Place(self, source, -1, {}))
            for caller, one in called[:_MAX_CONTEXTS]
            for names in self._contexts(caller, one.function, one.loops, depth + 1)
        ]
        unique: list[dict[str, Value]] = []
        for way in ways:
            if way not in unique:
                unique.append(way)
        return unique or [_defaults(facts, Place(self, source, -1, {}))]

    def imported(self, source: Source, bound: str) -> Value:
        """What an imported name stands for: a value of the project, or the name of a library's thing."""
        level, module, name = source.imports[bound]
        path = self._module(source.path, level, module)
        if path is None and name:
            inner = self._module(source.path, level, f"{module}.{name}")
            if inner is not None:
                return _ModuleOf(self, inner)
        if path is None:
            return Dotted(f"{module}.{name}".strip(".") if name else module)
        if not name:
            return _ModuleOf(self, path)
        return self.value_in(path, name)

    def exported(self, path: str) -> Value:
        """What ``module.exports`` of a file is set to."""
        source = self.source(path)
        if source is None:
            return UNKNOWN
        found = source.assigned.get((-1, "exports"), [])
        return evaluate(found[-1], Place(self, source, -1, {})) if found else UNKNOWN

    def value_in(self, path: str, name: str) -> Value:
        """What a name of a module of the project stands for."""
        source = self.source(path)
        return UNKNOWN if source is None else Place(self, source, -1, {}).name(name, 0)

    def _module(self, path: str, level: int, module: str) -> str | None:
        folder = path.rpartition("/")[0]
        if module.startswith("."):  # a path, as TypeScript has it
            base = posixpath.normpath(posixpath.join(folder, module.removesuffix(".js")))
            ends = (".ts", ".js", "/index.ts", "/index.js")
            return next((base + end for end in ends if base + end in self._known), None)
        if not self._is_python:
            return None
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        tail = module.replace(".", "/")
        if not tail:
            return None
        for base in (folder,) if level else dict.fromkeys((self.folder, folder)):
            whole = f"{base}/{tail}" if base else tail
            for candidate in (f"{whole}.py", f"{whole}/__init__.py"):
                if self._facts(candidate) is not None:
                    return candidate
        return None


class _ModuleOf(NamedTuple):
    """A module of the project."""

    program: Program
    path: str

    def member(self, name: str) -> Value:
        return self.program.value_in(self.path, name)


class Place:
    """A place in a function of a program, with what its parameters and the loops around it are bound to."""

    def __init__(self, program: Program, source: Source, function: int, names: Mapping[str, Value]) -> None:
        self.program = program
        self.source = source
        self.function = function
        self.names = names

    def name(self, name: str, depth: int) -> Value:
        """What a bare name stands for."""
        if name in self.names:
            return self.names[name]
        own = "/" + self.source.path
        if name == "__file__" or name == "__filename":
            return own
        if name == "__dirname":
            return posixpath.dirname(own)
        if name == "import.meta":
            return {"url": own, "filename": own, "dirname": posixpath.dirname(own)}
        if name == "self":
            return _Self(self)
        function = self.function
        while True:
            nodes = self.source.assigned.get((function, name), ())
            if nodes:
                there = Place(self.program, self.source, function, self.names)
                values = [evaluate(node, there, depth) for node in nodes]
                return values[0] if all(value == values[0] for value in values) else UNKNOWN
            if function < 0:
                break
            function = self.source.parents.get(function, -1)
        if name in self.source.imports:
            return self.program.imported(self.source, name)
        return Dotted(name)

    def call(self, node: m.Call, depth: int) -> Value:
        """What a call gives."""
        return call(node, self, self.program.folder, depth)

    def attribute(self, value: Value, name: str) -> Value:
        """Parts of paths; what an object that is written out does not have is nothing."""
        if isinstance(value, dict):
            return UNKNOWN if SPREAD in value else None
        if isinstance(value, str) and name == "parent":
            return posixpath.dirname(value.rstrip("/")) or "."
        if isinstance(value, str) and name == "parents":
            found: list[Value] = []
            while value not in ("", "/"):
                value = posixpath.dirname(value)
                found.append(value)
            return found
        if isinstance(value, str) and name in ("name", "stem"):
            base = posixpath.basename(value)
            return base if name == "name" else base.rpartition(".")[0] or base
        return UNKNOWN

    def within(self, names: Mapping[str, Value]) -> Scope:
        """The same place with names bound by a comprehension."""
        return Place(self.program, self.source, self.function, {**self.names, **names})

    def returned(self, name: str, node: m.Call, depth: int) -> Value:
        """What a function of this file gives back, if that is the same wherever it is known."""
        if depth > 20:
            return UNKNOWN
        for number, facts in enumerate(self.source.facts.functions):
            if facts.name.rpartition(".")[2] == name:
                names = _bound(facts, node, self, Place(self.program, self.source, -1, {}))
                there = Place(self.program, self.source, number, names)
                returns = [one for one in m.descendants(facts.body) if isinstance(one, m.Return)]
                known = [value for one in returns if (value := evaluate(one.value, there, depth + 1)) is not UNKNOWN]
                return known[0] if known and all(value == known[0] for value in known) else UNKNOWN
        return UNKNOWN


class _Self(NamedTuple):
    """The object whose method a place is in."""

    place: Place

    def member(self, name: str) -> Value:
        place = self.place
        owner = place.source.owner(place.function)
        found = place.source.members.get((owner, name), [])
        if len(found) != 1:
            return UNKNOWN
        function, node = found[0]
        names = place.names if function == place.function else _first(place, function)
        return evaluate(node, Place(place.program, place.source, function, names), 20)


def _first(place: Place, function: int) -> Mapping[str, Value]:
    if function < 0:
        return {}
    ways = place.program._calls_of(place.source, function, _MAX_DEPTH - 1)
    return ways[0] if len(ways) == 1 else {}


def _last(node: m.Expression) -> str:
    return node.name if isinstance(node, m.Attribute) else node.id if isinstance(node, m.Name) else ""


def _defaults(facts: m.FunctionFacts, home: Place) -> dict[str, Value]:
    named = [one for one in facts.parameters if one.name]
    return {one.name: UNKNOWN if one.default is None else evaluate(one.default, home) for one in named}


def _bound(facts: m.FunctionFacts, node: m.Call, place: Place, home: Place) -> dict[str, Value]:
    """What a call binds a function's parameters to."""
    names = _defaults(facts, home)
    parameters = [one for one in facts.parameters if one.kind in ("", "/")]
    if parameters and parameters[0].name in ("self", "cls"):
        del names[parameters[0].name]
        parameters = parameters[1:]
    positional = [one for one in node.arguments if not one.keyword and not one.star]
    for parameter, argument in zip(parameters, positional, strict=False):
        names[parameter.name] = evaluate(argument.value, place)
    for argument in node.arguments:
        if argument.keyword in names:
            names[argument.keyword] = evaluate(argument.value, place)
    return names


def _arguments(node: m.Call, place: Place) -> tuple[dict[str, Value], str]:
    """The keyword arguments of a call, or the properties of the object that is its last argument, and its id."""
    found: dict[str, Value] = {}
    for argument in node.arguments:
        if argument.keyword:
            found[argument.keyword] = evaluate(argument.value, place)
        elif argument.star == "**":
            value = evaluate(argument.value, place)
            found.update(value if isinstance(value, dict) else {})
    plain = [one.value for one in node.arguments if not one.keyword and not one.star]
    if len(plain) > 2:
        value = evaluate(plain[2], place)
        found.update(value if isinstance(value, dict) else {})
    name = text(evaluate(plain[1], place)) if len(plain) > 1 else text(found.get("id", UNKNOWN))
    return found, name or ""
