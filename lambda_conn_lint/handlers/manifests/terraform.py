"""Terraform and OpenTofu: functions among the resources of a configuration, and calls of the usual Lambda module.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
https://registry.terraform.io/modules/terraform-aws-modules/lambda/aws
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lambda_conn_lint.handlers.manifests import terraform_azure
from lambda_conn_lint.handlers.manifests.dockerfile import locate_in_image
from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Value, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.hcl import HclBlock
from lambda_conn_lint.handlers.manifests.locate import (
    Place,
    is_archive,
    locate,
    locate_packed,
    locate_unique,
    located,
    speaks_python,
)
from lambda_conn_lint.handlers.manifests.terraform_archives import Sources, sources_of
from lambda_conn_lint.handlers.manifests.terraform_modules import Module, Modules, Resource, may_make
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.traits import CONCURRENT, DURABLE, MANAGED_INSTANCES, PROVISIONED, SNAP_START

NAME = "terraform"

_LAMBDA_MODULE = re.compile(r"(?:^|[/.])(?:terraform-aws-modules/lambda/aws$|terraform-aws-lambda(?:\.git)?(?:[?/]|$))")
_LABEL_END = re.compile(r"[-_](?:lambda|function|fn)$")
_LAMBDA = "aws_lambda_function"
_GOOGLE = ("google_cloudfunctions_function", "google_cloudfunctions2_function")


class _Origin(NamedTuple):
    """The block of the outermost module that a function comes from: where a reader looks first."""

    manifest: str
    row: int
    label: str
    prefix: str = ""


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The functions of the file's blocks, and those of the modules that they call.

    Modules that others call are read with their callers.
    """
    if not may_make(files.data(path)):
        return
    modules = files.shared(Modules)
    folder = path.rpartition("/")[0]
    if modules.is_called(folder) or not modules.leads_to_functions(folder) or modules.speaks_another(folder):
        return
    module = modules.at(folder)
    for block in modules.blocks(path):
        yield from _block(files, module, block, _Origin(path, block.row, block.labels[-1] if block.labels else ""))


def _block(files: Files, module: Module, block: HclBlock, origin: _Origin) -> Iterator[Declaration]:
    if block.type == "resource" and len(block.labels) == 2:
        yield from _resource(files, module, block, origin)
    elif block.type == "module" and block.labels:
        yield from _call(files, module, block, origin)


def _resource(files: Files, module: Module, block: HclBlock, origin: _Origin) -> Iterator[Declaration]:
    kind = block.labels[0]
    if kind not in (_LAMBDA, *_GOOGLE, *terraform_azure.KINDS):
        return
    name = f"{origin.prefix}{kind}.{block.labels[1]}"
    for instance in module.instances(block):
        if kind == _LAMBDA:
            yield from _Function(files, instance, origin).declaration(name)
        elif kind in _GOOGLE:
            yield from _google(files, instance, origin, name)
        else:
            yield from terraform_azure.declarations(files, instance, NAME, origin.manifest, origin.row, name)


def _call(files: Files, module: Module, block: HclBlock, origin: _Origin) -> Iterator[Declaration]:
    name = f"{origin.prefix}module.{block.labels[0]}"
    for instance in module.instances(block):
        folder = module.called_folder(instance)
        if folder is not None:
            inner = module.call(instance) if module.modules.leads_to_functions(folder) else None
            if inner is not None:
                for one in module.modules.making(folder):
                    yield from _block(files, inner, one, origin._replace(prefix=f"{name}."))
        elif _LAMBDA_MODULE.search(text(instance.value("source")) or ""):
            yield from _ModuleCall(files, instance, origin).declaration(name)


