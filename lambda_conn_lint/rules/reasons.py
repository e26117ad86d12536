"""Why a finding has no fix, or one with a doubt: every sentence that fixes can say, grouped by what is behind it.

``...`` stands for what a sentence names from the code. A test compares both directions with the sentences in ``fix``
and ``unused``.
"""

from __future__ import annotations

from lambda_conn_lint.rules.model import Group

UNPROVEN = Group(
    "Nobody has shown that the library's client may be kept",
    "Keep it by hand where the library's own documentation says that it may be used again.",
    (
        "keeping what `...` gives has not been shown to be right",
        "no slot is known for the connections of `...`",
        "it opens a local file, which costs little and may be another one next time",
    ),
)

LOOP_BOUND = Group(
    "An asynchronous client belongs to its event loop",
    "Keep one loop in a module global, run all invocations on it, and keep the client beside it.",
    (
        "it belongs to the event loop it is made in, and the next invocation may have another one",
        "it is entered as an asynchronous context manager",
        "it is entered with `async with`",
        "it is awaited",
    ),
)

FILE = Group(
    "The file must not be edited, or cannot be edited for certain",
    "Change what generates the file, or its encoding.",
    (
        "its code stands in a deployment file, and only Python files are edited",
        "the file says that it is generated",
        "the file calls `...()`, by which names can be reached that edits would move",
        "the file cannot be parsed",
        "the file cannot be decoded (...)",
        "the file cannot be decoded as ...",
        "the file's text cannot be written back to the same bytes in ...",
        "the file's blanks are not given back as they are written",
        "the file's indentation goes over a backslash at the end of a line",
        "the fix would change how the file is decoded",
        "... cannot express ...",
        "... cannot express the text",
    ),
)

PROGRAM = Group(
    "Something else in the program does not go together with a client that is kept",
    "Where it never meets this client, keep the client by hand.",
    (
        "the program starts processes, and a connection must not be open in two of them",
        "the program replaces the default session that it is made from",
        "the program writes to its environment while it runs, which constructions read",
        "threads may use it at the same time, and it is not made for that",
        "a command that it is sent may change its connection, which later invocations would meet",
    ),
)

ARGUMENTS = Group(
    "What it is made from cannot move out of the function",
    "Build it in a function of its own, from constants and the environment; that function then becomes the accessor.",
    (
        "it is made where there is no name to give it back by",
        "its arguments are awaited",
        "its arguments do more than give a value",
        "its arguments use `...`",
        "its arguments come from `...`, which is made elsewhere",
        "its driver, or what its arguments are made from, is imported inside the function",
        "it finishes what is begun elsewhere",
        "`...` belongs to the body of a class",
        "`...` is a class of the project, whose objects may keep more than a connection",
        "`...` is a private name of its class",
        "`...` is assigned more than once",
        "`...` is changed after it is made",
        "`...` is fetched for other things too",
        "`...` is fetched in another block",
        "`...` is imported together with other statements on one line",
        "`...` is made by calls that may do more than give a value",
        "`...` is not assigned on every way to the construction",
        "`...` is not known before the function runs",
        "`...` is only known when the function runs",
        "`...`, which it is made from, is given by other code",
        "something else happens between fetching `...` and connecting",
        "the global `...` may change while the program runs",
    ),
)

DEPENDENCE = Group(
    "It is made from what changes with the invocation, and must not be kept for other values",
    "Where few values recur, keep one for each by hand, and let it go when its credentials expire.",
    (
        "its arguments change with the invocation",
        "its arguments hold a time, a random value or a fresh identifier",
        "it is made with credentials that may change, and must not outlive them",
        "`...()` makes a new argument for it each time",
    ),
)

STATE = Group(
    "It is changed after it has been built, and the next invocation would meet the change",
    "Give headers, hooks and settings to the constructor, set them right behind it, or pass them with each call.",
    (
        "it is set up with what only the function knows",
        "it is changed after it has been set up, which the next invocation would meet",
        "an attribute of `...` is set, which later invocations would meet",
        "`...` ... it, which later invocations would meet",
        "`...` sets its `...`, which the next invocation would meet",
        "`...` calls `...()` on it, which the next invocation would meet",
    ),
)

UNFOLLOWED = Group(
    "It goes where it cannot be followed",
    "Keep it in a local variable of the function that builds it, or have one function return it to callers by name.",
    (
        "what happens to it cannot be followed (...)",
        "it is kept in ..., where it cannot be followed",
        "it leaves the function with an exception",
        "`...` gives it back, and not all its callers can be followed",
        "`...` yields it, and not all its callers can be followed",
        "`...` looks into it with `...`",
        "`...` of it is handed on, and may be called anywhere",
        "it is entered with `...` in `...`",
    ),
)

CLOSED_ELSEWHERE = Group(
    "It is closed in a way that cannot be taken away",
    "Close it in the function that builds it, in a statement of its own, or do not close it at all.",
    (
        "... closes it",
        "its `close()` is part of another expression",
        "what is closed cannot be told by name",
        "`...` is closed, and may be something else by then",
    ),
)

