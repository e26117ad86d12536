"""Function apps of Azure in a Terraform configuration: the code that it deploys with them.

An app whose code is deployed by other means is known by its ``host.json``.
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/linux_function_app
"""

from __future__ import annotations

from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.evaluate import text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import Place, is_archive, locate, located
from lambda_conn_lint.handlers.manifests.terraform_archives import sources_of
from lambda_conn_lint.handlers.manifests.terraform_modules import Resource
from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.traits import CONCURRENT

KINDS = ("azurerm_linux_function_app", "azurerm_function_app_flex_consumption", "azurerm_function_app")

_HANDLER = "function_app.app"


def declarations(
    files: Files, resource: Resource, source: str, manifest: str, row: int, name: str
) -> Iterator[Declaration]:
    """The application of one resource, which the deployment file ``manifest`` declares in a row; nothing where it is
    not Python's as far as anyone can tell, or has its functions in files of their own."""
    sources = sources_of(files, resource)
    folders = [path for path in sources.paths if not is_archive(path)]
    is_named = "zip_deploy_file" in resource.block.attributes
    if not is_named or any(_has_function_files(files, folder) for folder in folders):
        return
    place = locate(files.project, folders, _HANDLER) if folders else Place(problem=sources.problem)
    if not sources.problem and not folders:
        place = Place(problem=f"{sources.paths[0]} is an archive")
    if not place.file and not _speaks_python(resource):
        return
    yield located(
        Declaration(
            source=source,
            manifest=manifest,
            row=row,
            name=name,
            handler=_HANDLER,
            platform="azure",
            role="application",
            traits=(CONCURRENT,),
        ),
        place,
    )


def _has_function_files(files: Files, folder: str) -> bool:
    """Whether the functions of a folder are described one by one, each beside its code."""
    prefix = f"{folder}/" if folder else ""
    return any(
        path.startswith(prefix) and path.endswith("/function.json") and path.count("/") == prefix.count("/") + 1
        for path in files.project.manifests
    )


def _speaks_python(resource: Resource) -> bool:
    if text(resource.value("runtime_name")) == "python":
        return True
    site = resource.block.inner("site_config")
    stack = site.inner("application_stack") if site else None
    return stack is not None and "python_version" in stack.attributes
