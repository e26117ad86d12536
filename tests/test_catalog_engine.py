"""Every row of the catalogue, in every style of import: found in the handler, silent at module scope."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

import pytest

from lambda_conn_lint.catalog import CLIENTS, Client, catalogue
from lambda_conn_lint.catalog.lookup import MEMBERS
from lambda_conn_lint.catalog.model import Kind
from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES, code_for

MARK = "  # here"


class Case(NamedTuple):
    """One file: the line that ends in ``MARK`` has the one finding; without such a line the file has none."""

    title: str
    client: Client
    text: str

    def expected(self) -> list[tuple[int, str]]:
        lines = self.text.splitlines()
        return [(row, code_for(self.client.kind)) for row, line in enumerate(lines, 1) if line.endswith(MARK)]


class Import(NamedTuple):
    """A way to import a name, and how the name is spelled after it."""

    statement: str
    spelling: str


def imports(name: str, call: str) -> Iterator[Import]:
    """The styles of import for a constructor; what stands on a class or object is reached through that."""
    depth = 2 if call in MEMBERS or call == "bound-method" else 1
    module, first, *rest = name.rsplit(".", depth)
    member = "".join(f".{part}" for part in rest)
    parent, _, last = module.rpartition(".")
    yield Import(f"import {module}", name)
    yield Import(f"import {module} as short", f"short.{first}{member}")
    yield Import(f"from {module} import {first}", f"{first}{member}")
    yield Import(f"from {module} import {first} as Short", f"Short{member}")
    if parent:
        yield Import(f"from {parent} import {last}", f"{last}.{first}{member}")


def construction(client: Client, spelling: str, style: int) -> str:
    """The statement that builds the client; where two are usual, the style chooses."""
    enters = client.awaits == "async-with" or (client.awaits == "await-or-async-with" and style % 2)
    if enters:
        return f"async with {spelling}() as built: await built.work()"
    return f"built = {'' if client.awaits == 'no' else 'await '}{spelling}()"


def in_handler(client: Client, *statements: str) -> str:
    """A handler that runs these statements, itself or in a coroutine."""
    body = textwrap.indent("\n".join(statements), "    ")
    if client.awaits == "no":
        return f"def lambda_handler(event, context):\n{body}\n"
    return f"async def work():\n{body}\n\ndef lambda_handler(event, context):\n    return asyncio.run(work())\n"


def at_module_scope(client: Client, statement: str) -> str:
    """The same statement, run when the module is imported."""
    if client.awaits == "no":
        return statement.replace("built =", "once =") + "\n"
    return f"async def start():\n    {statement}\n\nasyncio.run(start())\n"


def cases_of_names() -> Iterator[Case]:
    """Classes, functions and what is called on a class: no instance is needed. An alias is tried in one style."""
    for name, client in sorted(catalogue().by_name.items()):
        if client.call == "method":
            continue
        mark = "" if client.light else MARK
        styles = list(imports(name, client.call))
        for style, (statement, spelling) in enumerate(styles if name == client.name else styles[2:3]):
            built = construction(client, spelling, style)
            yield Case(
                f"{name}: {statement}",
                client,
                f"import asyncio\n{statement}\n{at_module_scope(client, built)}\n{in_handler(client, built + mark)}",
            )
        if name == client.name:
            text = f"import asyncio\n{in_handler(client, statement, built + mark)}"
            yield Case(f"{name}: {statement}, in the handler", client, text)


def makers() -> Mapping[str, list[str]]:
    """Class -> the names whose call gives an instance of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, client in sorted(catalogue().by_name.items()):
        if client.awaits == "no" and (client.returns or client.call == "class"):
            found[client.returns or client.name].append(name)
    return found


def cases_of_methods() -> Iterator[Case]:
    """Methods of an instance that is made in the module, in the handler, or in the same expression."""
    for client in CLIENTS:
        if client.call != "method":
            continue
        owner, _, method = client.name.rpartition(".")
        for maker in makers()[owner]:
            for style, (statement, spelling) in enumerate(imports(maker, catalogue().by_name[maker].call)):
                yield from cases_of_method(client, method, statement, spelling, style, catalogue().by_name[maker].light)


def cases_of_method(
    client: Client, method: str, statement: str, spelling: str, style: int, light_owner: bool
) -> Iterator[Case]:
    """One method on the instance that one call gives. A session and its client are one finding, where the client is."""
    top = f"import asyncio\n{statement}\n"
    made = f"owner = {spelling}()"
    used = construction(client, f"owner.{method}", style)
    chained = construction(client, f"{spelling}().{method}", style)
    on_method = "" if client.light else MARK
    on_owner = MARK if client.light and not light_owner else ""
    title = f"{client.name}: {statement}"
    yield Case(f"{title}, owner in the module", client, f"{top}{made}\n{in_handler(client, used + on_method)}")
    yield Case(f"{title}, owner in the handler", client, top + in_handler(client, made + on_owner, used + on_method))
    yield Case(f"{title}, chained", client, top + in_handler(client, chained + (on_method or on_owner)))
    yield Case(
        f"{title}, both in the module",
        client,
        f"{top}{made}\n{at_module_scope(client, used)}\ndef lambda_handler(event, context):\n    return 1\n",
    )


CASES = tuple((f"case_{number}.py", case) for number, case in enumerate((*cases_of_names(), *cases_of_methods())))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Finding]]:
    """The findings of all cases by file: they are one project, so that the engine runs once."""
    overlay = {filename: case.text.encode() for filename, case in CASES}
    project = Project(tmp_path_factory.mktemp("project"), overlay)
    settings = Settings(codes=frozenset(rule.code for rule in RULES))
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in check(project, settings).findings:
        by_file[finding.filename].append(finding)
    return by_file


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_row_is_found_in_the_handler_only(kind: str, found: Mapping[str, list[Finding]]) -> None:
    wrong = []
    for filename, case in CASES:
        if case.client.kind == kind:
            actual = [(finding.span.row, finding.code) for finding in found.get(filename, [])]
            if actual != case.expected():
                wrong.append(f"{case.title}\n{textwrap.indent(case.text, '    ')}found {actual}")
    assert not wrong, f"{len(wrong)} cases\n\n" + "\n\n".join(wrong[:20])


def test_each_row_has_a_case() -> None:
    covered = {case.client.name for _, case in CASES}
    assert covered == {client.name for client in CLIENTS}
