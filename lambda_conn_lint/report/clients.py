"""What ``show clients`` prints: the catalogue, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby

from lambda_conn_lint.catalog.model import Client
from lambda_conn_lint.rules import code_for


def render(clients: Iterable[Client], *, as_json: bool) -> str:
    """The rows by code, kind and name: a JSON list with one object per row, or text with a block per kind.

    The text ends with the number of rows; both end with a newline.
    """
    rows = sorted(clients, key=lambda client: (code_for(client.kind), client.kind, client.name))
    if as_json:
        return json.dumps([{"code": code_for(row.kind), **row._asdict()} for row in rows], indent=2) + "\n"
    lines: list[str] = []
    for kind, members in groupby(rows, key=lambda client: client.kind):
        lines.append(f"{code_for(kind)} {kind}")
        for client in members:
            lines += _block(client)
    lines.append(f"{len(rows)} {'constructor' if len(rows) == 1 else 'constructors'}")
    return "".join(f"{line}\n" for line in lines)


def _block(client: Client) -> Iterable[str]:
    yield f"  {client.name}  ({client.distribution or 'standard library'})"
    if client.aliases:
        yield f"      also {', '.join(client.aliases)}"
    if client.note:
        yield f"      {client.note}"
