"""SAM and CloudFormation templates, in YAML and JSON: functions among their resources."""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests import documents
from lambda_conn_lint.handlers.manifests.dockerfile import locate_in_image
from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items, text
from lambda_conn_lint.handlers.manifests.intrinsics import Intrinsics
from lambda_conn_lint.handlers.manifests.locate import (
    Place,
    is_archive,
    join,
    locate,
    locate_packed,
    speaks_python,
)
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.project import Project

_SAM_FUNCTION = "AWS::Serverless::Function"
_SOURCES = {_SAM_FUNCTION: "sam", "AWS::Lambda::Function": "cloudformation"}
# The property with a layer's content, by the type of the resource.
_LAYERS = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}


class Sam:
    """Reader of SAM and CloudFormation templates, whatever they are called."""

    name = "sam"

    def matches(self, path: str) -> bool:
        """Whether the file's name allows a template."""
        return path.endswith((".yaml", ".yml", ".json", ".template"))

    def could_be(self, data: bytes) -> bool:
        """Whether the bytes name a function resource at all."""
        return b"AWS::Serverless::Function" in data or b"AWS::Lambda::Function" in data

    def declarations(self, project: Project, path: str, data: bytes) -> Iterator[Declaration]:
        """The Python functions that the template declares; raises ``documents.DocumentError``."""
        for document in documents.load(path, data):
            if isinstance(document, Block) and isinstance(document.get("Resources"), Block):
                yield from _Template(project, path, document).functions()


class _Template:
    """One template, and where paths in it start."""

    def __init__(self, project: Project, path: str, document: Block) -> None:
        self._project = project
        self._path = path
        self._folder = path.rpartition("/")[0]
        self._resources = block(document["Resources"])
        self._globals = block(block(document.get("Globals")).get("Function"))
        self._literal = Intrinsics(document).literal

    def functions(self) -> Iterator[Declaration]:
        for name, value in self._resources.items():
            resource = block(value)
            source = _SOURCES.get(text(resource.get("Type")) or "")
            if source is None:
                continue
            properties = block(resource.get("Properties"))
            if source == "sam":
                properties = self._with_globals(properties)
            found = self._place(source, properties, block(resource.get("Metadata")))
            if found is not None:
                handler, place = found
                yield Declaration(
                    source=source,
                    manifest=self._path,
                    row=self._resources.rows[name],
                    name=name,
                    handler=handler,
                    root=place.root,
                    file=place.file,
                    attribute=place.attribute,
                    problem=place.problem,
                    layers=self._layers(properties.get("Layers")),
                )

    def _with_globals(self, own: Block) -> Block:
        """A function's properties over those of ``Globals.Function``; lists are appended to the global list.

        https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
        """
        merged = Block()
        merged.update(self._globals)
        merged.update(own)
        merged["Layers"] = items(self._globals.get("Layers")) + items(own.get("Layers"))
        return merged

    def _place(self, source: str, properties: Block, metadata: Block) -> tuple[str, Place] | None:
        """The handler string and its place; ``None`` for a function that is not Python's as far as anyone can tell."""
        runtime = self._literal(properties.get("Runtime"))
        if runtime is not None and not speaks_python(runtime):
            return None
        code = properties.get("CodeUri" if source == "sam" else "Code")
        if self._literal(properties.get("PackageType")) == "Image" or "ImageUri" in block(code):
            return self._image(properties, metadata)
        handler = self._literal(properties.get("Handler"))
        if handler is None:
            place = Place(problem="Handler depends on the deployment" if "Handler" in properties else "no Handler")
        elif "InlineCode" in properties or "ZipFile" in block(code):
            place = Place(problem="inline code")
        else:
            place = self._code(source, code, handler)
        if runtime is None and not place.file:
            return None
        return handler or "", place

    def _image(self, properties: Block, metadata: Block) -> tuple[str, Place] | None:
        command = items(block(properties.get("ImageConfig")).get("Command"))
        context = join(self._folder, self._literal(metadata.get("DockerContext")) or ".")
        if context is None:
            return None
        dockerfile = self._literal(metadata.get("Dockerfile")) or ""
        return locate_in_image(self._project, context, dockerfile, (self._literal(command[0]) or "") if command else "")

    def _code(self, source: str, code: Value, handler: str) -> Place:
        """The place of a handler below the folder, file or archive that ``CodeUri`` or ``Code`` names."""
        key = "CodeUri" if source == "sam" else "Code"
        if code is None and source == "sam":
            code = "."
        if not block(code).keys().isdisjoint({"S3Bucket", "S3Key", "Bucket", "Key"}):
            return Place(problem=f"{key} is on S3")
        path = self._literal(code)
        if path is None or "${" in path:
            return Place(problem=f"{key} depends on the deployment" if code is not None else f"no {key}")
        if path.startswith(("s3://", "https://", "http://")):
            return Place(problem=f"{key} is on S3")
        if is_archive(path):
            return locate_packed(self._project, self._folder, path, handler)
        root = join(self._folder, path)
        if root is None:
            return Place(problem=f"{key} {path} is outside the project")
        if root.endswith(".py"):
            root = root.rpartition("/")[0]
        return locate(self._project, [root], handler)

    def _layers(self, value: Value) -> tuple[str, ...]:
        """Folders with Python files of those layers that are resources of this template."""
        found: list[str] = []
        for item in items(value):
            layer = block(self._resources.get(self._referred(item)))
            key = _LAYERS.get(text(layer.get("Type")) or "")
            path = self._literal(block(layer.get("Properties")).get(key)) if key else None
            folder = join(self._folder, path) if path else None
            if folder is not None:
                found += [root for root in (f"{folder}/python", folder) if root in self._project.folders]
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _referred(value: Value) -> str:
        """The resource that ``Ref`` and its like name, or nothing."""
        call = block(value)
        name = call.get("Ref") or call.get("Fn::GetAtt") or call.get("Fn::Sub") or ""
        if isinstance(name, list):
            name = name[0] if name else ""
        return name.strip("${}").partition(".")[0] if isinstance(name, str) else ""
