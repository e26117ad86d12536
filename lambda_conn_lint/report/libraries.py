"""What the catalogue knows about the libraries that a rule is about, for its explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from lambda_conn_lint.catalog import CLIENTS, Client
from lambda_conn_lint.rules import SHARED_CLIENT_CLOSED, Rule, code_for

_STANDARD = "standard library"
_CONNECTS = MappingProxyType({"lazy": "at first use", "eager": "at once", "background": "at once, in threads"})
_WITH_EXIT = MappingProxyType(
    {
        "closes": "closes it",
        "ends-transaction": "ends the transaction",
        "none": "does nothing",
        "not-a-context-manager": "no `with`",
    }
)
_LOOPS = MappingProxyType(
    {"yes": "Belongs to its event loop.", "partial": "Stumbles once in another event loop.", "no": ""}
)
_AFTER_CLOSE = MappingProxyType({"dead": "cannot be used", "reconnects": "connects again"})


def names(rule: Rule) -> str:
    """The distributions that the rule is about, and where more is to be found; empty for a rule about none."""
    found = sorted({client.distribution or _STANDARD for client in _clients(rule)}, key=str.lower)
    return f"{', '.join(found)}. `lambda-conn-lint show clients` lists the constructors." if found else ""


def table(rule: Rule) -> str:
    """A Markdown table with a row for each constructor; a pointer where another rule's page has it; or nothing."""
    clients = sorted(_clients(rule), key=lambda client: (client.distribution.lower() or _STANDARD, client.name))
    if not clients:
        return ""
    if rule.kinds and not rule.default:
        code = code_for(rule.kinds[0])
        return f"They are those of [{code}]({code}.md)."
    if rule.code == SHARED_CLIENT_CLOSED:
        return _table(("constructor", "ended by", "afterwards it"), (_closed(client) for client in clients))
    columns = ("constructor", "from", "connects", "threads may share it", "leaving `with`", "ended by", "note")
    return _table(columns, (_built(client) for client in clients))


def _clients(rule: Rule) -> list[Client]:
    if rule.code == SHARED_CLIENT_CLOSED:
        return [client for client in CLIENTS if client.close and client.after_close in _AFTER_CLOSE]
    return [client for client in CLIENTS if client.kind in rule.kinds]


def _built(client: Client) -> Sequence[str]:
    notes = [note for note in (_LOOPS[client.loop_bound], client.note) if note]
    return (
        f"`{client.name}`",
        client.distribution or _STANDARD,
        _CONNECTS[client.connects],
        client.thread_safe,
        _WITH_EXIT[client.with_exit],
        _ends(client),
        " ".join(notes),
    )


def _closed(client: Client) -> Sequence[str]:
    return f"`{client.name}`", _ends(client), _AFTER_CLOSE[client.after_close]


def _ends(client: Client) -> str:
    return ", ".join(f"`{name}()`" for name in client.close)


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