class _Function:
    """One ``aws_lambda_function``."""

    def __init__(self, files: Files, resource: Resource, origin: _Origin) -> None:
        self._files = files
        self._project = files.project
        self._resource = resource
        self._module = resource.module
        self._origin = origin

    def declaration(self, name: str) -> Iterator[Declaration]:
        """The function as declared; nothing where it is not Python's as far as anyone can tell."""
        runtime = self._text("runtime")
        if runtime is not None and not speaks_python(runtime):
            return
        found = self._place()
        if found is None:
            return
        handler, place = found
        if runtime is None and not place.file:
            return
        key = self._resource.names.get("key")
        yield located(
            Declaration(
                source=NAME,
                manifest=self._origin.manifest,
                row=self._origin.row,
                name=name if key is None else f'{name}["{key}"]',
                handler=handler,
                layers=(*place.beside, *self._layers()),
                traits=tuple(self._traits()),
            ),
            place,
        )

    def _text(self, attribute: str) -> str | None:
        return text(self._resource.value(attribute))

    def _place(self) -> tuple[str, Place] | None:
        if self._text("package_type") == "Image" or "image_uri" in self._resource.block.attributes:
            return self._image(self._resource.value("image_uri"), self._resource.inner("image_config", "command"))
        handler = self._text("handler")
        if handler is None:
            return "", Place(problem="handler depends on the deployment")
        return handler, self._code(handler, sources_of(self._files, self._resource))

    def _code(self, handler: str, sources: Sources) -> Place:
        """The place of a handler in folders, files or an archive."""
        project, here = self._project, self._module.folder
        roots = [
            path.rpartition("/")[0] if path.endswith(".py") else path for path in sources.paths if not is_archive(path)
        ]
        place = Place(problem=sources.problem or "the code's place depends on the deployment")
        if roots:
            place = locate(project, roots, handler)
            place = place._replace(beside=tuple(root for root in roots if root != place.root))
            # A folder that a build fills is called like the one that it is filled from.
            for root in roots:
                if not place.file and root not in project.folders:
                    built = locate_packed(project, self._module.root, f"{root.rpartition('/')[2]}.zip", handler)
                    place = built if built.file else place
        for archive in sources.paths:
            if not place.file and is_archive(archive):
                place = locate_packed(project, here, archive, handler)
        if place.file or sources.is_inline:
            return place
        guess = locate_unique(project, (here, self._module.root), handler)
        if not guess.file:
            # An archive is often called like the function that it is made for, and so is the folder that it is made of.
            label = _LABEL_END.sub("", self._origin.label)
            guess = locate_packed(project, self._module.root, f"{label}.zip", handler)
        return guess if guess.file else place

    def _image(self, uri: Value, command: Value) -> tuple[str, Place] | None:
        """A function of an image: built by a module of this configuration, or somewhere else."""
        words = command if isinstance(command, list) else []
        word = (text(words[0]) or "") if words else ""
        built = getattr(uri, "resource", None)
        context = text(built.value("source_path")) if isinstance(built, Resource) else None
        folder = None if context is None else self._module.path(context)
        if folder is not None and isinstance(built, Resource):
            dockerfile = text(built.value("docker_file_path")) or ""
            return locate_in_image(self._files, folder, dockerfile, word)
        if not word:
            return "", Place(problem="the image is built elsewhere")
        place = locate_unique(self._project, (self._module.folder, self._module.root, ""), word)
        return word, place if place.file else Place(problem="the image is built elsewhere")

    def _layers(self) -> tuple[str, ...]:
        """Folders with Python files of the layers that this configuration makes."""
        value = self._resource.value("layers")
        found: list[str] = []
        for item in value if isinstance(value, list) else [value]:
            layer = getattr(item, "resource", item)
            if isinstance(layer, Resource):
                for path in sources_of(self._files, layer).paths:
                    found += [root for root in (f"{path}/python", path) if root in self._project.folders]
        return tuple(dict.fromkeys(found))

    def _traits(self) -> Iterator[str]:
        if self._resource.inner("snap_start", "apply_on") == "PublishedVersions":
            yield SNAP_START
        if self._is_provisioned():
            yield PROVISIONED
        if self._resource.block.inner("durable_config"):
            yield DURABLE
        if self._resource.block.inner("capacity_provider_config"):
            yield MANAGED_INSTANCES

    def _is_provisioned(self) -> bool:
        for block in self._module.of_type("aws_lambda_provisioned_concurrency_config"):
            value = Resource(block, self._module, {}).value("function_name")
            owner = getattr(value, "resource", None)
            if isinstance(owner, Resource) and owner.block is self._resource.block:
                return True
        return False


class _ModuleCall(_Function):
    """A call of the module ``terraform-aws-modules/lambda/aws``."""

    def declaration(self, name: str) -> Iterator[Declaration]:
        """The function as declared; nothing for calls that make a layer or only a package."""
        wanted = self._resource.value("create_function") is not False and self._resource.value("create") is not False
        if wanted and ("handler" in self._resource.block.attributes or self._text("package_type") == "Image"):
            yield from super().declaration(name)

    def _place(self) -> tuple[str, Place] | None:
        if self._text("package_type") == "Image":
            return self._image(self._resource.value("image_uri"), self._resource.value("image_config_command"))
        return super()._place()

    def _traits(self) -> Iterator[str]:
        if self._resource.value("snap_start") is True:
            yield SNAP_START
        number = self._resource.value("provisioned_concurrent_executions")
        if number is not UNKNOWN and number not in (0, -1):
            yield PROVISIONED


def _google(files: Files, resource: Resource, origin: _Origin, name: str) -> Iterator[Declaration]:
    """A function of Google's, first or second generation."""
    is_second = resource.block.labels[0] == _GOOGLE[1]
    runtime = text(resource.inner("build_config", "runtime") if is_second else resource.value("runtime"))
    if runtime is not None and not speaks_python(runtime):
        return
    function = text(resource.inner("build_config", "entry_point") if is_second else resource.value("entry_point"))
    if function is None:
        place = Place(problem="entry_point depends on the deployment")
    else:
        sources = sources_of(files, resource)
        folders = [path for path in sources.paths if not is_archive(path)]
        place = locate(files.project, folders, f"main.{function}") if folders else Place(problem=sources.problem)
    if runtime is None and not place.file:
        return
    number = resource.inner("service_config", "max_instance_request_concurrency")
    yield located(
        Declaration(
            source=NAME,
            manifest=origin.manifest,
            row=origin.row,
            name=name,
            handler=function or "",
            platform="google",
            traits=(CONCURRENT,) if (text(number) or "1") != "1" else (),
        ),
        place,
    )
