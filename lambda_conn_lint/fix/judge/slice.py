"""What has to come along when a construction leaves its function: locals, imports, and what becomes a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import libcst as cst

from lambda_conn_lint.fix.judge.globals import Globals
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.judge.purity import Judge
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.source.assigned import assignment
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.scopes import Scope
from lambda_conn_lint.fix.source.tree import Tree, is_within

_READERS = frozenset({"copy", "count", "get", "index", "items", "keys", "values"})
_DEEPEST = 8
_MUTATORS = frozenset({"append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"})


class Local(NamedTuple):
    """A local variable that an argument is made from: its one assignment, and what that is."""

    scope: Scope
    name: str
    statement: cst.SimpleStatementLine
    value: cst.BaseExpression
    is_construction: bool = False


class LocalImport(NamedTuple):
    """An import inside the function."""

    scope: Scope
    name: str
    alias: cst.ImportAlias
    statement: cst.SimpleStatementLine


class Key(NamedTuple):
    """An argument that stays at the call site and tells one client from another; ``name`` as a parameter."""

    argument: cst.Arg
    name: str


class Slice(NamedTuple):
    """All of it, each in the order of the text."""

    locals: tuple[Local, ...]
    imports: tuple[LocalImport, ...]
    keys: tuple[Key, ...]


class Slicer:
    """Slices constructions of one file.

    ``is_construction`` tells whether a call builds a client by itself without connecting, such as the session that a
    client is made from.
    """

    def __init__(self, ground: Ground, file: SourceFile, is_construction: Callable[[cst.Call], bool]) -> None:
        self._tree = file.tree
        self._scopes = file.scopes
        self._module = file.scopes.module
        self._judge = Judge(file.tree, file.scopes, file.origins.of)
        self._globals = Globals(ground, file, is_construction)
        self._is_construction = is_construction

    def slice(self, construction: cst.Call, also: Iterable[cst.BaseExpression] = ()) -> Slice:
        """What ``construction``, and ``also`` what sets it up, needs. Raises ``RefusalError``."""
        _refuse_expression(self._tree, construction)
        needed: list[cst.BaseExpression] = [construction.func, *also]
        staying: list[cst.Arg] = []
        for argument in construction.args:
            if self.is_movable(argument.value):
                needed.append(argument.value)
            elif argument.star:
                raise RefusalError(f"its arguments come from `{self._text(argument)}`, which is made elsewhere")
            else:
                staying.append(argument)
        self._check_makers(construction)
        keys: list[Key] = []
        taken = {name.value for name in self._names(needed)}
        for argument in staying:
            keys.append(Key(argument, _key_name(argument, taken)))
            taken.add(keys[-1].name)
        found_locals: dict[tuple[int, str], Local] = {}
        imports: dict[tuple[int, str], LocalImport] = {}
        for name in self._names(needed):
            self._follow(name, found_locals, imports)
        in_order = sorted(found_locals.values(), key=lambda found: self._tree.code(found.statement))
        return Slice(
            tuple(in_order),
            tuple(sorted(imports.values(), key=lambda found: self._tree.code(found.statement))),
            tuple(keys),
        )

    def _text(self, node: cst.CSTNode) -> str:
        return self._tree.slice(node)

    def _names(self, nodes: Iterable[cst.BaseExpression]) -> list[cst.Name]:
        return [name for node in nodes for name in self._scopes.loads_in(node)]

    def _check_makers(self, construction: cst.Call) -> None:
        """What the construction is called on is named, or built there and then by a constructor that is known."""
        maker = construction.func
        while isinstance(maker, cst.Attribute | cst.Subscript | cst.Call):
            if isinstance(maker, cst.Call):
                if not self._is_construction(maker):
                    raise RefusalError(f"`{self._text(maker)}`, which it is made from, is given by other code")
                for argument in maker.args:
                    if not self.is_movable(argument.value):
                        raise RefusalError(f"`{self._text(argument)}` is only known when the function runs")
            maker = maker.func if isinstance(maker, cst.Call) else maker.value

    def slice_whole(self, construction: cst.Call, also: Iterable[cst.BaseExpression] = ()) -> Slice:
        """The same with nothing left at the call site; what is only fetched for the construction comes along too.

        Raises ``RefusalError``.
        """
        _refuse_expression(self._tree, construction)
        found: dict[tuple[int, str], Local] = {}
        imports: dict[tuple[int, str], LocalImport] = {}
        for name in self._names([construction, *also]):
            self._follow(name, found, imports, effects=True)
        in_order = sorted(found.values(), key=lambda local: self._tree.code(local.statement))
        fetched = [local for local in in_order if self._is_fetched(local)]
        self._check_order(construction, in_order, fetched)
        return Slice(
            tuple(in_order), tuple(sorted(imports.values(), key=lambda item: self._tree.code(item.statement))), ()
        )

    def _is_fetched(self, local: Local) -> bool:
        return not local.is_construction and self._judge.judge(local.value) == "effect"

    def _check_order(self, construction: cst.Call, slice_: list[Local], fetched: list[Local]) -> None:
        """What is fetched serves the construction alone, and nothing with an effect happens in between."""
        if not fetched:
            return
        inside = [self._tree.code(construction), *(self._tree.code(local.statement) for local in slice_)]
        for local in fetched:
            for load in local.scope.loads(local.name):
                if not is_within(self._tree.code(load), inside):
                    raise RefusalError(f"`{local.name}` is fetched for other things too")
        block, first = self._tree.suite(fetched[0].statement)
        belongs = {id(local.statement) for local in slice_}
        for statement in block.body[first + 1 :]:
            start, end = self._tree.code(statement)
            if start <= inside[0][0] < end:
                return
            if id(statement) not in belongs and not self._is_quiet(statement):
                raise RefusalError(f"something else happens between fetching `{fetched[0].name}` and connecting")
        raise RefusalError(f"`{fetched[0].name}` is fetched in another block")

    def _is_quiet(self, statement: cst.CSTNode) -> bool:
        if not isinstance(statement, cst.SimpleStatementLine):
            return False
        return all(
            isinstance(small, cst.Pass)
            or (
                isinstance(small, cst.Assign | cst.AnnAssign)
                and small.value is not None
                and self._judge.judge(small.value) != "effect"
            )
            for small in statement.body
        )

    def is_made_from_parameters(self, node: cst.BaseExpression, function: cst.FunctionDef, depth: int = 0) -> bool:
        """Whether an expression gives the same for the same parameters of its function, whenever it is evaluated."""
        if depth > _DEEPEST or self._judge.judge(node) == "effect":
            return False
        return all(self._keeps_for_parameters(name, function, depth) for name in self._names([node]))

    def _keeps_for_parameters(self, name: cst.Name, function: cst.FunctionDef, depth: int) -> bool:
        home = self._scopes.home(name)
        if home is not None and home.node is function:
            bindings = home.bound[name.value]
            local = self._local(home, name.value, bindings[0]) if len(bindings) == 1 else None
            if local is None:
                return len(bindings) == 1 and isinstance(bindings[0], cst.Param | cst.ImportAlias)
            return self.is_made_from_parameters(local.value, function, depth + 1)
        try:
            self._follow(name, {}, {})
        except RefusalError:
            return False
        return True

    def is_movable(self, node: cst.BaseExpression) -> bool:
        """Whether an expression can be evaluated in the accessor: pure, of names that can be followed."""
        if self._judge.judge(node) == "effect" and not self._is_chained(node):
            return False
        try:
            for name in self._names([node]):
                self._follow(name, {}, {})
        except RefusalError:
            return False
        return True

    def _is_chained(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Call) and self._is_construction(node)

    def _follow(
        self,
        name: cst.Name,
        found: dict[tuple[int, str], Local],
        imports: dict[tuple[int, str], LocalImport],
        *,
        effects: bool = False,
    ) -> None:
        """Take in what a name needs; with ``effects`` also what is fetched. Raises ``RefusalError``."""
        home = self._scopes.home(name)
        if home is None:
            if _is_private(name.value) and self._tree.class_around(name) is not None:
                raise RefusalError(f"`{name.value}` is a private name of its class")
            return
        key = (id(home.node), name.value)
        if key in found or key in imports:
            return
        bindings = home.bound[name.value]
        if isinstance(home.node, cst.Module):
            self._check_global(name)
            return
        if home.is_class:
            raise RefusalError(f"`{name.value}` belongs to the body of a class")
        if len(bindings) > 1:
            raise RefusalError(f"`{name.value}` is assigned more than once")
        binding = bindings[0]
        if isinstance(binding, cst.ImportAlias):
            imports[key] = self._local_import(home, name.value, binding)
            return
        local = self._checked_local(home, name, binding, effects=effects)
        found[key] = local
        for inner in self._names([local.value]):
            self._follow(inner, found, imports, effects=effects)

    def _checked_local(self, home: Scope, name: cst.Name, binding: cst.CSTNode, *, effects: bool) -> Local:
        """The local variable that a name reads. Raises ``RefusalError`` where its assignment cannot move."""
        local = self._local(home, name.value, binding)
        if local is None:
            raise RefusalError(f"`{name.value}` is not known before the function runs")
        if not self._runs_before(local.statement, name):
            raise RefusalError(f"`{name.value}` is not assigned on every way to the construction")
        verdict = "constant" if local.is_construction else self._judge.judge(local.value)
        if verdict == "effect":
            if not effects:
                raise RefusalError(f"`{name.value}` is made by calls that may do more than give a value")
            _refuse_expression(self._tree, local.value)
        if verdict == "mutable" and not self._is_only_read(home, name.value):
            raise RefusalError(f"`{name.value}` is changed after it is made")
        return local

    def _runs_before(self, statement: cst.SimpleStatementLine, name: cst.Name) -> bool:
        """Whether an assignment stands in a block around a place, and above it."""
        block, _ = self._tree.suite(statement)
        is_around = any(above is block for above in self._tree.ancestors(name))
        return is_around and self._tree.code(statement)[1] <= self._tree.code(name)[0]

    def _local(self, home: Scope, name: str, binding: cst.CSTNode) -> Local | None:
        made = assignment(self._tree, binding)
        if made is None or (isinstance(made, cst.Assign) and len(made.targets) != 1):
            return None
        statement, value = self._tree.parent(made), made.value
        if value is None or not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        is_construction = isinstance(value, cst.Call) and self._is_construction(value)
        return Local(home, name, statement, value, is_construction)

    def _local_import(self, home: Scope, name: str, alias: cst.ImportAlias) -> LocalImport:
        above = self._tree.parent(alias)
        assert above is not None
        statement = self._tree.parent(above)
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            raise RefusalError(f"`{name}` is imported together with other statements on one line")
        return LocalImport(home, name, alias, statement)

    def _check_global(self, name: cst.Name) -> None:
        around = self._tree.class_around(name)
        if around is not None and _is_private(name.value):
            raise RefusalError(f"`{name.value}` is a private name of its class")
        is_class = any(isinstance(binding, cst.ClassDef) for binding in self._module.bound[name.value])
        if is_class and not isinstance(self._tree.parent(name), cst.Attribute):
            raise RefusalError(
                f"`{name.value}` is a class of the project, whose objects may keep more than a connection"
            )
        if not self._globals.is_stable(name):
            raise RefusalError(f"the global `{name.value}` may change while the program runs")

    def _is_only_read(self, home: Scope, name: str) -> bool:
        """Whether a display or settings object is not changed between its making and its last use."""
        return all(not self._is_written_into(use) and self._is_read_in_place(use) for use in home.loads(name))

    def _is_read_in_place(self, use: cst.Name) -> bool:
        """Whether the name is unpacked, subscripted or an argument of a construction, so that nobody else gets it."""
        parent = self._tree.parent(use)
        above = None if parent is None else self._tree.parent(parent)
        if isinstance(parent, cst.Subscript) and parent.value is use:
            return not isinstance(above, cst.Assign | cst.For)
        if isinstance(parent, cst.Attribute):
            is_called = isinstance(above, cst.Call) and above.func is parent
            return not is_called or parent.attr.value in _READERS
        if isinstance(parent, cst.Arg):
            return isinstance(above, cst.Call) and (bool(parent.star) or self._is_construction(above))
        return False

    def _is_written_into(self, use: cst.Name) -> bool:
        node: cst.CSTNode = use
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Attribute | cst.Subscript) and parent.value is node:
            above = self._tree.parent(parent)
            if isinstance(above, cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.Del) and (
                getattr(above, "target", None) is parent
            ):
                return True
            if (
                isinstance(parent, cst.Attribute)
                and parent.attr.value in _MUTATORS
                and isinstance(above, cst.Call)
                and above.func is parent
            ):
                return True
            node, parent = parent, above
        return False


def _key_name(argument: cst.Arg, taken: set[str]) -> str:
    """What the argument is called as a parameter: as its keyword or variable, with underscores where that is taken."""
    name = "key"
    value = argument.value
    if argument.keyword is not None:
        name = argument.keyword.value
    elif isinstance(value, cst.Name):
        name = value.value
    elif isinstance(value, cst.Attribute):
        name = value.attr.value
    while name in taken:
        name += "_"
    return name


def brought_by(line: cst.SimpleStatementLine) -> list[cst.BaseExpression]:
    """The expressions that a set-up statement brings: its arguments, or the value that it assigns."""
    statement = line.body[0]
    if isinstance(statement, cst.Assign):
        return [statement.value]
    assert isinstance(statement, cst.Expr)
    assert isinstance(statement.value, cst.Call)
    return [argument.value for argument in statement.value.args]


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _refuse_expression(tree: Tree, construction: cst.BaseExpression) -> None:
    """What must not stand inside a construction that is evaluated elsewhere."""
    for node in tree.nodes(construction):
        if isinstance(node, cst.Await):
            raise RefusalError("its arguments are awaited")
        if isinstance(node, cst.Yield | cst.NamedExpr):
            raise RefusalError("its arguments do more than give a value")
        if isinstance(node, cst.Name) and node.value in ("super", "__class__"):
            raise RefusalError(f"its arguments use `{node.value}`")
