"""What may happen to an object, who calls a function, and what it is called with: by names, over the whole project.

These are *may* questions. Names are not told apart by flow: any use of a name that may hold the object counts, and
whatever is not understood is reported as a use by itself. A use that is missing here is a defect; one too many is not.
"""

from __future__ import annotations

from lambda_conn_lint.findings import Span
from lambda_conn_lint.fix.uses.callee import resolve_callee
from lambda_conn_lint.fix.uses.callers import callers_of
from lambda_conn_lint.fix.uses.flow import Flow
from lambda_conn_lint.fix.uses.held import OBJECT
from lambda_conn_lint.fix.uses.index import Occurrence
from lambda_conn_lint.fix.uses.literals import literal_arguments
from lambda_conn_lint.fix.uses.model import ESCAPES, HARMLESS, Callers, CallSite, Entries, Kind, Origin, Use, View
from lambda_conn_lint.fix.uses.project import Definition, Project
from lambda_conn_lint.fix.uses.resolution import bases_of

__all__ = [
    "ESCAPES",
    "HARMLESS",
    "CallSite",
    "Callers",
    "Kind",
    "Origin",
    "Project",
    "Use",
    "View",
    "callers_of",
    "literal_arguments",
    "uses_of",
]


def uses_of(view: View | Project, path: str, span: Span, entries: Entries = ()) -> tuple[Use, ...]:
    """Everything that may happen to the object that the call at a span of a file gives, by path and span.

    ``entries`` are the functions that the platform calls: what they return is given back. Who asks more than once
    asks one ``Project(view)``, which remembers the files that it has indexed.
    """
    project = Project.of(view)
    flow = Flow(project, entries)
    module = project.index(path)
    call = None if module is None else module.calls.get(span)
    if call is None:
        return (Use("unknown", "no call stands there", path, span),)
    flow.hold(call, OBJECT)
    _hold_own(flow, call)
    flow.run()
    unreadable = {Use("unknown", "unreadable file", other, None) for other in project.unreadable}
    return tuple(sorted(flow.uses | unreadable, key=lambda use: (use.path, use.span or (), use)))


def _hold_own(flow: Flow, call: Occurrence) -> None:
    """An instance of a class of the project is the first parameter of its methods."""
    pending = list(resolve_callee(flow.project, call.scope.module.child(call, "function")).definitions)
    seen: set[Definition] = set()
    while pending:
        cls = pending.pop()
        if not cls.is_class or cls in seen:
            continue
        seen.add(cls)
        pending.extend(bases_of(flow.project, cls)[0])
        for (scope, name), bindings in cls.module.bindings.items():
            if scope is cls.scope and name not in ("__init__", "__new__"):
                for one in bindings:
                    if one.kind == "function":
                        _hold_first(flow, Definition(cls.module, one.number), call)


def _hold_first(flow: Flow, method: Definition, call: Occurrence) -> None:
    positional = [one for one in method.function.parameters if one.kind in ("/", "")]
    if positional and not {"staticmethod", "classmethod"} & set(method.decorators):
        flow.variable((method.scope, positional[0].name), OBJECT, call)
