"""Programs made at random keep their behaviour under the safe fix; ``behaviour.hunt`` looks at many more of them."""

from __future__ import annotations

import pytest
from behaviour.generated.programs import program
from behaviour.judging import Verdict, show
from behaviour.tracing import Invocation

_BATCHES = [range(first, first + 25) for first in range(0, 200, 25)]
_FAULTS = 8


@pytest.mark.parametrize("seeds", _BATCHES, ids=[f"{seeds[0]}-{seeds[-1]}" for seeds in _BATCHES])
def test_random_programs_behave_the_same(seeds: range) -> None:
    fixed = 0
    for seed in seeds:
        verdict = Verdict(program(seed), most_faults=_FAULTS)
        broken = "\n".join([f"seed {seed}", *verdict.problems, show(verdict.program.files), show(verdict.fixed)])
        assert not verdict.problems, broken
        fixed += verdict.is_changed
    assert fixed >= len(seeds) // 3, "the fix hardly finds anything to do"


def test_random_programs_run() -> None:
    ended = 0
    for seed in range(100):
        made = program(seed)
        trace = made.run(made.files, [Invocation(event) for event in made.events])
        assert trace.imported.outcome == "imported", (seed, trace.imported.outcome)
        outcomes = [ran.outcome for ran in trace.invocations]
        assert not [each for each in outcomes if "NameError" in each or "AttributeError" in each], (seed, outcomes)
        ended += not any(each.startswith("raised") for each in outcomes)
    assert ended > 60, "most programs run to their end"


def test_a_seed_makes_one_program() -> None:
    assert program(7).files == program(7).files
    assert len({show(program(seed).files) for seed in range(50)}) == 50
