"""Import statements, and the names they bind: looked up when they are used, since that opens modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link import expressions
from lambda_conn_lint.link.values import (
    NOTHING,
    PENDING,
    UNKNOWN,
    Container,
    External,
    Imported,
    Module,
    Value,
    join,
    only,
)

if TYPE_CHECKING:
    from lambda_conn_lint.link.frame import Frame

_LONGEST_REEXPORT = 20  # modules that one name may pass through


def run_import(frame: Frame, statement: m.Import) -> None:
    modules = frame.analysis.modules
    found = modules.absolute(frame.path, statement.module)
    if statement.alias:
        frame.bind(statement.alias, only(found if found is not None else External(statement.module)))
        return
    head = statement.module.partition(".")[0]
    if found is not None and head != statement.module:
        found = modules.absolute(frame.path, head)
    frame.bind(head, only(found if found is not None else External(head)))


def run_import_from(frame: Frame, statement: m.ImportFrom) -> None:
    found = frame.analysis.modules.named(frame.path, statement.level, statement.module)
    for name, bound in statement.names:
        if name == "*":
            _import_star(frame, found, statement)
        elif found is not None:
            frame.bind(bound, only(Imported(found, name)))
        elif statement.level:
            frame.bind(bound, UNKNOWN)
        else:
            frame.bind(bound, only(External(f"{statement.module}.{name}")))


def _import_star(frame: Frame, found: Module | None, statement: m.ImportFrom) -> None:
    if found is None:
        if not statement.level:
            for name in frame.analysis.catalogue.exported(statement.module):
                frame.bind(name, only(External(f"{statement.module}.{name}")))
        return
    if not found.path or frame.analysis.facts(found.path) is None or not frame.require_module(found.path):
        return
    names = frame.analysis.module_names.get(found.path, {})
    offered = expressions.constants(names["__all__"]) if "__all__" in names else None
    for name in names if offered is None else offered:
        if offered is not None or not name.startswith("_"):
            frame.bind(name, only(Imported(found, name)))


def resolve(frame: Frame, value: Value) -> Value:
    """The value with names imported from the project looked up; asks for their modules to be run."""
    if not any(isinstance(thing, Imported) for thing in value.objects):
        return value
    result = NOTHING
    for thing in value.objects:
        result = join(result, _looked_up(frame, thing, 0) if isinstance(thing, Imported) else only(thing))
    # An imported name is a copy: assigning it leaves the module's own alone. What a container holds is shared.
    is_copy = value.place is not None and not any(isinstance(thing, Container) for thing in result.objects)
    return result._replace(
        open=result.open or value.open,
        taint=result.taint | value.taint,
        place=value.place if is_copy else result.place,
        pending=result.pending or value.pending,
    )


def _looked_up(frame: Frame, thing: Imported, depth: int) -> Value:
    module = thing.module
    if depth > _LONGEST_REEXPORT:
        return UNKNOWN
    if module.path and frame.analysis.facts(module.path) is not None:
        if not frame.require_module(module.path):
            return PENDING
        found = frame.module_value(module.path, thing.name)
        if found is not None and found.objects != {thing}:
            return _through(frame, found, thing, depth)
    submodule = frame.analysis.modules.submodule(module, thing.name)
    return UNKNOWN if submodule is None else only(submodule)


def _through(frame: Frame, found: Value, thing: Imported, depth: int) -> Value:
    """A module's variable, which may itself be a name that the module has imported."""
    result = NOTHING
    for inner in found.objects:
        if isinstance(inner, Imported) and inner != thing:
            result = join(result, _looked_up(frame, inner, depth + 1))
        elif inner != thing:
            result = join(result, only(inner))
    if result is NOTHING:
        return found
    return result._replace(
        open=result.open or found.open, taint=found.taint, place=result.place if found.place is None else found.place
    )
