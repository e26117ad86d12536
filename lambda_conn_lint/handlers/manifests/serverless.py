"""Service files of the Serverless Framework: ``serverless.yml``, its variants and the files that it includes.

https://www.serverless.com/framework/docs/providers/aws/guide/functions, and for other providers the pages beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests.dockerfile import locate_in_image
from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import (
    Place,
    is_archive,
    join,
    locate,
    locate_packed,
    located,
    speaks_another,
    speaks_python,
)
from lambda_conn_lint.handlers.manifests.variables import Variables
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.traits import PROVISIONED, SNAP_START

# Modules that the plugin serverless-wsgi writes beside the service file when it packages; older versions the second.
_WSGI_MODULES = ("wsgi_handler", "wsgi")


class _Entry(NamedTuple):
    """One function as written: its name, its mapping (or what could not be resolved), and where it stands."""

    name: str
    body: Value
    manifest: str
    row: int


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions of the service."""
    data = files.data(path)
    if b"provider" not in data or speaks_another(data):
        return
    for document in files.documents(path):
        if isinstance(document, Block) and "functions" in document and "provider" in document:
            yield from Service(files, path, document).functions()


class Service:
    """One service file."""

    def __init__(self, files: Files, path: str, service: Block) -> None:
        self._files = files
        self._project = files.project
        self._path = path
        self._folder = path.rpartition("/")[0]
        self._service = service
        self._variables = Variables(files, self._folder, service)
        provider = self._variables.resolve(service["provider"])
        self._provider = block(provider)
        self._platform = self._variables.literal(self._provider.get("name") or provider) or "aws"
        self._wsgi_app = self._variables.literal(self._block(self._block(service.get("custom")).get("wsgi")).get("app"))

    def functions(self) -> Iterator[Declaration]:
        for entry in self._entries(self._service["functions"], self._path, self._service.rows["functions"]):
            body = block(entry.body)
            found = self._place(body) if body else _unknown(entry.body)
            if found is not None:
                handler, place = found
                yield located(
                    Declaration(
                        source="serverless",
                        manifest=entry.manifest,
                        row=entry.row,
                        name=entry.name,
                        handler=handler,
                        platform=self._platform,
                        layers=self._layers(body),
                        role=place.role,
                        traits=tuple(self._traits(body)),
                    ),
                    place,
                )

    def _traits(self, function: Block) -> Iterator[str]:
        if str(self._variables.literal(function.get("snapStart"))).lower() == "true":
            yield SNAP_START
        if (self._variables.literal(function.get("provisionedConcurrency")) or "0") != "0":
            yield PROVISIONED

    def _block(self, value: Value) -> Block:
        return self._variables.block(value)

    def _entries(self, value: Value, manifest: str, row: int) -> Iterator[_Entry]:
        """The functions of a mapping, of a list of mappings, or of what a variable stands for."""
        resolved = self._variables.resolve(value)
        if isinstance(resolved, list):
            for item in resolved:
                yield from self._entries(item, manifest, row)
        elif isinstance(resolved, Block):
            for name, body in resolved.items():
                yield _Entry(name, self._variables.resolve(body), resolved.manifest, resolved.rows[name])
        elif resolved is not None:
            yield _Entry("functions", resolved, manifest, row)

    def _place(self, function: Block) -> tuple[str, Place] | None:
        """The handler string and its place; ``None`` for a function that is not Python's as far as anyone can tell."""
        literal = self._variables.literal
        runtime = literal(function.get("runtime") or self._provider.get("runtime"))
        if "image" in function:
            return self._image(self._variables.resolve(function["image"]))
        if runtime is not None and not speaks_python(runtime):
            return None
        handler = literal(function.get("handler"))
        if handler is None:
            place = Place(problem="handler depends on the deployment" if "handler" in function else "no handler")
        else:
            place = self._code(function, handler)
        if runtime is None and not place.file:
            return None
        return handler or "", place

    def _code(self, function: Block, handler: str) -> Place:
        literal = self._variables.literal
        artifact = literal(self._block(function.get("package")).get("artifact"))
        if artifact and is_archive(artifact):
            packed = locate_packed(self._project, self._folder, artifact, handler)
            if packed.file:
                return packed
        # serverless-python-requirements packages the folder ``module`` and makes it the root.
        root = join(self._folder, literal(function.get("module")) or ".")
        if root is None:
            return Place(problem=f"module {function['module']} is outside the project")
        if self._platform == "google" and "." not in handler:
            return locate(self._project, [root], f"main.{handler}")
        place = locate(self._project, [root], handler)
        if not place.file and self._wsgi_app and handler.rpartition(".")[0].rpartition("/")[2] in _WSGI_MODULES:
            return locate(self._project, [root], self._wsgi_app)._replace(role="application")
        return place

    def _image(self, image: Value) -> tuple[str, Place] | None:
        """A function of an image: built here (``provider.ecr.images``) or somewhere else (a URI)."""
        settings = block(image)
        name = self._variables.literal(settings.get("name") or image)
        built = self._block(self._block(self._block(self._provider.get("ecr")).get("images")).get(name or ""))
        context = join(self._folder, self._variables.literal(built.get("path")) or ".")
        command = [self._variables.literal(word) for word in items(settings.get("command"))[:1]]
        if context is None:
            return None
        dockerfile = self._variables.literal(built.get("file")) or ""
        return locate_in_image(self._files, context, dockerfile, (command[0] or "") if command else "")

    def _layers(self, function: Block) -> tuple[str, ...]:
        """Folders with Python files of the layers that this service itself makes.

        The layer ``some_name`` is referred to as ``Some_nameLambdaLayer``.
        """
        own = self._block(self._service.get("layers"))
        folders = {
            f"{name[:1].upper()}{name[1:]}LambdaLayer": self._variables.literal(self._block(layer).get("path"))
            for name, layer in own.items()
        }
        found: list[str] = []
        used = function["layers"] if "layers" in function else self._provider.get("layers")
        for item in items(self._variables.resolve(used)):
            reference = block(item).get("Ref")
            path = folders.get(reference) if isinstance(reference, str) else None
            folder = join(self._folder, path) if path else None
            if folder is not None:
                found += [root for root in (f"{folder}/python", folder) if root in self._project.folders]
        return tuple(dict.fromkeys(found))


def _unknown(value: Value) -> tuple[str, Place] | None:
    """A function, or all of them, behind a variable that has no answer here."""
    return ("", Place(problem=f"defined by {value}")) if isinstance(value, str) else None
