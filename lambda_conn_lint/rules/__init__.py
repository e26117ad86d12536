"""The rules: one frozen record per code, and which kind of client gets which code.

A code that is not in ``RULES`` does not exist. Everything that is said about a rule (``rule CODE``, its page in
``docs/rules``, the machine formats, the README's table) is read from its record, and from what ``explanations`` adds to
it: that is only needed to explain a rule, and only loaded then.
"""

from __future__ import annotations

from types import MappingProxyType

from lambda_conn_lint.defects import INTERNAL_ERROR
from lambda_conn_lint.rules import constructions
from lambda_conn_lint.rules.constructions import code_for
from lambda_conn_lint.rules.model import Rule

__all__ = [
    "BY_CODE",
    "INTERNAL_ERROR",
    "RULES",
    "SHARED_CLIENT_CLOSED",
    "UNPARSABLE_FILE",
    "UNUSED_SUPPRESSION",
    "Rule",
    "code_for",
]

UNPARSABLE_FILE = "LCL001"
UNUSED_SUPPRESSION = "LCL002"
SHARED_CLIENT_CLOSED = "LCL301"

RULES: tuple[Rule, ...] = (
    Rule(
        code=INTERNAL_ERROR,
        name="internal-error",
        summary="A defect of lambda_conn_lint kept this file from being checked.",
        default=True,
        why="Nothing is known about the file, so the run must not pass. It cannot be ignored, and the exit code is 2.",
        help="Please report it with the message and, if you can, the file. `--exclude` leaves the file out until then.",
        about_run=True,
    ),
    Rule(
        code=UNPARSABLE_FILE,
        name="unparsable-file",
        summary="A file that a handler may be in, or may reach, is not valid Python and was not checked.",
        default=True,
        why="Findings in it, and in what it calls, may be missing; all other files are still checked.",
        help="Mend the syntax error, or leave the file out with `--exclude`.",
        about_run=True,
    ),
    Rule(
        code=UNUSED_SUPPRESSION,
        name="unused-suppression",
        summary="A `# noqa` comment names a code of this linter and silences nothing.",
        default=False,
        why="It tells readers of a finding that is not there any more, and would silence the next one on that line.",
        help="Take the code out of the comment, or the comment away. Only the command line reports it: flake8 does not "
        "tell its plugins what it has silenced.",
    ),
    *constructions.RULES,
    Rule(
        code=SHARED_CLIENT_CLOSED,
        name="shared-client-closed",
        summary="A client that outlives the invocation is closed in it.",
        default=True,
        why="The global, cache or object that keeps the client still holds it afterwards. What the next invocation "
        "finds there is dead and raises, or connects again, so that keeping it has saved nothing.",
        help="Leave it open: the platform ends it with the process. End the transaction instead, flush what is "
        "buffered, or give the connection back where it was taken out of a slot. If it has to be closed after an "
        "error, empty the place that keeps it as well.",
    ),
)
"""Every rule, sorted by code."""

BY_CODE = MappingProxyType({rule.code: rule for rule in RULES})
