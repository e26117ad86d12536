"""Whether a variable certainly holds what one call gives, and nothing else besides."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.source.assigned import assigned
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.tree import is_none


def is_certain(file: SourceFile, receiver: cst.BaseExpression) -> bool:
    """Whether a name is bound to one call, or to None before it. A parameter may hold anything."""
    if not isinstance(receiver, cst.Name):
        return False
    home = file.scopes.home(receiver)
    if home is None or home.is_class:
        return False
    values = [assigned(file.tree, binding) for binding in home.bound[receiver.value]]
    calls = sum(isinstance(value, cst.Call) for value in values)
    return calls == 1 and all(isinstance(value, cst.Call) or is_none(value) for value in values)
