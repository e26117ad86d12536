"""SAM and CloudFormation templates, in YAML and JSON: functions among their resources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lambda_conn_lint.handlers.manifests import documents
from lambda_conn_lint.handlers.manifests.dockerfile import locate_in_image
from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.intrinsics import Intrinsics
from lambda_conn_lint.handlers.manifests.locate import (
    Place,
    is_archive,
    join,
    locate,
    locate_packed,
    locate_unique,
    located,
    speaks_another,
    speaks_python,
)
from lambda_conn_lint.handlers.model import INLINE, Declaration, Inline
from lambda_conn_lint.traits import DURABLE, MANAGED_INSTANCES, PROVISIONED, SNAP_START

_SAM_FUNCTION = "AWS::Serverless::Function"
_SOURCES = {_SAM_FUNCTION: "sam", "AWS::Lambda::Function": "cloudformation"}
# The property with the path of a nested template, by the type of the resource.
_NESTED = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}
_MAX_NESTING = 5  # templates inside templates; those that nest each other end here
# A resource's type: the word, or what may stand for it where YAML has an anchor, an alias, a tag or another row.
# Patterns that begin with a plain text are searched faster.
_FUNCTION_TYPE, _NESTED_TYPE = (
    re.compile(rb"""Type(?<![\w-]Type)["']?\s*:\s*(?:["']?(?:%b)|[&*!|>\#])""" % "|".join(kinds).encode())
    for kinds in (_SOURCES, _NESTED)
)
_REFERENCE = re.compile(r"\$\{(?!!)[^}\n]*\}")
# The property with a layer's content, by the type of the resource.
_LAYERS = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions that the template and those nested in it declare."""
    if "cdk.out/" in path or not _names_functions(files.data(path)):
        return
    for document in files.documents(path):
        if isinstance(document, Block) and isinstance(document.get("Resources"), Block):
            yield from _Template(files, path, document).functions()


def _names_functions(data: bytes) -> bool:
    """Whether the bytes are a template's that may make functions of Python, by itself or by another template."""
    return _makes(data, _NESTED, _NESTED_TYPE) or (_makes(data, _SOURCES, _FUNCTION_TYPE) and not speaks_another(data))


def _makes(data: bytes, kinds: Iterable[str], resource: re.Pattern[bytes]) -> bool:
    """Whether the bytes are a template's with a resource of one of these types."""
    return b"Resources" in data and any(kind.encode() in data for kind in kinds) and resource.search(data) is not None


