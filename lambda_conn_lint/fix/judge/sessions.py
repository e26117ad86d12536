"""Whether SQL in some files may change more of a session than its transaction: settings, locks, temporary tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

import libcst as cst

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.fix.judge.ground import Ground
from lambda_conn_lint.fix.source.assigned import assigned
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.text import TextError

_RUNNERS = frozenset({"execute", "executemany", "execute_values", "execute_batch", "copy_expert", "mogrify", "query"})
_COMMENT = re.compile(r"\s*(--[^\n]*\n|#[^\n]*\n|/\*(?!!).*?\*/)", re.DOTALL)
_LASTING = re.compile(
    r"CREATE\s+((OR\s+REPLACE|LOCAL|GLOBAL)\s+)*TEMP|\bINTO\s+(LOCAL\s+|GLOBAL\s+)?(TEMP|@)|@\w*\s*:=|"
    r"\b(pg_(try_)?advisory_lock(_shared)?|set_config|GET_LOCK)\b|;\s*\S",
    re.IGNORECASE,
)
"""What lasts beyond the transaction although the statement is one of those below; a second one may do anything."""

_PASSING = re.compile(
    r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE|MERGE|VALUES|EXPLAIN|SHOW|DESCRIBE|DESC|CREATE|ALTER|DROP|"
    r"TRUNCATE|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|COPY|ANALYZE|VACUUM|KILL|GRANT|REVOKE|COMMENT|REFRESH)\b",
    re.IGNORECASE,
)
"""Statements that a rollback undoes, or that are about more than the session."""

_BUILDERS = frozenset({"select", "insert", "update", "delete", "union", "union_all", "exists"})
"""Functions and methods by which SQLAlchemy builds statements."""

_OWN = re.compile(r"\bSET\s+(SESSION\s+|LOCAL\s+)?[\"\w]+\.\w+|\bset_config\(\s*(?!'\w+')", re.IGNORECASE)
_DEEPEST = 6


def may_change_session(ground: Ground, paths: Iterable[str]) -> bool:
    """Whether a statement that is run in one of these files changes its session, or may be any statement at all."""
    return any(
        ground.remember(("changes session", path), partial(_changes, ground, path)) for path in sorted(set(paths))
    )


def sets_own_settings(ground: Ground, paths: Iterable[str]) -> bool:
    """Whether SQL sets a setting of the program's own, which no reset takes back to never having been set."""
    return any(ground.remember(("own settings", path), partial(_sets_own, ground, path)) for path in set(paths))


def _sets_own(ground: Ground, path: str) -> bool:
    facts = ground.facts(path)
    nodes = m.descendants((facts.functions, facts.body)) if facts is not None else ()
    texts = (node.value for node in nodes if isinstance(node, m.Literal) and isinstance(node.value, str))
    return any(_OWN.search(text) for text in texts)


def _changes(ground: Ground, path: str) -> bool:
    try:
        file = ground.file(path)
    except TextError:
        return True
    if "withhold" in file.tree.source:
        return True
    for call in file.tree.calls():
        if not isinstance(call.func, cst.Attribute):
            continue
        name = call.func.attr.value
        if name == "callproc":
            return True
        if name in _RUNNERS and call.args and not all(map(_is_passing, _texts(file, call.args[0].value))):
            return True
    return False


def _is_passing(text: str | None) -> bool:
    if text is None:
        return False
    while (comment := _COMMENT.match(text)) is not None:
        text = text[comment.end() :]
    return _PASSING.match(text) is not None and _LASTING.search(text) is None


def _texts(file: SourceFile, node: cst.BaseExpression, depth: int = 0) -> list[str | None]:
    """What a statement begins with, for each value that an expression may have; none where that is not known."""
    if depth > _DEEPEST:
        return [None]
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return [value if isinstance(value, str) else value.decode("latin-1")]
    if isinstance(node, cst.ConcatenatedString):
        right = _texts(file, node.right, depth + 1)
        return [None if left is None else left + (right[0] or "") for left in _texts(file, node.left, depth + 1)]
    if isinstance(node, cst.FormattedString):
        first = node.parts[0] if node.parts else None
        return [first.value if isinstance(first, cst.FormattedStringText) else None]
    if isinstance(node, cst.BinaryOperation):
        return _texts(file, node.left, depth + 1)
    if isinstance(node, cst.IfExp):
        return [*_texts(file, node.body, depth + 1), *_texts(file, node.orelse, depth + 1)]
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        is_built = node.func.attr.value in _BUILDERS
        return ["SELECT"] if is_built else _texts(file, node.func.value, depth + 1)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _BUILDERS:
        return ["SELECT"]
    if (
        isinstance(node, cst.Call)
        and node.args
        and isinstance(node.func, cst.Name)
        and node.func.value in ("text", "SQL")
    ):
        return _texts(file, node.args[0].value, depth + 1)
    return _variable(file, node, depth + 1) if isinstance(node, cst.Name) else [None]


def _variable(file: SourceFile, name: cst.Name, depth: int) -> list[str | None]:
    home = file.scopes.home(name)
    if home is None or home.is_class:
        return [None]
    texts: list[str | None] = []
    for binding in home.bound[name.value]:
        if isinstance(file.tree.parent(binding), cst.AugAssign):
            continue  # what is appended does not change how it begins
        value = assigned(file.tree, binding)
        if value is None:
            return [None]
        texts += _texts(file, value, depth)
    return texts or [None]
