"""What is given to names, attributes and items, and who reads it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.callee import of_variable, resolve_callee
from lambda_conn_lint.fix.uses.held import Held
from lambda_conn_lint.fix.uses.index import ModuleIndex, Occurrence, text_of
from lambda_conn_lint.fix.uses.project import last_part, origins_of
from lambda_conn_lint.fix.uses.references import is_foreign

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
        if place in stars:
            flow.keep(item, f"*{text_of(display.items[place].value)}")  # type: ignore[attr-defined]
        elif kind == "iterated" or place == key or (stars and place > stars[0]):
            _give(flow, item, held.taken())


def store_attribute(flow: Flow, target: Occurrence, name: str, held: Held) -> None:
    """``x.NAME = object``: its reads are followed; where x is not the project's, others may read it too."""
    receiver = target.scope.module.child(target, "value")
    modules = _modules_of(flow, receiver, name)
    if modules or _is_ours(flow, receiver):
        flow.use("stored", f"attribute {name}", target)
    else:
        flow.keep(target, text_of(target.node))
    for module in modules:
        flow.variable((module.scope, name), held, target)
    flow.attribute(name, held)


def _modules_of(flow: Flow, receiver: Occurrence, name: str) -> list[ModuleIndex]:
    """The project's modules that the receiver may be."""
    importer = receiver.scope.module.path
    return [
        scope.module
        for level, dotted in origins_of(receiver)
        for scope, _ in flow.project.providers(importer, level, dotted, name)
    ]


def _is_ours(flow: Flow, receiver: Occurrence) -> bool:
    """Whether the receiver certainly is an instance or class of the project, or a function's own attribute."""
    node = receiver.node
    if not isinstance(node, m.Name):
        return False
    if node.id in ("self", "cls"):
        return True
    module = receiver.scope.module
    variable = (receiver.scope.resolve(node.id), node.id)
    bindings = module.bindings.get(variable, [])
    definitions, is_open = of_variable(flow.project, variable)
    if definitions and not is_open:
        return True
    for binding in bindings:
        parent = binding.occurrence.parent
        if binding.kind != "target" or parent is None or not isinstance(parent.node, m.Assign | m.Annotate):
            return False
        values = module.children(parent, "value")
        if not values or not isinstance(values[0].node, m.Call):
            return False
        callee = resolve_callee(flow.project, module.child(values[0], "function"))
        if callee.is_open or not all(one.is_class for one in callee.definitions):
            return False
    return bool(bindings)


def read_attribute(flow: Flow, name: str, held: Held) -> None:
    """Follow every attribute of a name, whatever it is read from."""
    for module in flow.project.mentioning(name):
        for attribute in module.attributes.get(name, ()):
            if not attribute.is_target and not is_foreign(flow.project, attribute):
                flow.hold(attribute, held)
        for text in module.texts.get(name, ()):
            _read_by_text(flow, text, held)
        for reader in ("getattr", "vars"):
            for read in module.reads.get((module.scope, reader), ()):
                _read_by_anything(flow, read, reader)
        for attribute in module.attributes.get("__dict__", ()):
            flow.use("unknown", "__dict__", attribute)


def _read_by_text(flow: Flow, text: Occurrence, held: Held) -> None:
    call = text.parent.parent if text.parent is not None else None
    if call is None or not isinstance(call.node, m.Call) or text.parent is None:
        return
    reader = last_part(text_of(call.node.function))
    if reader == "getattr" and text.parent.place == 1:
        flow.hold(call, held)
    elif reader in _ATTRIBUTE_READERS:
        flow.use("unknown", reader, text, call.node.span)


def _read_by_anything(flow: Flow, read: Occurrence, reader: str) -> None:
    """``getattr(x, name)`` and ``vars(x)`` in a module that knows the attribute."""
    call = read.parent
    if call is None or not isinstance(call.node, m.Call) or read.role != "function":
        return
    given = call.node.arguments
    if reader == "vars" and given:
        flow.use("unknown", "vars", read, call.node.span)
    elif reader == "getattr" and len(given) > 1 and not isinstance(given[1].value, m.Literal):
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
