"""What a fix must not do to a file's text: one check a function, each comparing the bytes before and after."""

from __future__ import annotations

import ast
import builtins
import io
import json
import re
import subprocess
import symtable
import sys
import tempfile
import tokenize
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import libcst
from pyflakes import checker

RUFF_RULES = "E4,E7,E9,F,I001"  # ruff's default rules, and the order of imports

_BOM = b"\xef\xbb\xbf"
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_BLANKS = re.compile(rb"(?:\r?\n[ \t]*){4,}(?=\r?\n|\S|$)")
_ROW = re.compile(r"\bline \d+")
_STATE = re.compile(r"None|\{\}|\[\]|threading\.R?Lock\(\)|threading\.local\(\)")
_DECORATOR = re.compile(r"(?:functools\.)?lru_cache\(.*\)|(?:contextlib\.)?contextmanager")


class Pair(NamedTuple):
    """A file's bytes before and after its fix."""

    before: bytes
    after: bytes


class Problem(NamedTuple):
    """One thing that is wrong with a file after its fix."""

    path: str
    check: str
    detail: str


def problems(path: str, pair: Pair) -> Iterator[Problem]:
    """What is wrong with one file, without ruff's opinion. What was as wrong before does not count."""
    if _tree(pair.before) is not None and _tree(pair.after) is None:
        yield Problem(path, "compile", "it compiled before")
        return
    for name, check in _CHECKS.items():
        for detail in check(pair):
            yield Problem(path, name, detail)


def ruff_problems(pairs: Mapping[str, Pair]) -> Iterator[Problem]:
    """What ruff says of files after their fix and did not say before; one run of ruff for all of them."""
    if not pairs:
        return
    paths = sorted(pairs)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            for side, data in pairs[path]._asdict().items():
                target = Path(folder, side, str(number), path)
                target.parent.mkdir(parents=True)
                target.write_bytes(data)
        said = _ruff(Path(folder).resolve())
    for number, path in enumerate(paths):
        for complaint in (said["after", number] - said["before", number]).elements():
            yield Problem(path, "ruff", complaint)


def _ruff(folder: Path) -> dict[tuple[str, int], Counter[str]]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--no-respect-gitignore"]
    options = ["--exit-zero", "--select", RUFF_RULES, "--output-format", "json", str(folder)]
    done = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
    said: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for row in json.loads(done.stdout):
        side, number, *_ = Path(row["filename"]).resolve().relative_to(folder).parts
        said[side, int(number)][_without_row(f"{row['code']} {row['message']}")] += 1
    return said


def _without_row(text: str) -> str:
    return _ROW.sub("a line", text)


def _tree(data: bytes) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "fixed", "exec", dont_inherit=True)
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError):
            return None


def _not_parsed(pair: Pair) -> Iterator[str]:
    try:
        module = libcst.parse_module(pair.after)
    except libcst.ParserSyntaxError as error:
        yield str(error)
    else:
        if module.bytes != pair.after:
            yield "libcst does not give it back as it is"


def _pyflakes(pair: Pair) -> Iterator[str]:
    before, after = map(_complaints, pair)
    yield from (after - before).elements()


def _complaints(data: bytes) -> Counter[str]:
    tree = _tree(data)
    found = checker.Checker(tree).messages if tree is not None else ()
    return Counter(_without_row(f"{type(each).__name__}: {each.message % each.message_args}") for each in found)


def _unbound(pair: Pair) -> Iterator[str]:
    """Names in functions that the module does not bind: new ones anywhere, and any in functions that are new."""
    if b"import *" in pair.after or _tree(pair.after) is None:
        return
    before, after = map(_missing, pair)
    for function, names in after.items():
        known = set().union(*before.values()) if function in before else set()
        yield from (f"`{name}` in `{function}`" for name in sorted(names - known))


def _missing(data: bytes) -> dict[str, set[str]]:
    """For each function and class of the module: the global names in it that are neither bound nor built in."""
    if _tree(data) is None:
        return {}
    module = symtable.symtable(data.decode("utf-8-sig", "replace"), "fixed", "exec")
    bound = {each.get_name() for each in module.get_symbols() if each.is_assigned() or each.is_imported()}
    bound |= {child.get_name() for child in module.get_children()} | set(dir(builtins)) | _OF_EVERY_MODULE
    return {child.get_name(): set(_globals(child)) - bound for child in module.get_children()}


_OF_EVERY_MODULE = frozenset({"__file__", "__name__", "__doc__", "__spec__", "__package__", "__path__"})


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (each.get_name() for each in table.get_symbols() if each.is_global())
    for child in table.get_children():
        yield from _globals(child)


def _import_time(pair: Pair) -> Iterator[str]:
    """New statements at module level that do more than define, import or hold an empty place."""
    before, after = map(_tree, pair)
    if before is None or after is None:
        return
    known = {ast.unparse(statement) for statement in before.body}
    names = {getattr(statement, "name", "") for statement in before.body}
    for statement in after.body:
        text = ast.unparse(statement)
        if text not in known and getattr(statement, "name", None) not in names and not _is_idle(statement):
            yield text.partition("\n")[0]


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.If() | ast.Try():
            return True  # of compound statements only the text can change: what they import or define
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return all(_DECORATOR.fullmatch(ast.unparse(each)) for each in statement.decorator_list)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _STATE.fullmatch(ast.unparse(value)) is not None
    return False


def _comments(pair: Pair) -> Iterator[str]:
    """Comments that are gone."""
    before, after = map(_comments_of, pair)
    yield from (before - after).elements()


def _comments_of(data: bytes) -> Counter[str]:
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError):
        return Counter()
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def _form(pair: Pair) -> Iterator[str]:
    """Newlines, the byte order mark, the end of the file, blanks at the ends of lines, and too many blank lines."""
    before, after = pair
    if before.startswith(_BOM) != after.startswith(_BOM):
        yield "the byte order mark"
    if set(_NEWLINE.findall(after)) - set(_NEWLINE.findall(before)):
        yield "another kind of newline"
    if before.endswith((b"\n", b"\r")) != after.endswith((b"\n", b"\r")):
        yield "the newline at the end of the file"
    if _trailing(after) > _trailing(before):
        yield "more lines that end in blanks"
    if len(_BLANKS.findall(after)) > len(_BLANKS.findall(before)):
        yield "more than two blank lines"


def _trailing(data: bytes) -> int:
    return sum(line.rstrip(b"\r\n")[-1:].isspace() for line in data.splitlines())


_CHECKS: dict[str, Callable[[Pair], Iterator[str]]] = {
    "parse": _not_parsed,
    "pyflakes": _pyflakes,
    "unbound": _unbound,
    "import time": _import_time,
    "comment": _comments,
    "form": _form,
}
