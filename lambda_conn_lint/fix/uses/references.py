"""Where a function is referred to: its calls, and everything that may call it unseen."""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.classes import Classes, receiver_of
from lambda_conn_lint.fix.uses.decorators import opaque_decorators
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, Variable, text_of
from lambda_conn_lint.fix.uses.known import CACHE_METHODS, PROPERTIES
from lambda_conn_lint.fix.uses.project import Definition, Project, origins_of


class References(NamedTuple):
    """``calls`` are Call nodes (of a property: the attributes read), ``others`` is any other mention.

    ``doubts`` say why there may be calls that are not among them.
    """

    calls: tuple[Occurrence, ...]
    others: tuple[Occurrence, ...]
    doubts: tuple[str, ...]


def references_to(project: Project, definition: Definition) -> References:
    """Where a function is called and mentioned, in all files."""
    return project.remember(("references", definition), lambda: _references_to(project, definition))


def _references_to(project: Project, definition: Definition) -> References:
    name = definition.name.rpartition(".")[2]
    if isinstance(definition.opener.node, m.Function):
        return _to_lambda(project, definition)
    if name == "__init__" and definition.is_method:
        return _to_constructor(project, definition)
    if name.startswith("__") and name.endswith("__"):
        return References((), (), (f"{definition.name} is called by the interpreter",))
    doubts = [f"@{decorator}" for decorator in opaque_decorators(project, definition)]
    doubts.extend(_by_text(project, name))
    mentions = _mentions(project, definition, name)
    if not PROPERTIES.isdisjoint(definition.decorators):
        reads = [one for one in mentions if isinstance(one.node, m.Attribute) and not one.is_target]
        return References(tuple(reads), (), tuple(doubts))
    return _sorted_out(project, name, mentions, doubts)


def _sorted_out(project: Project, name: str, mentions: list[Occurrence], doubts: list[str]) -> References:
    calls, others = [], []
    for mention in mentions:
        parent = mention.parent
        if parent is not None and isinstance(parent.node, m.Call) and mention.role == "function":
            calls.append(parent)
        elif not _is_cache_method(mention):
            others.append(mention)
            doubts.append(f"{text_of(mention.node)} is used as a value in {mention.path}")
    doubts.extend(f"{path} cannot be read" for path in sorted(project.unreadable))
    return References(tuple(calls), tuple(others), tuple(doubts))


def _is_cache_method(mention: Occurrence) -> bool:
    parent = mention.parent
    return parent is not None and isinstance(parent.node, m.Attribute) and parent.node.name in CACHE_METHODS


def _mentions(project: Project, definition: Definition, name: str) -> list[Occurrence]:
    scope = definition.opener.scope
    if scope.kind == "class":
        found = [
            attribute
            for module in project.mentioning(name)
            for attribute in module.attributes.get(name, ())
            if not is_foreign(project, attribute) and may_have(project, attribute, frozenset((definition.owner,)))
        ]
        return found + definition.module.reads.get((scope, name), [])
    return mentions_of_variable(project, (scope.resolve(name), name))


def mentions_of_variable(project: Project, variable: Variable) -> list[Occurrence]:
    """Where a variable is read: as a name and, if it is a module's, from other modules."""
    scope, name = variable
    found = list(scope.module.reads.get(variable, ()))
    if scope.kind != "module":
        return found
    readers = project.readers(scope.module, name)
    for other in readers.variables:
        found.extend(other[0].module.reads.get(other, ()))
    found.extend(readers.attributes)
    return found


def may_have(project: Project, attribute: Occurrence, classes: Classes) -> bool:
    """Whether the receiver of an attribute may be an instance of, or be, one of some classes."""
    receiver = receiver_of(project, attribute.scope.module.child(attribute, "value"))
    return receiver is None or not receiver.classes.isdisjoint(classes)


def is_foreign(project: Project, attribute: Occurrence) -> bool:
    """Whether ``x.NAME`` belongs to a module outside the project: no method of ours."""
    module = attribute.scope.module
    origins = origins_of(module.child(attribute, "value"))
    return bool(origins) and not any(_is_ours(project, module, level, dotted) for level, dotted in origins)


def _is_ours(project: Project, module: ModuleIndex, level: int, dotted: str) -> bool:
    if level:
        return True
    links = dotted.split(".")
    return any(
        project.providers(module.path, 0, ".".join(links[:end]), links[end]) for end in range(len(links) - 1, 0, -1)
    )


def _by_text(project: Project, name: str) -> list[str]:
    """Texts that may be looked up as the function's name."""
    return [
        f'"{text}" in {module.path} may name it'
        for module in project.mentioning(name)
        for text, occurrences in module.texts.items()
        if (text == name or text.endswith(("." + name, ":" + name))) and any(map(_is_looked_up, occurrences))
    ]


def _is_looked_up(text: Occurrence) -> bool:
    """All texts may be, but for documentation and ``__all__``."""
    node = text.parent
    while node is not None and not isinstance(node.node, m.Statement):
        node = node.parent
    if node is None:
        return True
    if isinstance(node.node, m.Evaluate):
        return node is not text.parent
    targets = node.node.targets if isinstance(node.node, m.Assign) else ()
    if isinstance(node.node, m.AugAssign | m.Annotate):
        targets = (node.node.target,)
    return not any(isinstance(target, m.Name) and target.id == "__all__" for target in targets)


def _to_lambda(project: Project, definition: Definition) -> References:
    opener = definition.opener
    parent = opener.parent
    if parent is not None and isinstance(parent.node, m.Call) and opener.role == "function":
        return References((parent,), (), ())
    targets = []
    if parent is not None and isinstance(parent.node, m.Assign | m.Annotate) and opener.role == "value":
        role = "targets" if isinstance(parent.node, m.Assign) else "target"
        targets = definition.module.children(parent, role)
    mentions: list[Occurrence] = []
    for target in targets:
        if not isinstance(target.node, m.Name):
            return References((), (opener,), ("a lambda expression is used as a value",))
        mentions.extend(mentions_of_variable(project, (target.scope.resolve(target.node.id), target.node.id)))
    if not targets:
        return References((), (opener,), ("a lambda expression is used as a value",))
    return _sorted_out(project, "<lambda>", mentions, [])


def _to_constructor(project: Project, definition: Definition) -> References:
    scope = definition.opener.scope
    cls = Definition(definition.module, scope.number, True)
    name = cls.name.rpartition(".")[2]
    outer = cls.opener.scope
    mentions = mentions_of_variable(project, (outer.resolve(name), name))
    doubts = [f"@{decorator}" for decorator in cls.decorators] + _by_text(project, name)
    if outer.kind == "class":
        doubts.append(f"{cls.name} is a class in a class")
    return _sorted_out(project, name, mentions, doubts)
