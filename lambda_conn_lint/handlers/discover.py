"""Putting the signs together: which functions of the project are handlers, and how each is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from lambda_conn_lint.facts.model import FunctionFacts
from lambda_conn_lint.findings import Evidence, Handler
from lambda_conn_lint.handlers import origins
from lambda_conn_lint.handlers.candidate import ANYTHING, EVENT_AND_CONTEXT, Candidate, callables
from lambda_conn_lint.handlers.entry_files import EntryFiles
from lambda_conn_lint.handlers.handed import HandedOver
from lambda_conn_lint.handlers.model import Declaration, LeftOut
from lambda_conn_lint.handlers.signature import (
    DOCUMENTED_NAMES,
    accepts_two,
    has_shape,
    is_context_like,
    is_documented,
)
from lambda_conn_lint.handlers.signs import Signs
from lambda_conn_lint.handlers.strength import left_out
from lambda_conn_lint.handlers.web_applications import WebApplications
from lambda_conn_lint.link import attributes, calls, expressions, imports
from lambda_conn_lint.link.analysis import MODULE_BODY, Analysis
from lambda_conn_lint.link.contexts import Context
from lambda_conn_lint.link.frame import Frame
from lambda_conn_lint.link.known import LIFE_SPAN
from lambda_conn_lint.link.reach import Entry, called_from_elsewhere
from lambda_conn_lint.link.values import (
    UNKNOWN,
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
    Value,
    join_all,
    only,
)
from lambda_conn_lint.traits import UNDECLARED


class Discovery:
    """Finds the entries of one project, given the modules that may hold handlers of interest."""

    def __init__(self, analysis: Analysis, signs: Signs, web: WebApplications, files: EntryFiles) -> None:
        self._analysis = analysis
        self._signs = signs
        self._web = web
        self._files = files
        self.left_out: list[LeftOut] = []
        self._handed = HandedOver(analysis, web)

    def entries(self, paths: Sequence[str]) -> list[Entry]:
        """The entries of modules whose bodies have been run."""
        candidates, entered = self._entered_candidates(paths)
        merged: dict[tuple[str, int, int, str], tuple[Handler, list[Context]]] = {}
        for candidate, contexts in zip(candidates, entered, strict=True):
            handler = self._handler(candidate, contexts)
            key = (handler.filename, handler.row, handler.column, handler.name)
            if key in merged:
                before, known = merged[key]
                evidence = before.evidence + tuple(e for e in handler.evidence if e not in before.evidence)
                platform = before.platform if before.platform != "unknown" else handler.platform
                traits = _joined(before.traits, handler.traits)
                both = before._replace(evidence=evidence, platform=platform, traits=traits)
                merged[key] = (both, known + contexts)
            else:
                merged[key] = (handler, list(contexts))
        entries = [
            Entry(handler, tuple(dict.fromkeys(contexts)))
            for handler, contexts in merged.values()
            if self._signs.platforms is None or handler.platform in (*self._signs.platforms, "unknown")
        ]
        return self._without_helpers(self._trusted(sorted(entries, key=lambda entry: entry.handler)))

    def _trusted(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries that count; the others are noted in ``left_out``."""
        trusted: list[Entry] = []
        self.left_out = []
        for entry in entries:
            without = left_out(entry.handler, self._signs.mode, self._signs.accounted)
            if without is None:
                trusted.append(entry)
            else:
                self.left_out.append(without)
        return trusted

    # Candidates

    def _entered_candidates(self, paths: Sequence[str]) -> tuple[list[Candidate], list[list[Context]]]:
        """The candidates and the contexts in which each is entered: handlers, too, may set an application up."""
        for _ in range(_MOST_ROUNDS):
            candidates = self._all_candidates(paths)
            handed = self._number_handed()
            entered = self._enter(candidates)
            if self._number_handed() == handed:
                break
        return candidates, entered

    def _number_handed(self) -> int:
        return sum(map(len, self._analysis.handed.values()))

    def _all_candidates(self, paths: Sequence[str]) -> list[Candidate]:
        """The candidates of all modules; runs the modules that names of theirs are imported from."""
        for _ in range(_MOST_ROUNDS):
            run = (path for path in self._analysis.handed if path not in paths and self._files.may_hold(path))
            frames = {path: self._frame(path) for path in (*paths, *run) if self._analysis.facts(path) is not None}
            candidates = [candidate for path, frame in frames.items() for candidate in self._candidates(path, frame)]
            missing = dict.fromkeys(context for frame in frames.values() for context in frame.missing)
            if not missing:
                break
            self._analysis.run(missing)
        return candidates

    def _candidates(self, path: str, frame: Frame) -> Iterator[Candidate]:
        facts = frame.facts
        names = self._analysis.module_names.get(path, {})
        for declaration in self._files.declared_in(path):
            if declaration.role == "handler":
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
        yield from self._handed.candidates(frame)

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
        evidence = Evidence(declaration.source, detail, "strong" if declaration.is_guessed else "certain")
        yield Candidate(
            declaration.file,
            declaration.attribute,
            callables(value),
            EVENT_AND_CONTEXT,
            declaration.platform,
            evidence,
            next((found for found in frame.facts.functions if found.name == declaration.attribute), None),
            traits=tuple(sorted(declaration.traits)),
        )

    def _shaped(self, path: str, function: FunctionFacts, value: Value) -> Iterator[Candidate]:
        if not has_shape(function):
            return
        is_named = is_documented(function.name)
        if function.is_async and not is_named:
            return
        if not is_named and not self._files.is_serverless:
            return
        parameters = ", ".join(parameter.name for parameter in function.parameters[:2])
        strength = "strong" if is_named else "medium"
        evidence = Evidence("signature", f"{function.name}({parameters})", strength)
        yield Candidate(path, function.name, value, EVENT_AND_CONTEXT, "unknown", evidence, function)

    def _decorated(
        self, path: str, index: int, function: FunctionFacts, value: Value, decorators: Sequence[Value]
    ) -> Iterator[Candidate]:
        server = self._web.served.get(path)
        families = origins.ORIGINS + (origins.WEB_APPLICATIONS if server else ())
        for decorator in decorators:
            for thing in decorator.objects:
                if (
                    isinstance(thing, FunctionObject)
                    and self._analysis.kinds.get((thing.path, thing.number)) == "middleware"
                ):
                    evidence = Evidence("decorator", self._analysis.function(thing).name, "certain")
                    yield Candidate(path, function.name, value, EVENT_AND_CONTEXT, "aws", evidence, function)
                name = self._qualified(thing)
                if name in self._signs.decorators:
                    evidence = Evidence("decorator", name, "certain")
                    arguments = EVENT_AND_CONTEXT if has_shape(function) else ANYTHING
                    yield Candidate(path, function.name, value, arguments, "unknown", evidence, function)
                if not isinstance(thing, External | ExternalInstance):
                    continue
                origin = origins.entry_point(thing.name, families)
                if origin is None or self._never_starts(path, thing.name):
                    continue
                evidence = Evidence("decorator", thing.name, "certain")
                arguments = EVENT_AND_CONTEXT if has_shape(function) else ANYTHING
                called_by = server.platform if server and origin in origins.WEB_APPLICATIONS else origin.platform
                yield Candidate(path, function.name, value, arguments, called_by, evidence, function)
                for carried in thing.carried if isinstance(thing, ExternalInstance) else ():
                    yield Candidate(path, function.name, only(carried), ANYTHING, called_by, evidence)

    def _qualified(self, thing: Object) -> str:
        """The qualified name of a decorator, or of the function that has given it; empty where it has none."""
        if isinstance(thing, External | ExternalInstance):
            return thing.name
        if isinstance(thing, Instance):
            thing = thing.cls
        return self._analysis.declared.name_of(thing) if isinstance(thing, FunctionObject | ClassObject) else ""

    def _annotated(self, frame: Frame, function: FunctionFacts, value: Value) -> Iterator[Candidate]:
        is_method = "." in function.name
        if function.name == "main" and function.parameters:
            name = _annotation(frame, function.parameters[0].annotation)
            if name.startswith(origins.AZURE_ROOT):
                evidence = Evidence("annotation", name, "strong")
                yield Candidate(frame.path, function.name, value, ANYTHING, "azure", evidence, function)
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
        yield Candidate(frame.path, function.name, value, EVENT_AND_CONTEXT, "aws", evidence, function)

    def _aliased(self, frame: Frame, name: str, bound: Value) -> Iterator[Candidate]:
        """A documented name that is bound to something callable by an assignment."""
        value = callables(imports.resolve(frame, bound))
        targets = [thing for thing in value.objects if self._takes_two(thing)]
        if targets:
            evidence = Evidence("name", name, "strong")
            yield Candidate(frame.path, name, join_all(map(only, targets)), EVENT_AND_CONTEXT, "unknown", evidence)

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
        for pattern in self._files.matching_patterns(path):
            wanted = pattern.rpartition(":")[2]
            if fnmatchcase(function.name, wanted):
                evidence = Evidence("pattern", pattern, "certain")
                yield Candidate(path, function.name, value, EVENT_AND_CONTEXT, "unknown", evidence, function)

    # What is no handler

    def _never_starts(self, path: str, name: str) -> bool:
        """Whether a decorator is for the start of an application that no adapter starts."""
        return name.rpartition(".")[2] in LIFE_SPAN and not self._handed.runs_life_span(path)

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
        value = candidate.value
        if candidate.member or candidate.life is Phase.PROCESS:
            frame.phase = candidate.life
            given = ANYTHING if candidate.life is Phase.INVOCATION else calls.Arguments(rest=UNKNOWN)
            value = calls.call(frame, value, given, calls.HERE)
            if candidate.member:
                value = attributes.attribute(frame, value, candidate.member)
        frame.phase = Phase.INVOCATION
        calls.call(frame, value, candidate.arguments, calls.HERE)
        return frame

    def _frame(self, path: str) -> Frame:
        return Frame(self._analysis, self._analysis.module_context(path))

    def _handler(self, candidate: Candidate, contexts: Sequence[Context]) -> Handler:
        path, facts = candidate.path, candidate.function
        if facts is None and contexts and contexts[0].function.number != MODULE_BODY:
            path = contexts[0].function.path
            facts = self._analysis.function(contexts[0].function)
        row, column, name = (1, 1, candidate.name) if facts is None else (facts.row, facts.column, facts.name)
        server = self._web.served.get(path)
        traits = candidate.traits if server is None else _joined(candidate.traits, server.traits)
        return Handler(path, row, column, name, candidate.platform, (candidate.evidence,), traits)


def _joined(traits: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """What two signs of one handler say of how it is run."""
    told = {*traits, *others} - {UNDECLARED}
    is_told = UNDECLARED not in traits or UNDECLARED not in others
    return tuple(sorted(told)) if is_told else (UNDECLARED,)


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
