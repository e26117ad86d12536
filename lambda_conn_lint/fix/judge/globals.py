"""Which module-level names give the same whenever they are read: only these may move into an accessor.

A name of the module is stable if it is a constant of the text or the environment and nothing in the project sets it.
What is imported from another package is stable; what another module of the project holds is looked up there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import libcst as cst

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.purity import SETTINGS, Judge
from lambda_conn_lint.fix.source.assigned import assigned
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError


class Globals:
    """Judges the globals of one file; ``is_construction`` tells whether a call builds what clients are made from."""

    def __init__(self, ground: Ground, file: SourceFile, is_construction: Callable[[cst.Call], bool]) -> None:
        self._ground = ground
        self._file = file
        self._is_construction = is_construction

    def is_stable(self, name: cst.Name) -> bool:
        """Whether what stands at this place, with the attributes that are read from the name, never changes."""
        bindings = self._file.scopes.module.bound[name.value]
        if all(isinstance(binding, cst.ImportAlias) for binding in bindings):
            return self._is_stable_import(name)
        if any(self._file.tree.function(binding) is not None for binding in bindings):
            return False
        bindings = [binding for binding in bindings if not self._is_external(binding, name)]
        if any(isinstance(binding, cst.FunctionDef) for binding in bindings):
            return self._is_called(name)
        if len(bindings) == 1 and isinstance(bindings[0], cst.ClassDef):
            return self._is_stable_in_class(self._file, bindings[0], self._attributes(name))
        return not is_set_anywhere(self._ground, name.value) and all(
            self._is_stable_value(name, one) for one in bindings
        )

    def _is_external(self, binding: cst.CSTNode, name: cst.Name) -> bool:
        """Whether a name is bound to a package here, and in another branch to something else."""
        if not isinstance(binding, cst.ImportAlias):
            return False
        return not self._ground.is_of_project(self._file.path, self._file.origins.imported(binding, name.value))

    def _is_called(self, name: cst.Name) -> bool:
        parent = self._file.tree.parent(name)
        return isinstance(parent, cst.Call) and parent.func is name

    def _is_stable_value(self, name: cst.Name, binding: cst.CSTNode) -> bool:
        value = assigned(self._file.tree, binding)
        if value is None:
            return False
        if isinstance(value, cst.Call) and (
            self._is_construction(value) or self._file.origins.of(value.func) in SETTINGS
        ):
            return True
        judge = Judge(self._file.tree, self._file.scopes, self._file.origins.of)
        if not judge.is_plain(value):
            return isinstance(value, cst.Call) and self._is_only_passed(name.value)
        return judge.judge(value) == "constant" or self._is_only_read(name.value)

    def _is_only_read(self, name: str) -> bool:
        """Whether a display is read in place wherever functions use it, so that nobody can change it."""
        loads = self._file.scopes.module.loads(name)
        return all(self._is_read_in_place(load) for load in loads) and not self._is_named_elsewhere(name)

    def _is_only_passed(self, name: str) -> bool:
        """Whether functions do nothing with a global but give it to libraries or put it into text."""
        tree = self._file.tree
        for load in self._file.scopes.module.loads(name):
            parent = tree.parent(load)
            call = tree.parent(parent) if isinstance(parent, cst.Arg) and not parent.star else None
            is_given = isinstance(call, cst.Call) and self._is_of_library(call.func)
            is_text = isinstance(parent, cst.FormattedStringExpression | cst.BinaryOperation)
            if tree.function(load) is not None and not is_given and not is_text:
                return False
        return not self._is_named_elsewhere(name)

    def _is_of_library(self, function: cst.BaseExpression) -> bool:
        origin = self._file.origins.of(function)
        return bool(origin) and not self._ground.is_of_project(self._file.path, origin)

    def _is_read_in_place(self, load: cst.Name) -> bool:
        tree = self._file.tree
        parent = tree.parent(load)
        if isinstance(parent, cst.Arg):
            return bool(parent.star)
        if isinstance(parent, cst.Subscript) and parent.value is load:
            above = tree.parent(parent)
            is_alias = isinstance(above, cst.Assign | cst.AnnAssign | cst.For | cst.Subscript | cst.Attribute)
            return not is_alias and not isinstance(above, cst.AssignTarget | cst.AugAssign | cst.Del)
        if isinstance(parent, cst.Attribute):
            return parent.attr.value in ("get", "items", "keys", "values") and isinstance(tree.parent(parent), cst.Call)
        return isinstance(parent, cst.ComparisonTarget)

    # Other modules

    def _is_stable_import(self, name: cst.Name) -> bool:
        origin = self._file.origins.of(name)
        if not origin:
            return False
        if not self._ground.is_of_project(self._file.path, origin):
            return True
        return self._is_stable_there(origin, self._attributes(name))

    def _attributes(self, name: cst.Name) -> list[str]:
        """The attributes that are read from a name, one from the other."""
        attributes = []
        node: cst.CSTNode = name
        while isinstance(parent := self._file.tree.parent(node), cst.Attribute) and parent.value is node:
            attributes.append(parent.attr.value)
            node = parent
        return attributes

    def _is_stable_in_class(self, file: SourceFile, cls: cst.ClassDef, attributes: list[str]) -> bool:
        """Whether a class binds one attribute to a constant in its body, and nothing sets it later."""
        if len(attributes) != 1:
            return False
        bindings = file.scopes.at(cls).bound.get(attributes[0], [])
        return len(bindings) == 1 and self._is_constant(file, bindings[0], attributes[0])

    def _is_constant(self, file: SourceFile, binding: cst.CSTNode, name: str) -> bool:
        """Whether a name is bound to a constant of the text or the environment, and nothing sets it later."""
        value = assigned(file.tree, binding)
        judge = Judge(file.tree, file.scopes, file.origins.of)
        is_constant = value is not None and judge.is_plain(value) and judge.judge(value) == "constant"
        return is_constant and file.tree.function(binding) is None and not is_set_anywhere(self._ground, name)

    def _is_stable_there(self, origin: str, attributes: list[str]) -> bool:
        """Whether a module of the project binds a name once, to a constant, and nothing sets it later."""
        path = self._ground.module_path(self._file.path, origin)
        chain = list(attributes)
        if path is None:
            module, _, wanted = origin.rpartition(".")
            path = self._ground.module_path(self._file.path, module or ".")
            chain = [wanted, *attributes]
        if path is None or not chain:
            return False
        try:
            there = self._ground.file(path)
        except TextError:
            return False
        bindings = there.scopes.module.bound.get(chain[0], [])
        if len(bindings) != 1:
            return False
        if isinstance(bindings[0], cst.ClassDef):
            return self._is_stable_in_class(there, bindings[0], chain[1:])
        return len(chain) == 1 and self._is_constant(there, bindings[0], chain[0])

    def _is_named_elsewhere(self, name: str) -> bool:
        """Whether another file may get hold of a global."""
        return self._ground.remember(("named elsewhere", self._file.path, name), lambda: self._find_elsewhere(name))

    def _find_elsewhere(self, name: str) -> bool:
        for path in sorted(self._ground.mentioning(name)):
            facts = self._ground.facts(path) if path != self._file.path else None
            for node in _nodes(facts) if facts is not None else ():
                if isinstance(node, m.ImportFrom) and any(imported == name for imported, _ in node.names):
                    return True
                if isinstance(node, m.Attribute) and node.name == name:
                    return True
        return False


def is_set_anywhere(ground: Ground, name: str) -> bool:
    """Whether any file sets an attribute of this name, by whatever means: a module's globals are its attributes."""
    return ground.remember(("set", name), lambda: _looks_set(ground, name))


