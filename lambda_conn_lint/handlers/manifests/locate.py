"""From a handler string and a code root to the Python file, by the rule of AWS Lambda's Python runtime.

The string is split at its last dot into module and attribute; slashes of the module count as dots; the module is looked
for below the root as ``a/b.py`` or ``a/b/__init__.py``. For the rule see
https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html and, for the modules that it refuses,
``awslambdaric/bootstrap.py``. Deployment tools hand it their strings as they are.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambda_conn_lint.handlers.model import Declaration
from lambda_conn_lint.project import Project, is_test

# Modules that are part of every CPython executable: the runtime refuses a handler whose first segment is one of them.
# fmt: off
_BUILT_IN = frozenset({
    "_abc", "_ast", "_codecs", "_collections", "_functools", "_imp", "_io", "_locale", "_operator", "_signal", "_sre",
    "_stat", "_string", "_symtable", "_thread", "_tracemalloc", "_warnings", "_weakref", "atexit", "builtins", "errno",
    "faulthandler", "gc", "itertools", "marshal", "posix", "pwd", "sys", "time",
})
# fmt: on
# Names of two words that many modules with handlers have.
_USUAL = frozenset({"lambda_function", "lambda_handler", "function_app"})
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")


class Place(NamedTuple):
    """Where a handler is: ``file``, ``attribute``, ``root`` and ``role`` as in ``Declaration``, or a ``problem``.

    ``is_guessed`` is true of a place that was chosen by its name among the files of the project. ``beside`` are other
    folders that are packaged with its root: imports resolve there too.
    """

    file: str = ""
    attribute: str = ""
    root: str = ""
    problem: str = ""
    role: str = "handler"
    is_guessed: bool = False
    beside: tuple[str, ...] = ()


_OTHER_RUNTIMES = re.compile(rb"nodejs[0-9]|java[0-9]|dotnet[0-9c]|ruby[0-9]|go1\.x|provided\.al")
# Signs of Python, as words in any case, as words, and as expressions; those begin with what is quickly looked for.
_PYTHON_NAMES = (b"python", b"wsgi")
_PYTHON_WORDS = (b"Image", b"image_uri", b"${file(", b"::Include", b"$ref")
_PYTHON_SIGNS = (re.compile(rb"image\s*:"), re.compile(rb"\.py\b"))


def speaks_python(runtime: str) -> bool:
    """Whether the name of a runtime is one of Python's: ``python3.12``, ``Python3.6``, ``python:3``, ``python312``."""
    return runtime.strip().lower().startswith("python")


def speaks_another(data: bytes) -> bool:
    """Whether the bytes of a deployment file name runtimes of other languages, and show no sign of Python.

    Files and images that they include may bring some, so those count as signs too.
    """
    if b"python" in data or _OTHER_RUNTIMES.search(data) is None:
        return False
    lowered = data.lower()
    return not (
        any(name in lowered for name in _PYTHON_NAMES)
        or any(word in data for word in _PYTHON_WORDS)
        or any(sign.search(data) for sign in _PYTHON_SIGNS)
    )


def is_archive(path: str) -> bool:
    """Whether a path names a built package and not source code."""
    return path.lower().endswith((".zip", ".jar", ".whl", ".tar.gz", ".tgz"))


def join(folder: str, path: str) -> str | None:
    """``path`` as written in a file of ``folder``, relative to the project; ``None`` where it leaves the project."""
    whole = posixpath.normpath(posixpath.join(folder, path.strip().replace("\\", "/")))
    if whole == ".." or whole.startswith(("../", "/")):
        return None
    return "" if whole == "." else whole


def locate(project: Project, roots: Sequence[str], handler: str) -> Place:
    """The place of a handler string below the first of some roots that has its module; else the problem with the first.

    A module in a package (``orders.api.create``) is then looked for below the roots' ancestors too: a build often
    copies packages from there to a folder that is not in the repository.
    """
    split = _split(handler)
    if isinstance(split, Place):
        return split
    module, attribute = split
    named = list(roots)
    built_from = [ancestor for root in named for ancestor in _ancestors(root)] if "/" in module else []
    for root in dict.fromkeys([*named, *built_from]):
        base = f"{root}/{module}" if root else module
        for file in (f"{base}.py", f"{base}/__init__.py"):
            if project.has(file):
                return Place(file, attribute, root)
    missing = f"{named[0]}/{module}.py" if named[0] else f"{module}.py"
    left_out = project.exists(missing)
    return Place(problem=f"{missing} is left out by an exclude" if left_out else f"{missing} does not exist")


