"""Names and the functions that read them: whether such a function outlives the place that defines it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.callee import resolve_callee
from lambda_conn_lint.fix.uses.classes import family
from lambda_conn_lint.fix.uses.decorators import opaque_decorators
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import Occurrence, Scope, Variable, text_of
from lambda_conn_lint.fix.uses.known import (
    CALLING,
    CONSUMING,
    CONTEXT_MANAGERS,
    ENTERING,
    GLOBALS_READERS,
    NAMESPACE_READERS,
    RUNNERS,
    THREADERS,
)
from lambda_conn_lint.fix.uses.parameters import parameter_of
from lambda_conn_lint.fix.uses.project import Definition, last_part

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow


_MOST_NAMES = 50  # that one function goes by; more than real ones have


class Fate(NamedTuple):
    """What becomes of a function: where it is kept, or what hands it to a thread."""

    kind: str  # "kept" or "threaded"
    name: str


def read_variable(flow: Flow, variable: Variable, held: Held, at: Occurrence) -> None:
    """Follow whatever reads a variable."""
    scope, name = variable
    for read in scope.module.reads.get(variable, ()):
        flow.hold(read, held)
        if not held.derived and scope.kind in ("function", "comprehension"):
            _check_closures(flow, scope, read)
    if scope.kind == "class":
        flow.attribute(name, held, family(flow.project, Definition(scope.module, scope.number, True)))
    elif scope.kind == "module":
        _read_global(flow, variable, held, at)
    elif scope.kind == "comprehension" and scope.opener is not None and not is_consumed(scope.opener):
        flow.keep(at, "generator expression")
    _check_namespaces(flow, scope)


def _read_global(flow: Flow, variable: Variable, held: Held, at: Occurrence) -> None:
    scope, name = variable
    readers = flow.project.readers(scope.module, name)
    for other in readers.variables:
        flow.variable(other, held, at)
    for attribute in readers.attributes:
        if not attribute.is_target:
            flow.hold(attribute, held)


def _check_namespaces(flow: Flow, scope: Scope) -> None:
    """Report what may read or write the scope's names by their text."""
    module = scope.module
    for name in sorted(GLOBALS_READERS if scope.kind == "module" else NAMESPACE_READERS):
        if (module.scope, name) in module.bindings:
            continue
        for read in module.reads.get((module.scope, name), ()):
            call = read.parent
            if call is None or not isinstance(call.node, m.Call) or (name == "vars" and call.node.arguments):
                continue
            if scope.kind == "module" or _is_within(read.scope, scope):
                flow.use("unknown", f"{name}()", read, call.node.span)


def _is_within(inner: Scope | None, outer: Scope) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


def _check_closures(flow: Flow, outer: Scope, read: Occurrence) -> None:
    scope = read.scope
    while scope is not outer and scope.parent is not None:
        if scope.kind == "class":
            flow.keep(read, f"class {scope.module.facts.classes[scope.number].name}")
        elif scope.kind == "comprehension":
            if scope.opener is not None and not is_consumed(scope.opener):
                flow.keep(read, "generator expression")
        elif scope.parent.kind != "class":
            for fate in Fates(flow).of_function(Definition(scope.module, scope.number)):
                if fate.kind == "threaded":
                    flow.use("threaded", fate.name, read)
                else:
                    flow.keep(read, f"closure {scope.facts.name}: {fate.name}")
        scope = scope.parent


