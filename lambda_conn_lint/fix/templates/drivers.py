"""What each database driver can do for a connection that is kept between invocations: one row per driver.

Statements and expressions are Python source in which ``{conn}`` stands for the connection, ``{quote}`` for the quote of
the file.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

WithExit: TypeAlias = Literal["closes", "closes-after-transaction", "ends-transaction"]


class Driver(NamedTuple):
    """One driver.

    ``module``      the package under which the catalogue lists its constructors
    ``errors``      expression: the classes of all that its connections raise, dead ones included; ``{module}`` stands
                    for the driver there
    ``probe``       statement that raises on a dead connection and leaves no transaction open; "" for a ``SELECT`` under
                    ``autocommit``, which these drivers can set without asking the server
    ``execute``     the method, from the connection on, that runs SQL; used under ``autocommit`` only
    ``may_end``     expression: ``rollback()`` would not wait for ever; "" where that is sure
    ``is_idle``     expression: after ``rollback()`` no transaction is open; "" where that is sure
    ``reset``       statement that makes the session as if it were new, also for the driver itself
    ``discard``     SQL that does so, under ``autocommit``
    ``is_reset``    expression that does so and tells whether it could
    ``is_open``     expression: the connection has neither been closed nor found dead
    ``recloses``    whether a second ``close()`` is as good as one; if not, it raises
    ``new``         statement for a new connection, so that nothing of one invocation is still there in the next
    ``with_exit``   what leaving ``with connection`` does
    ``tested``      version that the tests have run on a real server, with all that is promised of a slot; or ""
    """

    module: str
    errors: str = "{module}.Error"
    probe: str = "{conn}.rollback()"
    execute: str = "cursor().execute"
    may_end: str = ""
    is_idle: str = ""
    reset: str = ""
    discard: str = ""
    is_reset: str = ""
    is_open: str = ""
    recloses: bool = True
    new: str = ""
    with_exit: WithExit = "closes"
    tested: str = ""

    @property
    def resets(self) -> bool:
        return bool(self.reset or self.discard or self.is_reset)


# A table: one row per driver.
# fmt: off
DRIVERS = (
    # Its rollback() sends nothing where it has begun no transaction itself. One that the program has begun by SQL,
    # under autocommit, only shows in the status, which is known without asking the server.
    Driver("psycopg2", probe="", is_idle="{conn}.get_transaction_status() == 0", reset="{conn}.reset()",
           with_exit="ends-transaction", tested="2.9.13"),
    # It prepares a statement that is run for the sixth time. A kept connection would count the runs of all invocations,
    # and a statement that stays prepared fails once its table is altered, and behind some poolers. In the middle of a
    # COPY, rollback() waits for the end of it.
    Driver("psycopg", probe="", execute="execute",
           may_end="{conn}.info.transaction_status.name != {quote}ACTIVE{quote}",
           is_idle="{conn}.info.transaction_status.name == {quote}IDLE{quote}", discard="DISCARD ALL",
           is_open="not {conn}.closed", new="{conn}.prepare_threshold = None  # keep no statement prepared",
           with_exit="closes-after-transaction", tested="3.3.9"),
    Driver("pymysql", is_open="{conn}.open", recloses=False, tested="1.2.4"),
    # Its extension in C raises errors of the library below it, which have no class in common with the driver's own. An
    # exception that a signal handler raises in the middle of a query leaves the answer unread, and each statement then
    # takes the answer of the one before for its own; a probe that knows its answer finds this out.
    Driver("mysql.connector", errors="Exception",
           probe="{conn}.rollback()\n{conn}.cmd_query({quote}SELECT 1{quote})\n{conn}.get_rows()",
           is_reset="{conn}.cmd_reset_connection()", tested="26.10.0"),
    Driver("MySQLdb", is_open="{conn}.open", recloses=False),
    Driver("mariadb", recloses=False),
    Driver("pg8000", errors="({module}.Error, OSError)", probe="", discard="DISCARD ALL", recloses=False),
    Driver("redshift_connector", errors="({module}.Error, OSError)", probe="", recloses=False),
    Driver("pyodbc", probe="{conn}.execute({quote}SELECT 1{quote}).close()", is_open="not {conn}.closed",
           recloses=False, with_exit="ends-transaction"),
    Driver("pymssql"),
    Driver("oracledb", probe="{conn}.ping()", recloses=False),
    Driver("snowflake.connector", is_open="not {conn}.is_closed()", with_exit="closes-after-transaction"),
)
# fmt: on


def error_of(driver: Driver, module: str) -> str:
    """The expression that catches all that a connection of the driver raises, where ``module`` names the driver."""
    return driver.errors.format(module=module)


def driver_of(client: str) -> Driver | None:
    """The row for the qualified name of a constructor, as the catalogue spells it."""
    found = (driver for driver in DRIVERS if client.startswith(f"{driver.module}."))
    return next(found, None)
