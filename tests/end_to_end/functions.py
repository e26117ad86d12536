"""A function as a platform runs it: its modules are imported once, and its handler is called again and again."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias
from unittest import mock


class Answer(NamedTuple):
    """What one invocation came to: the handler's result, or the class of what it raised."""

    result: Any = None
    error: str = ""


Deploy: TypeAlias = Callable[[Mapping[str, str], Mapping[str, str]], "Function"]
"""Sources and environment in, the function out; what the fixture ``deploy`` gives, which also closes them."""


class Function:
    """The modules of ``sources`` (project-relative path -> text) in a namespace of their own.

    ``invoke`` calls ``app.handler``. Modules of the same names, and the environment, are what they were in between.
    """

    def __init__(self, sources: Mapping[str, str], folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = dict(environ)
        self._names = tuple(Path(path).stem for path in sources)
        self._modules: dict[str, ModuleType] = {}
        folder.mkdir()
        for path, text in sources.items():
            folder.joinpath(path).write_text(text)
        with self._entered():
            self._handler = importlib.import_module("app").handler

    def invoke(self, **event: Any) -> Answer:
        """Call the handler; what it raised is told and dropped, with the frames that it kept alive."""
        with self._entered():
            try:
                return Answer(result=self._handler(event, None))
            except Exception as error:
                answer = Answer(error=f"{type(error).__module__}.{type(error).__qualname__}")
            gc.collect()  # connections that only a frame of the traceback held, whatever cycle it is in
            return answer

    def close(self) -> None:
        """Forget the modules, and with them what they keep."""
        del self._handler
        for module in self._modules.values():
            vars(module).clear()
        self._modules.clear()
        gc.collect()  # here, where the warning about what was never closed fails no test

    @contextlib.contextmanager
    def _entered(self) -> Iterator[None]:
        strangers = {name: sys.modules.pop(name) for name in self._names if name in sys.modules}
        sys.modules.update(self._modules)
        try:
            with (
                mock.patch.dict(os.environ, self._environ),
                mock.patch.object(sys, "path", [str(self._folder), *sys.path]),
                mock.patch.object(sys, "dont_write_bytecode", True),
            ):
                yield
        finally:
            self._modules = {name: sys.modules.pop(name) for name in self._names if name in sys.modules}
            sys.modules.update(strangers)
