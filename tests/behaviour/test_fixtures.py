"""Every program under ``fixtures/fixes`` behaves the same before and after its fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from behaviour.cases import Case, collect
from behaviour.comparing import differences
from behaviour.tracing import Invocation

_FOLDER = Path(__file__).parents[2] / "fixtures" / "fixes"
CASES = collect(_FOLDER)
RUN = [case for case in CASES if not case.not_run]


@pytest.mark.parametrize("case", RUN, ids=[case.name for case in RUN])
def test_the_fix_changes_nothing_but_reuse(case: Case) -> None:
    assert not (problems := differences(case.program, case.after)), "\n".join(problems)


@pytest.mark.parametrize("case", RUN, ids=[case.name for case in RUN])
def test_the_case_runs(case: Case) -> None:
    trace = case.program.run(case.program.files, [Invocation(event) for event in case.program.events])
    assert trace.imported.outcome == "imported"
    assert any(ran.events for ran in trace.invocations), "nothing of a client library is called"
    assert not [ran.outcome for ran in trace.invocations if "NameError" in ran.outcome or "TypeError" in ran.outcome]
