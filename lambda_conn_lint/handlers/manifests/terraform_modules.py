"""Terraform's modules: the blocks of a folder's files, and what expressions in them come to.

A module is evaluated with the values of its caller, or with its variables' defaults (and ``terraform.tfvars``) where
nothing in the project calls it. https://developer.hashicorp.com/terraform/language/modules
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from lambda_conn_lint.facts import model as m
from lambda_conn_lint.handlers.manifests import hcl
from lambda_conn_lint.handlers.manifests.evaluate import UNKNOWN, Value, evaluate, text
from lambda_conn_lint.handlers.manifests.files import Files
from lambda_conn_lint.handlers.manifests.hcl import HclBlock
from lambda_conn_lint.handlers.manifests.locate import join, speaks_another
from lambda_conn_lint.handlers.manifests.terraform_functions import FUNCTIONS

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
VARIABLE_FILES = ("terraform.tfvars", ".auto.tfvars")

OF_INTEREST = re.compile(
    rb"aws_lambda_function|lambda/aws|terraform-aws-lambda|google_cloudfunctions|azurerm_\w*function_app"
)
"""Stands in every file that names a function."""

# The type of a resource that is a function, and not a reference to one.
_FUNCTION = re.compile(rb"(?:aws_lambda_function|google_cloudfunctions2?_function|azurerm_\w*function_app\w*)(?![\w.])")
_LOCAL_SOURCE = re.compile(rb"""source["']?\s*[=:]\s*["'](\.{1,2}/[^"'$]*)["']""")
_MAX_INSTANCES = 200  # of one block by ``for_each`` or ``count``
_NO_BLOCK = HclBlock("", (), hcl.Attributes(), [], 1)
_MOST_FILES = 200  # a parsed one takes hundreds of times as much as its bytes
_MAX_CALLS = 12  # modules inside modules; those that call each other end here


def may_make(data: bytes) -> bool:
    """Whether the bytes of a file may make functions, by themselves or by calling other modules."""
    return (b"module" in data and b"source" in data) or _FUNCTION.search(data) is not None


class Reference(NamedTuple):
    """An attribute of a resource: its value in the configuration where that is known, else only whose it is."""

    resource: Resource
    attribute: str

    def text(self) -> str | None:
        return text(self.resource.value(self.attribute))

    def member(self, name: str) -> Value:
        inner = self.resource.value(self.attribute)
        return inner.get(name, UNKNOWN) if isinstance(inner, dict) else UNKNOWN

    def at(self, key: Value) -> Value:
        return self


class Resource(NamedTuple):
    """One instance of a ``resource``, ``data`` or ``module`` block."""

    block: HclBlock
    module: Module
    names: Mapping[str, Value]  # what ``each`` and ``count`` are in it

    def value(self, attribute: str) -> Value:
        """The value of an attribute that the configuration sets."""
        return self.evaluated(self.block.attributes.get(attribute))

    def evaluated(self, node: m.Expression | None) -> Value:
        """The value of an expression that stands in the block."""
        return UNKNOWN if node is None else evaluate(node, _Scope(self.module, self.names))

    def inner(self, type_: str, attribute: str) -> Value:
        """The value of an attribute in an inner block."""
        block = self.block.inner(type_)
        return self.evaluated(block.attributes.get(attribute) if block else None)

    def member(self, name: str) -> Value:
        return Reference(self, name)

    def at(self, key: Value) -> Value:
        return next(
            (one for one in self.module.instances(self.block) if key in (one.names.get("key"), one.names.get("index"))),
            self,
        )


