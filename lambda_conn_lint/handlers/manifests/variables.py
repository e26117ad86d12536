"""The Serverless Framework's variables as far as the project's files answer them.

``${self:custom.name}``, ``${file(functions.yml):orders}`` and ``${opt:stage, 'dev'}`` (the fallback) are resolved; what
comes from the command line, the environment or the cloud stays as written.
https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re

from lambda_conn_lint.handlers.manifests import documents
from lambda_conn_lint.handlers.manifests.documents import Block, Value
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.locate import join

_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
_FILE = re.compile(r"file\(\s*([^()]+?)\s*\)(?::(.*))?")
_QUOTED = re.compile(r"""(['"])(.*)\1""")
_FALLBACK = re.compile(r""",(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")
_MAX_ROUNDS = 20  # variables that lead to variables; those that lead to themselves end here


class Variables:
    """Resolves values of one service; ``folder`` is that of the service file, from which all its paths start."""

    def __init__(self, files: Files, folder: str, service: Block) -> None:
        self._files = files
        self._folder = folder
        self._service = service

    def resolve(self, value: Value) -> Value:
        """The value itself, or what a text with variables stands for; those without an answer are left in the text."""
        for _ in range(_MAX_ROUNDS):
            if not isinstance(value, str) or "${" not in value:
                return value
            resolved = self._step(value)
            if resolved == value:
                return value
            value = resolved
        return value

    def literal(self, value: Value) -> str | None:
        """The text that a value stands for, or ``None`` when it is no text or not all of it is known."""
        resolved = self.resolve(value)
        return resolved if isinstance(resolved, str) and "${" not in resolved else None

    def block(self, value: Value) -> Block:
        """The mapping that a value stands for; an empty one when it is none."""
        return documents.block(self.resolve(value))

    def _step(self, value: str) -> Value:
        """One innermost variable replaced; the whole value when the text is that variable alone."""
        for variable in _INNERMOST.finditer(value):
            answer = self._answer(variable[1])
            if variable[0] == value.strip() and answer is not None:
                return answer
            if isinstance(answer, str):
                return value[: variable.start()] + answer + value[variable.end() :]
        return value

    def _answer(self, expression: str) -> Value:
        for alternative in _FALLBACK.split(expression):
            source = alternative.strip()
            quoted = _QUOTED.fullmatch(source)
            if quoted:
                return quoted[2]
            file = _FILE.fullmatch(source)
            if file:
                found = self._below(self._load(file[1].strip("'\"")), file[2] or "")
            elif source.startswith("self:"):
                found = self._below(self._service, source.removeprefix("self:"))
            else:
                found = None
            if found is not None:
                return found
        return None

    def _below(self, value: Value, address: str) -> Value:
        for key in filter(None, re.split(r"[.:]", address.strip())):
            value = documents.block(self.resolve(value) if isinstance(value, str) else value).get(key)
        return value

    def _load(self, name: str) -> Value:
        """A file's first document; nothing for files that are missing, broken or programs."""
        path = join(self._folder, name)
        if path is None or not path.endswith((".yml", ".yaml", ".json")):
            return None
        return next(iter(self._files.documents(path)), None)
