"""Which names a file's scopes bind and use: enough of Python's symbol table to move an expression out of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, get_args
from weakref import ref

import libcst as cst

from lambda_conn_lint.fix.source.tree import Tree

Comprehension: TypeAlias = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp
ScopeNode: TypeAlias = cst.Module | cst.ClassDef | cst.FunctionDef | cst.Lambda | Comprehension

Binding: TypeAlias = cst.AssignTarget | cst.For | cst.AnnAssign | cst.AugAssign | cst.Del | cst.NamedExpr | cst.AsName
Pattern: TypeAlias = cst.MatchAs | cst.MatchStar | cst.MatchMapping
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


class Scope:
    """One scope.

    ``bound`` holds, for each name, the nodes that bind it: the ``Name`` in a target, the parameter, the definition, the
    import. ``declared`` are its ``global`` and ``nonlocal`` names. ``uses`` are the names that are read in it.
    """

    def __init__(self, node: ScopeNode, parent: Scope | None) -> None:
        self.node = node
        # Weak, since a cycle would keep the whole tree of the file until the collector comes by.
        self._parent = None if parent is None else ref(parent)
        self.bound: dict[str, list[cst.CSTNode]] = {}
        self.declared: dict[str, str] = {}
        self.uses: dict[str, list[cst.Name]] = {}
        self._loads: dict[str, list[cst.Name]] = {}
        self.children: list[Scope] = []
        if parent is not None:
            parent.children.append(self)

    @property
    def parent(self) -> Scope | None:
        """The scope around this one, as long as the module's is kept by somebody."""
        return None if self._parent is None else self._parent()

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

    def loads(self, name: str) -> Sequence[cst.Name]:
        """Where a name that this scope binds is read, here and in the scopes inside."""
        return self._loads.get(name, ())

    def settle(self) -> None:
        """Tells the scopes where their names are read, once all that is read in this one and inside it is known."""
        for scope in self.below():
            for name, uses in scope.uses.items():
                home = scope.home(name)
                if home is not None:
                    home._loads.setdefault(name, []).extend(uses)


class Scopes:
    """The scopes of a module, by their nodes; ``of(name)`` is the scope in which a ``Name`` node is read or bound."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes: dict[int, Scope] = {}
        self._of: dict[int, Scope] = {}
        self._read: set[int] = set()
        self.module = self._enter(tree.module, None)
        self._block(tree.module.body, self.module)
        self.module.settle()
        self.identifiers = frozenset(name.value for name in tree.find(tree.module, cst.Name))

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
        return [name for name in self._tree.find(root, cst.Name) if id(name) in self._read]

    # The walk

    def _enter(self, node: ScopeNode, parent: Scope | None) -> Scope:
        scope = Scope(node, parent)
        self._scopes[id(node)] = scope
        return scope

    def _block(self, statements: Iterable[cst.CSTNode], scope: Scope) -> None:
        self._declare(scope, cst.Global, "global")
        self._declare(scope, cst.Nonlocal, "nonlocal")
        for statement in statements:
            self._visit(statement, scope)

    def _declare(self, scope: Scope, kind: type[cst.Global | cst.Nonlocal], word: str) -> None:
        """Notes the names that statements of a scope's own body declare."""
        for statement in self._tree.find(scope.node, kind):
            around = (above for above in self._tree.ancestors(statement) if isinstance(above, _DECLARING))
            if next(around) is scope.node:
                scope.declared.update((item.name.value, word) for item in statement.names)

    def _visit(self, node: cst.CSTNode, scope: Scope) -> None:
        visit = _VISITS.get(type(node))
        if visit is not None:
            visit(self, node, scope)
            return
        for child in self._tree.children(node):
            self._visit(child, scope)

    def _name(self, name: cst.Name, scope: Scope) -> None:
        scope.uses.setdefault(name.value, []).append(name)
        self._of[id(name)] = scope
        self._read.add(id(name))

    def _value(self, node: cst.Attribute | cst.Arg, scope: Scope) -> None:
        self._visit(node.value, scope)

    def _nothing(self, node: cst.CSTNode, scope: Scope) -> None:
        """There is nothing below that a scope binds or reads."""

    def _binding(self, node: Binding, scope: Scope) -> None:
        """Statements and expressions that bind names beside reading others."""
        target = node.name if isinstance(node, cst.AsName) else node.target
        blocks = (cst.BaseSuite, cst.Else)
        if isinstance(node, cst.AugAssign | cst.Del):
            self._visit(target, scope)
        children = list(self._tree.children(node))
        for child in children:
            if child is not target and not isinstance(child, blocks):
                self._visit(child, scope)
        outer = scope
        while isinstance(node, cst.NamedExpr) and isinstance(outer.node, _COMPREHENSIONS) and outer.parent is not None:
            outer = outer.parent
        self._target(target, outer)
        for child in children:
            if isinstance(child, blocks):
                self._visit(child, scope)

    def _pattern(self, node: Pattern, scope: Scope) -> None:
        name = node.rest if isinstance(node, cst.MatchMapping) else node.name
        if name is not None:
            self._bind_name(name, scope)
        for child in self._tree.children(node):
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

    def _lambda(self, node: cst.Lambda, scope: Scope) -> None:
        inner = self._enter(node, scope)
        self._parameters(node.params, scope, inner)
        self._visit(node.body, inner)

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


_DECLARING = (cst.Module, cst.FunctionDef, cst.ClassDef, cst.Lambda)
_VISITS: dict[type[cst.CSTNode], Callable[[Scopes, Any, Scope], None]] = {
    cst.Name: Scopes._name,
    cst.FunctionDef: Scopes._function,
    cst.Lambda: Scopes._lambda,
    cst.ClassDef: Scopes._class,
    **dict.fromkeys(_COMPREHENSIONS, Scopes._comprehension),
    cst.Attribute: Scopes._value,
    cst.Arg: Scopes._value,
    cst.Import: Scopes._import,
    cst.ImportFrom: Scopes._import,
    cst.Global: Scopes._nothing,
    cst.Nonlocal: Scopes._nothing,
    **dict.fromkeys(get_args(Binding), Scopes._binding),
    **dict.fromkeys(get_args(Pattern), Scopes._pattern),
}
