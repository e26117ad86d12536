"""Services that have nothing to do with each other are linked apart, and nobody can tell from what is found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from weakref import WeakSet

import pytest

from lambda_conn_lint import linking
from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.check import Report, Settings, check
from lambda_conn_lint.client_table import Declared
from lambda_conn_lint.part_link import PartLink
from lambda_conn_lint.parts import Part, parts_of
from lambda_conn_lint.project import Project
from lambda_conn_lint.screen import Screen
from lambda_conn_lint.surroundings import Surroundings

NOWHERE = Path("/nowhere/at/all")
FIXTURES = Path(__file__).parent.parent / "fixtures"

HANDLER = """\
import redis


def lambda_handler(event, context):
    redis.Redis()
"""
HELPER = """\
import boto3


def work():
    boto3.client("s3")
"""
CALLER = "from common.helper import work\n\n\ndef lambda_handler(event, context):\n    work()\n"
BY_NAME = """\
import importlib

import redis

NAME = "common.helper"


def lambda_handler(event, context):
    importlib.import_module(NAME).work()
    redis.Redis()
"""


def project(files: Mapping[str, str]) -> Project:
    return Project(NOWHERE, {path: text.encode() for path, text in files.items()})


def grouped(imports: Mapping[str, str], starts: str, together: str = "") -> list[tuple[str, str]]:
    parts = parts_of(starts, lambda path: imports.get(path, ""), together)
    return [("".join(part.starts), "".join(sorted(part.files))) for part in parts]


def as_one(self: Surroundings) -> list[Part]:
    return [Part(list(self.starts), set(self.near_clients))]


# Which files belong together


def test_what_imports_nothing_in_common_is_apart() -> None:
    assert grouped({"a": "x", "b": "y"}, "ab") == [("a", "ax"), ("b", "by")]


def test_a_shared_import_brings_files_together_at_any_distance() -> None:
    assert grouped({"a": "x", "b": "y", "x": "z", "y": "z"}, "abc") == [("ab", "abxyz"), ("c", "c")]


def test_a_file_that_imports_two_parts_makes_one_of_them() -> None:
    assert grouped({"a": "x", "b": "y", "d": "ab"}, "abcd") == [("abd", "abdxy"), ("c", "c")]


def test_cycles_end() -> None:
    assert grouped({"a": "b", "b": "a"}, "ab") == [("ab", "ab")]


def test_some_files_are_together_without_an_import() -> None:
    assert grouped({"a": "x", "c": "y"}, "abc", "ac") == [("ac", "acxy"), ("b", "b")]


def test_every_file_is_walked_once() -> None:
    walked: list[str] = []

    def imported(path: str) -> str:
        walked.append(path)
        return "" if path in "xy" else "xy"

    parts_of("abcdef", imported)
    assert sorted(walked) == list("abcdefxy")


@pytest.mark.parametrize(
    ("files", "number"),
    [
        ({"a/app.py": HANDLER, "b/app.py": HANDLER}, 2),
        ({"a.py": CALLER, "b.py": CALLER, "common/helper.py": HELPER}, 1),
        (
            {
                "a/app.py": "import boto3, mangum\nfrom .views import app\nlambda_handler = mangum.Mangum(app)\n",
                "a/views.py": "import boto3, flask\napp = flask.Flask(__name__)\n",
                "b/app.py": HANDLER,
            },
            2,
        ),
    ],
)
def test_the_parts_of_a_project(files: Mapping[str, str], number: int) -> None:
    catalog = catalogue()
    whole = project(files)
    assert len(Surroundings(whole, Screen(whole, catalog.sources), catalog, Settings()).parts) == number


# The same findings


@pytest.mark.parametrize("folder", ["dependence", "handlers", "hard", "projects", "reach", "reuse"])
def test_parts_change_no_finding_of_constructions(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> list[object]:
        findings = check(Project(FIXTURES / folder), Settings()).findings
        return [finding for finding in findings if finding.code != "LCL301"]

    apart = found()
    monkeypatch.setattr(Surroundings, "parts", property(as_one))
    assert apart == found()
    assert apart


def test_a_module_that_is_imported_by_a_computed_name_joins_the_parts() -> None:
    files = {"a.py": BY_NAME, "b.py": CALLER, "common/helper.py": HELPER}
    findings = check(project(files), Settings()).findings
    (shared,) = (finding for finding in findings if finding.filename == "common/helper.py")
    assert [handler.filename for handler in shared.handlers] == ["a.py", "b.py"]


def test_unrelated_files_do_not_hide_a_closing() -> None:
    folder = FIXTURES / "closed"
    alone = folder / "generator_context_manager.py"
    name = alone.name
    single = check(Project(NOWHERE, {name: alone.read_bytes()}), Settings()).findings
    everything = check(Project(folder), Settings()).findings
    assert single
    assert [finding for finding in everything if finding.filename == name] == list(single)


def test_a_file_that_cannot_be_parsed_is_told_of_once() -> None:
    files = {"a.py": CALLER, "b.py": CALLER, "c/app.py": HANDLER, "common/helper.py": HELPER + "  x\n"}
    findings = check(project(files), Settings()).findings
    assert [finding.code for finding in findings if finding.filename == "common/helper.py"] == ["LCL001"]


def test_what_the_user_declares_keeps_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[int] = []
    starts = {"a/app.py": HANDLER, "b/app.py": HANDLER, "own.py": "class Client:\n    pass\n"}

    def noted(self: linking.Linking, part: Part) -> object:
        met.append(len(part.starts))
        return link(self, part)

    link = linking.Linking._link
    monkeypatch.setattr(linking.Linking, "_link", noted)
    check(project(starts), Settings(clients=(Declared("own.Client", (("kind", "database"),)),)))
    assert met == [2]
    met.clear()
    check(project(starts), Settings())
    assert met == [1, 1]


# Memory


def test_links_of_parts_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: WeakSet[PartLink] = WeakSet()
    most = 0
    make = PartLink.__init__

    def noted(self: PartLink, *arguments: object) -> None:
        nonlocal most
        make(self, *arguments)  # type: ignore[arg-type]  # whatever it is given
        alive.add(self)
        most = max(most, len(alive))

    monkeypatch.setattr(PartLink, "__init__", noted)
    report: Report = check(project({f"service_{number}/app.py": HANDLER for number in range(20)}), Settings())
    assert len(report.findings) == 20
    assert most < 4
