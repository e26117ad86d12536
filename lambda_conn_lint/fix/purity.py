"""Expressions that give the same value whenever they are evaluated in one process, and do nothing else.

Reads of the environment count as such: a platform sets it when it starts the process (DESIGN section 3, P2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import libcst as cst

from lambda_conn_lint.fix.scopes import Scopes

Purity: TypeAlias = Literal["constant", "mutable", "effect"]
"""``mutable``: pure, but each evaluation makes an object of its own that others may change."""

_METHODS = frozenset(
    {
        "capitalize", "casefold", "decode", "encode", "endswith", "format", "get", "isdigit", "join", "lower", "lstrip",
        "partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split", "startswith",
        "strip", "title", "upper",
    }
)  # fmt: skip
"""Methods of text, and of mappings that only read, that change nothing."""

_FUNCTIONS = frozenset(
    {
        "builtins.bool", "builtins.bytes", "builtins.float", "builtins.int", "builtins.len", "builtins.max",
        "builtins.min", "builtins.str", "builtins.tuple",
        "os.getenv", "os.environ.get",
        "os.path.abspath", "os.path.dirname", "os.path.join",
        "base64.b64decode", "base64.b64encode",
        "json.loads",
        "urllib.parse.quote", "urllib.parse.quote_plus", "urllib.parse.urlparse", "urllib.parse.urlsplit",
        "datetime.timedelta",
    }
)  # fmt: skip

_CLASSES = frozenset(
    {
        "builtins.dict", "builtins.list", "builtins.set",
        "botocore.client.Config", "botocore.config.Config",
        "boto3.s3.transfer.TransferConfig", "boto3.dynamodb.transform.TypeDeserializer",
        "ldclient.config.Config", "ldclient.Config",
        "redis.backoff.ExponentialBackoff", "redis.retry.Retry",
        "urllib3.util.Retry", "urllib3.util.retry.Retry", "urllib3.Retry", "urllib3.Timeout",
        "requests.adapters.HTTPAdapter", "requests.auth.HTTPBasicAuth",
        "httpx.Timeout", "httpx.Limits", "httpx.BasicAuth",
        "requests_aws4auth.AWS4Auth",
        "elasticsearch.RequestsHttpConnection", "opensearchpy.RequestsHttpConnection",
    }
)  # fmt: skip
"""Settings and credentials objects: building one opens nothing and reads nothing but its arguments."""


class Judge:
    """Judges expressions of one module; ``origin`` gives the qualified name that an expression stands for, or ""."""

    def __init__(self, scopes: Scopes, origin: Callable[[cst.BaseExpression], str]) -> None:
        self._scopes = scopes
        self._origin = origin

    def judge(self, node: cst.BaseExpression) -> Purity:
        """What evaluating an expression does; the names in it are judged by who asks."""
        worst: Purity = "constant"
        pending: list[cst.CSTNode] = [node]
        while pending:
            current = pending.pop()
            if isinstance(current, cst.Call):
                verdict, pending_more = self._call(current)
                if verdict == "effect":
                    return "effect"
                worst = verdict if verdict == "mutable" else worst
                pending.extend(pending_more)
                continue
            if isinstance(current, _EFFECTS):
                return "effect"
            if isinstance(current, _MUTABLE):
                worst = "mutable"
            pending.extend(current.children)
        return worst

    def _call(self, call: cst.Call) -> tuple[Purity, list[cst.CSTNode]]:
        arguments: list[cst.CSTNode] = [argument.value for argument in call.args]
        name = self._origin(call.func)
        if name in _FUNCTIONS:
            return "constant", arguments
        if name in _CLASSES:
            return "mutable", arguments
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _METHODS and not name:
            return "constant", [call.func.value, *arguments]
        return "effect", []


_EFFECTS = (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda, cst.GeneratorExp, cst.StarredElement)
_MUTABLE = (cst.Dict, cst.List, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp)
