"""What a rule's explanation says besides its record: the fix, when there is none, options, and where to read on.

Nothing but explaining a rule needs this, so nothing else imports it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from lambda_conn_lint.rules import BY_CODE, SHARED_CLIENT_CLOSED, UNPARSABLE_FILE, UNUSED_SUPPRESSION, Rule, reasons
from lambda_conn_lint.rules.examples import EXAMPLES, Example
from lambda_conn_lint.rules.model import Group
from lambda_conn_lint.rules.running import BY_TRAIT


class Reference(NamedTuple):
    """Something to read elsewhere."""

    title: str
    url: str


class Explanation(NamedTuple):
    """What is said about one rule besides its record.

    ``fix`` says what the fix does, a paragraph each; none for a rule without fixes. ``refusals`` and ``doubts`` are
    what keeps it from being made, or from being safe. ``running`` is what messages add for some ways to run a
    function. ``options`` are fields of ``Options``, by name.
    """

    example: Example | None
    fix: tuple[str, ...]
    refusals: tuple[Group, ...]
    doubts: tuple[Group, ...]
    options: tuple[str, ...]
    references: tuple[Reference, ...]
    running: tuple[Group, ...] = ()


_SHARED = (
    "The fix moves the client to a module global, and puts a function beside it that builds the client on first use. "
    "Nothing is built at import. What stands right behind the construction to set the client up moves along; a "
    "`close()` of it, or a `with` around it, goes, and becomes a flush where the library buffers. Constant arguments "
    'that differ, as in `client("s3")` and `client("sqs")`, give one client each.'
)
_TAKEN = (
    "A database connection has a state, so its global is a slot that holds it only while nobody uses it. Whoever takes "
    "it out gets it alive and outside a transaction, at the price of one round trip; where the code closed it, it is "
    "given back, and its transaction is ended. Who asks while it is in use gets a connection of his own."
)
_SET_UP = (
    "A call that sets up the library for the whole process is made once, by a function with a flag of its own in a "
    "global."
)
_BOUNDED = (
    "The fix keeps a bounded number of clients by what changes with the invocation, with `functools.lru_cache`. It is "
    "never safe, since only you know how many values there are."
)
_LEFT_OPEN = (
    "A client that heals itself is left open: the statement that closes it goes. A connection that came out of a slot "
    "is given back to it, by the function that stands beside the slot, in the file that closes it."
)
_REMOVED = (
    "The fix takes the code out of the comment, and the comment away where nothing is left of it. It comes after all "
    "other fixes, since only then it is clear what is silenced."
)

_LAMBDA = (
    Reference(
        "AWS Lambda: best practices for function code",
        "https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
    ),
    Reference(
        "AWS Lambda operator guide: the execution environment",
        "https://serverlessland.com/content/service/lambda/guides/aws-lambda-operator-guide/execution-environment",
    ),
    Reference("Google Cloud: tips for functions", "https://cloud.google.com/functions/docs/bestpractices/tips"),
)
_RUNNING = (
    Reference(
        "AWS Lambda: SnapStart's best practices",
        "https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html",
    ),
    Reference(
        "AWS Lambda: static initialization and provisioned concurrency",
        "https://docs.aws.amazon.com/lambda/latest/operatorguide/initialization-pc.html",
    ),
    Reference(
        "AWS Lambda: best practices for durable functions",
        "https://docs.aws.amazon.com/lambda/latest/dg/durable-best-practices.html",
    ),
    Reference(
        "Azure: code constraints of orchestrator functions",
        "https://learn.microsoft.com/en-us/azure/azure-functions/durable/durable-functions-code-constraints",
    ),
    Reference(
        "AWS Lambda: the Python runtime of Managed Instances",
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-python-runtime.html",
    ),
    Reference("Google Cloud: concurrency", "https://cloud.google.com/functions/docs/configuring/concurrency"),
)
_BY_FAMILY = MappingProxyType(
    {
        1: (
            Reference("psycopg2: the connection class", "https://psycopg.org/docs/connection.html"),
            Reference("psycopg: basic usage", "https://psycopg.org/psycopg3/docs/basic/usage.html"),
            Reference("SQLAlchemy: connection pooling", "https://docs.sqlalchemy.org/en/20/core/pooling.html"),
        ),
        2: (Reference("LaunchDarkly: flushing events", "https://launchdarkly.com/docs/sdk/features/flush"),),
        3: (
            Reference(
                "boto3: low-level clients",
                "https://boto3.amazonaws.com/v1/documentation/api/1.29.2/guide/clients.html",
            ),
        ),
        4: (),
        5: (Reference("gRPC: performance", "https://grpc.io/docs/guides/performance"),),
    }
)
_NOQA = Reference(
    "flake8: selecting and ignoring violations",
    "https://flake8.pycqa.org/en/latest/_sources/user/violations.rst.txt",
)

_DATABASES = 1
_WITHOUT_SET_UP = 4
"""The family no client of which is set up for a whole process."""

_CHOICE = ("extend_select",)
_FIXING = ("fix", "unsafe_fixes", "extend_safe_fixes", "fix_style")
_ANALYSIS = ("handler_pattern", "handler_decorators", "memoising_decorators", "platforms", "clients")
_UNREAD = ("exclude",)


def explanation(rule: Rule) -> Explanation:
    """What there is to say of a rule besides its record."""
    if rule.kinds:
        return _construction(rule)
    found = _OTHERS.get(rule.code)
    return Explanation(None, (), (), (), _UNREAD, ()) if found is None else found


def _construction(rule: Rule) -> Explanation:
    family = int(rule.code[-1])
    is_dependent = not rule.default
    has_slot = family == _DATABASES and not is_dependent
    sets_up = family != _WITHOUT_SET_UP and not is_dependent
    return Explanation(
        example=EXAMPLES[rule.code],
        fix=(_BOUNDED,) if is_dependent else (_SHARED, *((_TAKEN,) * has_slot), *((_SET_UP,) * sets_up)),
        refusals=(
            *reasons.SHARED_REFUSALS,
            *((reasons.LENDING,) * has_slot),
            *((reasons.SETTING_UP,) * sets_up),
        ),
        doubts=(
            *((reasons.BOUNDED,) if is_dependent else (reasons.UNTRIED, reasons.DELIVERY, reasons.BOUNDED)),
            reasons.SHARING,
            *((reasons.SESSION,) * has_slot),
        ),
        options=(*(_CHOICE * is_dependent), *_FIXING, *_ANALYSIS),
        references=(*_LAMBDA, *(_RUNNING * (not is_dependent)), *_BY_FAMILY[family]),
        running=() if is_dependent else tuple(BY_TRAIT.values()),
    )


_OTHERS = MappingProxyType(
    {
        UNPARSABLE_FILE: Explanation(EXAMPLES[UNPARSABLE_FILE], (), (), (), _UNREAD, ()),
        UNUSED_SUPPRESSION: Explanation(
            example=EXAMPLES[UNUSED_SUPPRESSION],
            fix=(_REMOVED,),
            refusals=(reasons.COMMENTS,),
            doubts=(),
            options=(*_CHOICE, "fix"),
            references=(_NOQA,),
        ),
        SHARED_CLIENT_CLOSED: Explanation(
            example=EXAMPLES[SHARED_CLIENT_CLOSED],
            fix=(_LEFT_OPEN,),
            refusals=(reasons.CLOSING, reasons.GIVING_BACK, reasons.LENDING, reasons.FILE, reasons.OTHERS),
            doubts=(reasons.USED_AGAIN, reasons.SESSION),
            options=(*_FIXING, *_ANALYSIS),
            references=_LAMBDA,
        ),
    }
)

assert _OTHERS.keys() <= BY_CODE.keys()
