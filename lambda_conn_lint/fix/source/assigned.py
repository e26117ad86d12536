"""What a name is given by the assignment that binds it; bindings are nodes as ``Scope.bound`` holds them."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.fix.source.tree import Tree


def assignment(tree: Tree, binding: cst.CSTNode) -> cst.Assign | cst.AnnAssign | None:
    """The assignment that gives a name, as a target of its own, a value; none for whatever else binds names."""
    target = tree.parent(binding)
    around = tree.parent(target) if isinstance(target, cst.AssignTarget) else target
    return around if isinstance(around, cst.Assign | cst.AnnAssign) else None


def assigned(tree: Tree, binding: cst.CSTNode) -> cst.BaseExpression | None:
    """The value of that assignment; none for an annotation alone, too."""
    found = assignment(tree, binding)
    return None if found is None else found.value


def assigned_bare(tree: Tree, binding: cst.CSTNode) -> cst.BaseExpression | None:
    """The same of assignments without an annotation alone."""
    found = assignment(tree, binding)
    return found.value if isinstance(found, cst.Assign) else None
