"""Which names a file's scopes bind and use: enough of Python's symbol table to move an expression out of a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst

Comprehension: TypeAlias = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp
ScopeNode: TypeAlias = cst.Module | cst.ClassDef | cst.FunctionDef | cst.Lambda | Comprehension

_SCOPES = (
    cst.Module,
    cst.ClassDef,
    cst.FunctionDef,
    cst.Lambda,
    cst.ListComp,
    cst.SetComp,
    cst.DictComp,
    cst.GeneratorExp,
)
_BINDING = (cst.AssignTarget, cst.For, cst.AnnAssign, cst.AugAssign, cst.Del, cst.NamedExpr, cst.AsName)
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


class Scope:
    """One scope.

    ``bound`` holds, for each name, the nodes that bind it: the ``Name`` in a target, the parameter, the definition, the
    import. ``declared`` are its ``global`` and ``nonlocal`` names. ``uses`` are the names that are read in it.
    """

    def __init__(self, node: ScopeNode, parent: Scope | None) -> None:
        self.node = node
        self.parent = parent
        self.bound: dict[str, list[cst.CSTNode]] = {}
        self.declared: dict[str, str] = {}
        self.uses: dict[str, list[cst.Name]] = {}
        self.children: list[Scope] = []
        if parent is not None:
            parent.children.append(self)

    def bind(self, name: str, node: cst.CSTNode) -> None:
        scope = self
        if name in self.declared:
            scope = self.root if self.declared[name] == "global" else self.parent or self
        scope.bound.setdefault(name, []).append(node)

    @property
    def root(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, cst.ClassDef)

    def home(self, name: str) -> Scope | None:
        """The scope in which a name that is read here is bound; none for builtins and names from a star import."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if scope.declared.get(name) == "global":
                scope = self.root
            if name in scope.bound and (first or not scope.is_class):
                return scope
            first = False
            scope = scope.parent
        return None

    def below(self) -> Iterator[Scope]:
        """This scope and all inside it."""
        yield self
        for child in self.children:
            yield from child.below()

    def every_use(self) -> set[str]:
        """The names that are read in this scope or inside it, and bound nowhere: builtins, most of all."""
        return {name for scope in self.below() for name in scope.uses if scope.home(name) is None}

    def loads(self, name: str) -> list[cst.Name]:
        """Where a name that this scope binds is read, here and in the scopes inside."""
        return [use for scope in self.below() for use in scope.uses.get(name, ()) if scope.home(name) is self]


