"""The flake8 plugin: what flake8 hands over for one file, and the findings in it.

flake8 imports this module at every start and runs the plugin on every file, so nothing but the standard library's
cheapest is imported before there is a file that may matter.

A file that is not valid Python never gets here: flake8 reports it itself (E999), and runs no plugin on it. Comments
(``# noqa``) and the choice of codes (``select``, ``ignore``) are applied by flake8 to what the plugin gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from lambda_conn_lint import __version__
from lambda_conn_lint.defects import INTERNAL_ERROR, defect

if TYPE_CHECKING:
    import argparse
    import ast

    from flake8.options.manager import OptionManager

    from lambda_conn_lint.file_by_file import FileByFile

_UNNAMED = "stdin"
"""What flake8 calls standard input when nobody says which file it stands for."""


class _Run(NamedTuple):
    """One run of flake8 in one process: our options as the user set them, and which name stands for standard input.

    ``files`` holds what is known of the projects; it is made for the first file that may matter.
    """

    given: Mapping[str, object]
    stdin: str | None
    files: list[FileByFile]


class LambdaConnLint:
    """One file, as flake8 sees it: its name as the user gave it and its text by lines; the tree is not looked at.

    Asking for the tree makes flake8 call the plugin once per file, and flake8 has built it anyway.
    """

    name = "lambda-conn-lint"
    version = __version__

    _run: ClassVar[_Run] = _Run({}, None, [])

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:
        self._filename = filename
        self._lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Declare ``--lambda-conn-*``, on the command line and in flake8's configuration files."""
        from lambda_conn_lint.flake8_options import register

        register(manager)

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take the options of a run, which forgets what is known of projects.

        flake8 calls this in every process that it starts afresh; a process that it forks has inherited the options.
        Raises ``flake8.exceptions.ExecutionError`` for a value that makes no sense.
        """
        from lambda_conn_lint.flake8_options import given

        stdin = options.stdin_display_name if "-" in options.filenames else None
        cls._run = _Run(given(options), stdin, [])

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """The findings as flake8 takes them: row from 1, column from 0 in code points, code and text.

        Whatever goes wrong in here is a finding too, since flake8 would end the run without telling of any file.
        """
        try:
            found = self._found()
        except Exception as error:
            found = [(1, 1, INTERNAL_ERROR, defect(error))]
        for row, column, code, message in found:
            shown = self._loud_row() if code == INTERNAL_ERROR else row
            yield shown, column - 1, f"{code} {message}", type(self)

    def _found(self) -> Sequence[tuple[int, int, str, str]]:
        """Row and column from 1, code and message of each finding."""
        text = "".join(self._lines)
        if "def" not in text and "lambda" not in text:
            return ()  # without a function, nothing is built per invocation
        run = self._run
        if not run.files:
            from lambda_conn_lint.file_by_file import FileByFile

            run.files.append(FileByFile(run.given))
        is_unnamed = run.stdin == self._filename == _UNNAMED
        findings = run.files[0].findings(None if is_unnamed else self._filename, self._lines)
        return [(found.span.row, found.span.column, found.code, found.message) for found in findings]

    def _loud_row(self) -> int:
        """A row that no comment silences: the first one, or where there is a ``noqa`` anywhere, none of the file's."""
        return 0 if any("noqa" in line.lower() for line in self._lines) else 1
