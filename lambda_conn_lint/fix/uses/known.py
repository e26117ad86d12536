"""What is known of names outside the project: built-in functions, and library functions by the last part of a name."""

from __future__ import annotations

import collections

PRINTING = frozenset({"print", "str", "repr", "ascii", "format", "pprint", "pformat", "pp"})
LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
"""Methods that make text of their arguments, if "log" is part of the receiver."""

TESTING = frozenset({"isinstance", "issubclass", "id", "type", "len", "bool", "callable", "hasattr", "hash", "dir"})
ITERATING = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all", "min", "max", "enumerate", "zip"}
    | {"iter", "reversed", "filter", "map"}
)
CONSUMING = frozenset({"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all", "min", "max"})
"""Built-in functions that are through with an iterator when they return."""

CALLING = frozenset({"sorted", "min", "max", "reduce", "sort", "map", "filter"})
"""Functions that call the functions that they are given, and forget them; ``map`` and ``filter`` when consumed."""

WRAPPERS = {"closing": "closing", "aclosing": "closing", "nullcontext": "nullcontext"}
ENTERING = frozenset({"enter_context", "enter_async_context"})

RUNNERS = frozenset({"run", "run_until_complete"})
"""``asyncio.run`` and the loop's method: they give what awaiting their argument gives."""

THREADERS = {
    "submit": 0,
    "Thread": -1,
    "Timer": 1,
    "Process": -1,
    "to_thread": 0,
    "run_in_executor": 1,
    "run_in_threadpool": 0,
    "run_sync": 0,
    "start_new_thread": 0,
    "map": -1,
    "map_async": -1,
    "imap": -1,
    "imap_unordered": -1,
    "starmap": -1,
    "starmap_async": -1,
    "apply": -1,
    "apply_async": -1,
    "add_task": 0,
}
"""Functions that run others beside the caller, and the place of the function if its arguments stand behind it."""

SPREADING = frozenset({"start_new_thread", "Timer", "Thread", "Process", "apply", "apply_async"})
"""Those that are given the arguments as one tuple."""

HARMLESS_DECORATORS = frozenset(
    {"property", "cached_property", "staticmethod", "classmethod", "contextmanager", "asynccontextmanager"}
    | {"abstractmethod", "abstractproperty", "override", "overload", "final", "wraps", "setter", "getter", "deleter"}
)
WRAPPING_DECORATORS = frozenset({"retry", "on_exception", "on_predicate", "capture_method", "capture"})
"""Of tenacity, backoff, retrying, Powertools and X-Ray: they call the function as it is called, and give its result."""

CACHING_DECORATORS = frozenset({"lru_cache", "cache", "cached", "memoize", "memoized", "cached_property"})
CACHE_METHODS = frozenset({"cache_clear", "cache_info", "cache_parameters"})
PROPERTIES = frozenset({"property", "cached_property", "abstractproperty"})
CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s"})
FIELD_BASES = frozenset({"NamedTuple", "BaseModel"})
EMPTY_BASES = frozenset({"object", "ABC", "Generic", "Protocol", "Enum", "Exception", "type"})
"""Bases that do nothing with the arguments and attributes of their subclasses."""

NAMESPACE_READERS = frozenset({"locals", "vars", "eval", "exec"})
"""Built-in functions that reach local variables by their names."""
GLOBALS_READERS = frozenset({"globals", "eval", "exec"})

AMBIGUOUS_METHODS = frozenset(
    name
    for cls in (list, dict, set, str, collections.deque, collections.OrderedDict)
    for name in dir(cls)
    if not name.startswith("_")
) | {"put", "put_nowait", "set_result", "submit", "send", "apply", "write", "register"}
"""Methods of containers, queues and futures: a receiver that is not known may be one of them."""
