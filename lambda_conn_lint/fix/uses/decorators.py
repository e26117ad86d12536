"""Decorators: which ones leave a function what it is."""

from __future__ import annotations

from lambda_conn_lint.fix.uses.callee import resolve_callee
from lambda_conn_lint.fix.uses.index import text_of
from lambda_conn_lint.fix.uses.known import CACHING_DECORATORS, HARMLESS_DECORATORS, WRAPPING_DECORATORS
from lambda_conn_lint.fix.uses.project import Definition, Project, last_part


def opaque_decorators(project: Project, definition: Definition) -> list[str]:
    """Last names of the decorators that may do anything with a function, its arguments and its results.

    Those that cache are not among them.
    """
    found = []
    for decorator in definition.module.children(definition.opener, "decorator"):
        name = last_part(text_of(decorator.node))
        if name in HARMLESS_DECORATORS or name in CACHING_DECORATORS:
            continue
        function = decorator
        while callees := function.scope.module.children(function, "function"):
            function = callees[0]
        if name not in WRAPPING_DECORATORS or resolve_callee(project, function).definitions:
            found.append(name)
    return found
