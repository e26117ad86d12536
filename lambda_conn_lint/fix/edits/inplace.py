"""A function that builds a client and gives it back becomes the accessor: its name, signature and callers stay."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lambda_conn_lint.fix.edits import annotate
from lambda_conn_lint.fix.keep import extras
from lambda_conn_lint.fix.keep.helper import Helper
from lambda_conn_lint.fix.keep.job import Job
from lambda_conn_lint.fix.keep.shared import Candidate
from lambda_conn_lint.fix.source.file import SourceFile
from lambda_conn_lint.fix.source.layout import Change, own_comments
from lambda_conn_lint.fix.source.placement import above
from lambda_conn_lint.fix.templates.accessor import Accessor, Building, Style, decorator, guarded, state_lines


def accessor(file: SourceFile, job: Job, helper: Helper, variable: str, style: Style, latest: int | None) -> Accessor:
    """The accessor that the helper becomes; its building is empty, since that is the function's own text."""
    returns = helper.function.returns
    note = file.tree.slice(returns.annotation).strip("\"'") if returns is not None else ""
    keys = tuple((key.name.value, _note(file, key) if note else "") for key in helper.keys)
    lock = f"{variable}_lock" if job.is_locked else ""
    return Accessor(
        variable,
        helper.function.name.value,
        Building(""),
        keys,
        note,
        lock,
        "cached" if latest is not None else style,
        latest,
        extras.each(job.candidate.client),
        annotate.are_deferred(file),
    )


def _note(file: SourceFile, key: cst.Param) -> str:
    if key.annotation is None:
        return annotate.ANY
    return file.tree.slice(key.annotation.annotation).strip("\"'")


def changes(file: SourceFile, candidate: Candidate, helper: Helper, accessor: Accessor) -> Iterator[Change]:
    """The state above the function, and the guard in it; or the decorator that remembers."""
    if accessor.style == "cached":
        start = file.tree.code(helper.function)[0]
        yield Change(start, start, f"{decorator(accessor)}\n")
        for (first, last), content in extras.added(file.tree, candidate.client, candidate.call):
            yield Change(first, last, content)
        return
    yield from above(file.tree, helper.function, "\n".join(state_lines(accessor)))
    start = _start(file, helper)
    end = file.tree.line_end(file.tree.code(helper.last)[0])
    end = max(end, file.tree.line_end(file.tree.code(helper.last)[1] - 1))
    indent = file.tree.indent_at(file.tree.code(helper.first)[0])
    unit = file.tree.indent
    lines = guarded(accessor, _built(file, candidate, helper, accessor), unit)
    if helper.made is not None:
        lines[-1] += _comment(file, helper.last)
    text = "".join(f"{indent + line if line else line}\n" for line in lines)
    yield Change(start, end, text if file.tree.source[end - 1 : end] == "\n" else text.removesuffix("\n"))


def _built(file: SourceFile, candidate: Candidate, helper: Helper, accessor: Accessor) -> list[str]:
    """The function's own statements, without indentation, with the client put where it is kept."""
    tree, snippets = file.tree, file.snippets
    indent = tree.indent_at(tree.code(helper.first)[0])
    subject = accessor.subject
    call = candidate.call
    value = snippets.expression(call, tuple(extras.added(tree, candidate.client, call)))
    start = _start(file, helper)
    last = tree.line_start(tree.code(helper.last)[0])
    if helper.made is None:
        lines = _shifted(file, start, last, indent)
        return [*lines, *f"{subject} = {value}{_comment(file, helper.last)}".split("\n")]
    if candidate.setup:
        return [*_shifted(file, start, last, indent), f"{subject} = {candidate.target.name}"]
    made = tree.line_start(tree.code(helper.made)[0])
    behind = tree.line_end(max(made, tree.code(helper.made)[1] - 1))
    return [
        *_shifted(file, start, made, indent),
        *f"{subject} = {value}{_comment(file, helper.made)}".split("\n"),
        *_shifted(file, behind, last, indent),
    ]


def _comment(file: SourceFile, line: cst.SimpleStatementLine) -> str:
    """The comment behind a statement, with the blanks before it."""
    end = file.tree.code(line)[1]
    return file.tree.source[end : file.tree.line_end(end - 1)].rstrip()


def _start(file: SourceFile, helper: Helper) -> int:
    """Where the helper's first line begins, or the comments right above it."""
    comments = own_comments(helper.first)
    return file.tree.line_start(file.tree.code(comments[0] if comments else helper.first)[0])


def _shifted(file: SourceFile, start: int, end: int, indent: str) -> list[str]:
    text = file.snippets.shifted((start, end), indent, "")
    return text.removesuffix("\n").split("\n") if text else []
