"""Whether code does anything with the process's environment but read it."""

from __future__ import annotations

import re

from lambda_conn_lint.facts import model as m

_READERS = frozenset({"copy", "get", "items", "keys", "values", "__getitem__", "__contains__"})
_WRITERS = frozenset({"putenv", "unsetenv", "load_dotenv"})

_RENAMED = re.compile(rb"\benviron[\s\\]+as\b")
_WRITING = re.compile(
    rb"\b(?:%(writers)s|del)\b|\benviron\b(?!"
    rb"\s*\.\s*(?:%(readers)s)\s*\("
    rb"|[ \t]*\[\s*(?:\w+|\"[^\"\n]*\"|'[^'\n]*')\s*\][ \t]*"
    rb"(?:[\r\n#.}]|\Z|(?:or|and|if|else)\b|==|!=|(?:\s*\))+(?![\s)]*(?:=(?!=)|:|,|in\b))))"
    % {b"writers": "|".join(sorted(_WRITERS)).encode(), b"readers": "|".join(sorted(_READERS)).encode()}
)
"""What stands in every file that may do more with the environment than read it: most others need no parse."""


def may_write_environment(text: bytes) -> bool:
    """Whether the text of a file leaves it open if the file changes the environment."""
    return _WRITING.search(text) is not None


def renames_environment(text: bytes) -> bool:
    """Whether a file has another name for the environment, under which nobody follows it."""
    return _RENAMED.search(text) is not None


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
    if isinstance(node, m.AugAssign | m.Annotate | m.For | m.WithItem | m.Clause) and _is_item(node.target):
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
    """Whether a target is a variable of the environment, or takes one in."""
    if isinstance(target, m.Display):
        return any(map(_is_item, target.items))
    if isinstance(target, m.Star):
        return _is_item(target.value)
    return isinstance(target, m.Subscript) and _is_environment(target.value)
