"""CloudFormation's functions as far as literals go: what a template's value is, if the template alone says so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lambda_conn_lint.handlers.manifests.documents import Block, Value, block, items, text

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_MAX_DEPTH = 20  # functions inside functions; a template that refers to itself ends here


class Intrinsics:
    """Evaluates values of one template: ``Ref`` and ``Fn::Sub`` of parameters that are given or have a default,
    ``Join``, ``FindInMap``, ``Select``, and ``If`` where both branches agree.
    """

    def __init__(self, template: Block, given: Mapping[str, str]) -> None:
        self._given = given
        self._parameters = block(template.get("Parameters"))
        self._mappings = block(template.get("Mappings"))

    def literal(self, value: Value, depth: int = 0) -> str | None:
        """The text that a value stands for, or ``None`` when it depends on the deployment."""
        if isinstance(value, str):
            return value
        if not isinstance(value, Block) or len(value) != 1 or depth > _MAX_DEPTH:
            return None
        ((function, argument),) = value.items()
        if function == "Ref":
            return self._parameter(argument)
        if function == "Fn::Sub":
            return self._sub(argument, depth + 1)
        if function == "Fn::Join":
            return self._join(argument, depth + 1)
        if function == "Fn::FindInMap":
            return self._find_in_map(argument, depth + 1)
        if function == "Fn::Select":
            return self._select(argument, depth + 1)
        if function == "Fn::If":
            branches = {self.literal(branch, depth + 1) for branch in items(argument)[1:3]}
            return branches.pop() if len(branches) == 1 else None
        return None

    def _parameter(self, name: Value) -> str | None:
        if isinstance(name, str) and name in self._given:
            return self._given[name]
        parameter = block(self._parameters.get(name)) if isinstance(name, str) else Block()
        # The default of a parameter of an SSM type is the name of a stored value, not the value.
        if "SSM::Parameter" in (text(parameter.get("Type")) or ""):
            return None
        return text(parameter.get("Default"))

    def _sub(self, argument: Value, depth: int) -> str | None:
        template, variables = argument, Block()
        if isinstance(argument, list) and len(argument) == 2:
            template, variables = argument[0], block(argument[1])
        if not isinstance(template, str):
            return None
        known: dict[str, str] = {}
        for name in _REFERENCE.findall(template):
            if name.startswith("!"):
                known[name] = "${" + name[1:] + "}"
                continue
            value = self.literal(variables[name], depth) if name in variables else self._parameter(name)
            if value is None:
                return None
            known[name] = value
        return _REFERENCE.sub(lambda reference: known[reference[1]], template)

    def _join(self, argument: Value, depth: int) -> str | None:
        if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
            return None
        parts = [self.literal(part, depth) for part in items(argument[1])]
        known = [part for part in parts if part is not None]
        return argument[0].join(known) if known and len(known) == len(parts) else None

    def _select(self, argument: Value, depth: int) -> str | None:
        number, choices = [*items(argument), None, None][:2]
        index = self.literal(number, depth) or ""
        if not index.isascii() or not index.isdigit() or int(index) >= len(items(choices)):
            return None
        return self.literal(items(choices)[int(index)], depth)

    def _find_in_map(self, argument: Value, depth: int) -> str | None:
        found: Value = self._mappings
        for key in items(argument)[:3]:
            name = self.literal(key, depth)
            found = block(found).get(name) if name is not None else None
        return text(found)
