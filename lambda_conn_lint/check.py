"""The engine's door: a project and settings in, findings out. Nothing is printed, raised on input, or written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambda_conn_lint.catalog import catalogue
from lambda_conn_lint.findings import Finding, Handler
from lambda_conn_lint.handlers.model import Declaration, Unreadable
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES
from lambda_conn_lint.screen import Screen

if TYPE_CHECKING:
    from lambda_conn_lint.linking import Linking

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Settings:
    """What a user may set: patterns of further handlers (``module:function``), and the codes to report."""

    handler_patterns: tuple[str, ...] = ()
    codes: frozenset[str] = field(default_factory=lambda: frozenset(rule.code for rule in RULES if rule.default))


@dataclass(frozen=True)
class Report:
    """All findings of a project, sorted; comments that silence some have not been looked at yet.

    ``linking`` is what they come from, for who has more questions; none where no file names a client library.
    """

    findings: tuple[Finding, ...]
    linking: Linking | None = field(default=None, compare=False)


def check(project: Project, settings: Settings, progress: Progress | None = None) -> Report:
    """The findings of every file of the project.

    ``progress`` is called with how many modules have been parsed and how many are known to matter.
    """
    catalog = catalogue()
    screen = Screen(project, catalog.sources)
    if not screen.has_clients:
        return Report(())
    from lambda_conn_lint.linking import Linking

    linking = Linking(project, screen, catalog, settings.handler_patterns, progress)
    findings = [*linking.findings(), *linking.problems()]
    return Report(tuple(sorted(finding for finding in findings if finding.code in settings.codes)), linking)


def handlers(project: Project, settings: Settings) -> tuple[tuple[Handler, ...], tuple[Declaration | Unreadable, ...]]:
    """The handlers of the project, whether or not they build clients, and what deployment files leave open."""
    from lambda_conn_lint.linking import Linking

    catalog = catalogue()
    linking = Linking(project, Screen(project, catalog.sources), catalog, settings.handler_patterns, None, every=True)
    return linking.handlers(), linking.open_ends()
