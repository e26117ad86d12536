"""Classes of the project and their instances: which methods and attributes an expression can have."""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.index import Occurrence, Scope, Variable
from lambda_conn_lint.fix.uses.known import FIELD_DECORATORS
from lambda_conn_lint.fix.uses.project import Definition, Project
from lambda_conn_lint.fix.uses.resolution import bases_of, of_name, of_variable

Classes = frozenset[Definition]


class Receiver(NamedTuple):
    """What is known of an expression before a dot.

    ``classes`` are all those of the project whose attributes it may have; ``starts`` those where a method is looked up
    first; ``is_bound``: it is an instance, or a class in one of its own class methods; ``is_super``: it is ``super()``.
    """

    classes: Classes
    starts: tuple[Definition, ...]
    is_bound: bool
    is_super: bool = False


def ancestors(project: Project, cls: Definition) -> Classes:
    """A class and all its bases in the project."""
    return project.remember(("ancestors", cls), lambda: _ancestors(project, cls))


def _ancestors(project: Project, cls: Definition) -> Classes:
    found: set[Definition] = set()
    pending = [cls]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending.extend(bases_of(project, current)[0])
    return frozenset(found)


def family(project: Project, cls: Definition) -> Classes:
    """All classes whose methods an instance may have that meets the code of a class: those of its subclasses too."""
    return project.remember(("family", cls), lambda: _family(project, cls))


def _family(project: Project, cls: Definition) -> Classes:
    return frozenset().union(*(ancestors(project, one) for one in subclasses(project, cls)))


def subclasses(project: Project, cls: Definition) -> Classes:
    """A class and all that are derived from it in the project."""
    return project.remember(("subclasses", cls), lambda: _subclasses(project, cls))


def _subclasses(project: Project, cls: Definition) -> Classes:
    below: set[Definition] = set()
    pending = [cls]
    while pending:
        current = pending.pop()
        if current in below:
            continue
        below.add(current)
        for module in project.deriving(current.name.rpartition(".")[2]):
            candidates = (Definition(module, number, True) for number in module.classes)
            pending.extend(one for one in candidates if current in bases_of(project, one)[0])
    return frozenset(below)


def receiver_of(project: Project, expression: Occurrence) -> Receiver | None:
    """What is known of an expression whose attribute is read; None if nothing is."""
    return project.remember(("receiver", expression), lambda: _receiver_of(project, expression))


def _receiver_of(project: Project, expression: Occurrence) -> Receiver | None:
    node = expression.node
    if isinstance(node, m.Call):
        if node.function == m.Name("super") and not node.arguments:
            cls = _class_around(expression.scope)
            if cls is None:
                return None
            above = family(project, cls) - subclasses(project, cls)
            return Receiver(above, (cls,), True, is_super=True)
        made = _made_by(project, expression)
        return None if made is None else Receiver(_all_ancestors(project, made), made, True)
    if not isinstance(node, m.Name):
        return None
    variable = (expression.scope.resolve(node.id), node.id)
    own = _own_class(variable)
    if own is not None:
        return Receiver(family(project, own), (own,), True)
    definitions, is_open = of_variable(project, variable)
    if definitions and not is_open and all(one.is_class for one in definitions):
        return Receiver(_all_ancestors(project, definitions), definitions, False)
    instances = _instances(project, variable)
    return None if instances is None else Receiver(_all_ancestors(project, instances), instances, True)


def _all_ancestors(project: Project, classes: tuple[Definition, ...]) -> Classes:
    return frozenset().union(*(ancestors(project, one) for one in classes))


def _class_around(scope: Scope | None) -> Definition | None:
    """The class of the method that a place is in, directly or in a comprehension."""
    function = None if scope is None else scope.enclosing_function()
    if function is None or function.parent is None or function.parent.kind != "class":
        return None
    return Definition(function.module, function.parent.number, True)


def _own_class(variable: Variable) -> Definition | None:
    """The class whose methods' first parameter a variable is, and nothing else."""
    scope = variable[0]
    bindings = scope.module.bindings.get(variable, [])
    if scope.kind != "function" or len(bindings) != 1 or bindings[0].kind != "parameter" or bindings[0].number:
        return None
    method = Definition(scope.module, scope.number)
    if not method.is_method or "staticmethod" in method.decorators or scope.facts.parameters[0].kind not in ("/", ""):
        return None
    return _class_around(scope)


def _made_by(project: Project, call: Occurrence) -> tuple[Definition, ...] | None:
    """The classes of the project that a call makes an instance of, if it surely is one of theirs."""
    definitions, is_open = of_name(project, call.scope.module.child(call, "function"))
    if is_open or not definitions or not all(one.is_class for one in definitions):
        return None
    for one in definitions:
        for cls in ancestors(project, one):
            if (cls.scope, "__new__") in cls.module.bindings or not FIELD_DECORATORS.issuperset(cls.decorators):
                return None
    return definitions


def _instances(project: Project, variable: Variable) -> tuple[Definition, ...] | None:
    """The classes of the project that all values of a variable are instances of."""
    module = variable[0].module
    found: list[Definition] = []
    for binding in module.bindings.get(variable, ()):
        parent = binding.occurrence.parent
        if binding.kind != "target" or parent is None or not isinstance(parent.node, m.Assign | m.Annotate):
            return None
        for value in module.children(parent, "value"):
            made = _made_by(project, value) if isinstance(value.node, m.Call) else None
            if made is None:
                return None
            found.extend(made)
    return tuple(found) or None


def inherits_unknown(project: Project, receiver: Receiver, name: str) -> bool:
    """Whether a method may come from a class outside the project."""
    return any(_inherits_unknown(project, start, name, receiver.is_super) for start in receiver.starts)


def _inherits_unknown(project: Project, start: Definition, name: str, is_super: bool) -> bool:
    pending, seen, is_found = [start], set(), False
    while pending:
        cls = pending.pop()
        if cls in seen:
            continue
        seen.add(cls)
        is_skipped = is_super and cls == start
        if not is_skipped and (cls.scope, name) in cls.module.bindings:
            is_found = True
            continue
        bases, is_open = bases_of(project, cls)
        if is_open:
            return True
        pending.extend(bases)
    return not is_found
