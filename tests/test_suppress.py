from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from noqa_texts import texts

from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions

CODES = ("LCL101", "LCL103", "LCL203", "LCL001")


def test_same_as_flake8(tmp_path: Path) -> None:
    """Compares every row and code of many files with what the installed flake8 says about them."""
    reason = "flake8 is not installed: nothing to compare with"
    processors = pytest.importorskip("flake8.processor", reason=reason)
    violations = pytest.importorskip("flake8.violation", reason=reason)
    options = SimpleNamespace(
        hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
    )
    silenced = heard = 0
    for number, text in enumerate(texts()):
        data = text.encode("latin-1", "ignore") if "latin-1" in text else text.encode()
        path = tmp_path / f"{number}.py"
        path.write_bytes(data)
        processor = processors.FileProcessor(str(path), options)
        ours = Suppressions(read_lines(data))
        assert read_lines(data) == processor.lines
        whole_file = processor.should_ignore_file()
        for row in range(1, len(processor.lines) + 1):
            line = processor.noqa_line_for(row)
            for code in CODES:
                violation = violations.Violation(code, str(path), row, 1, "text", line)
                expected = whole_file or violation.is_inline_ignored(disable_noqa=False)
                assert ours.suppresses(row, code) is expected, (text, row, code)
                silenced += expected
                heard += not expected
    assert silenced > 1000
    assert heard > 1000


@pytest.mark.parametrize(
    ("text", "row", "noqa_row"),
    [
        pytest.param("a = connect(\n    1,\n)\n", 1, 1, id="brackets join nothing"),
        pytest.param("a = connect('''\n\n''')\nb = 1\n", 1, 3, id="strings do"),
        pytest.param("a = 1 + \\\n    connect()\n", 1, 2, id="backslashes do"),
        pytest.param("a = (\n", 1, 1, id="every row for itself where tokens fail"),
    ],
)
def test_row_for(text: str, row: int, noqa_row: int) -> None:
    lines = read_lines(text.encode())
    assert Suppressions(lines).row_for(row) == noqa_row
    lines[noqa_row - 1] = lines[noqa_row - 1].rstrip("\n") + "  # noqa: LCL101\n"
    assert Suppressions(lines).suppresses(row, "LCL101")
    assert not Suppressions(lines).suppresses(row, "LCL102")


def test_row_outside_the_file_is_not_silenced() -> None:
    assert not Suppressions(["a = 1  # noqa\n"]).suppresses(2, "LCL101")


def test_file_without_a_comment_is_not_tokenised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenize.generate_tokens", lambda _: pytest.fail("tokenised"))
    assert not Suppressions(["a = 1\n"]).suppresses(1, "LCL101")


@pytest.mark.parametrize("junk", [bytes(range(256)), bytes(range(32)), b"\0", b"'''\xff", b"\\"])
def test_no_text_is_too_odd(junk: bytes) -> None:
    suppressions = Suppressions(read_lines(b"if a:\n    connect()  # noqa: LCL101\n" + junk))
    assert suppressions.suppresses(2, "LCL101")
    assert suppressions.row_for(2) == 2
