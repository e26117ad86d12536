"""Looking for programs that the fix breaks: what is found is told, and made small first."""

from __future__ import annotations

from pathlib import Path

import pytest
from behaviour import hunt
from behaviour.comparing import Program
from behaviour.generated.programs import program
from behaviour.judging import Verdict

from lambda_conn_lint.fix.templates import accessor

_PROGRAM = """\
import boto3
import os


def handler(event, context):
    result = []
    region = os.environ["REGION"]
    if event:
        client = boto3.client("s3", region_name=region)
        result.append(client.list_buckets())
    return result
"""


@pytest.fixture
def forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixer whose accessors build anew each time."""
    original = accessor.guarded

    def guarded(one: accessor.Accessor, building: list[str], indent: str) -> list[str]:
        return [line.replace("is None", "is not True") for line in original(one, building, indent)]

    monkeypatch.setattr(accessor, "guarded", guarded)


@pytest.mark.usefixtures("forgets")
def test_a_broken_program_becomes_small_and_stays_broken() -> None:
    small = hunt.smaller(Program({"app.py": _PROGRAM}, "app.handler"), unsafe=False)
    text = small.files["app.py"]
    assert "boto3.client" in text
    assert "result" not in text
    assert Verdict(small).problems


@pytest.mark.usefixtures("forgets")
def test_what_is_found_is_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hunt, "program", lambda seed: Program({"app.py": _PROGRAM}, "app.handler"))
    assert hunt.main(["4", "5", "--into", str(tmp_path)]) == 1
    assert "1 broken" in capsys.readouterr().out
    assert "seed 4" in tmp_path.joinpath("4.txt").read_text()


def test_nothing_is_found_where_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert program(1).files
    assert hunt.main(["1", "2"]) == 0
    assert "broken" not in capsys.readouterr().out
