"""What a callee may be: functions and classes of the project by name, and whether it may be something else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, Scope, Variable, text_of
from lambda_conn_lint.fix.uses.known import AMBIGUOUS_METHODS, EMPTY_BASES
from lambda_conn_lint.fix.uses.project import Definition, Project, last_part, origins_of

_OWN = frozenset({"self", "cls", "super()"})


class Callee(NamedTuple):
    """``is_open``: it may be something that is not among the definitions.

    ``is_bound``: the receiver fills the first parameter of methods.
    """

    definitions: tuple[Definition, ...]
    is_open: bool
    is_bound: bool = False


def resolve_callee(project: Project, function: Occurrence) -> Callee:
    """What may be called where a call's function stands."""
    node = function.node
    module = function.scope.module
    if isinstance(node, m.Function):
        return Callee((Definition(module, node.number),), False)
    if isinstance(node, m.Name):
        definitions, is_open = of_variable(project, (function.scope.resolve(node.id), node.id))
        return Callee(definitions, is_open)
    if isinstance(node, m.Attribute):
        return _of_attribute(project, function, node.name)
    return Callee((), True)


def of_variable(project: Project, variable: Variable) -> tuple[tuple[Definition, ...], bool]:
    """The functions and classes that a name stands for, and whether it may stand for anything else."""
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


def _of_attribute(project: Project, function: Occurrence, name: str) -> Callee:
    module = function.scope.module
    receiver = module.child(function, "value")
    origins = origins_of(receiver)
    if origins:
        through = _through_import(project, module, origins, name)
        if through is not None:
            return through
    classes = _classes_named(project, receiver)
    methods = tuple(one for one in project.definitions(name) if one.is_method)
    is_open = (
        not methods
        or _is_set(project, name)
        or (text_of(receiver.node) in _OWN and _may_inherit(project, receiver, name))
        or (text_of(receiver.node) not in _OWN and name in AMBIGUOUS_METHODS)
        or _is_foreign(project, receiver)
    )
    return Callee(methods, is_open, is_bound=not classes)


def _through_import(
    project: Project, module: ModuleIndex, origins: Iterable[tuple[int, str]], name: str
) -> Callee | None:
    """What ``module.NAME`` is; None if the receiver is a thing that is imported from the project."""
    found: list[Definition] = []
    is_open = False
    for level, dotted in origins:
        package, _, thing = dotted.rpartition(".")
        providers = project.providers(module.path, level, dotted, name)
        for provider in providers:
            definitions, is_unknown = of_variable(project, provider)
            found.extend(definitions)
            is_open = is_open or is_unknown
        if providers:
            continue
        if project.providers(module.path, level, package, thing):
            return None
        is_open = True
    return Callee(tuple(found), is_open)


def _classes_named(project: Project, receiver: Occurrence) -> tuple[Definition, ...]:
    if not isinstance(receiver.node, m.Name):
        return ()
    definitions, _ = of_variable(project, (receiver.scope.resolve(receiver.node.id), receiver.node.id))
    return tuple(one for one in definitions if one.is_class)


def _is_set(project: Project, name: str) -> bool:
    """Whether something is stored under an attribute of this name: then it may be any function."""
    return any(one.is_target for module in project.mentioning(name) for one in module.attributes.get(name, ()))


def _is_foreign(project: Project, receiver: Occurrence) -> bool:
    """Whether a name may hold the result of a call that leaves the project."""
    if not isinstance(receiver.node, m.Name):
        return False
    module = receiver.scope.module
    for binding in module.bindings.get((receiver.scope.resolve(receiver.node.id), receiver.node.id), ()):
        parent = binding.occurrence.parent
        if binding.kind != "target" or parent is None or not isinstance(parent.node, m.Assign | m.Annotate):
            continue
        for value in module.children(parent, "value"):
            if isinstance(value.node, m.Call) and _leaves(project, module.child(value, "function")):
                return True
    return False


def _leaves(project: Project, function: Occurrence) -> bool:
    if isinstance(function.node, m.Name):
        return resolve_callee(project, function).is_open
    if not isinstance(function.node, m.Attribute):
        return False
    module = function.scope.module
    origins = origins_of(module.child(function, "value"))
    through = _through_import(project, module, origins, function.node.name) if origins else None
    return through is not None and through.is_open


def _may_inherit(project: Project, receiver: Occurrence, name: str) -> bool:
    """Whether a method of the class around a place may come from a class outside the project."""
    around: Scope | None = receiver.scope
    while around is not None and around.kind != "class":
        around = around.parent
    if around is None:
        return True
    own = Definition(around.module, around.number, True)
    pending, seen, is_found = [own], set(), False
    while pending:
        cls = pending.pop()
        if cls in seen:
            continue
        seen.add(cls)
        is_skipped = cls == own and isinstance(receiver.node, m.Call)  # super()
        if not is_skipped and (cls.scope, name) in cls.module.bindings:
            is_found = True
            continue
        bases, is_open = bases_of(project, cls)
        if is_open:
            return True
        pending.extend(bases)
    return not is_found


def bases_of(project: Project, cls: Definition) -> tuple[list[Definition], bool]:
    """The bases of a class that the project defines, and whether it has others that may do anything."""
    found: list[Definition] = []
    is_open = False
    for argument in cls.module.children(cls.opener, "base"):
        assert isinstance(argument.node, m.Argument)
        base = cls.module.child(argument, "value")
        if argument.node.keyword or last_part(text_of(base.node)) in EMPTY_BASES:
            continue
        resolved = resolve_callee(project, base)
        found.extend(one for one in resolved.definitions if one.is_class)
        is_open = is_open or resolved.is_open
    return found, is_open