class Scopes:
    """The scopes of a module, by their nodes; ``of(name)`` is the scope in which a ``Name`` node is read or bound."""

    def __init__(self, module: cst.Module) -> None:
        self._scopes: dict[int, Scope] = {}
        self._of: dict[int, Scope] = {}
        self.module = self._enter(module, None)
        self._block(module.body, self.module)
        self.identifiers = frozenset(self._identifiers(module))

    def at(self, node: ScopeNode) -> Scope:
        return self._scopes[id(node)]

    def of(self, name: cst.Name) -> Scope | None:
        return self._of.get(id(name))

    def home(self, name: cst.Name) -> Scope | None:
        """The scope that binds what a ``Name`` node reads; none for builtins and what is no variable."""
        scope = self.of(name)
        return None if scope is None else scope.home(name.value)

    def loads_in(self, root: cst.CSTNode) -> list[cst.Name]:
        """The names read in an expression or statement, in the order of the text."""
        found = []
        pending = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, cst.Name):
                scope = self._of.get(id(node))
                if scope is not None and any(use is node for use in scope.uses.get(node.value, ())):
                    found.append(node)
            pending.extend(reversed(node.children))
        return found

    @staticmethod
    def _identifiers(module: cst.Module) -> Iterator[str]:
        pending: list[cst.CSTNode] = [module]
        while pending:
            node = pending.pop()
            if isinstance(node, cst.Name):
                yield node.value
            pending.extend(node.children)

    # The walk

    def _enter(self, node: ScopeNode, parent: Scope | None) -> Scope:
        scope = Scope(node, parent)
        self._scopes[id(node)] = scope
        return scope

    def _block(self, statements: object, scope: Scope) -> None:
        assert isinstance(statements, list | tuple)
        for declaration in _declarations(statements):
            kind = "global" if isinstance(declaration, cst.Global) else "nonlocal"
            for item in declaration.names:
                scope.declared[item.name.value] = kind
        for statement in statements:
            self._visit(statement, scope)

    def _visit(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.Name):
            scope.uses.setdefault(node.value, []).append(node)
            self._of[id(node)] = scope
        elif isinstance(node, cst.FunctionDef):
            self._function(node, scope)
        elif isinstance(node, cst.Lambda):
            inner = self._enter(node, scope)
            self._parameters(node.params, scope, inner)
            self._visit(node.body, inner)
        elif isinstance(node, cst.ClassDef):
            self._class(node, scope)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, scope)
        elif isinstance(node, cst.Attribute | cst.Arg):
            self._visit(node.value, scope)
        elif isinstance(node, cst.Import | cst.ImportFrom):
            self._import(node, scope)
        elif isinstance(node, cst.Global | cst.Nonlocal):
            return
        elif not self._binding(node, scope):
            for child in node.children:
                self._visit(child, scope)

    def _binding(self, node: cst.CSTNode, scope: Scope) -> bool:
        """Statements and expressions that bind names beside reading others."""
        if isinstance(node, cst.MatchAs | cst.MatchStar | cst.MatchMapping):
            self._pattern(node, scope)
            return True
        if not isinstance(node, _BINDING):
            return False
        target = node.name if isinstance(node, cst.AsName) else node.target
        blocks = (cst.BaseSuite, cst.Else)
        if isinstance(node, cst.AugAssign | cst.Del):
            self._visit(target, scope)
        for child in node.children:
            if child is not target and not isinstance(child, blocks):
                self._visit(child, scope)
        outer = scope
        while isinstance(node, cst.NamedExpr) and isinstance(outer.node, _COMPREHENSIONS) and outer.parent is not None:
            outer = outer.parent
        self._target(target, outer)
        for child in node.children:
            if isinstance(child, blocks):
                self._visit(child, scope)
        return True

    def _pattern(self, node: cst.MatchAs | cst.MatchStar | cst.MatchMapping, scope: Scope) -> None:
        name = node.rest if isinstance(node, cst.MatchMapping) else node.name
        if name is not None:
            self._bind_name(name, scope)
        for child in node.children:
            if child is not name:
                self._visit(child, scope)

    def _target(self, target: cst.CSTNode, scope: Scope) -> None:
        if isinstance(target, cst.Name):
            self._bind_name(target, scope)
        elif isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._target(element.value, scope)
        else:
            self._visit(target, scope)

    def _bind_name(self, name: cst.Name, scope: Scope) -> None:
        scope.bind(name.value, name)
        self._of[id(name)] = scope

    def _function(self, node: cst.FunctionDef, scope: Scope) -> None:
        for decorator in node.decorators:
            self._visit(decorator, scope)
        scope.bind(node.name.value, node)
        self._of[id(node.name)] = scope
        inner = self._enter(node, scope)
        self._parameters(node.params, scope, inner)
        if node.returns is not None:
            self._visit(node.returns, scope)
        self._block(node.body.body, inner)

    def _class(self, node: cst.ClassDef, scope: Scope) -> None:
        for part in (*node.decorators, *node.bases, *node.keywords):
            self._visit(part, scope)
        scope.bind(node.name.value, node)
        self._of[id(node.name)] = scope
        self._block(node.body.body, self._enter(node, scope))

    def _parameters(self, parameters: cst.Parameters, outer: Scope, inner: Scope) -> None:
        every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
        every += [star for star in (parameters.star_arg, parameters.star_kwarg) if isinstance(star, cst.Param)]
        for parameter in every:
            if parameter.default is not None:
                self._visit(parameter.default, outer)
            if parameter.annotation is not None:
                self._visit(parameter.annotation, outer)
            inner.bind(parameter.name.value, parameter)
            self._of[id(parameter.name)] = inner

    def _comprehension(self, node: Comprehension, scope: Scope) -> None:
        inner = self._enter(node, scope)
        clause: cst.CompFor | None = node.for_in
        outer = scope
        while clause is not None:
            self._visit(clause.iter, outer)
            self._target(clause.target, inner)
            for condition in clause.ifs:
                self._visit(condition.test, inner)
            clause = clause.inner_for_in
            outer = inner
        if isinstance(node, cst.DictComp):
            self._visit(node.key, inner)
            self._visit(node.value, inner)
        else:
            self._visit(node.elt, inner)

    def _import(self, node: cst.Import | cst.ImportFrom, scope: Scope) -> None:
        if isinstance(node.names, cst.ImportStar):
            scope.bind("*", node)
            return
        for alias in node.names:
            scope.bind(bound_name(alias), alias)


def bound_name(alias: cst.ImportAlias) -> str:
    """The name that one part of an import statement binds."""
    if alias.asname is not None:
        assert isinstance(alias.asname.name, cst.Name)
        return alias.asname.name.value
    name: cst.BaseExpression = alias.name
    while isinstance(name, cst.Attribute):
        name = name.value
    assert isinstance(name, cst.Name)
    return name.value


def _declarations(statements: object) -> Iterator[cst.Global | cst.Nonlocal]:
    """The ``global`` and ``nonlocal`` statements of a scope's own body."""
    assert isinstance(statements, list | tuple)
    pending: list[cst.CSTNode] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Global | cst.Nonlocal):
            yield node
        elif not isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda | cst.BaseExpression):
            pending.extend(node.children)
