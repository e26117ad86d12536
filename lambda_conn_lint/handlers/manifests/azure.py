"""Azure Functions: a ``function.json`` for each function, or decorators in a ``function_app.py`` beside ``host.json``.

https://learn.microsoft.com/azure/azure-functions/functions-reference-python
"""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.documents import Block, block, items, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import join
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.traits import CONCURRENT, DURABLE

NAME = "azure"

_FUNCTION, _HOST, _APP = "function.json", "host.json", "function_app.py"


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The function of the folder, or the application beside the host's file.

    The host runs functions that are not coroutines in a pool of threads.
    """
    folder, _, name = path.rpartition("/")
    for document in files.documents(path):
        settings = block(document)
        if name == _HOST:
            yield from _application(files, path, folder)
        elif "bindings" in settings:
            yield from _function(files, path, folder, settings)


def _application(files: Files, path: str, folder: str) -> Iterator[Declaration]:
    file = f"{folder}/{_APP}".lstrip("/")
    if files.project.has(file):
        yield Declaration(
            source=NAME,
            manifest=path,
            row=1,
            name=folder.rpartition("/")[2] or "app",
            handler="function_app.app",
            root=folder,
            file=file,
            attribute="app",
            platform="azure",
            role="application",
            traits=(CONCURRENT,),
        )


def _function(files: Files, path: str, folder: str, settings: Block) -> Iterator[Declaration]:
    script = text(settings.get("scriptFile")) or "__init__.py"
    file = join(folder, script)
    is_named = "scriptFile" in settings
    if not script.endswith(".py") or (not is_named and file is not None and not files.project.has(file)):
        return  # another language
    attribute = text(settings.get("entryPoint")) or "main"
    kinds = {text(block(one).get("type")) or "" for one in items(settings.get("bindings"))}
    problem = ""
    if file is None or not files.project.has(file):
        problem = f"{script} does not exist"
    yield Declaration(
        source=NAME,
        manifest=path,
        row=settings.rows.get("entryPoint", settings.rows.get("scriptFile", 1)),
        name=folder.rpartition("/")[2],
        handler=f"{script.removesuffix('.py')}.{attribute}",
        root=folder.rpartition("/")[0],
        file="" if problem or file is None else file,
        attribute=attribute,
        platform="azure",
        problem=problem,
        traits=(CONCURRENT, DURABLE) if "orchestrationTrigger" in kinds else (CONCURRENT,),
    )
