"""What is given to names, attributes and items, and who reads it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.callee import is_foreign_instance
from lambda_conn_lint.fix.uses.classes import Classes, receiver_of
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, text_of
from lambda_conn_lint.fix.uses.project import last_part, origins_of
from lambda_conn_lint.fix.uses.references import is_foreign, may_have
from lambda_conn_lint.fix.uses.resolution import of_name

if TYPE_CHECKING:
    from lambda_conn_lint.fix.uses.flow import Flow

_ATTRIBUTE_READERS = frozenset({"attrgetter", "methodcaller"})


def assign(flow: Flow, parent: Occurrence, role: str, held: Held) -> None:
    """What a statement, a clause or a ``with`` item gives to its targets."""
    for target in parent.scope.module.children(parent, role):
        _give(flow, target, held)


def _give(flow: Flow, target: Occurrence, held: Held) -> None:
    node = target.node
    if isinstance(node, m.Name):
        _give_name(flow, target, node.id, held)
    elif isinstance(node, m.Display):
        _unpack(flow, target, node, held)
    elif isinstance(node, m.Attribute):
        store_attribute(flow, target, node.name, held)
    else:
        flow.keep(target, text_of(node))


def _give_name(flow: Flow, target: Occurrence, name: str, held: Held) -> None:
    scope = target.scope.resolve(name)
    if scope.kind == "module":
        flow.use("stored", f"global {name}", target)
    elif scope.kind == "class":
        flow.use("stored", f"class {name}", target)
    flow.variable((scope, name), held, target)


def _unpack(flow: Flow, target: Occurrence, display: m.Display, held: Held) -> None:
    items = target.scope.module.children(target, "items")
    if not held.route:
        flow.use("method", "__iter__", target)
        return
    if not held.is_in("item", "iterated"):
        flow.keep(target, "unpacking")
        return
    kind, key = held.route[0]
    stars = [place for place, item in enumerate(display.items) if isinstance(item, m.Star)]
    for place, item in enumerate(items):
        if isinstance(item.node, m.Star):
            flow.keep(item, f"*{text_of(item.node.value)}")
        elif kind == "iterated" or place == key or (stars and place > stars[0]):
            _give(flow, item, held.taken())


def store_attribute(flow: Flow, target: Occurrence, name: str, held: Held) -> None:
    """``x.NAME = object``: its reads are followed; where x is not the project's, others may read it too."""
    receiver = target.scope.module.child(target, "value")
    modules = _modules_of(flow, receiver, name)
    known = receiver_of(flow.project, receiver)
    if modules or known is not None or _is_function(flow, receiver):
        flow.use("stored", f"attribute {name}", target)
    else:
        flow.keep(target, text_of(target.node))
    for module in modules:
        flow.variable((module.scope, name), held, target)
    flow.attribute(name, held, None if known is None else known.classes)


def _modules_of(flow: Flow, receiver: Occurrence, name: str) -> list[ModuleIndex]:
    """The project's modules that the receiver may be."""
    importer = receiver.scope.module.path
    return [
        scope.module
        for level, dotted in origins_of(receiver)
        for scope, _ in flow.project.providers(importer, level, dotted, name)
    ]


def _is_function(flow: Flow, receiver: Occurrence) -> bool:
    """Whether the receiver is a function of the project, whose attributes only the project reads."""
    definitions, is_open = of_name(flow.project, receiver)
    return bool(definitions) and not is_open


def read_attribute(flow: Flow, name: str, held: Held, owners: Classes | None) -> None:
    """Follow every attribute of a name that instances of some classes may have; None for those of anything."""
    modules = flow.project.mentioning(name)
    for module in modules:
        for attribute in module.attributes.get(name, ()):
            if not attribute.is_target and _may_be_read(flow, attribute, owners):
                flow.hold(attribute, held)
        for text in module.texts.get(name, ()):
            _read_by_text(flow, text, held)
    for module in {*modules, *(owner.module for owner in owners or ())}:
        for reader in ("getattr", "vars"):
            for read in module.reads.get((module.scope, reader), ()):
                _read_by_anything(flow, read, reader, owners)
        for attribute in module.attributes.get("__dict__", ()):
            if _may_be_owner(flow, module.child(attribute, "value"), owners):
                flow.use("unknown", "__dict__", attribute)


def _may_be_read(flow: Flow, attribute: Occurrence, owners: Classes | None) -> bool:
    if is_foreign(flow.project, attribute):
        return False
    return owners is None or may_have(flow.project, attribute, owners)


def _may_be_owner(flow: Flow, expression: Occurrence, owners: Classes | None) -> bool:
    """Whether an expression may be what the attribute is stored on."""
    receiver = receiver_of(flow.project, expression)
    if receiver is not None and owners is not None:
        return not receiver.classes.isdisjoint(owners)
    if origins_of(expression) and of_name(flow.project, expression) == ((), True):
        return False
    return owners is None or not is_foreign_instance(flow.project, expression)


def _read_by_text(flow: Flow, text: Occurrence, held: Held) -> None:
    call = text.parent.parent if text.parent is not None else None
    if call is None or not isinstance(call.node, m.Call) or text.parent is None:
        return
    reader = last_part(text_of(call.node.function))
    if reader == "getattr" and text.parent.place == 1:
        flow.hold(call, held)
    elif reader in _ATTRIBUTE_READERS:
        flow.use("unknown", reader, text, call.node.span)


def _read_by_anything(flow: Flow, read: Occurrence, reader: str, owners: Classes | None) -> None:
    """``getattr(x, name)`` and ``vars(x)`` in a module that knows the attribute or its owner."""
    call = read.parent
    if call is None or not isinstance(call.node, m.Call) or read.role != "function":
        return
    given = call.node.arguments
    module = read.scope.module
    if not given or not _may_be_owner(flow, module.child(module.child(call, "arguments"), "value"), owners):
        return
    if reader == "vars":
        flow.use("unknown", "vars", read, call.node.span)
    elif len(given) > 1 and not isinstance(given[1].value, m.Literal):
        flow.use("unknown", "getattr", read, call.node.span)


def bind_derived(flow: Flow, top: Occurrence, held: Held) -> None:
    """``x = object.name``: follow the name x."""
    parent = top.parent
    if parent is None or top.role != "value":
        return
    if isinstance(parent.node, m.Walrus):
        flow.variable((parent.scope.resolve(parent.node.target), parent.node.target), held, top)
    elif isinstance(parent.node, m.Assign | m.Annotate):
        role = "targets" if isinstance(parent.node, m.Assign) else "target"
        for target in parent.scope.module.children(parent, role):
            if isinstance(target.node, m.Name):
                flow.variable((target.scope.resolve(target.node.id), target.node.id), held, target)
