"""The shape of one catalogue row.

A row is a *fact* about one constructor of one client library: how it is spelled, how it is called, and what the
object it gives can survive. Rows hold no policy but ``fix``; codes and messages are made from them elsewhere.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "sql",
    "nosql",
    "cache",
    "search",
    "feature-flag",
    "cloud-sdk",
    "secrets",
    "queue",
    "http",
    "rpc",
    "ai",
    "mail",
    "observability",
]
Callable: TypeAlias = Literal["class", "function", "classmethod", "staticmethod", "method", "bound-method"]
Awaits: TypeAlias = Literal["no", "await", "async-with", "await-or-async-with"]
Certainty: TypeAlias = Literal["yes", "partial", "no"]
Connects: TypeAlias = Literal["lazy", "eager", "background"]
WithExit: TypeAlias = Literal["closes", "ends-transaction", "none", "not-a-context-manager"]
AfterClose: TypeAlias = Literal["dead", "reconnects", "works", "unknown"]
Fix: TypeAlias = Literal["shared", "taken", "none"]


class Client(NamedTuple):
    """One constructor of one client library.

    ``name``         canonical qualified name (``psycopg2.connect``, ``boto3.session.Session.client``)
    ``kind``         what the client talks to; decides the code (see ``rules``)
    ``distribution`` what ``pip install`` takes; empty for the standard library
    ``aliases``      other importable spellings of the very same object; those that follow from an alias of the class
                     before the last dot are not repeated
    ``call``         how the name is called; ``method`` means on an *instance* of the class before the last dot,
                     ``bound-method`` on an object that a module holds under the name before the last dot
    ``returns``      qualified class of the object the call gives, where that is not ``name`` itself and the
                     catalogue has methods on it (``botocore.session.get_session`` gives ``botocore.session.Session``)
    ``awaits``       what must stand before or around the call to get the client
    ``loop_bound``   whether the object fails in a second event loop (``partial``: fails once, then recovers)
    ``thread_safe``  whether threads may share the object
    ``connects``     network I/O inside the call, at first use, or in threads started by the call
    ``pool``         whether the object holds a pool of connections
    ``with_exit``    what leaving ``with`` does to the object
    ``close``        methods that end it; a dotted one is an attribute path on the object (``transport.close``), or a
                     function of the library where it starts with the same package as ``name``
    ``after_close``  what the next use meets after one of these: an error or an object that does its work no more
                     (``dead``), a new connection, or what it would have met without; ``unknown`` is never reported
    ``flush``        methods that deliver what is buffered and keep it alive, spelled as in ``close``
    ``fix``          which accessor a fix may generate (DESIGN section 3)
    ``sets_global``  the call initialises a module-wide client of the SDK; its value is often not used
    ``light``        costs little by itself: reported only as part of a chain with a heavier client
    ``verified``     version whose installed code resolved the name; empty when it was read, not run
    ``note``         one sentence for people, shown by ``show clients``
    """

    name: str
    kind: Kind
    distribution: str
    aliases: tuple[str, ...] = ()
    call: Callable = "class"
    returns: str = ""
    awaits: Awaits = "no"
    loop_bound: Certainty = "no"
    thread_safe: Certainty = "yes"
    connects: Connects = "lazy"
    pool: bool = True
    with_exit: WithExit = "closes"
    close: tuple[str, ...] = ("close",)
    after_close: AfterClose = "unknown"
    flush: tuple[str, ...] = ()
    fix: Fix = "none"
    sets_global: bool = False
    light: bool = False
    verified: str = ""
    note: str = ""
