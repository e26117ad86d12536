"""What ``cdk synth`` wrote: templates whose functions name the staged copy of their code.

The copy is led back to the source by its content: the file of the handler has the same bytes in both places.
https://docs.aws.amazon.com/cdk/v2/guide/assets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.documents import Block, block, items, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import Place, candidates, join, locate, located, speaks_python
from lambda_conn_lint.handlers.model import Declaration

NAME = "cdk.out"

_FOLDER = "cdk.out"


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions of the template."""
    if f"/{_FOLDER}/" not in f"/{path}":
        return
    for document in files.documents(path):
        resources = block(block(document).get("Resources"))
        for name, value in resources.items():
            resource = block(value)
            if resource.get("Type") == "AWS::Lambda::Function":
                yield from _function(files, path, name, resources.rows[name], resource)


def _function(files: Files, path: str, name: str, row: int, resource: Block) -> Iterator[Declaration]:
    properties = block(resource.get("Properties"))
    runtime = text(properties.get("Runtime"))
    code = block(properties.get("Code"))
    command = items(block(properties.get("ImageConfig")).get("Command"))
    handler = text(properties.get("Handler")) or (text(command[0]) if command else None)
    if (runtime is not None and not speaks_python(runtime)) or handler is None or "ZipFile" in code:
        return
    folder = path.rpartition("/")[0]
    asset = text(block(resource.get("Metadata")).get("aws:asset:path"))
    place = _place(files, folder, asset, handler)
    if runtime is None and not place.file:
        return
    yield located(
        Declaration(
            source=NAME,
            manifest=path,
            row=row,
            name=name,
            handler=handler,
        ),
        place,
    )


def _place(files: Files, folder: str, asset: str | None, handler: str) -> Place:
    if asset is None:
        return Place(problem="the code's asset is not named")
    staged = join(folder, asset)
    if staged is None:
        return Place(problem=f"{asset} is outside the project")
    if not staged.rpartition("/")[2].startswith("asset."):
        return locate(files.project, [staged], handler)  # synthesised without staging: the source itself
    places = candidates(files.project, handler)
    same = [place for place in places if _has_bytes_of(files, place, staged)]
    if len(same) == 1:
        return same[0]
    return Place(problem=f"{len(same)} files have the content of {asset}")


def _has_bytes_of(files: Files, place: Place, staged: str) -> bool:
    tail = place.file[len(place.root) :].lstrip("/")
    try:
        return files.project.read(f"{staged}/{tail}") == files.project.read(place.file)
    except OSError:
        return False
