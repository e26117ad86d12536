"""The shape of one rule's record."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lambda_conn_lint.catalog.model import Kind

PAGES = ""
"""The public address of the folder with the page of each rule, with a slash at its end; empty while there is none."""


class Group(NamedTuple):
    """Sentences with one cause. ``title`` is a sentence without its full stop, ``advice`` what can be done."""

    title: str
    advice: str
    sentences: tuple[str, ...]


class Rule(NamedTuple):
    """One rule.

    ``name`` is kebab-case and names what is wrong, so that it reads well after "allow". ``default`` says whether it is
    on when nothing is selected. ``about_run`` marks the rules that say that a file could not be checked: they stay on
    whatever ``--select`` names, since a run that skipped a file must not look like one that found nothing.
    ``summary`` is one sentence; ``why`` says what it costs, ``help`` what to do about it. ``kinds`` are the kinds of
    clients that it is about, for rules that are about some only. All texts may hold Markdown's backticks.
    """

    code: str
    name: str
    summary: str
    default: bool
    why: str
    help: str
    about_run: bool = False
    kinds: tuple[Kind, ...] = ()

    @property
    def page(self) -> str:
        """The file name of the rule's page in ``docs/rules``."""
        return f"{self.code}.md"

    @property
    def url(self) -> str | None:
        """The public address of the rule's page; none while the pages have no address."""
        return PAGES + self.page if PAGES else None
