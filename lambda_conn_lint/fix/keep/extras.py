"""What single libraries need besides an accessor: an argument more, a statement on every use, a refusal."""

from __future__ import annotations

import libcst as cst

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.source.tree import Range, Tree

ENGINES = frozenset({"sqlalchemy.create_engine", "sqlmodel.create_engine"})
_COOKIES = frozenset({"requests.Session", "requests.session", "httpx.Client", "httpx2.Client",
                      "google.auth.transport.requests.AuthorizedSession"})  # fmt: skip
_PING = "pool_pre_ping"


def check(client: Client, call: cst.Call) -> None:
    """Raises ``RefusalError`` for an engine on a file of this machine: every invocation may have another one."""
    if client.name not in ENGINES or not call.args:
        return
    url = call.args[0].value
    if isinstance(url, cst.SimpleString) and str(url.evaluated_value).startswith(("sqlite", "duckdb")):
        raise RefusalError("it opens a local file, which costs little and may be another one next time")


def added(tree: Tree, client: Client, call: cst.Call) -> list[tuple[Range, str]]:
    """Arguments that the construction needs to be kept: an engine must see that a pooled connection is dead."""
    if client.name not in ENGINES or not call.args or _is_set(call):
        return []
    end = tree.code(call.args[-1].value)[1]
    while tree.source[end] == ")" and call.args[-1].value.rpar and end < tree.whole(call.args[-1].value)[1]:
        end += 1
    return [((end, end), f", {_PING}=True")]


def each(client: Client) -> tuple[str, ...]:
    """Statements for each use: what one invocation has been given must not go out with the next one's requests."""
    return ("{client}.cookies.clear()",) if client.name in _COOKIES else ()


def doubts(client: Client, call: cst.Call) -> list[str]:
    """What these additions cannot make sure of."""
    if client.name in ENGINES and any(argument.star for argument in call.args):
        return ["whether its pool finds out about dead connections is decided elsewhere"]
    if client.name in _COOKIES:
        return ["its cookies are cleared whenever it is asked for, even while it is in use elsewhere"]
    return []


def _is_set(call: cst.Call) -> bool:
    """Whether the author has decided it, or may have."""
    return any(
        argument.star
        or (argument.keyword is not None and argument.keyword.value in (_PING, "creator", "pool"))
        or (
            (argument.keyword is not None and argument.keyword.value == "poolclass")
            and isinstance(argument.value, cst.Name | cst.Attribute)
            and "NullPool" in _last(argument.value)
        )
        for argument in call.args
    )


def _last(node: cst.Name | cst.Attribute) -> str:
    return node.value if isinstance(node, cst.Name) else node.attr.value
