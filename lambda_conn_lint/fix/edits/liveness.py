"""Which locals and imports have nobody left that reads them once constructions have moved out of their function."""

from __future__ import annotations

from collections.abc import Iterable

from lambda_conn_lint.fix.judge.slice import Local, LocalImport
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.scopes import Scope
from lambda_conn_lint.fix.source.tree import Range, is_within


class Liveness:
    """What is left of the text: ``take`` and ``leave`` name places that go and parts of them that stay."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._gone: list[Range] = []
        self._staying: list[Range] = []

    def take(self, place: Range) -> None:
        self._gone.append(place)

    def leave(self, place: Range) -> None:
        self._staying.append(place)

    def is_dead(self, scope: Scope, name: str) -> bool:
        """Whether a variable is read at some places, and all of them go."""
        loads = scope.loads(name)
        return bool(loads) and all(self._goes(self._file.tree.code(load)) for load in loads)

    def dead(self, items: Iterable[Local | LocalImport]) -> list[Local | LocalImport]:
        """Those that can go; of two where one is made from the other, the later one first."""
        pending = {(id(item.scope), item.name): item for item in items}
        found: list[Local | LocalImport] = []
        while True:
            dead = [key for key, item in pending.items() if self.is_dead(item.scope, item.name)]
            if not dead:
                return found
            for key in dead:
                item = pending.pop(key)
                found.append(item)
                self.take(self._file.tree.code(item.alias if isinstance(item, LocalImport) else item.statement))

    def _goes(self, place: Range) -> bool:
        return is_within(place, self._gone) and not is_within(place, self._staying)
