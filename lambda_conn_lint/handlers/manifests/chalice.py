"""Chalice: a project is a folder with ``.chalice/config.json`` and an ``app.py``, whose decorators make the handlers.

https://aws.github.io/chalice/topics/configfile
"""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.documents import block
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import locate
from lambda_conn_lint.handlers.model import Declaration

NAME = "chalice"

_CONFIG = ".chalice/config.json"


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The application, with the folder ``vendor`` as a place that its imports come from."""
    if not f"/{path}".endswith(f"/{_CONFIG}"):
        return
    root = path.removesuffix(_CONFIG).rstrip("/")
    vendor = f"{root}/vendor".lstrip("/")
    for document in files.documents(path):
        settings = block(document)
        place = locate(files.project, [root], "app.app")
        yield Declaration(
            source=NAME,
            manifest=path,
            row=settings.rows.get("app_name", 1),
            name=str(settings.get("app_name") or "app"),
            handler="app.app",
            root=root,
            file=place.file,
            attribute=place.attribute,
            problem=place.problem,
            role="application",
            layers=(vendor,) if vendor in files.project.folders else (),
        )
