"""Service files of the Serverless Framework that are programs: ``serverless.ts`` and ``serverless.js``.

The object that the program exports is read as far as it is written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambda_conn_lint.handlers.manifests.cdk_program import Program
from lambda_conn_lint.handlers.manifests.documents import Block
from lambda_conn_lint.handlers.manifests.evaluate import Value, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.serverless import Service
from lambda_conn_lint.handlers.model import Declaration


def read(files: Files, path: str) -> Iterator[Declaration]:
    """The Python functions of the service."""
    data = files.data(path)
    if b"provider" not in data or b"python" not in data:
        return
    from lambda_conn_lint.handlers.manifests.ecmascript import facts_of

    try:
        facts = facts_of(data)
    except RecursionError:
        files.unreadable[path] = "nested too deep"
        return
    program = Program(path.rpartition("/")[0], [path], {path: facts}.get, files.mentions)
    exported = program.value_in(path, "default")
    if not isinstance(exported, dict):
        exported = program.exported(path)
    rows = data.decode("utf-8", errors="replace").splitlines()
    service = _block(exported, path, rows) if isinstance(exported, dict) else None
    if isinstance(service, Block) and isinstance(service.get("functions"), Block) and "provider" in service:
        yield from Service(files, path, service).functions()
    else:
        files.unreadable[path] = "its functions are worked out by a program"


def _block(value: Value, path: str, rows: list[str]) -> object:
    """The value as it would be read from YAML; what is not known is left out."""
    if isinstance(value, dict):
        made = Block(path)
        for name, item in value.items():
            inner = _block(item, path, rows)
            if inner is not None:
                made[name] = inner
                key = re.compile(rf"""^\s*["']?{re.escape(name)}["']?\s*[:,]""")
                made.rows[name] = next((number for number, row in enumerate(rows, 1) if key.match(row)), 1)
        return made
    if isinstance(value, list):
        return [_block(item, path, rows) for item in value]
    return text(value)
