"""Zappa's settings, as JSON, TOML or YAML: an application or a Django project for each stage, and functions for events.

https://github.com/zappa/Zappa#advanced-settings
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import locate
from lambda_conn_lint.handlers.model import Declaration

NAME = "zappa"

# Where a stage names functions, and what they are: settings, settings of settings, lists of settings.
_FUNCTIONS = ("lambda_handler", "exception_handler")
_LISTS = ("events", "bot_events")


class _Named(NamedTuple):
    key: str
    path: str
    role: str
    row: int


def read(files: Files, path: str) -> Iterator[Declaration]:
    """What the stages of the file name, each thing once."""
    root = path.rpartition("/")[0]
    seen: set[tuple[str, str]] = set()
    for document in files.settings(path):
        for stage, value in block(document).items():
            for named in _stage(block(value)):
                if (named.path, named.role) in seen:
                    continue
                seen.add((named.path, named.role))
                # A module of settings is found by a name in it.
                handler = f"{named.path}.ROOT_URLCONF" if named.role == "settings" else named.path
                place = locate(files.project, [root], handler)
                yield Declaration(
                    source=NAME,
                    manifest=path,
                    row=named.row,
                    name=f"{stage}.{named.key}",
                    handler=named.path,
                    root=root,
                    file=place.file,
                    attribute=place.attribute,
                    problem=place.problem,
                    role=named.role,
                )


def _stage(stage: Block) -> Iterator[_Named]:
    yield from _one(stage, "app_function", "application")
    yield from _one(stage, "django_settings", "settings")
    for key in _FUNCTIONS:
        yield from _one(stage, key, "handler")
    for key in _LISTS:
        for item in items(stage.get(key)):
            yield from _one(block(item), "function", "handler", key)
    yield from _one(block(stage.get("authorizer")), "function", "handler", "authorizer")
    for item in items(block(stage.get("cognito")).get("triggers")):
        yield from _one(block(item), "function", "handler", "cognito")


def _one(settings: Block, key: str, role: str, name: str = "") -> Iterator[_Named]:
    path: Value = text(settings.get(key))
    if isinstance(path, str) and (role == "settings" or "." in path):
        yield _Named(name or key, path, role, settings.rows.get(key, 1))
