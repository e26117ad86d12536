"""What the documents get from the program: pages of rules, tables, and the output of commands they show.

``python tests/documents.py`` writes all of it anew; tests compare it with what is there. Between ``<!-- NAME -->`` and
``<!-- end of NAME -->`` stands the table of that name. A console block that begins with ``$ lambda-conn-lint`` holds
what the command prints in the root of the repository.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

import libcst as cst

from lambda_conn_lint import schema
from lambda_conn_lint.catalog import CLIENTS, Client
from lambda_conn_lint.checking import FOUND
from lambda_conn_lint.client_table import CLIENT_KEYS
from lambda_conn_lint.fix.judge.refusal import RefusalError
from lambda_conn_lint.fix.keep import extras
from lambda_conn_lint.fix.planning import conditions
from lambda_conn_lint.fix.templates.drivers import driver_of
from lambda_conn_lint.option_types import CODE, Option
from lambda_conn_lint.options import declared, spelled_name
from lambda_conn_lint.report.rules import page
from lambda_conn_lint.rules import RULES, code_for

ROOT = Path(__file__).parent.parent
RULES_FOLDER = ROOT / "docs" / "rules"
SCHEMA = ROOT / "docs" / "schema.json"
CONSOLE = re.compile(r"^```console\n\$ lambda-conn-lint (.*)\n((?:.*\n)*?)```$", re.MULTILINE)

_TABLE = re.compile(r"^<!-- (?P<name>[a-z]+) -->\n(?:.*\n)*?<!-- end of (?P=name) -->$", re.MULTILINE)

_Verdict: TypeAlias = Literal["safe", "unsafe", "never"]


def pages() -> Mapping[Path, str]:
    """The documents that are written as a whole, by path."""
    return {RULES_FOLDER / rule.page: page(rule) for rule in RULES}


def written() -> list[Path]:
    """The documents that people write, and that have tables and console blocks in them."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def with_tables(text: str, path: Path) -> str:
    """A document with all its tables as they have to be."""
    to_root = os.path.relpath(ROOT, path.parent).replace(os.sep, "/")

    def filled(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- {name} -->\n\n{_TABLES[name](to_root)}\n<!-- end of {name} -->"

    return _TABLE.sub(filled, text)


def _codes(to_root: str) -> str:
    """The table of rules, each linked to its page."""
    lines = ["| code | name | what it says | default |", "|---|---|---|---|"]
    for rule in RULES:
        address = os.path.normpath(f"{to_root}/docs/rules/{rule.page}").replace(os.sep, "/")
        default = "on" if rule.default else "off"
        lines.append(f"| [{rule.code}]({address}) | {rule.name} | {rule.summary.removesuffix('.')} | {default} |")
    return "".join(f"{line}\n" for line in lines)


def _libraries(to_root: str) -> str:
    """The table of what becomes of each library, from the records that the fix decides by."""
    lines = ["| code | safe | unsafe | never |", "|---|---|---|---|"]
    clients = sorted((client for client in CLIENTS if not _is_asynchronous(client)), key=_code)
    for code, group in groupby(clients, key=_code):
        cells: dict[_Verdict, list[str]] = {"safe": [], "unsafe": [], "never": []}
        for distribution, members in groupby(sorted(group, key=_distribution), key=_distribution):
            for verdict, names in _named(distribution, list(members)).items():
                cells[verdict] += names
        shown = (", ".join(f"`{name}`" for name in sorted(names, key=str.lower)) for names in cells.values())
        lines.append(f"| {code} | {' | '.join(cell or 'none' for cell in shown)} |")
    return "".join(f"{line}\n" for line in lines)


def _settings(to_root: str) -> str:
    """The table of what a configuration file may set."""
    lines = ["| key | what it is for | unless set | of |", "|---|---|---|---|"]
    for name, default, option in declared("file"):
        scope = "the run" if option.whole_run else "the project"
        lines.append(f"| `{spelled_name(name)}` | {_explained(option)} | {_default(default)} | {scope} |")
    return "".join(f"{line}\n" for line in lines)


def _clients(to_root: str) -> str:
    """The table of what may be said of a client."""
    lines = ["| key | what it says |", "|---|---|"]
    lines += [f"| `{key}` | {_explained(option)} |" for key, option in CLIENT_KEYS.items()]
    return "".join(f"{line}\n" for line in lines)


def _default(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, str) else ""


def _explained(option: Option) -> str:
    choices = option.choices or option.item.choices() if option.item is not CODE else ()
    listed = ", ".join(f"`{choice}`" for choice in choices)
    return f"{option.help}: {listed}" if listed else option.help


_TABLES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"clients": _clients, "codes": _codes, "libraries": _libraries, "settings": _settings}
)
"""Each table by its name, given the way from the document to the root."""


def _named(distribution: str, clients: list[Client]) -> dict[_Verdict, list[str]]:
    """A library stands where its first constructor in the catalogue belongs; others that differ stand by name."""
    found: dict[_Verdict, list[str]] = {}
    main_verdict = _verdict(clients[0])
    for client in clients:
        verdict = _verdict(client)
        if distribution and verdict == main_verdict:
            found[verdict] = [distribution]
            continue
        names = found.setdefault(verdict, [])
        name = client.name if distribution else client.name.rpartition(".")[0]
        if not any(name == other or name.startswith(f"{other}.") for other in names):
            names.append(name)
    return found


def _verdict(client: Client) -> _Verdict:
    """What a fix of it can be at best."""
    try:
        conditions.check_client(client)
    except RefusalError:
        return "never"
    if client.fix == "taken":
        driver = driver_of(client.name)
        assert driver is not None, client.name
        return "safe" if driver.tested else "unsafe"
    call = cst.ensure_type(cst.parse_expression("make()"), cst.Call)
    doubts = [*conditions.client_doubts(client, is_closed=False), *extras.doubts(client, call)]
    return "unsafe" if doubts else "safe"


def _is_asynchronous(client: Client) -> bool:
    return client.awaits != "no" or client.loop_bound != "no"


def _code(client: Client) -> str:
    return code_for(client.kind)


def _distribution(client: Client) -> str:
    return client.distribution


def _with_output(match: re.Match[str]) -> str:
    command = [sys.executable, "-m", "lambda_conn_lint", *shlex.split(match[1])]
    plain = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    done = subprocess.run(command, check=False, cwd=ROOT, env=plain, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode > FOUND:
        raise SystemExit(f"nothing has been written, since this fails: lambda-conn-lint {match[1]}")
    return f"```console\n$ lambda-conn-lint {match[1]}\n{done.stdout}```"


def main() -> None:
    """Write what has changed, and say so."""
    texts = {**pages(), SCHEMA: schema.render()}
    for path in written():
        text = path.read_text(encoding="utf-8")
        texts[path] = CONSOLE.sub(_with_output, with_tables(text, path))
    for path, text in texts.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path.relative_to(ROOT)} has changed")


if __name__ == "__main__":
    main()
