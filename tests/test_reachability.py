"""Whether something can be reached, asked of a graph node by node."""

from __future__ import annotations

import random

from lambda_conn_lint.reachability import LeadsTo


def by_closure(graph: dict[str, list[str]], goals: set[str], start: str) -> bool:
    seen, pending = {start}, [start]
    while pending:
        for after in graph[pending.pop()]:
            if after not in seen:
                seen.add(after)
                pending.append(after)
    return not seen.isdisjoint(goals)


def test_the_answer_is_that_of_a_plain_search_in_any_order() -> None:
    for seed in range(2_000):
        chance = random.Random(seed)
        nodes = [str(n) for n in range(chance.randint(1, 12))]
        graph = {node: chance.choices(nodes, k=chance.choice([0, 1, 1, 2, 3])) for node in nodes}
        goals = {node for node in nodes if chance.random() < 0.12}
        leads = LeadsTo(graph.__getitem__, goals.__contains__)
        for node in chance.sample(nodes, len(nodes)):
            assert leads(node) is by_closure(graph, goals, node), (graph, goals, node)


def test_every_node_is_looked_at_a_few_times_at_most() -> None:
    count = 20_000
    looked: list[int] = []

    def after(node: str) -> list[str]:
        looked.append(1)
        return [str(int(node) + 1), "0"] if int(node) < count else []

    leads = LeadsTo(after, lambda node: False)
    assert not any(leads(str(node)) for node in range(count))
    assert len(looked) == count + 1