class Module:
    """A folder's configuration with the values of its variables."""

    def __init__(self, modules: Modules, folder: str, caller: Resource | None = None) -> None:
        self.modules = modules
        self.folder = folder
        self.caller = caller
        # The folder of the outermost module, in which the command runs.
        self.root: str = caller.module.root if caller else folder
        self.depth: int = caller.module.depth + 1 if caller else 0
        self._busy: set[str] = set()
        self._known: dict[str, Value] = {}
        self._calls: dict[tuple[int, object], Module | None] = {}

    def of_type(self, *labels: str, type_: str = "resource") -> Iterator[HclBlock]:
        """The blocks of a type whose first labels are these."""
        files = self.modules.files(self.folder, type_, *labels)
        blocks = (one for path in files for one in self.modules.blocks(path))
        return (one for one in blocks if one.type == type_ and one.labels[: len(labels)] == labels)

    def instances(self, block: HclBlock) -> list[Resource]:
        """What ``for_each`` or ``count`` make of a block; one with unknown names where that is not known."""
        name = f"instances.{id(block)}"
        if name in self._busy:
            return [Resource(block, self, {})]
        self._busy.add(name)
        try:
            return self._instances(block)
        finally:
            self._busy.discard(name)

    def _instances(self, block: HclBlock) -> list[Resource]:
        plain = Resource(block, self, {})
        if "for_each" in block.attributes:
            values = plain.value("for_each")
            if isinstance(values, list):
                values = {one: one for one in map(text, values) if one is not None}
            if isinstance(values, dict):
                pairs = list(values.items())[:_MAX_INSTANCES]
                return [Resource(block, self, {"key": key, "value": value}) for key, value in pairs]
        if "count" in block.attributes:
            number = plain.value("count")
            if isinstance(number, int) and not isinstance(number, bool):
                return [Resource(block, self, {"index": index}) for index in range(min(number, _MAX_INSTANCES))]
            return [Resource(block, self, {"index": 0})]
        return [plain]

    def variable(self, name: str) -> Value:
        """The value of ``var.name``."""
        caller = self.caller
        if caller is not None and name in caller.block.attributes:
            return self._once(f"var.{name}", lambda: caller.value(name))
        given = {} if caller else self.modules.variables(self.folder)
        block = next(self.of_type(name, type_="variable"), None)
        node = given.get(name) or (block.attributes.get("default") if block else None)
        return self._once(f"var.{name}", lambda: Resource(_NO_BLOCK, self, {}).evaluated(node))

    def local(self, name: str) -> Value:
        """The value of ``local.name``."""
        nodes = [one.attributes[name] for one in self.of_type(type_="locals") if name in one.attributes]
        node = nodes[0] if nodes else None
        return self._once(f"local.{name}", lambda: Resource(_NO_BLOCK, self, {}).evaluated(node))

    def output(self, name: str) -> Value:
        """The value of an output."""
        block = next(self.of_type(name, type_="output"), None)
        node = block.attributes.get("value") if block else None
        return self._once(f"output.{name}", lambda: Resource(_NO_BLOCK, self, {}).evaluated(node))

    def _once(self, name: str, compute: Callable[[], Value]) -> Value:
        """A value that is worked out when it is first asked for; unknown where it leads to itself."""
        if name in self._busy:
            return UNKNOWN
        if name not in self._known:
            self._busy.add(name)
            try:
                self._known[name] = compute()
            finally:
                self._busy.discard(name)
        return self._known[name]

    def resource(self, type_: str, name: str, kind: str = "resource") -> Value:
        """The resource of a type and name."""
        block = next(self.of_type(type_, name, type_=kind), None)
        return UNKNOWN if block is None else self.instances(block)[0] if self.instances(block) else UNKNOWN

    def called(self, name: str) -> Value:
        """What ``module.name`` is: its outputs, where its code is in the project, else its own arguments."""
        block = next(self.of_type(name, type_="module"), None)
        if block is None:
            return UNKNOWN
        instance = next(iter(self.instances(block)), Resource(block, self, {}))
        inner = self.call(instance)
        return _Outputs(inner) if inner is not None else instance

    def called_folder(self, instance: Resource) -> str | None:
        """The folder of the module that a ``module`` block calls, if that is a path in the project."""
        source = text(instance.value("source"))
        return join(self.folder, source) if source is not None and source.startswith(".") else None

    def call(self, instance: Resource) -> Module | None:
        """The module that a ``module`` block calls; none where its code is not in the project."""
        key = (id(instance.block), instance.names.get("key", instance.names.get("index")))
        if key not in self._calls:
            folder = self.called_folder(instance)
            is_here = folder is not None and self.depth < _MAX_CALLS and self.modules.files(folder)
            self._calls[key] = Module(self.modules, folder or "", instance) if is_here else None
        return self._calls[key]

    def path(self, value: str) -> str | None:
        """A path as Terraform reads it, relative to the project. Those of ``path.module`` start with a slash here."""
        return join("", value.lstrip("/")) if value.startswith("/") else join(self.root, value)


