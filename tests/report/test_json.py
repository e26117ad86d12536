from __future__ import annotations

import json

import pytest
from report.samples import CLEAN, CONNECT, FINDINGS, FIXES, NOT_CHECKED, ODD_NAME, ODD_NAMES

from lambda_conn_lint.report.json import FORMAT
from lambda_conn_lint.report.model import Outcome, Style


def _at(row: int, column: int) -> dict[str, int]:
    return {"row": row, "column": column}


GET = {"filename": "src/app.py", "location": _at(5, 1), "name": "get_order"}
FINDINGS_JSON = [
    {
        "cell": None,
        "filename": "src/app.py",
        "location": _at(7, 13),
        "end_location": _at(11, 6),
        "code": "LCL103",
        "name": "cloud-client-in-handler",
        "severity": "warning",
        "message": "boto3.resource() runs on every invocation",
        "fix": None,
        "noqa_row": 7,
        "url": None,
        "handlers": [GET],
        "path": [GET, {"filename": "src/app.py", "location": _at(7, 13), "name": "boto3.resource"}],
        "reason": None,
        "doubt": None,
        "affects_tests": [],
    },
    {
        "cell": None,
        "filename": "src/db.py",
        "location": _at(7, 12),
        "end_location": _at(7, 47),
        "code": "LCL101",
        "name": "database-client-in-handler",
        "severity": "warning",
        "message": "psycopg2.connect() runs on every invocation",
        "fix": None,
        "noqa_row": 7,
        "url": None,
        "handlers": [GET, {"filename": "src/app.py", "location": _at(14, 1), "name": "list_orders"}],
        "path": [
            GET,
            {"filename": "src/app.py", "location": _at(6, 12), "name": "connect"},
            {"filename": "src/db.py", "location": _at(7, 12), "name": "psycopg2.connect"},
        ],
        "reason": "the connection is closed by its callers",
        "doubt": None,
        "affects_tests": [],
    },
]
NOT_CHECKED_JSON = [
    {
        "cell": None,
        "filename": "src/broken.py",
        "location": _at(2, 5),
        "end_location": _at(2, 6),
        "code": "LCL001",
        "name": "unparsable-file",
        "severity": "error",
        "message": "cannot be parsed: invalid syntax",
        "fix": None,
        "noqa_row": 2,
        "url": None,
        "handlers": [],
        "path": [],
        "reason": None,
        "doubt": None,
        "affects_tests": [],
    },
    {
        "cell": None,
        "filename": "src/gone.py",
        "location": _at(1, 1),
        "end_location": _at(1, 1),
        "code": "LCL000",
        "name": "internal-error",
        "severity": "error",
        "message": "KeyError: 'x'",
        "fix": None,
        "noqa_row": None,
        "url": None,
        "handlers": [],
        "path": [],
        "reason": None,
        "doubt": None,
        "affects_tests": [],
    },
]


FIXES_JSON = [
    {
        **FINDINGS_JSON[0],
        "fix": {
            "applicability": "safe",
            "message": "keep the client in _orders, which _get_orders() fills on first use",
            "edits": [
                {"content": "_get_orders()", "location": _at(7, 13), "end_location": _at(11, 6)},
                {"content": "_orders = None\n", "location": _at(14, 1), "end_location": _at(14, 1)},
            ],
        },
        "affects_tests": [{"filename": "tests/test_app.py", "location": _at(12, 10), "name": "patch"}],
    },
    {
        **FINDINGS_JSON[1],
        "fix": {
            "applicability": "unsafe",
            "message": "keep the connection in _conn",
            "edits": [{"content": "_take_conn()", "location": _at(7, 12), "end_location": _at(7, 47)}],
        },
        "reason": None,
        "doubt": "the callers could not all be found",
    },
]


@pytest.mark.parametrize(
    ("outcome", "document"),
    [
        pytest.param(FINDINGS, FINDINGS_JSON, id="findings"),
        pytest.param(FIXES, FIXES_JSON, id="fixes"),
        pytest.param(NOT_CHECKED, NOT_CHECKED_JSON, id="not checked"),
    ],
)
@pytest.mark.parametrize("style", [Style(), Style(colour=True, summary=False)])
def test_findings(outcome: Outcome, document: object, style: Style) -> None:
    text = FORMAT.findings(outcome, style)
    assert json.loads(text) == document
    assert text == json.dumps(document, indent=2) + "\n"


@pytest.mark.parametrize("write", [FORMAT.findings, FORMAT.statistics])
def test_clean_is_an_empty_list(write: object) -> None:
    assert callable(write)
    assert write(CLEAN, Style()) == "[]\n"


def test_odd_names_survive_in_ascii() -> None:
    text = FORMAT.findings(ODD_NAMES, Style())
    assert text.isascii()
    assert json.loads(text)[0]["filename"] == ODD_NAME


def test_statistics() -> None:
    many = FINDINGS._replace(findings=(*FINDINGS.findings, CONNECT))
    assert FORMAT.statistics is not None
    assert json.loads(FORMAT.statistics(many, Style())) == [
        {"code": "LCL101", "name": "database-client-in-handler", "count": 2},
        {"code": "LCL103", "name": "cloud-client-in-handler", "count": 1},
    ]


def test_noqa_row_is_the_last_of_a_multi_line_string() -> None:
    moved = CONNECT._replace(filename="src/app.py", span=CONNECT.span._replace(row=9))
    assert json.loads(FORMAT.findings(FINDINGS._replace(findings=(moved,)), Style()))[0]["noqa_row"] == 10
