"""What a deployment file says about one function of the project."""

from __future__ import annotations

from typing import NamedTuple


class Declaration(NamedTuple):
    """One function that a deployment file declares.

    ``file`` is the project-relative posix path of the Python file that holds it, or empty when it could not be found;
    then ``problem`` says why in a few words ("CodeUri is on S3", "src/app.py does not exist", "runtime nodejs20.x").
    ``attribute`` is the name the platform calls in that file. ``root`` is the project-relative posix folder that is
    packaged ("" is the project's root): absolute imports of the function's code resolve there first.
    """

    source: str  # "sam", "cloudformation", "serverless"
    manifest: str  # project-relative posix path of the deployment file
    row: int  # 1-based row of the function in it
    name: str  # logical name of the function
    handler: str  # handler string as it applies ("src/app.handler"), empty when unknown
    root: str = ""
    file: str = ""
    attribute: str = ""
    platform: str = "aws"
    problem: str = ""
    once: bool = False  # an initialiser that the platform calls once per process, not per invocation
    layers: tuple[str, ...] = ()  # project-relative folders that are import roots too (a layer's "python" folder)


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
