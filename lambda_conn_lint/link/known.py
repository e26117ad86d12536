"""What the linker knows of the standard library and of common helpers, as tables of qualified names."""

from __future__ import annotations

MEMOISERS = frozenset(
    {
        "functools.lru_cache",
        "functools.cache",
        "functools.cached_property",
        "cachetools.cached",
        "cachetools.cachedmethod",
        "cachetools.func.lru_cache",
        "cachetools.func.ttl_cache",
        "cachetools.func.lfu_cache",
        "cachetools.func.fifo_cache",
        "cachetools.func.rr_cache",
        "async_lru.alru_cache",
        "methodtools.lru_cache",
        "cached_property.cached_property",
        "django.utils.functional.cached_property",
        "werkzeug.utils.cached_property",
        "streamlit.cache_resource",
    }
)
"""Decorators, and functions that give decorators, that keep a function's result."""

MEMOISING_WORDS = ("cache", "memo", "singleton", "once")
"""Parts of a decorator's name that make an unresolved decorator count as one of them: unknown is silent."""

REGISTRARS = frozenset(
    {
        "atexit.register",
        "signal.signal",
        "weakref.finalize",
        "snapshot_restore_py.register_before_snapshot",
        "snapshot_restore_py.register_after_restore",
        "faulthandler.register",
        "sys.settrace",
        "sys.setprofile",
        "threading.settrace",
        "os.register_at_fork",
    }
)
"""Functions that keep a callable for another time than this invocation."""

FORWARDERS = frozenset(
    {
        "submit",
        "to_thread",
        "run_sync",
        "run_in_threadpool",
        "call_soon",
        "call_soon_threadsafe",
        "apply",
        "apply_async",
        "start_new_thread",
    }
)
"""Last names of callees that call their first argument with the ones that follow it."""

IDENTITY = frozenset({"functools.wraps", "functools.update_wrapper", "typing.cast"})

CONTAINERS = {
    "builtins.dict": "dict",
    "builtins.list": "list",
    "builtins.set": "set",
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
    "collections.deque": "list",
    "weakref.WeakValueDictionary": "dict",
    "weakref.WeakKeyDictionary": "dict",
}

PASS_THROUGH = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.reversed",
                          "builtins.iter",  "builtins.dict", "copy.copy", "copy.deepcopy"})  # fmt: skip
"""Builtins whose result holds what their first argument holds."""

MUTATORS = frozenset(
    [
        "append",
        "add",
        "insert",
        "extend",
        "update",
        "setdefault",
        "appendleft",
        "push",
        "put",
        "set",
        "__setitem__",
        "put_nowait",
        "register",
    ]
)
"""Methods that put something into the container they are called on."""

CLOSERS = frozenset(
    [
        "close",
        "quit",
        "disconnect",
        "dispose",
        "shutdown",
        "aclose",
        "stop",
        "logout",
        "unbind",
        "terminate",
        "closeall",
        "close_all",
        "destroy",
    ]
)
"""Methods that end a connection."""

REVIVERS = frozenset(["connect", "reconnect", "open", "ping", "start", "begin", "init", "initialize", "wait"])
"""Methods that may bring a closed connection back to life."""

LIVENESS = frozenset(
    [
        "closed",
        "is_closed",
        "isclosed",
        "closing",
        "open",
        "opened",
        "is_open",
        "isopen",
        "is_opened",
        "is_connected",
        "connected",
        "is_alive",
        "alive",
        "is_active",
        "active",
        "is_valid",
        "valid",
        "is_usable",
        "usable",
        "expired",
        "is_expired",
        "has_expired",
        "is_stale",
        "stale",
        "broken",
        "is_broken",
        "ping",
        "is_set",
        "is_healthy",
        "healthy",
        "check_connection",
        "_closed",
        "is_closing",
    ]
)
"""Attributes and methods that tell whether a connection still works."""

ABSENCE_ERRORS = frozenset(
    {"NameError", "KeyError", "AttributeError", "LookupError", "IndexError", "UnboundLocalError", "Empty"}
)
"""Exceptions that say that something is not there yet, rather than that it has died."""

VOLATILE = frozenset(
    {
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.perf_counter",
        "time.strftime",
        "uuid.uuid1",
        "uuid.uuid4",
        "os.urandom",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
    }
)
VOLATILE_MODULES = ("random.", "secrets.")
"""Calls whose result is another one each time, though nothing of the invocation is in it."""

PER_REQUEST_CREDENTIALS = frozenset(
    {
        "assume_role",
        "assume_role_with_web_identity",
        "assume_role_with_saml",
        "get_federation_token",
        "get_credentials_for_identity",
    }
)
"""Methods whose result is credentials made for somebody, which end after a while."""

AWS_ENVIRONMENT = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
    }
)
"""Variables that the AWS SDK reads by itself when a client is built."""

REQUEST_STATE = frozenset({"flask.request", "flask.g", "bottle.request"})
REQUEST_ROOTS = ("aws_lambda_powertools.event_handler", "chalice.")
REQUEST_ATTRIBUTES = frozenset({"current_event", "current_request", "lambda_context"})
"""Where frameworks keep the request that is being handled."""

COMMAND_FRAMEWORKS = frozenset(
    {"click", "typer", "celery", "pytest", "invoke", "fire", "dramatiq", "huey", "rq", "prefect", "luigi", "airflow"}
)
"""Packages whose decorators make commands, tasks and tests: somebody else than a serverless platform calls those."""

LIFE_SPAN = frozenset({"lifespan", "on_startup", "on_shutdown", "on_event", "add_event_handler"})
"""Callees and keywords of ASGI applications that take what is run when an application starts and stops."""

REGISTERING = frozenset(
    {
        "aws_durable_execution_sdk_python",
        "aws_lambda_powertools",
        "azure",
        "chalice",
        "crhelper",
        "django",
        "fastapi",
        "firebase_functions",
        "flask",
        "flask_restful",
        "flask_restx",
        "functions_framework",
        "mangum",
        "modal",
        "rest_framework",
        "runpod",
        "starlette",
        "zappa",
    }
)
"""Packages to which programs hand functions and classes that are called later, when a request or event comes."""

ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
"""Annotations that hold more than a class."""

COUNTING = frozenset({"builtins.len", "builtins.sum", "builtins.min", "builtins.max", "builtins.any", "builtins.all"})
"""The builtins that tell how much of something there is."""

CALLING_BUILTINS = frozenset({"builtins.map", "builtins.filter", "builtins.sorted", "builtins.min", "builtins.max"})
"""The builtins that call a function they are given; the others only look at it."""

FIELDS = frozenset({"Field", "PrivateAttr", "field", "attrib", "ib", "mapped_column", "Column", "relationship"})
"""Functions that describe a field in a class body: instances have something else under that name."""

ALTERNATE_CONSTRUCTORS = ("get", "create", "from_", "parse_", "model_validate", "construct", "load", "build", "new")
"""How class methods begin that a library's base class offers to make instances of a subclass."""