def _looks_set(ground: Ground, name: str) -> bool:
    setting = re.compile(rb"\.[\s\\]*%s\b|\b(?:setattr|__setattr__|delattr)\b" % name.encode())
    for path in sorted(ground.mentioning(name)):
        if name.isascii() and not setting.search(ground.text(path)):
            continue
        facts = ground.facts(path)
        if facts is None or any(_sets(node, name) for node in _nodes(facts)):
            return True
    return False


def _nodes(facts: m.ModuleFacts) -> Iterator[m.Node]:
    return m.descendants((facts.functions, facts.classes, facts.body))


def _sets(node: m.Node, name: str) -> bool:
    """Whether a node sets or deletes an attribute of this name."""
    if isinstance(node, m.Assign | m.Delete):
        return any(_is_attribute(target, name) for target in node.targets)
    if isinstance(node, m.AugAssign | m.Annotate | m.For | m.WithItem | m.Clause):
        return _is_attribute(node.target, name)
    if isinstance(node, m.Call):
        function = node.function
        last = function.name if isinstance(function, m.Attribute) else getattr(function, "id", "")
        return last in ("setattr", "__setattr__", "delattr") and any(
            argument.value == m.Literal(name) or not isinstance(argument.value, m.Literal)
            for argument in node.arguments[1:2]
        )
    return False


def _is_attribute(target: m.Expression | None, name: str) -> bool:
    """Whether a target is an attribute of this name, or takes one in."""
    if isinstance(target, m.Display):
        return any(_is_attribute(item, name) for item in target.items)
    if isinstance(target, m.Star):
        return _is_attribute(target.value, name)
    return isinstance(target, m.Attribute) and target.name == name
