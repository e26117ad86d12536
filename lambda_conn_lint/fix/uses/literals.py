"""What arguments certainly are: one of finitely many literals, something of the environment, or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.uses.callee import resolve_callee
from lambda_conn_lint.fix.uses.callers import definitions_in
from lambda_conn_lint.fix.uses.index import Binding, Occurrence, Scope, Variable
from lambda_conn_lint.fix.uses.model import CallSite, Entries, Origin, View
from lambda_conn_lint.fix.uses.parameters import by_place, implicit, parameter_of
from lambda_conn_lint.fix.uses.project import Definition, Project, origins_of
from lambda_conn_lint.fix.uses.references import references_to

_ORDER: tuple[Origin, ...] = ("literal", "environment", "unknown")
_READERS = frozenset({"os.environ.get", "os.getenv"})
_LIMIT = 2_000  # expressions; more than any real chain of callers takes
_DEEPEST = 50  # expressions that depend on one another; about ten of Python's frames each


def literal_arguments(
    view: View | Project, site: CallSite, path: str, function_name: str, entries: Entries = ()
) -> Mapping[str, Origin]:
    """What each parameter of a function is at one call of it, by name; a receiver that fills the first is left out.

    ``site`` comes from ``callers_of(view, path, function_name)``. Literals are texts, None and numbers, and equal
    ones may differ in type (``1 == True``). The environment is ``os.environ[...]``, ``.get`` or ``os.getenv`` of a
    literal name, with no default or one that is such a value itself. ``*args`` and ``**kwargs`` are "literal" where
    nothing goes to them. ``entries`` are the functions that the platform calls, with what nobody knows.
    """
    project = Project.of(view)
    module = project.index(site.path)
    call = None if module is None else module.calls.get(site.call.span)
    results: dict[str, Origin] = {}
    for definition in definitions_in(project, path, function_name):
        for parameter in definition.function.parameters[_receivers(project, definition, call) :]:
            origin: Origin = "unknown"
            if call is not None:
                origin = _Origins(project, entries).result(call, definition, parameter)
            results[parameter.name] = _worst((origin, results.get(parameter.name, "literal")))
    return results


def _receivers(project: Project, definition: Definition, call: Occurrence | None) -> int:
    return implicit(definition, True if call is None else _is_bound(project, call))


def _is_bound(project: Project, call: Occurrence) -> bool:
    function = call.scope.module.child(call, "function")
    return not isinstance(function.node, m.Attribute) or resolve_callee(project, function).is_bound


def _worst(origins: Iterable[Origin]) -> Origin:
    return max(origins, key=_ORDER.index, default="literal")


class _Origins:
    def __init__(self, project: Project, entries: Entries) -> None:
        self._project = project
        self._entries = entries
        self._seen: dict[object, Origin] = {}
        self._left = _LIMIT
        self._depth = 0
        self._has_source = False

    def result(self, call: Occurrence, definition: Definition, parameter: m.Parameter) -> Origin:
        """What a call gives a parameter; unknown if that comes from nowhere but a circle of callers."""
        origin = self.of_argument(call, definition, parameter)
        return origin if self._has_source else "unknown"

    def of_argument(self, call: Occurrence, definition: Definition, parameter: m.Parameter) -> Origin:
        """What a call gives a parameter, its default included."""
        is_bound = _is_bound(self._project, call)
        values: list[Occurrence] = []
        for argument in call.scope.module.children(call, "arguments"):
            filled = parameter_of(definition, argument, is_bound)
            if filled is None:
                if not self._goes_elsewhere(definition, argument, parameter, is_bound):
                    return "unknown"
            elif filled == parameter:
                values.append(call.scope.module.child(argument, "value"))
        if not values:
            if parameter.kind in ("*", "**"):
                self._has_source = True
                return "literal"
            place = definition.function.parameters.index(parameter)
            values = [one for one in definition.module.children(definition.opener, "default") if one.place == place]
        return _worst(map(self.of, values)) if values else "unknown"

    def _goes_elsewhere(
        self, definition: Definition, argument: Occurrence, parameter: m.Parameter, is_bound: bool
    ) -> bool:
        """Whether an argument that fills no named parameter surely does not fill this one."""
        assert isinstance(argument.node, m.Argument)
        if argument.node.star:
            return False
        kind = "**" if argument.node.keyword else "*"
        return parameter.kind != kind and (
            bool(argument.node.keyword) or by_place(definition, argument.place, is_bound) is None
        )

    def of(self, expression: Occurrence) -> Origin:
        """What an expression is."""
        if expression in self._seen:
            return self._seen[expression]
        self._left -= 1
        if self._left < 0 or self._depth > _DEEPEST:
            return "unknown"
        self._seen[expression] = "literal"  # what goes in a circle adds nothing
        self._depth += 1
        self._seen[expression] = self._of(expression)
        self._depth -= 1
        return self._seen[expression]

    def _of(self, expression: Occurrence) -> Origin:
        node = expression.node
        children = expression.scope.module.children
        if isinstance(node, m.Literal | m.Subscript | m.Call):
            self._has_source = True
        if isinstance(node, m.Literal):
            return "literal"
        if isinstance(node, m.Name):
            return self._variable((expression.scope.resolve(node.id), node.id))
        if isinstance(node, m.Conditional):
            return _worst(map(self.of, [*children(expression, "body"), *children(expression, "orelse")]))
        if isinstance(node, m.Boolean):
            return _worst(map(self.of, [*children(expression, "left"), *children(expression, "right")]))
        if isinstance(node, m.Attribute):
            return self._module_constant(expression, node.name)
        if isinstance(node, m.Subscript):
            is_read = "os.environ" in _names(children(expression, "value")[0]) and isinstance(node.key, m.Literal)
            return "environment" if is_read else "unknown"
        if isinstance(node, m.Call):
            return self._environment(expression, node)
        return "unknown"

    def _environment(self, expression: Occurrence, call: m.Call) -> Origin:
        module = expression.scope.module
        given = module.children(expression, "arguments")
        if _READERS.isdisjoint(_names(module.child(expression, "function"))) or not 1 <= len(given) <= 2:
            return "unknown"
        if any(argument.star for argument in call.arguments) or not isinstance(call.arguments[0].value, m.Literal):
            return "unknown"
        return _worst(["environment", *(self.of(module.child(argument, "value")) for argument in given[1:])])

    def _module_constant(self, expression: Occurrence, name: str) -> Origin:
        module = expression.scope.module
        origins = origins_of(module.child(expression, "value"))
        found = [one for origin in origins for one in self._project.providers(module.path, *origin, name)]
        return _worst(map(self._variable, found)) if found else "unknown"

    def _variable(self, variable: Variable) -> Origin:
        scope, name = variable
        bindings = scope.module.bindings.get(variable, [])
        if len(bindings) != 1 or scope.kind == "class" or self._is_set_outside(scope, name):
            return "unknown"
        (binding,) = bindings
        if binding.kind == "parameter":
            return self._parameter(scope, binding)
        if binding.kind == "from":
            level, dotted, imported = binding.origin
            found = self._project.providers(scope.module.path, level, dotted, imported)
            return _worst(map(self._variable, found)) if found else "unknown"
        if binding.kind == "walrus":
            return self.of(scope.module.child(binding.occurrence, "value"))
        return self._target(binding.occurrence) if binding.kind == "target" else "unknown"

    def _is_set_outside(self, scope: Scope, name: str) -> bool:
        """Whether some file sets an attribute of the name of a module's variable: perhaps this one."""
        if scope.kind != "module":
            return False
        if any((scope, reader) in scope.module.reads for reader in ("globals", "exec", "eval")):
            return True
        return any(
            one.is_target for module in self._project.mentioning(name) for one in module.attributes.get(name, ())
        )

    def _parameter(self, scope: Scope, binding: Binding) -> Origin:
        """A parameter is what all callers give it, if they are known."""
        definition = Definition(scope.module, scope.number)
        parameter = definition.function.parameters[binding.number]
        key = (definition, parameter.name)
        if key in self._seen:
            return self._seen[key]
        self._seen[key] = "literal"  # what goes in a circle adds nothing
        self._seen[key] = self._from_callers(definition, parameter)
        return self._seen[key]

    def _from_callers(self, definition: Definition, parameter: m.Parameter) -> Origin:
        if (definition.module.path, definition.name) in self._entries or parameter.kind in ("*", "**"):
            return "unknown"
        references = references_to(self._project, definition)
        if references.doubts or not references.calls:
            return "unknown"
        return _worst(self.of_argument(call, definition, parameter) for call in references.calls)

    def _target(self, target: Occurrence) -> Origin:
        places: list[int] = []
        parent = target.parent
        while parent is not None and isinstance(parent.node, m.Display):
            places.append(target.place)
            target, parent = parent, parent.parent
        if parent is None:
            return "unknown"
        children = parent.scope.module.children
        if isinstance(parent.node, m.Assign | m.Annotate):
            return _worst([self._item(value, places[::-1]) for value in children(parent, "value")] or ["unknown"])
        if isinstance(parent.node, m.For | m.Clause):
            return self._each(children(parent, "iterable")[0], places[::-1])
        return "unknown"

    def _each(self, iterable: Occurrence, places: list[int]) -> Origin:
        """The items of a display, or of a tuple that a name stands for."""
        display = self._display(iterable)
        if display is None:
            return "unknown"
        items = display.scope.module.children(display, "items")
        return _worst([self._item(item, places) for item in items])

    def _display(self, expression: Occurrence) -> Occurrence | None:
        node = expression.node
        if isinstance(node, m.Display):
            return expression
        if not isinstance(node, m.Name):
            return None
        scope = expression.scope.resolve(node.id)
        bindings = scope.module.bindings.get((scope, node.id), [])
        parent = bindings[0].occurrence.parent if len(bindings) == 1 and bindings[0].kind == "target" else None
        if parent is None or not isinstance(parent.node, m.Assign) or self._is_set_outside(scope, node.id):
            return None
        value = parent.scope.module.child(parent, "value")
        return value if isinstance(value.node, m.Display) and value.node.kind == "tuple" else None

    def _item(self, expression: Occurrence, places: list[int]) -> Origin:
        """What stands at a place of displays in displays."""
        for place in places:
            node = expression.node
            if not isinstance(node, m.Display) or place >= len(node.items) or node.kind == "set":
                return "unknown"
            if any(isinstance(item, m.Star) for item in node.items):
                return "unknown"
            expression = expression.scope.module.children(expression, "items")[place]
        return self.of(expression)


def _names(expression: Occurrence) -> set[str]:
    """The dotted names that an expression may stand for by its imports."""
    return {dotted for level, dotted in origins_of(expression) if not level}
