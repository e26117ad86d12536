"""Which nodes of a graph lead to a goal, found as far as somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


class LeadsTo:
    """Whether a node is a goal or leads to one over any number of edges.

    Every node is walked once at most, however many are asked about, and a walk ends at the first goal. ``after`` gives
    the nodes that edges of a node end in.
    """

    def __init__(self, after: Callable[[str], Iterable[str]], is_goal: Callable[[str], bool]) -> None:
        self._after = after
        self._is_goal = is_goal
        self._known: dict[str, bool] = {}

    def __call__(self, node: str) -> bool:
        if node not in self._known:
            self._walk(node)
        return self._known[node]

    def _walk(self, start: str) -> None:
        """Decide a node, by Tarjan's algorithm for strongly connected components without recursion.

        The nodes of ``open_nodes`` all lead to the end of the way that is being walked. So one goal there decides all
        of them; and a component that is left without a goal has none.
        """
        known = self._known
        order: dict[str, int] = {}  # when a node was met
        lowest: dict[str, int] = {}  # the earliest node that it is known to lead back to
        open_nodes: list[str] = []
        way: list[tuple[str, Iterator[str]]] = []
        node: str | None = start
        while node is not None or way:
            if node is not None:
                order[node] = lowest[node] = len(order)
                open_nodes.append(node)
                if self._is_goal(node):
                    known.update(dict.fromkeys(open_nodes, True))
                    return
                way.append((node, iter(self._after(node))))
            here, rest = way[-1]
            node = None
            for following in rest:
                if following not in known and following not in order:
                    node = following
                    break
                if known.get(following):
                    known.update(dict.fromkeys(open_nodes, True))
                    return
                if following not in known:
                    lowest[here] = min(lowest[here], order[following])
            if node is None:
                way.pop()
                if lowest[here] == order[here]:
                    while here not in known:
                        known[open_nodes.pop()] = False
                elif way:
                    above = way[-1][0]
                    lowest[above] = min(lowest[above], lowest[here])
