"""What calls in a CDK program give: paths put together, code that is taken from somewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Protocol

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.cdk_values import Asset, Dotted, Elsewhere, FileText, Image, InlineCode
from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Scope, Value, evaluate, join_path, text

_ASSETS = frozenset({"from_asset", "fromAsset", "AssetCode", "asset", "from_docker_build", "fromDockerBuild"})
_CUSTOM = frozenset({"from_custom_command", "fromCustomCommand"})
_IMAGES = frozenset({"from_image_asset", "fromImageAsset", "from_asset_image", "fromAssetImage", "AssetImageCode"})
_INLINE = frozenset({"from_inline", "fromInline", "InlineCode", "inline"})
_ELSEWHERE = {
    "from_bucket": "the code is on S3",
    "fromBucket": "the code is on S3",
    "S3Code": "the code is on S3",
    "from_ecr": "the image is built elsewhere",
    "fromEcr": "the image is built elsewhere",
    "from_ecr_image": "the image is built elsewhere",
    "fromEcrImage": "the image is built elsewhere",
    "EcrImageCode": "the image is built elsewhere",
}
_UNCHANGED = frozenset(
    {
        "Path",
        "PurePath",
        "PurePosixPath",
        "PosixPath",
        "str",
        "String",
        "fspath",
        "abspath",
        "realpath",
        "normpath",
        "normalize",
        "fileURLToPath",
        "expanduser",
    }
)
"""Functions of a path that lead to the same place."""

_UNCHANGED_METHODS = frozenset({"as_posix", "resolve", "absolute", "toString", "expanduser", "__str__"})
"""Methods without an argument, of the same kind."""


class Place(Scope, Protocol):
    """A scope in which functions of the program itself can be called."""

    def returned(self, name: str, node: m.Call, depth: int) -> Value:
        """What a function of this name gives back."""


def call(node: m.Call, place: Place, folder: str, depth: int) -> Value:
    """The value of a call at a place of a program that runs in a folder."""
    function = node.function
    name = function.name if isinstance(function, m.Attribute) else function.id if isinstance(function, m.Name) else ""
    plain = [evaluate(one.value, place, depth) for one in node.arguments if not one.keyword and not one.star]
    code = _code(name, node, plain, place, depth)
    if code is not None:
        return code
    if name == "Runtime" and plain:
        return plain[0]
    if name in ("getcwd", "cwd"):
        return "/" + folder
    receiver = evaluate(function.value, place, depth) if isinstance(function, m.Attribute) else None
    if name in ("open", "readFileSync", "read_text") or isinstance(receiver, FileText):
        return _file_text(receiver if receiver is not None and not isinstance(receiver, Dotted) else plain[0:1])
    if isinstance(receiver, (str, list, dict)):
        return _method(receiver, name, plain)
    if name in _UNCHANGED or (name == "resolve" and len(plain) == 1):
        return join_path(plain) if plain else "."
    path_function = _PATHS.get(name)
    if path_function is not None and plain and (receiver is None or isinstance(receiver, Dotted)):
        return path_function(plain)
    return place.returned(name, node, depth) if name else UNKNOWN


def _file_text(of: Value) -> Value:
    """A file that is opened, or what is read from it."""
    if isinstance(of, FileText):
        return of
    path = text(of[0] if isinstance(of, list) and of else of)
    return UNKNOWN if path is None else FileText(path)


def _code(name: str, node: m.Call, plain: list[Value], place: Place, depth: int) -> Value | None:
    keywords = {one.keyword: evaluate(one.value, place, depth) for one in node.arguments if one.keyword}
    if name in _ELSEWHERE:
        return Elsewhere(_ELSEWHERE[name])
    first = plain[0] if plain else keywords.get("path", keywords.get("directory", keywords.get("code", UNKNOWN)))
    if name in _INLINE and isinstance(first, FileText):
        return first
    if name in _INLINE:
        written = text(first)
        return None if written is None else InlineCode(written, node.span.row)
    if name in _ASSETS or name in _CUSTOM or name in _IMAGES:
        path = text(first)
        if path is None:
            return Elsewhere("the folder of the code depends on the deployment")
        if name in _IMAGES:
            given = plain[1] if len(plain) > 1 and isinstance(plain[1], dict) else {}
            return Image(path, {**given, **keywords})
        return Asset(path)
    return None


def _method(receiver: str | list[Value] | dict[str, Value], name: str, plain: list[Value]) -> Value:
    if isinstance(receiver, dict):
        if name == "items":
            return receiver
        if name in ("get", "keys", "values") and (plain or name != "get"):
            return {"keys": list(receiver), "values": list(receiver.values())}.get(
                name, receiver.get(text(plain[0]) or "", UNKNOWN) if plain else UNKNOWN
            )
        return UNKNOWN
    if isinstance(receiver, list):
        return UNKNOWN
    texts = [one for one in map(text, plain) if one is not None]
    if len(texts) != len(plain):
        return UNKNOWN
    if name in ("joinpath", "join") and (name == "joinpath" or receiver.startswith(("/", "."))):
        return join_path([receiver, *texts])
    if name in _UNCHANGED_METHODS:
        return receiver
    if name in ("replace", "replaceAll") and len(texts) == 2:
        return receiver.replace(texts[0], texts[1])
    if name in ("lower", "toLowerCase"):
        return receiver.lower()
    if name == "removesuffix" and texts:
        return receiver.removesuffix(texts[0])
    return UNKNOWN


def _joined(plain: list[Value]) -> Value:
    return join_path(plain)


def _folder_of(plain: list[Value]) -> Value:
    path = text(plain[0])
    return UNKNOWN if path is None else posixpath.dirname(path) or "."


def _base_of(plain: list[Value]) -> Value:
    path = text(plain[0])
    return UNKNOWN if path is None else posixpath.basename(path)


_PATHS: dict[str, Callable[[list[Value]], Value]] = {
    "join": _joined,
    "resolve": _joined,
    "dirname": _folder_of,
    "basename": _base_of,
}