class Modules:
    """All modules of the project."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._parsed_files: dict[str, hcl.Parsed] = {}
        self._leads: dict[str, bool] = {}
        self._in_folder: dict[str, list[str]] = {}
        for path in files.project.manifests:
            if path.endswith((*SUFFIXES, ".tfvars")):
                self._in_folder.setdefault(path.rpartition("/")[0], []).append(path)
        self._calls = {folder: self._called_by(folder) for folder in self._in_folder}
        self._callees = {callee for callees in self._calls.values() for callee in callees}

    def is_called(self, folder: str) -> bool:
        """Whether some other module of the project calls this one."""
        return folder in self._callees

    def leads_to_functions(self, folder: str) -> bool:
        """Whether a file of the module, or of one that it calls, names a function; nothing is parsed."""
        if folder not in self._leads:
            self._leads[folder] = any(OF_INTEREST.search(data) for data in self._within(folder))
        return self._leads[folder]

    def speaks_another(self, folder: str) -> bool:
        """Whether a module that nobody calls, with those that it calls, makes functions in other languages only."""
        return speaks_another(b"\n".join(self._within(folder)))

    def _within(self, folder: str) -> Iterator[bytes]:
        """The bytes of the files of a module and of those that it calls, at any depth."""
        seen = {folder}
        pending = [folder]
        while pending:
            current = pending.pop()
            yield from map(self._files.data, self._in_folder.get(current, ()))
            news = self._calls.get(current, set()) - seen
            seen |= news
            pending.extend(news)

    def at(self, folder: str) -> Module:
        """The module of a folder as the outermost one. Files that others have read are let go when there are many."""
        if len(self._parsed_files) > _MOST_FILES:
            self._parsed_files.clear()
        return Module(self, folder)

    def files(self, folder: str, *words: str) -> list[str]:
        """The files of a folder that may hold blocks with all of these words in them; nothing is parsed."""
        paths = (path for path in self._in_folder.get(folder, ()) if path.endswith(SUFFIXES))
        return [path for path in paths if all(self._files.mentions(path, word) for word in words)]

    def making(self, folder: str) -> list[HclBlock]:
        """The blocks of those files of a folder that may make functions."""
        paths = (path for path in self.files(folder) if may_make(self._files.data(path)))
        return [block for path in paths for block in self.blocks(path)]

    def blocks(self, path: str) -> list[HclBlock]:
        """The blocks of a file."""
        return self._parsed(path).body.blocks

    def _parsed(self, path: str) -> hcl.Parsed:
        if path not in self._parsed_files:
            self._parsed_files[path] = self._parse(path)
        return self._parsed_files[path]

    def _parse(self, path: str) -> hcl.Parsed:
        if path.endswith(".json"):
            values = self._files.documents(path)
            return hcl.parse_json(values[0] if values else None)
        try:
            parsed = hcl.parse(self._files.data(path))
        except RecursionError:
            self._files.unreadable[path] = "nested too deep"
            return hcl.parse(b"")
        if parsed.broken:
            self._files.unreadable[path] = f"line {parsed.broken}: not Terraform's syntax"
        return parsed

    def variables(self, folder: str) -> dict[str, m.Expression]:
        """What the files of variables of a folder set."""
        return {
            name: node
            for path in self._in_folder.get(folder, ())
            if path.endswith(VARIABLE_FILES)
            for name, node in self._parsed(path).body.attributes.items()
        }

    def _called_by(self, folder: str) -> set[str]:
        found = {
            join(folder, source.decode(errors="replace"))
            for path in self._in_folder[folder]
            for source in _LOCAL_SOURCE.findall(self._files.data(path))
        }
        return {one for one in found if one is not None and one != folder}


class _Outputs(NamedTuple):
    """The outputs of a called module."""

    module: Module

    def member(self, name: str) -> Value:
        return self.module.output(name)

    def at(self, key: Value) -> Value:
        return self


class _Named(NamedTuple):
    """What has members that a function works out: ``var``, ``local``, ``data``, a type of resource."""

    get: Callable[[str], Value]

    def member(self, name: str) -> Value:
        return self.get(name)


class _Scope:
    """Expressions in a module; ``names`` are those of ``each`` and ``count``, and of ``for`` expressions."""

    def __init__(self, module: Module, names: Mapping[str, Value], bound: Mapping[str, Value] | None = None) -> None:
        self._module = module
        self._names = names
        self._bound = bound or {}

    def name(self, name: str, depth: int) -> Value:
        module = self._module
        if name in self._bound:
            return self._bound[name]
        if name == "path":
            here = "/" + module.folder
            return {"module": here, "root": "/" + module.root, "cwd": "/" + module.root}
        if name in ("each", "count"):
            return dict(self._names)
        if name == "terraform":
            return {"workspace": "default"}
        if name == "data":
            return _Named(lambda type_: _Named(lambda inner: module.resource(type_, inner, "data")))
        lookup = {"var": module.variable, "local": module.local, "module": module.called}.get(name)
        return _Named(lookup or (lambda inner: module.resource(name, inner)))

    def call(self, node: m.Call, depth: int) -> Value:
        name = node.function.id if isinstance(node.function, m.Name) else ""
        if name == "try":
            values = (evaluate(one.value, self, depth) for one in node.arguments)
            return next((value for value in values if value is not UNKNOWN), UNKNOWN)
        function = FUNCTIONS.get(name.removeprefix("provider::"))
        if function is None:
            return UNKNOWN
        arguments = [evaluate(one.value, self, depth) for one in node.arguments]
        try:
            return function(*arguments)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            return UNKNOWN

    def attribute(self, value: Value, name: str) -> Value:
        return UNKNOWN

    def within(self, names: Mapping[str, Value]) -> _Scope:
        return _Scope(self._module, self._names, {**self._bound, **names})
