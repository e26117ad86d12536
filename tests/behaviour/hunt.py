"""Look for a program that the fix breaks: ``python -m behaviour.hunt FIRST LAST [--unsafe] [--into FOLDER]`` in tests.

Every seed gives one program. What goes wrong is printed, and written to a file per seed if a folder is given. A program
is made smaller before it is shown: statements are left out as long as something stays wrong with it.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from behaviour.comparing import Program
from behaviour.generated.programs import program
from behaviour.judging import Verdict, show


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the programs of a range of seeds; 1 if any is broken by its fix."""
    parser = argparse.ArgumentParser(prog="behaviour.hunt", description="Look for a program that the fix breaks.")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, help="the first seed that is left out")
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    for seed in range(asked.first, asked.last):
        verdict = _judged(program(seed), asked.unsafe)
        counts["fixed" if verdict is None or verdict.is_changed else "left"] += 1
        counts.update(f"  {reason}" for reason in (verdict.reasons if verdict else []))
        if verdict is None or verdict.problems:
            counts["broken"] += 1
            _tell(seed, smaller(program(seed), asked.unsafe), asked.unsafe, asked.into)
    for line, count in counts.most_common():
        print(f"{count:6} {line}")
    return 1 if counts["broken"] else 0


def _judged(tried: Program, unsafe: bool) -> Verdict | None:
    """The verdict, or None if the fixer raises."""
    try:
        return Verdict(tried, unsafe=unsafe)
    except Exception:
        return None


def smaller(broken: Program, unsafe: bool) -> Program:
    """A program with fewer statements that something is wrong with, in the same way as far as its first words tell."""
    kind = _kind(_judged(broken, unsafe))
    found = True
    while found:
        found = False
        for candidate in _without_one(broken):
            if _kind(_judged(candidate, unsafe)) == kind:
                broken, found = candidate, True
                break
    return broken


def _kind(verdict: Verdict | None) -> str:
    if verdict is None:
        return "raises"
    words = verdict.problems[0].split() if verdict.problems else []
    return " ".join(word for word in words[:6] if not any(letter.isdigit() for letter in word))


def _without_one(whole: Program) -> Iterator[Program]:
    """The program with one statement left out, or replaced by what is in it."""
    for path, text in whole.files.items():
        for number in range(sum(1 for _ in _bodies(ast.parse(text)))):
            for inner in (False, True):
                tree = ast.parse(text)
                body, place = list(_bodies(tree))[number]
                statement = body[place]
                replacement = getattr(statement, "body", []) if inner else []
                if inner and (not replacement or isinstance(statement, ast.FunctionDef | ast.ClassDef)):
                    continue
                body[place : place + 1] = replacement or ([] if len(body) > 1 else [ast.Pass()])
                if isinstance(statement, ast.Pass) or _entry(path, tree) != _entry(path, ast.parse(text)):
                    continue
                yield replace(whole, files={**whole.files, path: ast.unparse(ast.fix_missing_locations(tree)) + "\n"})


def _bodies(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], int]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                for place in range(len(body)):
                    yield body, place


def _entry(path: str, tree: ast.Module) -> bool:
    """Whether the file still has what it is run by."""
    if path != "app.py":
        return True
    names = {getattr(node, "name", "") for node in ast.walk(tree)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return "handler" in names


def _tell(seed: int, broken: Program, unsafe: bool, into: Path | None) -> None:
    verdict = _judged(broken, unsafe)
    problems = verdict.problems[:6] if verdict else ["the fixer raises"]
    after = show(verdict.fixed) if verdict else ""
    text = "\n".join([f"seed {seed}", *problems, "", show(broken.files), "", "after the fix:", after])
    print(text, flush=True)
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        into.joinpath(f"{seed}.txt").write_text(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