def located(declaration: Declaration, place: Place) -> Declaration:
    """The declaration with all that a place says of it but the role, which its format may know better."""
    return declaration._replace(
        root=place.root,
        file=place.file,
        attribute=place.attribute,
        problem=place.problem,
        is_guessed=place.is_guessed,
    )


def locate_packed(project: Project, folder: str, archive: str, handler: str) -> Place:
    """The source of a handler in an archive that a build makes: by the archive's name, if one place fits it best.

    ``orders_create.zip`` with ``handler.run`` is the ``handler.py`` of the folder ``…/orders_create`` or
    ``…/orders/create``; ``report.zip`` with ``report.run`` is also a ``report.py``. Files below ``folder``, that of the
    deployment file, fit better than others, and then those higher up; two that fit equally well are none.
    """
    split = _split(handler)
    if isinstance(split, Place):
        return split
    name = _plain(posixpath.basename(archive).split(".")[0])
    is_named = _plain(split[0]) == name
    fitting: dict[tuple[bool, int], list[Place]] = {}
    for place in candidates(project, handler):
        if is_named or f"_{_plain(place.root)}".endswith(f"_{name}"):
            elsewhere = not place.file.startswith(f"{folder}/") if folder else False
            fitting.setdefault((elsewhere, place.root.count("/")), []).append(place)
    best = fitting[min(fitting)] if fitting else []
    if len(best) == 1:
        return best[0]._replace(is_guessed=True)
    return Place(problem=f"{archive} is an archive" + (" that several folders could be" if best else ""))


def candidates(project: Project, handler: str) -> list[Place]:
    """Every place in the project that a handler string may mean, whatever its code root is; tests are left out."""
    split = _split(handler)
    if isinstance(split, Place):
        return []
    module, attribute = split
    return [
        Place(file, attribute, f"/{file}"[1 : -len(tail)])
        for file in _by_stem(project.python).get(module.rpartition("/")[2], ())
        for tail in (f"/{module}.py", f"/{module}/__init__.py")
        if f"/{file}".endswith(tail) and not is_test(file)
    ]


def locate_unique(project: Project, folders: Sequence[str], handler: str) -> Place:
    """The only place of a handler below the first of some folders that has one; else a problem.

    For functions whose folder is worked out when they are deployed. A module in a package, and one with a telling name
    (of two words), is looked for in the whole project too.
    """
    split = _split(handler)
    if isinstance(split, Place):
        return split
    module = split[0]
    places = candidates(project, handler)
    is_telling = "/" in module or ("_" in module.strip("_") and module not in _USUAL)
    everywhere = ("",) if is_telling else ()
    for folder in dict.fromkeys((*folders, *everywhere)):
        below = [place for place in places if not folder or place.file.startswith(f"{folder}/")]
        if len(below) == 1:
            return below[0]._replace(is_guessed=True)
        if below:
            return Place(problem=f"several files could be {module}.py")
    return Place(problem=f"{module}.py does not exist")


def _split(handler: str) -> tuple[str, str] | Place:
    """The module as a path and the attribute; a ``Place`` with the problem when the runtime would refuse the string."""
    module, dot, attribute = handler.strip().rpartition(".")
    segments = module.replace("/", ".").split(".")
    if not dot or not attribute.isidentifier() or not all(segments):
        return Place(problem=f'handler "{handler}" is not of the form module.function')
    if segments[0] in _BUILT_IN:
        return Place(problem=f"handler module {segments[0]} is a built-in module")
    return "/".join(segments), attribute


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _plain(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("_", text.lower()).strip("_")


@functools.lru_cache(maxsize=1)
def _by_stem(files: tuple[str, ...]) -> dict[str, list[str]]:
    """Files by what their module is called: a file's stem, or the folder of an ``__init__.py``."""
    found: dict[str, list[str]] = {}
    for file in files:
        module = file.removesuffix("/__init__.py").removesuffix(".py")
        found.setdefault(module.rpartition("/")[2], []).append(file)
    return found