class Fates:
    """Follows a function that is a value; nothing twice."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._seen: set[object] = set()
        self._found: list[Fate] = []

    def of_function(self, definition: Definition) -> list[Fate]:
        """Where a nested function or lambda expression may live on; empty if it is only called."""
        self._function(definition)
        return self._found

    def of_value(self, occurrence: Occurrence) -> list[Fate]:
        """The same for an expression that gives a function."""
        self._value(occurrence)
        return self._found

    def _keep(self, name: str) -> None:
        self._found.append(Fate("kept", name))

    def _function(self, definition: Definition) -> None:
        if definition in self._seen:
            return
        self._seen.add(definition)
        opener = definition.opener
        for decorator in opaque_decorators(self._flow.project, definition):
            self._keep(f"@{decorator}")
        if isinstance(opener.node, m.Function):
            self._value(opener, definition)
        else:
            name = definition.name.rpartition(".")[2]
            self._variable((opener.scope.resolve(name), name), definition)

    def _variable(self, variable: Variable, definition: Definition | None) -> None:
        if variable in self._seen:
            return
        self._seen.add(variable)
        if len(self._seen) > _MOST_NAMES:
            self._keep("too many names")
            return
        scope, name = variable
        if scope.kind != "function":
            self._keep(f"{scope.kind} {name}")
            return
        for read in scope.module.reads.get(variable, ()):
            self._value(read, definition)
            around: Scope | None = read.scope
            while around is not None and around is not scope:
                if around.kind == "class":
                    self._keep(f"class {scope.module.facts.classes[around.number].name}")
                elif around.kind == "function":
                    self._function(Definition(scope.module, around.number))
                around = around.parent

    def _value(self, occurrence: Occurrence, definition: Definition | None = None) -> None:
        parent = occurrence.parent
        if parent is None:
            self._keep("module")
        elif isinstance(parent.node, m.Call):
            self._called(parent, definition)
        elif isinstance(parent.node, m.Argument):
            self._argument(occurrence, parent, definition)
        elif isinstance(parent.node, m.Assign | m.Annotate) and occurrence.role == "value":
            role = "targets" if isinstance(parent.node, m.Assign) else "target"
            for target in parent.scope.module.children(parent, role):
                if isinstance(target.node, m.Name):
                    self._variable((target.scope.resolve(target.node.id), target.node.id), definition)
                else:
                    self._keep(text_of(target.node))
        elif isinstance(parent.node, m.Conditional | m.Boolean):
            self._value(parent, definition)
        elif not isinstance(parent.node, m.Compare | m.Not | m.If | m.While | m.Evaluate):
            self._keep(type(parent.node).__name__.lower())

    def _called(self, call: Occurrence, definition: Definition | None) -> None:
        if definition is not None and not ends_at_once(definition, call):
            self._keep(f"{definition.name}()")

    def _argument(self, occurrence: Occurrence, argument: Occurrence, definition: Definition | None) -> None:
        call = argument.parent
        if call is None or not isinstance(call.node, m.Call):
            self._keep("class")
            return
        name = text_of(call.node.function)
        function = call.scope.module.child(call, "function")
        callee = resolve_callee(self._flow.project, function)
        for one in callee.definitions:
            parameter = None if one.is_class else parameter_of(one, argument, callee.is_bound)
            if parameter is None:
                self._keep(name)
            else:
                self._variable((one.scope, parameter.name), definition)
        if not callee.is_open:
            return
        last = last_part(name)
        if last == "partial":
            self._value(call, definition)
        elif last in ("map", "filter") and isinstance(function.node, m.Name):
            if not is_consumed(call):
                self._keep(name)
        elif last in THREADERS:
            self._found.append(Fate("threaded", name))
        elif last not in CALLING:
            self._keep(name)


def ends_at_once(definition: Definition, call: Occurrence) -> bool:
    """Whether nothing of a function's frame is left when the statement around a call of it ends."""
    function = definition.function
    if function.is_generator:
        return is_entered(call) if not CONTEXT_MANAGERS.isdisjoint(definition.decorators) else is_consumed(call)
    return not function.is_async or is_awaited(call)


def is_entered(call: Occurrence) -> bool:
    """Whether a call's result is entered where it stands."""
    parent = call.parent
    if parent is None or isinstance(parent.node, m.WithItem):
        return parent is not None
    return _argument_of(call) in ENTERING


def is_awaited(call: Occurrence) -> bool:
    """Whether a call's result is awaited, or run to its end, where it stands."""
    parent = call.parent
    if parent is None:
        return False
    if isinstance(parent.node, m.Await):
        return True
    name = _argument_of(call)
    if name == "wait_for" and parent.parent is not None:
        return is_awaited(parent.parent)
    return name in RUNNERS


def is_consumed(occurrence: Occurrence) -> bool:
    """Whether an iterator is used up by the expression or loop that it stands in; no generator expression is."""
    if isinstance(occurrence.node, m.Comprehension) and occurrence.node.kind != "generator":
        return True
    parent = occurrence.parent
    if parent is None:
        return False
    if isinstance(parent.node, m.For | m.Evaluate | m.Star):
        return True
    if isinstance(parent.node, m.Clause) and parent.parent is not None:
        return is_consumed(parent.parent)
    if isinstance(parent.node, m.Argument):
        if parent.node.star == "*":
            return True
        call = parent.parent
        if call is not None and isinstance(call.node, m.Call):
            function = call.node.function
            if isinstance(function, m.Attribute):
                return function.name in ("join", "extend", "update")
            return isinstance(function, m.Name) and function.id in CONSUMING
    return False


def _argument_of(occurrence: Occurrence) -> str:
    """The last name of the function that an expression is a plain argument of."""
    parent = occurrence.parent
    call = parent.parent if parent is not None and isinstance(parent.node, m.Argument) else None
    return last_part(text_of(call.node.function)) if call is not None and isinstance(call.node, m.Call) else ""
