"""Names that the user has declared, where they mean functions and classes of the project itself.

A name means what is defined under it in a module whose path ends like the name's, and what a package's module of that
path imports under it: ``mycompany.db.connect`` stands in ``src/mycompany/db.py``, or comes through
``src/mycompany/db/__init__.py`` from wherever that takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.link.modules import Modules
from lambda_conn_lint.link.values import ClassObject, FunctionObject

Facts: TypeAlias = Callable[[str], m.ModuleFacts | None]

_LONGEST = 20  # modules that one name may pass through


def defining_files(paths: Iterable[str], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each file that may define a declared name: what it would be called there, with the declared name."""
    by_module: dict[str, dict[str, str]] = {}
    for name in names:
        module, _, inner = name.rpartition(".")
        by_module.setdefault(module, {})[inner] = name
        owner, _, last = module.rpartition(".")
        if owner and last[:1].isupper():  # a member of a class
            by_module.setdefault(owner, {})[f"{last}.{inner}"] = name
    found: dict[str, dict[str, str]] = {}
    for path in paths if by_module else ():
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        while dotted:
            for inner, name in by_module.get(dotted, {}).items():
                found.setdefault(path, {})[inner] = name
            dotted = dotted.partition(".")[2]
    return found


class DeclaredNames:
    """Which declared name a function or class of the project has, if any.

    ``files`` is what ``defining_files`` gives. The facts of these files are asked for when the first name is.
    """

    def __init__(self, files: Mapping[str, Mapping[str, str]], facts: Facts, modules: Modules) -> None:
        self.files = files
        self._facts = facts
        self._modules = modules

    def name_of(self, thing: FunctionObject | ClassObject) -> str:
        """The declared name of a function or class, or of the function that it is defined in; empty without one."""
        if not self.files or thing.number < 0:
            return ""
        inner = self._inner(thing)
        while inner:
            found = self._names.get((thing.path, inner))
            if found is not None:
                return found
            inner = inner.rpartition(".")[0] if isinstance(thing, FunctionObject) else ""
        return ""

    def is_declared(self, thing: FunctionObject | ClassObject) -> bool:
        """Whether a function or class has a declared name itself."""
        return bool(self.files) and thing.number >= 0 and (thing.path, self._inner(thing)) in self._names

    def _inner(self, thing: FunctionObject | ClassObject) -> str:
        facts = self._facts(thing.path)
        assert facts is not None, "an object of a module comes from its facts"
        return (facts.functions if isinstance(thing, FunctionObject) else facts.classes)[thing.number].name

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {
            place: name
            for path, inners in self.files.items()
            for inner, name in inners.items()
            for place in self._definitions(path, inner, 0)
        }

    def _definitions(self, path: str, inner: str, depth: int) -> Iterator[tuple[str, str]]:
        """Where something is defined that a module has under a name: the file, and its name there."""
        facts = self._facts(path)
        if facts is None or depth > _LONGEST:
            return
        if inner in {*(found.name for found in facts.functions), *(found.name for found in facts.classes)}:
            yield path, inner
            return
        head, dot, rest = inner.partition(".")
        for statement in m.descendants(facts.body):
            if not isinstance(statement, m.ImportFrom):
                continue
            for name, bound in statement.names:
                if bound not in (head, "*"):
                    continue
                module = self._modules.named(path, statement.level, statement.module)
                if module is not None and module.path:
                    yield from self._definitions(module.path, inner if name == "*" else name + dot + rest, depth + 1)
