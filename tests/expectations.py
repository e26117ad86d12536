"""The annotated cases under ``fixtures/``: where they are, what their markers say, and how findings differ from it.

A marker is a whole comment on the line where a construction call starts::

    client = boto3.client("s3")  # expect: LCL103 via lambda_handler -> get_client

``expect``   a finding of each code stands here (a code twice: two findings); ``via`` names the stations of its path,
             from the handler to the function that holds the construction
``ok``       tempting, and no finding may stand here
``todo``     a finding that is known to be missed; ``todo-ok``, a known false alarm. Both fail once they are mended

Every finding on a line without a marker is a difference, so a case is exact.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.findings import Finding

AREAS = ("names", "handlers", "reach", "reuse", "closed", "dependence", "projects", "hard", "newer_syntax")

_MARKER = re.compile(
    r"# (?P<verdict>expect|ok|todo|todo-ok): (?P<codes>LCL\d{3}(?:, LCL\d{3})*)"
    r"(?: via (?P<via>[\w.]+(?: -> [\w.]+)*))?"
)
_LOOKS_LIKE_MARKER = re.compile(r"LCL ?\d|\b(?:expect(?:ed|s)?|ok|todo|todo-ok)\s*:", re.IGNORECASE)


class MarkerError(ValueError):
    """A comment that looks like a marker and is none, or a marker that says something impossible."""


class Marker(NamedTuple):
    """What one line of a case expects; ``row`` is 1-based."""

    filename: str
    row: int
    verdict: str
    codes: tuple[str, ...]
    via: tuple[str, ...]


class Case(NamedTuple):
    """One project with markers: ``files`` is what it consists of, ``folder`` is where it lies if it is a folder."""

    name: str  # "reuse/lock.py", "projects/orders"
    area: str
    folder: Path | None
    files: Mapping[str, bytes]  # project-relative posix path -> content

    def texts(self) -> Iterator[tuple[str, str]]:
        """The Python files of the case, decoded."""
        for filename, content in self.files.items():
            if filename.endswith(".py"):
                yield filename, content.decode("utf-8")

    def markers(self) -> tuple[Marker, ...]:
        """All markers, by file and row; raises MarkerError."""
        found = [marker for filename, text in self.texts() for marker in read_markers(filename, text)]
        for filename, content in self.files.items():
            if filename.endswith((".yaml", ".yml")):
                found += _inline_markers(filename, content.decode("utf-8"))
        return tuple(found)


def collect(fixtures: Path) -> tuple[Case, ...]:
    """The cases of all areas, sorted by name: each ``*.py`` and each folder directly in an area."""
    cases = []
    for area in AREAS:
        for entry in sorted((fixtures / area).iterdir()):
            name = f"{area}/{entry.name}"
            if entry.is_dir() and entry.name != "__pycache__":
                cases.append(Case(name, area, entry, _files_below(entry)))
            elif entry.suffix == ".py":
                cases.append(Case(name, area, None, {entry.name: entry.read_bytes()}))
    return tuple(cases)


def _files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def read_markers(filename: str, text: str) -> list[Marker]:
    """The markers of one file; a comment that only resembles one raises MarkerError."""
    markers = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        row = token.start[0]
        match = _MARKER.fullmatch(token.string)
        if match is None:
            if _LOOKS_LIKE_MARKER.search(token.string):
                raise MarkerError(f"{filename}:{row}: not a marker: {token.string}")
            continue
        if not token.line[: token.start[1]].strip():
            raise MarkerError(f"{filename}:{row}: a marker belongs on the line of a call: {token.string}")
        via = tuple((match["via"] or "").split(" -> ")) if match["via"] else ()
        if via and match["verdict"] not in {"expect", "todo"}:
            raise MarkerError(f"{filename}:{row}: what is not found has no path: {token.string}")
        markers.append(Marker(filename, row, match["verdict"], tuple(match["codes"].split(", ")), via))
    return markers


def _inline_markers(filename: str, text: str) -> Iterator[Marker]:
    """The markers in code that stands line by line in a deployment file."""
    for row, line in enumerate(text.splitlines(), 1):
        match = _MARKER.search(line)
        if match is not None and match.end() == len(line):
            via = tuple(match["via"].split(" -> ")) if match["via"] else ()
            yield Marker(filename, row, match["verdict"], tuple(match["codes"].split(", ")), via)


def call_rows(text: str) -> frozenset[int]:
    """The rows on which a call starts; raises SyntaxError for text newer than the running Python."""
    return frozenset(node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def docstring(text: str) -> str:
    """The string that the text starts with, unquoted; empty if it starts with anything else."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            return str(ast.literal_eval(token.string))
        if token.type not in {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}:
            break
    return ""


def differences(case: Case, findings: Iterable[Finding]) -> list[str]:
    """What the findings have that the markers do not, and the other way round, a line each; empty if they agree."""
    wanted: Counter[tuple[str, int, str]] = Counter()
    tempting: set[tuple[str, int]] = set()
    paths: dict[tuple[str, int, str], tuple[str, ...]] = {}
    found: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.filename, finding.span.row, finding.code), []).append(finding)
    problems = []
    for marker in case.markers():
        for code in marker.codes:
            place = (marker.filename, marker.row, code)
            if marker.verdict in {"expect", "todo-ok"}:
                wanted[place] += 1
                paths[place] = marker.via
            else:
                tempting.add(place[:2])
            if marker.verdict == "todo" and place in found:
                problems.append(f"found now, so the marker is to be an expect: {_show(case, place)}")
            if marker.verdict == "todo-ok" and place not in found:
                problems.append(f"silent now, so the marker is to be an ok: {_show(case, place)}")
    for place in sorted({*wanted, *found}):
        here = found.get(place, [])
        if len(here) < wanted[place]:
            problems.append(f"missed: {_show(case, place)}")
        elif len(here) > wanted[place]:
            why = "tempting, and no finding" if place[:2] in tempting else "a false alarm or a second finding"
            problems.extend(f"{why}: {_show(case, place)} by {_stations(each)}" for each in here[wanted[place] :])
        elif paths.get(place):
            expected = " -> ".join(paths[place])
            problems.extend(
                f"path: {_show(case, place)} expected via {expected}, got {_stations(each)}"
                for each in here
                if _stations(each) != expected
            )
    return problems


def _stations(finding: Finding) -> str:
    """The path without the construction, as ``via`` writes it."""
    return " -> ".join(step.name for step in finding.path[:-1])


def _show(case: Case, place: tuple[str, int, str]) -> str:
    filename, row, code = place
    lines = case.files.get(filename, b"").decode("utf-8").splitlines()
    source = lines[row - 1].strip() if 0 < row <= len(lines) else ""
    return f"{filename}:{row} {code} | {source}"
