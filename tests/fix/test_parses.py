"""How often libcst parses a file when fixes are planned: its parses cost more than all the rest."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from lambda_conn_lint.check import Settings
from lambda_conn_lint.fix.rounds import Choice, planned
from lambda_conn_lint.project import Project

HANDLER = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of modules that libcst is given."""
    texts: list[str] = []
    parse = cst.parse_module

    def noting(source: str | bytes) -> cst.Module:
        texts.append(source if isinstance(source, str) else source.decode("latin-1"))
        return parse(source)

    monkeypatch.setattr(cst, "parse_module", noting)
    return texts


def plan(folder: Path, files: dict[str, bytes]) -> list[tuple[bool, int]]:
    """For each finding, whether it has a fix, and how many tests that affects."""
    overlay = {"template.yaml": b"Transform: AWS::Serverless-2016-10-31\n", **files}
    found = planned(Project(folder, overlay), Settings(), Choice(), lambda findings, data: findings)
    return [(finding.fix is not None, len(finding.fix.affects_tests if finding.fix else ())) for finding in found]


def test_one_parse_serves_the_check_and_the_plan(tmp_path: Path, parsed: list[str]) -> None:
    assert plan(tmp_path, {"app.py": HANDLER.encode()}) == [(True, 0)]
    assert parsed == [HANDLER]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + HANDLER.encode(), id="byte order mark"),
        pytest.param(HANDLER.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(b"# coding: latin-1\n# \xe9\n" + HANDLER.encode(), id="another encoding"),
        pytest.param(HANDLER.encode() + b"    ", id="blanks at the end"),
    ],
)
def test_a_text_that_reads_otherwise_is_parsed_again(tmp_path: Path, parsed: list[str], data: bytes) -> None:
    assert plan(tmp_path, {"app.py": data}) == [(True, 0)]
    assert len(parsed) == 2


@pytest.mark.parametrize(
    ("call", "affected"),
    [
        pytest.param('client = boto3.client("s3")', 0, id="no patch"),
        pytest.param('object  # no call\nclient = boto3.client("patch")', 0, id="names that are not called"),
        pytest.param('mock.patch("boto3.client")', 1, id="patch"),
        pytest.param('mock.patch("requests.get")', 0, id="another patch"),
        pytest.param('(setattr  # set\n)(boto3, "client", None)', 1, id="in parentheses"),
        pytest.param("'ä'; mock.patch(target='boto3.client')", 1, id="behind other characters"),
        pytest.param("mock.patch('boto3.client'", 0, id="no Python"),
    ],
)
def test_tests_are_not_parsed(tmp_path: Path, parsed: list[str], call: str, affected: int) -> None:
    test = f"import boto3\n{call}\n"
    assert plan(tmp_path, {"app.py": HANDLER.encode(), "tests/test_app.py": test.encode()}) == [(True, affected)]
    assert test not in parsed
