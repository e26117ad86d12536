"""The CDK's constructs for functions, whatever language the program is written in.

https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.Function.html
https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_aws-lambda-python-alpha.PythonFunction.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lambda_conn_lint.handlers.manifests import documents
from lambda_conn_lint.handlers.manifests.cdk_program import Construct, Program
from lambda_conn_lint.handlers.manifests.cdk_values import Asset, Dotted, Elsewhere, FileText, Image, InlineCode
from lambda_conn_lint.handlers.manifests.dockerfile import locate_in_image
from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Value, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import (
    Place,
    is_archive,
    join,
    locate,
    locate_packed,
    locate_unique,
    located,
    speaks_python,
)
from lambda_conn_lint.handlers.model import INLINE, Declaration
from lambda_conn_lint.traits import DURABLE, PROVISIONED, SNAP_START

NAME = "cdk"


def app_folder(files: Files, path: str) -> str:
    """The folder in which the program of a file runs: the nearest one upwards with a ``cdk.json``."""
    folder = path
    known = files.shared(_app_folders)
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in known:
            return folder
    return path.rpartition("/")[0] if "" not in known else ""


def _app_folders(files: Files) -> frozenset[str]:
    return frozenset(
        path.rpartition("/")[0] for path in files.project.manifests if path.rpartition("/")[2] == "cdk.json"
    )


def declarations(files: Files, program: Program, path: str) -> Iterator[Declaration]:
    """The Python functions among the constructs that a file makes."""
    for construct in program.constructs(path, _KINDS):
        found = _KINDS[construct.kind](_Finder(files, program, path), construct)
        if found is None:
            continue
        handler, place = found
        code = construct.arguments.get("code")
        inline = documents.inline(files.data(path), code.text, code.row) if isinstance(code, InlineCode) else None
        yield located(
            Declaration(
                source=NAME,
                manifest=path,
                row=construct.row,
                name=construct.name or construct.kind,
                handler=handler,
                traits=tuple(_traits(construct)),
                inline=inline,
            ),
            place,
        )


def _traits(construct: Construct) -> Iterator[str]:
    arguments = construct.arguments
    if "snap_start" in arguments or "snapStart" in arguments:
        yield SNAP_START
    if "durable_config" in arguments or "durableConfig" in arguments:
        yield DURABLE
    options = arguments.get("current_version_options", arguments.get("currentVersionOptions"))
    if isinstance(options, dict) and not options.keys().isdisjoint(_PROVISIONED):
        yield PROVISIONED


_PROVISIONED = ("provisioned_concurrent_executions", "provisionedConcurrentExecutions")


class _Finder:
    """Finds the code of constructs in one file."""

    def __init__(self, files: Files, program: Program, path: str) -> None:
        self.files = files
        self.project = files.project
        self.here = path.rpartition("/")[0]
        self.app = program.folder

    def folders(self, path: str) -> list[str]:
        """What a written path may mean: from where the program runs, or from the file's folder and those above it."""
        if path.startswith("/"):
            found = join("", path.lstrip("/") or ".")
            return [] if found is None else [found]
        bases = [self.app, self.here]
        while bases[-1] != self.app and bases[-1]:
            bases.append(bases[-1].rpartition("/")[0])
        return [one for one in dict.fromkeys(join(base, path) for base in bases) if one is not None]

    def asset(self, path: str, handler: str) -> Place:
        """The place of a handler in a folder, a file or an archive."""
        roots = self.folders(path)
        if not roots:
            return Place(problem=f"{path} is outside the project")
        if is_archive(path):
            place = locate_packed(self.project, self.here, path, handler)
            return place if place.file else self.anywhere(handler, place.problem)
        return locate(self.project, [one.rpartition("/")[0] if one.endswith(".py") else one for one in roots], handler)

    def file(self, path: str, handler: str) -> Place:
        """The place of a handler in a file whose text is the code."""
        for found in self.folders(path):
            if self.project.has(found):
                return Place(found, handler.rpartition(".")[2], found.rpartition("/")[0])
        return Place(problem=f"{path} does not exist")

    def anywhere(self, handler: str, problem: str) -> Place:
        """The only place below the program that a handler can have."""
        place = locate_unique(self.project, (self.here, self.app), handler)
        return place if place.file else Place(problem=problem)


_Answer = tuple[str, Place]


def _function(finder: _Finder, construct: Construct) -> _Answer | None:
    arguments = construct.arguments
    if "handler" not in arguments:
        return None
    runtime = _runtime(arguments.get("runtime", UNKNOWN))
    if runtime is not None and not speaks_python(runtime):
        return None
    code = arguments.get("code", UNKNOWN)
    handler = text(arguments["handler"])
    if isinstance(code, Image):
        return _image(finder, code)
    if handler is None:
        place = Place(problem="handler depends on the deployment")
    elif isinstance(code, InlineCode):
        place = Place(problem=INLINE)
    elif isinstance(code, FileText):
        place = finder.file(code.path, handler)
    elif isinstance(code, Asset):
        place = finder.asset(code.path, handler)
    elif isinstance(code, Elsewhere):
        place = finder.anywhere(handler, code.problem)
    else:
        place = finder.anywhere(handler, "the code's place depends on the deployment")
    if runtime is None and not place.file:
        return None
    return handler or "", place


def _python_function(finder: _Finder, construct: Construct) -> _Answer | None:
    arguments = construct.arguments
    entry = text(arguments.get("entry", UNKNOWN))
    index = text(arguments.get("index", "index.py"))
    function = text(arguments.get("handler", "handler"))
    if "entry" not in arguments or index is None or function is None:
        return None if "entry" not in arguments else ("", Place(problem="handler depends on the deployment"))
    handler = f"{index.removesuffix('.py')}.{function}"
    if entry is None:
        return handler, finder.anywhere(handler, "entry depends on the deployment")
    return handler, finder.asset(entry, handler)


def _docker_function(finder: _Finder, construct: Construct) -> _Answer | None:
    code = construct.arguments.get("code")
    if isinstance(code, Image):
        return _image(finder, code)
    return ("", Place(problem=code.problem)) if isinstance(code, Elsewhere) else None


def _image(finder: _Finder, image: Image) -> _Answer | None:
    command = image.arguments.get("cmd")
    words = command if isinstance(command, list) else []
    word = (text(words[0]) or "") if words else ""
    dockerfile = text(image.arguments.get("file", "")) or ""
    for folder in finder.folders(image.path):
        found = locate_in_image(finder.files, folder, dockerfile, word)
        if found is not None:
            return found
    return None


def _runtime(value: Value) -> str | None:
    """The name of a runtime: the text, or the constant of the class ``Runtime``."""
    if isinstance(value, Dotted):
        last = value.last.lower()
        return last if ".Runtime." in f".{value.name}" else None
    return text(value)


_KINDS: dict[str, Callable[[_Finder, Construct], _Answer | None]] = {
    "Function": _function,
    "SingletonFunction": _function,
    "PythonFunction": _python_function,
    "DockerImageFunction": _docker_function,
}
