"""What the fakes of psycopg2 and psycopg (3) share: classes of errors by SQLSTATE, and SQL made of parts."""

from __future__ import annotations

from behaviour.fakes.dbapi import Composed, Errors

_SQLSTATES = {
    "InFailedSqlTransaction": "InternalError",
    "SyntaxError": "ProgrammingError",
    "UndefinedTable": "ProgrammingError",
    "UniqueViolation": "IntegrityError",
    "SerializationFailure": "OperationalError",
    "AdminShutdown": "OperationalError",
    "QueryCanceled": "OperationalError",
}
LOST = "server closed the connection unexpectedly"
FAILED = "current transaction is aborted, commands ignored until end of transaction block"


def states_of(package: str, known: Errors) -> dict[str, type[Exception]]:
    """The classes of a driver's ``errors`` module, under those that it has anyway."""
    return {
        name: type(name, (known[parent],), {"__module__": f"{package}.errors"}) for name, parent in _SQLSTATES.items()
    }


SQL: dict[str, object] = {
    "SQL": Composed,
    "Identifier": lambda *names: Composed(f"Identifier{names!r}"),
    "Literal": lambda value: Composed(f"Literal({value!r})"),
    "Placeholder": lambda name="": Composed(f"Placeholder({name!r})"),
    "Composed": Composed,
}
