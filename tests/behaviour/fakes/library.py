"""All fakes of one run, by the names under which programs import them."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType

from behaviour.fakes import alchemy, aws, drivers, events, mysql, psycopg2, psycopg3, stores, web
from behaviour.fakes.recorder import Recorder

from lambda_conn_lint.catalog import catalogue

_MAKERS = (aws, psycopg2, psycopg3, mysql, drivers, alchemy, stores, web, events)


_FAKED = frozenset(package for maker in _MAKERS for package in maker.PACKAGES)


def library(recorder: Recorder, source: str) -> dict[str, ModuleType]:
    """New modules whose clients all write to ``recorder``; submodules are attributes of their packages.

    Those of a library that ``source`` does not name are left out.
    """
    found: dict[str, ModuleType] = {}
    for maker in _MAKERS:
        if any(package in source for package in maker.PACKAGES):
            found.update(maker.modules(recorder))
    for name, made in found.items():
        package, _, last = name.rpartition(".")
        if package in found and not hasattr(found[package], last):
            setattr(found[package], last, made)
    return found


def stood_in(source: str) -> frozenset[str]:
    """Top-level packages of the catalogue that ``source`` names and that have no fake."""
    return frozenset(package for package in _without_fake() if package in source)


@cache
def _without_fake() -> frozenset[str]:
    return catalogue().packages - _FAKED - sys.stdlib_module_names
