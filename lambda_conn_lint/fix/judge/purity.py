"""Expressions that give the same value whenever they are evaluated in one process, and do nothing else.

Reads of the environment count as such: a platform sets it when it starts the process (DESIGN section 3, P2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import libcst as cst

from lambda_conn_lint.fix.source.assigned import assigned
from lambda_conn_lint.fix.source.scopes import Scopes
from lambda_conn_lint.fix.source.tree import Tree

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

_MAKING = frozenset({"get", "rsplit", "split"})
"""Those that may give a list or dictionary."""

_FUNCTIONS = frozenset(
    {
        "builtins.bool", "builtins.bytes", "builtins.float", "builtins.int", "builtins.len", "builtins.max",
        "builtins.min", "builtins.str", "builtins.tuple",
        "os.getenv", "os.environ.get",
        "os.path.abspath", "os.path.dirname", "os.path.join",
        "base64.b64decode", "base64.b64encode",
        "urllib.parse.quote", "urllib.parse.quote_plus", "urllib.parse.urlparse", "urllib.parse.urlsplit",
        "datetime.timedelta",
    }
)  # fmt: skip

SETTINGS = frozenset(
    {
        "builtins.dict", "builtins.list", "builtins.set", "json.loads",
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

    def __init__(self, tree: Tree, scopes: Scopes, origin: Callable[[cst.BaseExpression], str]) -> None:
        self._tree = tree
        self._scopes = scopes
        self._origin = origin

    def judge(self, node: cst.BaseExpression) -> Purity:
        """What evaluating an expression does; whether the names in it keep their values is judged by who asks."""
        worst: Purity = "constant"
        pending: list[cst.CSTNode] = [node]
        while pending:
            current = pending.pop()
            if isinstance(current, _EFFECTS) or (isinstance(current, cst.Subscript) and not self._is_read(current)):
                return "effect"
            if isinstance(current, cst.Call):
                verdict = self._call(current)
                if verdict == "effect":
                    return "effect"
                worst = verdict if verdict == "mutable" else worst
                pending.extend(argument.value for argument in current.args)
                if isinstance(current.func, cst.Attribute) and not self._origin(current.func):
                    pending.append(current.func.value)
                continue
            if isinstance(current, _MUTABLE):
                worst = "mutable"
            pending.extend(self._tree.children(current))
        return worst

    def _call(self, call: cst.Call) -> Purity:
        name = self._origin(call.func)
        if name in SETTINGS:
            return "mutable"
        if name in _FUNCTIONS:
            return "constant"
        if not self._is_method_of_plain(call):
            return "effect"
        assert isinstance(call.func, cst.Attribute)
        return "mutable" if call.func.attr.value in _MAKING else "constant"

    def _is_method_of_plain(self, call: cst.Call) -> bool:
        function = call.func
        return isinstance(function, cst.Attribute) and function.attr.value in _METHODS and self.is_plain(function.value)

    def _is_read(self, node: cst.Subscript) -> bool:
        return self._origin(node.value) == "os.environ" or self.is_plain(node.value)

    def is_plain(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether a value is certainly text, a number, or a display of such: what reading does is known of these."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, _PLAIN):
            return True
        if isinstance(node, cst.Name) and node.value in ("None", "True", "False"):
            return True
        if isinstance(node, cst.Name):
            return self._is_plain_variable(node, depth + 1)
        if isinstance(node, cst.Call):
            return self._origin(node.func) in _FUNCTIONS | _GIVING_PLAIN or self._is_method_of_plain(node)
        if isinstance(node, cst.Subscript):
            return self._is_read(node)
        if isinstance(node, cst.BinaryOperation | cst.BooleanOperation):
            return self.is_plain(node.left, depth + 1) and self.is_plain(node.right, depth + 1)
        if isinstance(node, cst.IfExp):
            return self.is_plain(node.body, depth + 1) and self.is_plain(node.orelse, depth + 1)
        return False

    def _is_plain_variable(self, name: cst.Name, depth: int) -> bool:
        home = self._scopes.home(name)
        if home is None:
            return False
        for binding in home.bound[name.value]:
            value = assigned(self._tree, binding)
            if value is None or not self.is_plain(value, depth):
                return False
        return True


_DEEPEST = 8
_GIVING_PLAIN = frozenset({"json.loads"})
_TEXT = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)
_PLAIN = (*_TEXT, cst.Integer, cst.Float, cst.Dict, cst.List, cst.Tuple, cst.Set)
_EFFECTS = (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda, cst.GeneratorExp, cst.StarredElement)
_MUTABLE = (cst.Dict, cst.List, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp)