LENDING = Group(
    "It is a connection, and it cannot be seen for certain who gives it back to its slot",
    "Let one function take the connection, use it, and close it in `finally` or by `with`.",
    (
        "it has no name to give it back by",
        "it goes by another name, `...`",
        "it is what the handler returns",
        "it is kept in ...",
        "it is kept in ..., and would be there and in the slot at the same time",
        "it is handed to a thread or process",
        "it is dropped in a block of one line",
        "it is used after it has been closed",
        "it may be closed twice, and be somebody else's by then",
        "its `close()` shares its line with other statements",
        "not all callers of `...` can be found",
        "no caller of `...` gives it back in a way that can be followed",
        "a cursor of it leaves `...`",
        "the function is a generator, and may stop before it gives the connection back",
        "what `...` lends is used behind its `with`",
        "`...` closes it",
        "`...` in ... closes it",
        "`...` enters it, and leaving ends it",
        "`...` gives it back to its caller",
        "`...` is a variable of the module, which keeps the connection as well",
        "`...` is dropped at once",
        "`...` is used after its `with`, and never closed",
        "`...` is used after the `with` that ends it",
        "`...` is used outside of the block that it is made in, and never closed",
        "`...` is used where ...",
        "`...` keeps it, and who gives it back cannot be told",
        "`...` may give back something else as well",
        "`...` may give back something else than the connection",
        "`...` reaches it through its cursor",
        "`...` takes `...` out of it, which cannot be followed",
        "`...` yields it",
    ),
)

SETTING_UP = Group(
    "It sets something up for the whole process, and more hangs on that than the call",
    "Call it once, at module level.",
    (
        "what it gives is used, besides what it sets up",
        "its arguments are only known in the function",
        "`...()` may end what it sets up",
    ),
)

CLOSING = Group(
    "What closes the client cannot simply go",
    "Take the closing away by hand, and put in its place what it did besides: end the transaction, or flush.",
    (
        "it cannot simply stay open, since its transaction has to end with the invocation",
        "leaving what `...` gives open has not been shown to be right",
        "leaving its `with` ends it; keep it without one",
        "leaving its `with` closes it; take it without one, and give it back",
        "closing it delivers what it holds; `...()` may be needed instead",
        "what closes it does something else as well",
        "other things than this client may be closed there",
    ),
)

GIVING_BACK = Group(
    "It was taken from a slot, and cannot be given back from here",
    "Import the function that gives it back from the module that lends it, and call it where the connection is closed.",
    (
        "where it was taken cannot be told from the function that closes it",
        "it is taken through a module that does not give it back",
        "it is taken with a function that is not imported by its name",
        "the function that gives it is imported inside the function",
        "`...` is another thing in this file",
    ),
)

COMMENTS = Group(
    "More than the comment would change",
    "Edit the comment by hand.",
    (
        "what follows it would begin to silence something",
        "this Python cannot parse the file, so that nothing proves that only a comment changes",
        "more than a comment would change",
    ),
)

OTHERS = Group(
    "The fix was worked out and is not used",
    "Run the fix again after the others; a text that was not kept is a defect that is worth a report.",
    (
        "its edits are in the way of another fix",
        "it is not among the findings that are to be fixed",
        "its fix could not be worked out, by a defect of this tool",
        "there is no fix for this rule",
        "the fixed text was not kept: ...",
        "the fixed text was not kept: Python does not compile it",
        "the fixed text was not kept: it still has ... for ...",
    ),
)

UNTRIED = Group(
    "The library has not been tried against the real thing",
    "Try the fixed handler against a server, over several invocations and a lost connection.",
    (
        "a kept `...` has not been tried against a real service",
        "a kept connection of `...` has not been tried against a real server",
    ),
)

DELIVERY = Group(
    "Something may be delivered later than before",
    "See whether what is flushed has arrived when the handler returns.",
    (
        "`...()` takes the place of `...()`, and may return before all is delivered",
        "setting up `...` once may leave for later what each new one delivered of the one before",
    ),
)

BOUNDED = Group(
    "A client is kept for each value, and how many values there are is not known",
    "See that few recur; no more than the latest are kept.",
    (
        "its arguments change with the invocation, so a client is kept for each of the latest values",
        "its arguments may take values that cannot be counted, so a client is kept for each of the latest ones",
    ),
)

SHARING = Group(
    "Uses at the same time, or by other code, may meet each other",
    "See what the code that is named does with the client.",
    (
        "`...` gets the client, and may close or change it",
        "two threads may ask for the first client at the same time, and `lru_cache` lets both build one",
        "its cookies are cleared whenever it is asked for, even while it is in use elsewhere",
        "whether its pool finds out about dead connections is decided elsewhere",
    ),
)

SESSION = Group(
    "The session of the connection may be changed for the next invocation",
    "See that each invocation sets what it needs, and leaves nothing behind: settings, locks, temporary tables.",
    (
        "`...` gets the connection, and may close or keep it",
        "SQL in the file changes its session, which `...` cannot undo",
        "SQL in the file sets settings of its own, which no reset unsets again",
        "SQL that is run on it may change its session, which the pool would keep",
        "its own kind of connection or cursor may need more than a rollback between two invocations",
    ),
)

USED_AGAIN = Group(
    "Code that runs later met a closed client so far",
    "See that nothing relies on the error.",
    ("later invocations find it closed today, and will use it",),
)

SHARED_REFUSALS = (
    UNPROVEN,
    LOOP_BOUND,
    FILE,
    PROGRAM,
    ARGUMENTS,
    DEPENDENCE,
    STATE,
    UNFOLLOWED,
    CLOSED_ELSEWHERE,
    OTHERS,
)
"""What may be said of any client that is built."""
