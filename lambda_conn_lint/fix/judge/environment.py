"""Whether code does anything with the process's environment but read it."""

from __future__ import annotations

from lambda_conn_lint.facts import model as m

_READERS = frozenset({"copy", "get", "items", "keys", "values", "__getitem__", "__contains__"})
_WRITERS = frozenset({"putenv", "unsetenv", "load_dotenv"})


def writes_environment(node: object) -> bool:
    """Whether a piece of facts may change the environment; ``os.environ`` that is handed on counts."""
    if isinstance(node, tuple):
        return any(writes_environment(part) for part in node)
    if not isinstance(node, m.Node):
        return False
    if _is_environment(node):
        return True
    if isinstance(node, m.Subscript) and _is_environment(node.value):
        return writes_environment(node.key)
    if isinstance(node, m.Assign | m.Delete) and any(_is_item(target) for target in node.targets):
        return True
    if isinstance(node, m.AugAssign | m.Annotate | m.For) and _is_item(node.target):
        return True
    if isinstance(node, m.Compare) and _is_environment(node.right):
        return writes_environment(node.left)
    if isinstance(node, m.Call):
        function = node.function
        last = function.name if isinstance(function, m.Attribute) else getattr(function, "id", "")
        if last in _WRITERS:
            return True
        if isinstance(function, m.Attribute) and _is_environment(function.value) and last in _READERS:
            return writes_environment(node.arguments)
    return any(writes_environment(getattr(node, field)) for field in m.fields(node))


def _is_environment(node: object) -> bool:
    return (isinstance(node, m.Attribute) and node.name == "environ") or node == m.Name("environ")


def _is_item(target: object) -> bool:
    return isinstance(target, m.Subscript) and _is_environment(target.value)
