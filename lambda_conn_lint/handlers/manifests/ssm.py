"""Systems Manager automation documents: scripts whose functions look like handlers and are none.

A step ``aws:executeScript`` runs its script in a process of its own, so there is nothing to keep a client in.
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import speaks_python
from lambda_conn_lint.handlers.model import NotAHandler

_ACTION = "aws:executeScript"
_PYTHON_FILE = re.compile(r"[\w./-]+\.py\b")
_SOURCE_CODE = re.compile(r"^[ \t]*(?:def|import|from)[ \t]", re.MULTILINE)


def read(files: Files, path: str) -> Iterator[NotAHandler]:
    """The functions that the file's automation documents run, in order."""
    yield from _scripts(path, files.documents(path), set())


def _scripts(path: str, value: Value, seen: set[int]) -> Iterator[NotAHandler]:
    """Those of a value and all below it: documents stand in a template's ``AWS::SSM::Document`` too."""
    if not isinstance(value, (Block, list)) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Block) and value.get("action") == _ACTION:
        inputs = block(value.get("inputs"))
        handler = text(inputs.get("Handler"))
        if handler and speaks_python(text(inputs.get("Runtime")) or ""):
            module, _, function = handler.rpartition(".")
            files = (f"{module}.py",) if module else _files(inputs)
            yield NotAHandler(path, inputs.rows["Handler"], function, files)
    for item in value.values() if isinstance(value, Block) else value:
        yield from _scripts(path, item, seen)


def _files(inputs: Block) -> tuple[str, ...]:
    """The Python files that stand for the script; a script that is code names other files for other reasons."""
    script = text(inputs.get("Script")) or ""
    return () if _SOURCE_CODE.search(script) else tuple(dict.fromkeys(_PYTHON_FILE.findall(script)))
