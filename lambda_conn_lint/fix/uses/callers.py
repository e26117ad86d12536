"""Who calls a function."""

from __future__ import annotations

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import Occurrence
from lambda_conn_lint.fix.uses.model import Callers, CallSite, View
from lambda_conn_lint.fix.uses.project import Definition, Project
from lambda_conn_lint.fix.uses.references import references_to


def callers_of(view: View | Project, path: str, function_name: str) -> Callers:
    """Every call of a function (by its qualified name in a file) in the files of the project.

    The platform's own calls are not among them. Methods are found by their last name, whatever the receiver.
    """
    project = Project.of(view)
    calls: dict[Occurrence, None] = {}
    doubts: list[str] = []
    definitions = definitions_in(project, path, function_name)
    for definition in definitions:
        references = references_to(project, definition)
        calls.update(dict.fromkeys(one for one in references.calls if isinstance(one.node, m.Call)))
        doubts.extend(references.doubts)
        if any(not isinstance(one.node, m.Call) for one in references.calls):
            doubts.append(f"{function_name} is a property")
    if not definitions:
        doubts.append(f"{path} defines no {function_name}")
    sites = sorted((_site(call) for call in calls), key=lambda site: (site.path, site.call.span))
    return Callers(tuple(sites), not doubts, doubts[0] if doubts else "")


def definitions_in(project: Project, path: str, function_name: str) -> list[Definition]:
    """The functions of a file with this qualified name."""
    module = project.index(path)
    if module is None:
        return []
    last = function_name.rpartition(".")[2]
    found = [Definition(module, number) for number, is_class in module.defined.get(last, ()) if not is_class]
    return [one for one in found if one.name == function_name]


def _site(call: Occurrence) -> CallSite:
    assert isinstance(call.node, m.Call)
    around = call.scope.enclosing_function()
    return CallSite(call.path, call.node, "" if around is None else around.facts.name)