class _Template:
    """One template, and where paths in it start."""

    def __init__(
        self, files: Files, path: str, document: Block, given: Mapping[str, str] | None = None, depth: int = 0
    ) -> None:
        self._files = files
        self._project = files.project
        self._path = path
        self._depth = depth
        self._folder = path.rpartition("/")[0]
        self._resources = block(document["Resources"])
        self._globals = block(block(document.get("Globals")).get("Function"))
        self._literal = Intrinsics(document, given or {}).literal
        self._provisioned = {
            self._referred(block(one.get("Properties")).get("FunctionName"))
            for one in map(block, self._resources.values())
            if "ProvisionedConcurrencyConfig" in block(one.get("Properties"))
        }

    def functions(self) -> Iterator[Declaration]:
        for name, value in self._resources.items():
            resource = block(value)
            kind = text(resource.get("Type")) or ""
            if kind in _NESTED:
                yield from self._nested(block(resource.get("Properties")), _NESTED[kind])
            elif kind in _SOURCES:
                yield from self._function(name, _SOURCES[kind], resource)

    def _nested(self, properties: Block, key: str) -> Iterator[Declaration]:
        """The functions of a template that this one makes a stack of, with the parameters that it hands over."""
        path = join(self._folder, self._literal(properties.get(key)) or "\0")
        if path is None or self._depth >= _MAX_NESTING or not self._project.exists(path):
            return
        data = self._files.data(path)
        if not _makes(data, _NESTED, _NESTED_TYPE) and not _makes(data, _SOURCES, _FUNCTION_TYPE):
            return  # what its functions are written in may be among the parameters
        known = {name: self._literal(value) for name, value in block(properties.get("Parameters")).items()}
        given = {name: value for name, value in known.items() if value is not None}
        for document in self._files.documents(path):
            if isinstance(document, Block) and isinstance(document.get("Resources"), Block):
                yield from _Template(self._files, path, document, given, self._depth + 1).functions()

    def _function(self, name: str, source: str, resource: Block) -> Iterator[Declaration]:
        properties = block(resource.get("Properties"))
        if source == "sam":
            properties = self._with_globals(properties)
        found = self._place(source, properties, block(resource.get("Metadata")))
        if found is None:
            return
        handler, place = found
        yield located(
            Declaration(
                source=source,
                manifest=self._path,
                row=self._resources.rows[name],
                name=name,
                handler=handler,
                layers=self._layers(properties.get("Layers")),
                traits=tuple(self._traits(name, properties)),
                inline=self._inline(properties),
            ),
            place,
        )

    def _traits(self, name: str, properties: Block) -> Iterator[str]:
        if self._literal(block(properties.get("SnapStart")).get("ApplyOn")) == "PublishedVersions":
            yield SNAP_START
        if "ProvisionedConcurrencyConfig" in properties or name in self._provisioned:
            yield PROVISIONED
        if "DurableConfig" in properties:
            yield DURABLE
        if "CapacityProviderConfig" in properties:
            yield MANAGED_INSTANCES

    def _inline(self, properties: Block) -> Inline | None:
        """The code that stands in the template; references of ``Fn::Sub`` in it are names that are as long."""
        holder, key = (properties, "InlineCode") if "InlineCode" in properties else (properties.get("Code"), "ZipFile")
        if not isinstance(holder, Block) or key not in holder:
            return None
        value, row, is_substituted = holder[key], holder.rows.get(key, 1), False
        if isinstance(value, Block) and len(value) == 1:
            ((function, argument),) = value.items()
            row = value.rows[function]
            is_substituted = function == "Fn::Sub"
            if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
                lines = [text(line) for line in items(argument[1])]
                value = (text(argument[0]) or "").join(line or "" for line in lines)
            elif is_substituted:
                value = argument[0] if isinstance(argument, list) and argument else argument
        if not isinstance(value, str):
            return None
        if is_substituted:
            value = _REFERENCE.sub(lambda found: "_" * len(found[0]), value)
        return documents.inline(self._files.data(self._path), value, row)

    def _with_globals(self, own: Block) -> Block:
        """A function's properties over those of ``Globals.Function``; lists are appended to the global list.

        https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
        """
        merged = Block()
        for part in (self._globals, own):
            merged.update(part)
            merged.rows.update(part.rows)
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
            place = Place(problem=INLINE)
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
        return locate_in_image(self._files, context, dockerfile, (self._literal(command[0]) or "") if command else "")

    def _code(self, source: str, code: Value, handler: str) -> Place:
        """The place of a handler below the folder, file or archive that ``CodeUri`` or ``Code`` names."""
        key = "CodeUri" if source == "sam" else "Code"
        if code is None and source == "sam":
            code = "."
        if not block(code).keys().isdisjoint({"S3Bucket", "S3Key", "Bucket", "Key"}):
            return self._uploaded(key, self._literal(block(code).get("S3Key") or block(code).get("Key")), handler)
        path = self._literal(code)
        if path is None or "${" in path:
            if code is None:
                return Place(problem=f"no {key}")
            place = self._uploaded(key, None, handler)
            return place if place.file else Place(problem=f"{key} depends on the deployment")
        if path.startswith(("s3://", "https://", "http://")):
            return self._uploaded(key, path, handler)
        if is_archive(path):
            return locate_packed(self._project, self._folder, path, handler)
        root = join(self._folder, path)
        if root is None:
            return Place(problem=f"{key} {path} is outside the project")
        if root.endswith(".py"):
            root = root.rpartition("/")[0]
        return locate(self._project, [root], handler)

    def _uploaded(self, key: str, name: str | None, handler: str) -> Place:
        """The source of a package that is uploaded by other means than the template: by its name, or if only one file
        beside the template or below it can be meant."""
        place = Place()
        if name is not None and is_archive(name):
            place = locate_packed(self._project, self._folder, name, handler)
        if not place.file:
            place = locate_unique(self._project, [self._folder], handler)
        return place if place.file else Place(problem=f"{key} is on S3")

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
