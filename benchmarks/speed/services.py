"""Made-up Lambda services, always the same ones: of each kind as many as collections of examples have."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

from .deployments import KINDS, sam
from .modules import CLIENTS, STYLES, in_handler, parts, supporting, unit_test

_Maker = TypeVar("_Maker", bound=Callable[..., dict[str, str]])

FILES = 1_400
FINDINGS = 300

_FUNCTIONS = ("orders", "payments", "customers", "invoices", "exports", "notices")
_SUPPORTING = ("models", "response", "utils", "schemas", "rules", "prices", "exceptions")


def service(number: int) -> dict[str, str]:
    """The service of that number: texts by path."""
    random = Random(number)
    functions = random.sample(_FUNCTIONS, random.choices((1, 2, 3), (80, 14, 6))[0])
    files = _pick(random, KINDS)(functions)
    for name in functions:
        files |= _function(f"src/{name}", _pick(random, STYLES)(random.choice(CLIENTS)), random)
    files["README.md"] = f"# Service {number}\n\nDeploy it, then send it one of `events`.\n"
    for event in range(random.randrange(1, 8)):
        files[f"events/event_{event}.json"] = (
            f'{{"id": "{event}", "detail": {{"amount": {random.randrange(1_000)}}}}}\n'
        )
    return files


def _function(folder: str, own: Mapping[str, str], random: Random) -> dict[str, str]:
    """A function's folder: the modules of its own, and what such folders have besides."""
    files = {posixpath.normpath(f"{folder}/{path}"): text for path, text in own.items()}
    others = random.sample(_SUPPORTING, random.choices((0, 1, 2, 4, 6), (45, 20, 15, 12, 8))[0])
    imports = "".join(f"import {name}\n" for name in others)
    files[f"{folder}/app.py"] = imports + files[f"{folder}/app.py"] + parts("item", random.randrange(12), random)
    files[f"{folder}/requirements.txt"] = "boto3\naws-lambda-powertools\nrequests\n"
    for name in others:
        files[f"{folder}/{name}.py"] = supporting(name, random)
    if random.random() < 0.5:
        files[f"{folder}/__init__.py"] = ""
    if random.random() < 0.4:
        files[f"tests/{posixpath.basename(folder)}/test_app.py"] = unit_test(random)
    return files


def _pick(random: Random, shares: Mapping[_Maker, int]) -> _Maker:
    """One of the functions, by their shares."""
    return random.choices(list(shares), list(shares.values()))[0]


def write_services(root: Path, modules: int) -> int:
    """Write services until they have that many Python files; how many they have."""
    written = 0
    for number in count():
        if written >= modules:
            break
        files = service(number)
        _write(root / f"service_{number:05}", files)
        written += sum(path.endswith(".py") for path in files)
    root.joinpath(".git").mkdir()
    return written


def write_findings(root: Path, findings: int) -> None:
    """Write one project in which that many handlers build a client that the fix can move without a doubt."""
    names = [f"{_FUNCTIONS[number % len(_FUNCTIONS)]}{number}" for number in range(findings)]
    clients = [client for client in CLIENTS if client.imported == "boto3"]
    files = sam(names)
    for number, name in enumerate(names):
        files |= _function(f"src/{name}", in_handler(clients[number % len(clients)]), Random(number))
    write_project(root, files)


def write_service_with_finding(root: Path) -> None:
    """Write a service with a finding in ``src/orders/app.py`` and a module that cannot matter beside it."""
    files = sam(["orders"])
    files |= {f"src/orders/{path}": text for path, text in in_handler(CLIENTS[0]).items()}
    files["src/orders/models.py"] = supporting("models", Random(0))
    write_project(root, files)


def write_library(root: Path) -> None:
    """Write modules none of which can matter."""
    write_project(root, {f"{name}.py": supporting(name, Random(0)) for name in _SUPPORTING})


def write_project(root: Path, files: Mapping[str, str]) -> None:
    """Write texts by path into a folder that is a project of its own."""
    _write(root, files)
    root.joinpath(".git").mkdir()


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
