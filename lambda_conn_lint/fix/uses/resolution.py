"""What plain and dotted names stand for: functions and classes of the project, as far as bindings and imports tell."""

from __future__ import annotations

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, Variable, text_of
from lambda_conn_lint.fix.uses.known import EMPTY_BASES
from lambda_conn_lint.fix.uses.project import Definition, Project, last_part, origins_of

Found = tuple[tuple[Definition, ...], bool]
"""Definitions that something may be, and whether it may be anything else."""


def of_variable(project: Project, variable: Variable) -> Found:
    """The functions and classes that a name stands for, and whether it may stand for anything else."""
    return project.remember(("variable", *variable), lambda: _of_variable(project, variable))


def _of_variable(project: Project, variable: Variable) -> Found:
    found: list[Definition] = []
    is_open = False
    pending, seen = [variable], {variable}
    while pending:
        scope, name = pending.pop()
        bindings = scope.module.bindings.get((scope, name), [])
        is_open = is_open or not bindings
        for binding in bindings:
            if binding.kind in ("function", "class"):
                found.append(Definition(scope.module, binding.number, binding.kind == "class"))
            elif binding.kind == "from":
                level, dotted, imported = binding.origin
                providers = project.providers(scope.module.path, level, dotted, imported)
                is_open = is_open or not providers
                pending.extend(provider for provider in providers if provider not in seen)
                seen.update(providers)
            else:
                bound = _assigned_lambda(binding.occurrence) if binding.kind == "target" else None
                if bound is None:
                    is_open = True
                else:
                    found.append(bound)
    return tuple(found), is_open


def _assigned_lambda(target: Occurrence) -> Definition | None:
    parent = target.parent
    if parent is None or not isinstance(parent.node, m.Assign | m.Annotate):
        return None
    value = parent.node.value
    return Definition(target.scope.module, value.number) if isinstance(value, m.Function) else None


def of_name(project: Project, expression: Occurrence) -> Found:
    """The same for a name, and for a dotted name whose root is an import; anything else may be anything."""
    node = expression.node
    module = expression.scope.module
    if isinstance(node, m.Name):
        return of_variable(project, (expression.scope.resolve(node.id), node.id))
    if isinstance(node, m.Attribute):
        return through_import(project, module, module.child(expression, "value"), node.name) or ((), True)
    return (), True


def through_import(project: Project, module: ModuleIndex, receiver: Occurrence, name: str) -> Found | None:
    """What ``receiver.NAME`` is if imports bind the receiver; None if not, or if it is a thing of the project."""
    found: list[Definition] = []
    is_open = False
    origins = origins_of(receiver)
    for level, dotted in origins:
        package, _, thing = dotted.rpartition(".")
        providers = project.providers(module.path, level, dotted, name)
        for provider in providers:
            definitions, is_unknown = of_variable(project, provider)
            found.extend(definitions)
            is_open = is_open or is_unknown
        if providers:
            continue
        if (package or level) and project.providers(module.path, level, package, thing):
            return None
        is_open = True
    return (tuple(found), is_open) if origins else None


def bases_of(project: Project, cls: Definition) -> tuple[list[Definition], bool]:
    """The bases of a class that the project defines, and whether it has others that may do anything."""
    found: list[Definition] = []
    is_open = False
    for argument in cls.module.children(cls.opener, "base"):
        assert isinstance(argument.node, m.Argument)
        base = cls.module.child(argument, "value")
        if argument.node.keyword or last_part(text_of(base.node)) in EMPTY_BASES:
            continue
        definitions, is_unknown = of_name(project, base)
        found.extend(one for one in definitions if one.is_class)
        is_open = is_open or is_unknown
    return found, is_open
