"""Importing a program from text, with fakes for the libraries that it uses, and leaving no trace of either."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType


class StandIns(MetaPathFinder, Loader):
    """Finds any module of some packages, by making it."""

    def __init__(self, packages: Collection[str], make: Callable[[str], ModuleType]) -> None:
        self.packages = packages
        self._make = make

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self.packages:
            return None
        return spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._make(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


class _Program(MetaPathFinder, Loader):
    """Finds the modules of a program; ``roots`` are the folders that its imports start in, nearest first."""

    def __init__(self, files: Mapping[str, str], roots: Sequence[str]) -> None:
        self._codes: dict[str, CodeType] = {}
        self._packages: set[str] = set()
        for root in reversed(roots):
            for path, text in files.items():
                if path.startswith(root) and path.endswith(".py"):
                    parts = path[len(root) : -len(".py")].split("/")
                    is_package = parts[-1] == "__init__"
                    name = ".".join(parts[:-1] if is_package else parts)
                    self._codes[name] = _compiled(text, path)
                    self._packages.update(".".join(parts[:depth]) for depth in range(1, len(parts)))

    @property
    def names(self) -> set[str]:
        return {*self._codes, *self._packages}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.names:
            return None
        return spec_from_loader(fullname, self, is_package=fullname in self._packages)

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        code = self._codes.get(module.__name__)
        if code is not None:
            exec(code, module.__dict__)


@lru_cache(maxsize=64)
def _compiled(text: str, path: str) -> CodeType:
    return compile(text, path, "exec", dont_inherit=True)


@contextmanager
def importable(
    files: Mapping[str, str], roots: Sequence[str], fakes: Mapping[str, ModuleType], stand_ins: StandIns
) -> Iterator[None]:
    """While this lasts, ``import`` finds the program's modules and the fakes first, and nothing that hides them.

    Raises SyntaxError if a file does not compile.
    """
    program = _Program(files, roots)
    tops = {name.partition(".")[0] for name in (*program.names, *fakes, *stand_ins.packages)}
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in tops}
    for name in hidden:
        del sys.modules[name]
    sys.modules.update(fakes)
    sys.meta_path[:0] = [program, stand_ins]
    try:
        yield
    finally:
        sys.meta_path.remove(program)
        sys.meta_path.remove(stand_ins)
        for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
            del sys.modules[name]
        sys.modules.update(hidden)
