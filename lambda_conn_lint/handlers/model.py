"""What a deployment file says about one function of the project."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

PLATFORMS = (
    "aliyun",
    "aws",
    "azure",
    "google",
    "knative",
    "kubeless",
    "modal",
    "openfaas",
    "openwhisk",
    "runpod",
    "scaleway",
    "tencent",
)
"""The function platforms that a handler may be known to belong to, spelled as in the Serverless Framework."""

AUTO = "auto"
ALL = "all"
DECLARED = "declared"

MODES = (AUTO, ALL, DECLARED)
"""Which handlers count: all but what merely looks like one where deployment files name every function; all; or only
what a deployment file, a framework or the user names."""


class Inline(NamedTuple):
    """Source code that stands in a deployment file.

    Line n of ``text`` stands at row ``row + n - 1`` of the file, ``indent`` columns further right. Where the file folds
    or quotes the text, so that its lines have no rows of their own, ``indent`` is -1, and ``row`` is where it starts;
    what stands in that row lies between ``column`` and ``end_column``, which is exclusive.
    """

    text: str
    row: int
    indent: int
    column: int = 1
    end_column: int = 1


INLINE = "inline code"
"""The problem of a declaration whose code stands in the deployment file itself, and so has no file."""


class Declaration(NamedTuple):
    """One function that a deployment file declares.

    ``file`` is the project-relative posix path of the Python file that holds it, or empty when it could not be found;
    then ``problem`` says why in a few words ("CodeUri is on S3", "src/app.py does not exist", "runtime nodejs20.x").
    ``attribute`` is the name the platform calls in that file. ``root`` is the project-relative posix folder that is
    packaged ("" is the project's root): absolute imports of the function's code resolve there first. ``role`` says what
    the name is bound to: a "handler", a WSGI or ASGI "application" whose views are handlers, the "settings" of a Django
    project whose views are, or a "once" function that the platform calls once per process.
    """

    source: str  # the format: "sam", "cloudformation", "serverless", "terraform" ...
    manifest: str  # project-relative posix path of the deployment file
    row: int  # 1-based row of the function in it
    name: str  # logical name of the function
    handler: str  # handler string as it applies ("src/app.handler"), empty when unknown
    root: str = ""
    file: str = ""
    attribute: str = ""
    platform: str = "aws"
    problem: str = ""
    role: str = "handler"
    layers: tuple[str, ...] = ()  # project-relative folders that are import roots too (a layer's "python" folder)
    traits: tuple[str, ...] = ()  # of ``traits.TRAITS``: how the platform runs it, where the file says so
    inline: Inline | None = None  # its code, where that stands in the deployment file itself
    is_guessed: bool = False  # the only or the best fitting file of its name, where the file does not say which


class Unreadable(NamedTuple):
    """A deployment file that could not be read, and why."""

    manifest: str
    problem: str


class NotAHandler(NamedTuple):
    """A function with a handler's shape that a document runs as a script: one process a run, so nothing to reuse.

    ``handler`` is the function's name. ``files`` are the names of the Python files that the document says the function
    is in, without folders as a rule; empty when the script stands in the document itself or in an archive.
    """

    manifest: str  # project-relative posix path of the document
    row: int  # 1-based row of the handler's name in it
    handler: str
    files: tuple[str, ...] = ()


class LeftOut(NamedTuple):
    """A function that looks like a handler and does not count as one, and why."""

    filename: str
    row: int
    name: str
    reason: str


Found: TypeAlias = Declaration | NotAHandler
"""What a deployment file may hold."""
