from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions

CODES = ("LCL101", "LCL103", "LCL203", "LCL001")

COMMENTS = (
    "# noqa",
    "# NoQA",
    "#noqa",
    "#  noqa",
    "# noqa: LCL101",
    "# noqa:LCL101",
    "# noqa : LCL101",
    "# noqa:  LCL101",
    "# noqa: lcl101",
    "# noqa: LCL1",
    "# noqa: LCL",
    "# noqa: L1",
    "# noqa: LCL103,LCL101",
    "# noqa: E501 LCL103",
    "# noqa: E501,, LCL1,",
    "# noqa: E501; LCL101",
    "# noqa: E501 because LCL101",
    "# noqa: because",
    "# noqa:",
    "# noqa:\tLCL2\t",
    "# noqa, LCL101",
    "# why not # noqa: LCL1",
    "# noqa: E501 # noqa",
    "# nonoqa",
    "# noqa: LCL101\x0c",
    "# noqa: LCL101LCL103",
    "# noqa: ÉLCL101",
    "# noqa: \u017f1",
    "# flake8: noqa",
    "# flake8: NOQA: E501",
    "# flake8=noqa",
    "#flake8: noqa",
    "# flake8:noqa and more",
    "# x # flake8: noqa",
)

SHAPES = (
    "a = connect()  {}\n",
    "{}\na = connect()\n",
    "    {}\na = connect()\n",
    "a = connect(\n    1,  {}\n    2,\n)\n",
    "a = connect(\n    1,\n    2,\n)  {}\n",
    "a = connect(  {}\n    1,\n)\n",
    "a = connect('''\n  {}\n''')\n",
    "a = connect('''\n  x\n''')  {}\nb = 1\n",
    "a = connect('''\n  x\n''', 1,\n  2)  {}\n",
    "a = connect(\n  '''\n  x\n''',  {}\n  2)\n",
    "a = 1 + \\\n    connect()  {}\n",
    "a = f'''\n  {{b}}\n'''  {}\n",
    "a = f'''\n  {{\n  b\n  }}'''  {}\n",
    "def f():\n    '''x\n    y'''  {}\n    return 1\n\n\n{}\n",
    "if a:\n    b  {}\n\n# c\nc\n",
    "a = (  {}\n",
    "a = '''  {}\n",
    "  a = 1\n b = 2  {}\n",
    "a = 1\x00  {}\n",
    "a = 1  {}",
    "\ufeffa = 1  {}\n",
    "",
)


def _files() -> Iterator[str]:
    for shape in SHAPES:
        for comment in COMMENTS:
            yield shape.format(*[comment] * 2)
    chance = random.Random(20260101)
    parts = (
        "#",
        " ",
        "  ",
        "noqa",
        "NOQA",
        ":",
        ",",
        "\t",
        "LCL101",
        "LCL1",
        "E5",
        "x",
        "flake8",
        "=",
        "\n",
        "'''",
        "\\\n",
        "(",
        ")",
    )
    for _ in range(1500):
        yield "".join(chance.choices(parts, k=chance.randrange(1, 16)))


def test_same_as_flake8(tmp_path: Path) -> None:
    """Compares every row and code of many files with what the installed flake8 says about them."""
    reason = "flake8 is not installed: nothing to compare with"
    processors = pytest.importorskip("flake8.processor", reason=reason)
    violations = pytest.importorskip("flake8.violation", reason=reason)
    options = SimpleNamespace(
        hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
    )
    silenced = heard = 0
    for number, text in enumerate(_files()):
        data = text.encode()
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
