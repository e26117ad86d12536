"""Handlers that a program hands to a framework in a call: views, hooks, middlewares and dependencies."""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.findings import Evidence
from lambda_conn_lint.handlers import origins
from lambda_conn_lint.handlers.candidate import ANYTHING, Candidate
from lambda_conn_lint.handlers.web_applications import WebApplications
from lambda_conn_lint.link import expressions, imports
from lambda_conn_lint.link.analysis import Analysis, Handed
from lambda_conn_lint.link.frame import Frame
from lambda_conn_lint.link.known import LIFE_SPAN
from lambda_conn_lint.link.values import (
    ClassObject,
    Constant,
    Container,
    External,
    FunctionObject,
    Imported,
    Instance,
    Memoised,
    Module,
    Object,
    Partial,
    Phase,
    Value,
    only,
    ordered,
)


class HandedOver:
    """What the calls of framework functions, as far as they have been run, make per-invocation functions."""

    def __init__(self, analysis: Analysis, web: WebApplications) -> None:
        self._analysis = analysis
        self._web = web

    def candidates(self, frame: Frame) -> Iterator[Candidate]:
        """What is handed over in the module of a frame."""
        for handed in list(self._analysis.handed.get(frame.path, {}).values()):
            platform = self._platform(frame.path, handed)
            if not platform:
                continue
            for keyword, value in handed.values:
                for thing in _things(frame, value):
                    yield from self._candidates(frame.path, handed.name, keyword, thing, platform)
        if frame.path in self._web.served:
            yield from self._implied(frame)
        yield from self._middlewares(frame)

    def runs_life_span(self, path: str) -> bool:
        """Whether an adapter runs what the applications of a file do when they start and stop.

        Mangum does so on every invocation, unless it is told not to.
        """
        return any(
            handed.name.rpartition(".")[2] == "Mangum" and not _is_off(handed)
            for adapter in self._web.adapters_of(path)
            for handed in self._analysis.handed.get(adapter, {}).values()
        )

    def _platform(self, path: str, handed: Handed) -> str:
        """The platform that calls what is handed over; empty where it is none."""
        origin = origins.entry_point(handed.name)
        if origin is not None and handed.phase is Phase.PROCESS:
            return origin.platform
        is_web = origins.is_web(handed.name) or origins.is_dependency(handed.name)
        server = self._web.served.get(path) if is_web else None
        return "" if server is None else server.platform

    def _candidates(self, path: str, name: str, keyword: str, thing: Object, platform: str) -> Iterator[Candidate]:
        last = name.rpartition(".")[2]
        if keyword in origins.NEVER_CALLED:
            return
        if (keyword in LIFE_SPAN or last in LIFE_SPAN) and not self.runs_life_span(path):
            return
        evidence = Evidence("registration", f"handed to {name}", "certain")
        if isinstance(thing, FunctionObject):
            facts = self._analysis.function(thing)
            yield Candidate(thing.path, facts.name, only(thing), ANYTHING, platform, evidence, facts)
        elif isinstance(thing, Memoised | Partial | Instance):
            yield Candidate(path, last, only(thing), ANYTHING, platform, evidence)
        elif isinstance(thing, ClassObject) and origins.is_dependency(name):
            yield from self._constructed(thing, platform, evidence)
        elif isinstance(thing, ClassObject):
            life = Phase.PROCESS if last in origins.MIDDLEWARE else Phase.INVOCATION
            yield from self._methods(thing, life, platform, evidence)

    def _middlewares(self, frame: Frame) -> Iterator[Candidate]:
        """What a Django project makes middlewares of: one for the process, which is called for each request."""
        for settings, name in self._web.middlewares.get(frame.path, ()):
            platform = self._web.served[frame.path].platform
            evidence = Evidence("registration", f"MIDDLEWARE in {settings}", "certain")
            for thing in _things(frame, only(Imported(Module(frame.path, ""), name))):
                if isinstance(thing, ClassObject):
                    yield from self._methods(thing, Phase.PROCESS, platform, evidence)
                elif isinstance(thing, FunctionObject):
                    yield Candidate(frame.path, name, only(thing), ANYTHING, platform, evidence, life=Phase.PROCESS)

    def _constructed(self, cls: ClassObject, platform: str, evidence: Evidence) -> Iterator[Candidate]:
        found = self._analysis.classes.lookup(cls, "__init__")
        for method in found[1].objects if found is not None else ():
            if isinstance(method, FunctionObject):
                facts = self._analysis.function(method)
                yield Candidate(method.path, facts.name, only(cls), ANYTHING, platform, evidence, facts)

    def _methods(self, cls: ClassObject, life: Phase, platform: str, evidence: Evidence) -> Iterator[Candidate]:
        """The methods of a view or middleware that a request may come to."""
        for name in origins.REQUEST_METHODS:
            found = self._analysis.classes.lookup(cls, name)
            for method in found[1].objects if found is not None else ():
                if isinstance(method, FunctionObject):
                    facts = self._analysis.function(method)
                    yield Candidate(method.path, facts.name, only(cls), ANYTHING, platform, evidence, facts, name, life)

    def _implied(self, frame: Frame) -> Iterator[Candidate]:
        """Dependencies without an argument: the annotation beside them says which class is made."""
        platform = self._web.served[frame.path].platform
        for function in frame.facts.functions:
            for parameter in function.parameters:
                annotation, marker = parameter.annotation, parameter.default
                if isinstance(annotation, m.Subscript) and isinstance(annotation.key, m.Display):
                    items = annotation.key.items
                    annotation, marker = items[0], next((i for i in items[1:] if isinstance(i, m.Call)), None)
                if annotation is None or not isinstance(marker, m.Call) or marker.arguments:
                    continue
                name = _name(expressions.peek(frame, marker.function))
                if origins.is_dependency(name):
                    evidence = Evidence("registration", f"handed to {name}", "certain")
                    for thing in _things(frame, expressions.peek(frame, annotation)):
                        if isinstance(thing, ClassObject):
                            yield from self._constructed(thing, platform, evidence)


def _name(value: Value) -> str:
    return next((thing.name for thing in value.objects if isinstance(thing, External)), "")


def _is_off(handed: Handed) -> bool:
    """Whether an adapter is told, by name or in second place, that nothing runs when an application starts."""
    second = [value for keyword, value in handed.values if not keyword][1:2]
    told = [value for keyword, value in handed.values if keyword == "lifespan"]
    return any(Constant("off") in value.objects for value in (*told, *second))


def _things(frame: Frame, value: Value) -> Iterator[Object]:
    """What a value may be, with imported names looked up and what containers hold."""
    pending = [value]
    while pending:
        for thing in ordered(imports.resolve(frame, pending.pop()).objects):
            if isinstance(thing, Container):
                pending.append(expressions.element_of(only(thing)))
            else:
                yield thing
