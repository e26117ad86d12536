"""Findings as JSON and back, field by field: a tuple is an array, and each class knows what its fields are."""

from __future__ import annotations

from typing import Any

from lambda_conn_lint.findings import Edit, Evidence, Finding, Fix, Handler, Span, Step


def finding(value: list[Any]) -> Finding:
    """The finding of which JSON has made this. Raises whatever comes of anything else."""
    filename, span, code, message, client, handlers, path, fix, reason = value
    return Finding(
        filename,
        Span(*span),
        code,
        message,
        client,
        tuple(map(_handler, handlers)),
        tuple(Step(*step) for step in path),
        None if fix is None else _fix(fix),
        reason,
    )


def _handler(value: list[Any]) -> Handler:
    filename, row, column, name, platform, evidence, traits = value
    return Handler(filename, row, column, name, platform, tuple(Evidence(*one) for one in evidence), tuple(traits))


def _fix(value: list[Any]) -> Fix:
    message, edits, doubt, tests = value
    return Fix(
        message,
        tuple(Edit(Span(*span), content) for span, content in edits),
        doubt,
        tuple(Step(*test) for test in tests),
    )
