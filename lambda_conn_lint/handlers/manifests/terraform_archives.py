"""Where the code of a Terraform resource comes from: folders, files, archives made from them, objects in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Value, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.terraform_modules import Module, Resource
from lambda_conn_lint.handlers.model import INLINE

_OBJECTS = ("aws_s3_object", "aws_s3_bucket_object", "google_storage_bucket_object")
_MAX_STEPS = 6  # an object of a bucket, of an archive, of a folder


class Sources(NamedTuple):
    """Project-relative ``paths`` of folders, files and archives; with none, ``problem`` says why.

    ``is_inline`` tells that the code stands in the configuration itself.
    """

    paths: tuple[str, ...] = ()
    problem: str = ""
    is_inline: bool = False


def sources_of(files: Files, resource: Resource) -> Sources:
    """The sources of a function or layer."""
    attributes = resource.block.attributes
    for name in ("filename", "source_path", "local_existing_package", "zip_deploy_file"):
        value = resource.value(name)
        if name in attributes and value is not None:
            return _from_value(resource.module, value, name)
    if "s3_key" in attributes or "source_archive_object" in attributes:
        name = "s3_key" if "s3_key" in attributes else "source_archive_object"
        return _from_key(resource.module, resource.value(name))
    build = resource.block.inner("build_config")
    source = build.inner("source") if build else None
    bucket = source.inner("storage_source") if source else None
    if bucket is not None:
        return _from_key(resource.module, Resource(bucket, resource.module, resource.names).value("object"))
    if "s3_existing_package" in attributes:
        return Sources(problem="the code is on S3")
    return Sources(problem="no code is named")


def _from_key(module: Module, value: Value) -> Sources:
    """The sources of an object in a bucket, by a reference to it or by its key."""
    resource = getattr(value, "resource", None)
    if isinstance(resource, Resource):
        return _from_resource(resource, 0)
    key = text(value)
    for type_ in _OBJECTS:
        for block in module.of_type(type_):
            for instance in module.instances(block):
                if key is not None and key in (text(instance.value("key")), text(instance.value("name"))):
                    return _from_resource(instance, 0)
    if key is None:
        return Sources(problem="the object on S3 depends on the deployment")
    path = module.path(key)
    return Sources((path,) if path else (), "the code is on S3")


def _from_value(module: Module, value: Value, name: str, steps: int = 0) -> Sources:
    """The sources that an attribute names: a path, a list of them, or a reference to what makes the archive."""
    if isinstance(value, list):
        found = [_from_value(module, item, name, steps) for item in value]
        return Sources(tuple(path for one in found for path in one.paths), f"{name} depends on the deployment")
    if isinstance(value, dict):
        return _from_value(module, value.get("path", UNKNOWN), name, steps)
    resource = getattr(value, "resource", None)
    if isinstance(resource, Resource) and steps < _MAX_STEPS:
        made = _from_resource(resource, steps + 1)
        if made.paths or made.is_inline:
            return made
    written = text(value)
    if written is None:
        return Sources(problem=f"{name} depends on the deployment")
    archive = _archive_at(module, written)
    if archive is not None:
        return _from_resource(archive, steps + 1)
    path = module.path(written)
    if path is None:
        return Sources(problem=f"{name} {written} is outside the project")
    return Sources((path,))


def _from_resource(resource: Resource, steps: int) -> Sources:
    """The sources of an ``archive_file``, of an object in a bucket, or of another thing with a source."""
    module = resource.module
    found: list[str] = []
    for written in _written(resource):
        path = module.path(written)
        if path is not None:
            found.append(path)
    if found:
        return Sources(tuple(dict.fromkeys(found)))
    if any(one.type == "source" for one in resource.block.blocks) or "source_content" in resource.block.attributes:
        return Sources(problem=INLINE, is_inline=True)
    if "source" in resource.block.attributes:
        return _from_value(module, resource.value("source"), "source", steps)
    for name in ("filename", "source_path"):
        if name in resource.block.attributes:
            return _from_value(module, resource.value(name), name, steps)
    return Sources(problem=f"what {'.'.join(resource.block.labels)} is made from depends on the deployment")


def _written(resource: Resource) -> Iterator[str]:
    """The paths that an archive is made from."""
    for name in ("source_dir", "source_file"):
        path = text(resource.value(name))
        if path:
            yield path
    for block in resource.block.blocks:
        if block.type == "source":
            content = Resource(block, resource.module, resource.names)
            yield from _read_files(content)


def _read_files(content: Resource) -> Iterator[str]:
    """The file that ``content = file("...")`` reads."""
    node = content.block.attributes.get("content")
    if isinstance(node, m.Call) and node.arguments and getattr(node.function, "id", "") in ("file", "templatefile"):
        path = text(content.evaluated(node.arguments[0].value))
        if path is not None:
            yield path


def _archive_at(module: Module, path: str) -> Resource | None:
    """The archive that is written to a path."""
    wanted = module.path(path)
    for kind in ("data", "resource"):
        for block in module.of_type("archive_file", type_=kind):
            for instance in module.instances(block):
                written = text(instance.value("output_path"))
                if wanted is not None and written is not None and module.path(written) == wanted:
                    return instance
    return None
