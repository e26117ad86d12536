"""Putting the signs together: which functions of the project are handlers, and how each is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from lambda_conn_lint.facts.model import FunctionFacts
from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers import origins
from lambda_conn_lint.handlers.model import Declaration, NotAHandler
from lambda_conn_lint.handlers.signature import (
    DOCUMENTED_NAMES,
    accepts_two,
    has_shape,
    is_context_like,
    is_documented,
)
from lambda_conn_lint.link import attributes, calls, expressions, imports
from lambda_conn_lint.link.analysis import MODULE_BODY, Analysis, Context
from lambda_conn_lint.link.frame import Frame
from lambda_conn_lint.link.reach import Entry, called_from_elsewhere
from lambda_conn_lint.link.values import (
    NOTHING,
    ClassObject,
    External,
    ExternalInstance,
    FunctionObject,
    Imported,
    Instance,
    Memoised,
    Module,
    Object,
    Partial,
    Phase,
    Taint,
    Value,
    join_all,
    only,
    unknown,
)
from lambda_conn_lint.project import Project, is_test
from lambda_conn_lint.screen import Screen

_SHAPE_ARGUMENTS = calls.Arguments((calls.given("event"), calls.given("context")))
_ROUTE_ARGUMENTS = calls.Arguments(rest=unknown(Taint.DEPENDENT))


class Candidate(NamedTuple):
    """Something callable that a sign points at, with what the platform hands to it.

    ``function`` is the definition that the sign stands at, if it stands at one: decorators may have wrapped it.
    """

    path: str
    name: str
    value: Value
    arguments: calls.Arguments
    platform: str
    evidence: Evidence
    function: FunctionFacts | None = None


class Signs(NamedTuple):
    """What is known before any code is looked at."""

    declarations: Sequence[Declaration]
    not_handlers: Sequence[NotAHandler]
    patterns: Sequence[str]
    decorators: frozenset[str] = frozenset()  # qualified names that make what they decorate a handler
    platforms: frozenset[str] | None = None  # the only ones that count, beside unknown ones


class Discovery:
    """Finds the entries of one project, given the modules that may hold handlers of interest."""

    def __init__(self, project: Project, screen: Screen, analysis: Analysis, signs: Signs) -> None:
        self._project = project
        self._screen = screen
        self._analysis = analysis
        self._signs = signs
        self._is_serverless = bool(signs.declarations) or screen.is_serverless
        self._adapted = any(
            one.module.partition(".")[0] in origins.ADAPTERS for found in screen.files.values() for one in found.imports
        )

    def paths(self, matters: Iterable[str], is_near: Callable[[str], bool]) -> list[str]:
        """The files among ``matters`` that may define handlers; ``is_near`` tells what imports a framework's user."""
        declared = {declaration.file for declaration in self._signs.declarations}
        return [
            path
            for path in matters
            if (
                self._screen.has_handler(path, is_named=not self._is_serverless)
                or path in declared
                or self._matching_patterns(path)
                or self._names_decorator(path)
                or is_near(path)
            )
            and not is_test(path)
            and not self._is_worker(path)
        ]

    def entries(self, paths: Sequence[str]) -> list[Entry]:
        """The entries of modules whose bodies have been run."""
        candidates = self._all_candidates(paths)
        entered = self._enter(candidates)
        merged: dict[tuple[str, int, int, str], tuple[Handler, list[Context]]] = {}
        for candidate, contexts in zip(candidates, entered, strict=True):
            handler = self._handler(candidate, contexts)
            key = (handler.filename, handler.row, handler.column, handler.name)
            if key in merged:
                before, known = merged[key]
                evidence = before.evidence + tuple(e for e in handler.evidence if e not in before.evidence)
                platform = before.platform if before.platform != "unknown" else handler.platform
                merged[key] = (before._replace(evidence=evidence, platform=platform), known + contexts)
            else:
                merged[key] = (handler, list(contexts))
        entries = [
            Entry(handler, tuple(dict.fromkeys(contexts)))
            for handler, contexts in merged.values()
            if self._signs.platforms is None or handler.platform in (*self._signs.platforms, "unknown")
        ]
        return self._without_helpers(sorted(entries, key=lambda entry: entry.handler))

    # Candidates

    def _all_candidates(self, paths: Sequence[str]) -> list[Candidate]:
        """The candidates of all modules; runs the modules that names of theirs are imported from."""
        for _ in range(_MOST_ROUNDS):
            frames = {path: self._frame(path) for path in paths if self._analysis.facts(path) is not None}
            candidates = [candidate for path, frame in frames.items() for candidate in self._candidates(path, frame)]
            missing = dict.fromkeys(context for frame in frames.values() for context in frame.missing)
            if not missing:
                break
            self._analysis.run(missing)
        return candidates

    def _candidates(self, path: str, frame: Frame) -> Iterator[Candidate]:
        facts = frame.facts
        names = self._analysis.module_names.get(path, {})
        for declaration in self._signs.declarations:
            if declaration.file == path and declaration.role == "handler":
                yield from self._declared(frame, declaration)
        for index, function in enumerate(facts.functions):
            decorators = self._analysis.decorated.get(path, {}).get(index, ())
            value = self._value_of(path, index, function, names, bool(decorators))
            if value is None or self._is_negative(path, function, decorators):
                continue
            if self._signs.decorators:
                decorators = tuple(imports.resolve(frame, decorator) for decorator in decorators)
            yield from self._decorated(path, index, function, value, decorators)
            yield from self._annotated(frame, function, value)
            if "." not in function.name and function.name != "<lambda>":
                yield from self._shaped(path, function, value)
            yield from self._matched(path, function, value)
        defined = {function.name for function in facts.functions}
        for name in sorted((DOCUMENTED_NAMES & names.keys()) - defined):
            yield from self._aliased(frame, name, names[name])
        for name, carried in self._analysis.registered.get(path, ()):
            origin = origins.entry_point(name)
            if origin is not None:
                evidence = Evidence("registration", f"handed to {name}", "certain")
                for thing in carried:
                    yield Candidate(path, name, only(thing), _ROUTE_ARGUMENTS, origin.platform, evidence)

    def _value_of(
        self, path: str, index: int, function: FunctionFacts, names: dict[str, Value], is_decorated: bool
    ) -> Value | None:
        """What the platform would find under a function's name: the function itself, or what decorators made of it."""
        owner, _, last = function.name.rpartition(".")
        if owner:
            return self._member(path, index, owner, last, is_decorated)
        bound = names.get(function.name)
        if bound is None:
            return None
        own = [thing for thing in bound.objects if isinstance(thing, FunctionObject) and thing.number == index]
        if own:
            return only(own[0])
        if is_decorated and bound.objects and not any(isinstance(thing, External) for thing in bound.objects):
            return bound
        return None

    def _member(self, path: str, index: int, owner: str, name: str, is_decorated: bool) -> Value | None:
        facts = self._analysis.facts(path)
        assert facts is not None, "the caller has them"
        for number, cls in enumerate(facts.classes):
            info = self._analysis.classes.info(ClassObject(path, number))
            if cls.name == owner and info is not None and name in info.namespace:
                receiver = Instance(ClassObject(path, number), Phase.UNKNOWN)
                methods = [t for t in info.namespace[name].objects if isinstance(t, FunctionObject | Memoised)]
                return join_all(only(attributes.bound_to(method, receiver)) for method in methods) if methods else None
        if is_decorated:
            # A function inside another one, such as a route that an application factory defines.
            return only(FunctionObject(path, index))
        return None

    def _declared(self, frame: Frame, declaration: Declaration) -> Iterator[Candidate]:
        value = imports.resolve(frame, only(Imported(Module(declaration.file, ""), declaration.attribute)))
        detail = f"{declaration.name} in {declaration.manifest}:{declaration.row}"
        evidence = Evidence(declaration.source, detail, "certain")
        yield Candidate(
            declaration.file,
            declaration.attribute,
            _callable(value),
            _SHAPE_ARGUMENTS,
            declaration.platform,
            evidence,
            next((found for found in frame.facts.functions if found.name == declaration.attribute), None),
        )

    def _shaped(self, path: str, function: FunctionFacts, value: Value) -> Iterator[Candidate]:
        if not has_shape(function):
            return
        is_named = is_documented(function.name)
        if function.is_async and not is_named:
            return
        if not is_named and not self._is_serverless:
            return
        parameters = ", ".join(parameter.name for parameter in function.parameters[:2])
        strength = "strong" if is_named else "medium"
        evidence = Evidence("signature", f"{function.name}({parameters})", strength)
        yield Candidate(path, function.name, value, _SHAPE_ARGUMENTS, "unknown", evidence, function)

    def _decorated(
        self, path: str, index: int, function: FunctionFacts, value: Value, decorators: Sequence[Value]
    ) -> Iterator[Candidate]:
        families = origins.ORIGINS + (origins.WEB_APPLICATIONS if self._adapted else ())
        for decorator in decorators:
            for thing in decorator.objects:
                if (
                    isinstance(thing, FunctionObject)
                    and self._analysis.kinds.get((thing.path, thing.number)) == "middleware"
                ):
                    evidence = Evidence("decorator", self._analysis.function(thing).name, "certain")
                    yield Candidate(path, function.name, value, _SHAPE_ARGUMENTS, "aws", evidence, function)
                name = self._qualified(thing)
                if name in self._signs.decorators:
                    evidence = Evidence("decorator", name, "certain")
                    arguments = _SHAPE_ARGUMENTS if has_shape(function) else _ROUTE_ARGUMENTS
                    yield Candidate(path, function.name, value, arguments, "unknown", evidence, function)
                if not isinstance(thing, External | ExternalInstance):
                    continue
                origin = origins.entry_point(thing.name, families)
                if origin is None:
                    continue
                evidence = Evidence("decorator", thing.name, "certain")
                arguments = _SHAPE_ARGUMENTS if has_shape(function) else _ROUTE_ARGUMENTS
                yield Candidate(path, function.name, value, arguments, origin.platform, evidence, function)
                for default in self._analysis.defaults.get((path, index), {}).values():
                    yield from self._depended_on(path, default, origin.platform)
                for carried in thing.carried if isinstance(thing, ExternalInstance) else ():
                    yield Candidate(path, function.name, only(carried), _ROUTE_ARGUMENTS, origin.platform, evidence)

    def _qualified(self, thing: Object) -> str:
        """The qualified name of a decorator, or of the function that has given it; empty where it has none."""
        if isinstance(thing, External | ExternalInstance):
            return thing.name
        if isinstance(thing, Instance):
            thing = thing.cls
        return self._analysis.declared.name_of(thing) if isinstance(thing, FunctionObject | ClassObject) else ""

    def _names_decorator(self, path: str) -> bool:
        """Whether a file speaks of a decorator that the user says makes handlers."""
        if not self._signs.decorators:
            return False
        try:
            data = self._project.read(path)
        except OSError:
            return False
        return any(name.rpartition(".")[2].encode() in data for name in self._signs.decorators)

    def _depended_on(self, path: str, default: Value, platform: str) -> Iterator[Candidate]:
        """Functions that a route has called before it, by the default of a parameter: ``Depends(get_session)``."""
        for thing in default.objects:
            if isinstance(thing, ExternalInstance) and thing.name.rpartition(".")[2] in ("Depends", "Security"):
                for carried in thing.carried:
                    evidence = Evidence("decorator", thing.name, "certain")
                    yield Candidate(path, thing.name, only(carried), _ROUTE_ARGUMENTS, platform, evidence)

    def _annotated(self, frame: Frame, function: FunctionFacts, value: Value) -> Iterator[Candidate]:
        is_method = "." in function.name
        if function.name == "main" and function.parameters:
            name = _annotation(frame, function.parameters[0].annotation)
            if name.startswith(origins.AZURE_ROOT):
                evidence = Evidence("annotation", name, "strong")
                yield Candidate(frame.path, function.name, value, _ROUTE_ARGUMENTS, "azure", evidence, function)
        parameters = function.parameters[1:] if is_method else function.parameters
        if function.name.endswith(("__init__", "<lambda>")) or not accepts_two(parameters):
            return
        first, second = parameters[:2]
        name = _annotation(frame, second.annotation)
        is_context = name.rpartition(".")[2] in origins.CONTEXT_CLASSES and name.startswith(origins.CONTEXT_ROOTS)
        if not is_context:
            name = _annotation(frame, first.annotation)
            if not name.startswith(origins.EVENT_ROOTS) or not is_context_like(second.name):
                return
        evidence = Evidence("annotation", name, "strong")
        yield Candidate(frame.path, function.name, value, _SHAPE_ARGUMENTS, "aws", evidence, function)

    def _aliased(self, frame: Frame, name: str, bound: Value) -> Iterator[Candidate]:
        """A documented name that is bound to something callable by an assignment."""
        value = _callable(imports.resolve(frame, bound))
        targets = [thing for thing in value.objects if self._takes_two(thing)]
        if targets:
            evidence = Evidence("name", name, "strong")
            yield Candidate(frame.path, name, join_all(map(only, targets)), _SHAPE_ARGUMENTS, "unknown", evidence)

    def _takes_two(self, thing: Object) -> bool:
        if isinstance(thing, FunctionObject):
            parameters = self._analysis.function(thing).parameters
            if any(parameter.kind == "*" for parameter in parameters):
                return True
            return accepts_two(parameters[1:] if thing.receiver is not None else parameters)
        if isinstance(thing, Instance):
            found = self._analysis.classes.lookup(thing.cls, "__call__")
            return found is not None and any(
                isinstance(method, FunctionObject) and accepts_two(self._analysis.function(method).parameters[1:])
                for method in found[1].objects
            )
        return isinstance(thing, Memoised | Partial)

    def _matched(self, path: str, function: FunctionFacts, value: Value) -> Iterator[Candidate]:
        for pattern in self._matching_patterns(path):
            wanted = pattern.rpartition(":")[2]
            if fnmatchcase(function.name, wanted):
                evidence = Evidence("pattern", pattern, "certain")
                yield Candidate(path, function.name, value, _SHAPE_ARGUMENTS, "unknown", evidence, function)

    def _matching_patterns(self, path: str) -> list[str]:
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return [
            pattern
            for pattern in self._signs.patterns
            if ":" not in pattern
            or fnmatchcase(dotted, pattern.partition(":")[0])
            or fnmatchcase(dotted, "*." + pattern.partition(":")[0])
        ]

    # What is no handler

    def _is_negative(self, path: str, function: FunctionFacts, decorators: Sequence[Value]) -> bool:
        file = path.rpartition("/")[2]
        if any(function.name == script.handler and file in script.files for script in self._signs.not_handlers):
            return True
        if function.name in self._analysis.deferred.get(path, ()):
            return True
        names = [t.name for d in decorators for t in d.objects if isinstance(t, External | ExternalInstance)]
        return any(origins.is_negative(name) for name in names) or any(
            origin.once and name.startswith(origin.prefix) and name.rpartition(".")[2] in origin.once
            for name in names
            for origin in origins.ORIGINS
        )

    def _is_worker(self, path: str) -> bool:
        """Whether the file belongs to Cloudflare Workers, where a socket may not outlive the request."""
        if any(one.module.partition(".")[0] == "workers" for one in self._screen.files[path].imports):
            return True
        return self._project.is_worker(path)

    def _without_helpers(self, entries: list[Entry]) -> list[Entry]:
        """Leave out functions that have the shape and no better sign, and that another handler calls."""
        helpers = called_from_elsewhere(self._analysis, entries)
        return [
            entry
            for entry in entries
            if not entry.contexts
            or not helpers.issuperset(entry.contexts)
            or any(
                evidence.strength != "medium" and evidence.kind != "annotation" for evidence in entry.handler.evidence
            )
        ]

    # Entering

    def _enter(self, candidates: Sequence[Candidate]) -> list[list[Context]]:
        """The contexts in which each candidate is entered; runs all that they lead to."""
        for _ in range(_MOST_ROUNDS):
            frames = [self._entered(candidate) for candidate in candidates]
            missing = dict.fromkeys(context for frame in frames for context in frame.missing)
            if not missing:
                break
            self._analysis.run(missing)
        return [[edge.callee for edge in frame.edges] for frame in frames] if candidates else []

    def _entered(self, candidate: Candidate) -> Frame:
        frame = self._frame(candidate.path)
        frame.phase = Phase.INVOCATION
        calls.call(frame, candidate.value, candidate.arguments, calls.HERE)
        return frame

    def _frame(self, path: str) -> Frame:
        return Frame(self._analysis, self._analysis.module_context(path))

    def _handler(self, candidate: Candidate, contexts: Sequence[Context]) -> Handler:
        facts = candidate.function
        if facts is not None:
            evidence = (candidate.evidence,)
            return Handler(candidate.path, facts.row, facts.column, facts.name, candidate.platform, evidence)
        if contexts and contexts[0].function.number != MODULE_BODY:
            function = contexts[0].function
            facts = self._analysis.function(function)
            return Handler(
                function.path, facts.row, facts.column, facts.name, candidate.platform, (candidate.evidence,)
            )
        return Handler(candidate.path, 1, 1, candidate.name, candidate.platform, (candidate.evidence,))


_MOST_ROUNDS = 10


def _annotation(frame: Frame, annotation: object) -> str:
    """The qualified name of a class that an annotation names."""
    from lambda_conn_lint.facts import model as m

    if isinstance(annotation, m.Literal) and isinstance(annotation.value, str) and annotation.value.isidentifier():
        annotation = m.Name(annotation.value)
    if isinstance(annotation, m.Name | m.Attribute):
        for thing in expressions.peek(frame, annotation).objects:
            if isinstance(thing, External):
                return thing.name
    return ""


def _callable(value: Value) -> Value:
    """The value with wrappers of libraries replaced by the functions they were given."""
    result = NOTHING
    for thing in value.objects:
        if isinstance(thing, ExternalInstance) and thing.carried:
            result = join_all((result, *map(only, thing.carried)))
        elif isinstance(thing, FunctionObject | Memoised | Partial | Instance | ClassObject):
            result = join_all((result, only(thing)))
    return result
