"""The engine's door: a project and settings in, findings out. Nothing is printed, raised on input, or written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lambda_conn_lint.catalog import Catalog, catalogue
from lambda_conn_lint.client_table import Declared, own_names, rows
from lambda_conn_lint.facts.trees import Trees
from lambda_conn_lint.findings import Finding, Handler
from lambda_conn_lint.handlers.model import AUTO, Declaration, LeftOut, Unreadable
from lambda_conn_lint.inline import with_code
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES
from lambda_conn_lint.screen import Screen

if TYPE_CHECKING:
    from lambda_conn_lint.linking import Linking
    from lambda_conn_lint.surroundings import Surroundings

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Settings:
    """What a user may set.

    ``handler_patterns``      further handlers (``module:function``)
    ``codes``                 those to report
    ``handler_decorators``    qualified names of decorators that make functions handlers
    ``memoising_decorators``  qualified names of decorators that keep the result of a function
    ``platforms``             the only platforms whose handlers count, those of unknown ones aside; ``None``: all
    ``handlers``              which of ``MODES`` says what counts as a handler
    ``clients``               what is different from the catalogue
    ``wanted``                tells the files whose findings are asked for; ``None``: all. Others may be missing
    """

    handler_patterns: tuple[str, ...] = ()
    codes: frozenset[str] = field(default_factory=lambda: frozenset(rule.code for rule in RULES if rule.default))
    handler_decorators: frozenset[str] = frozenset()
    memoising_decorators: frozenset[str] = frozenset()
    platforms: frozenset[str] | None = None
    handlers: str = AUTO
    clients: tuple[Declared, ...] = ()
    wanted: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Report:
    """All findings of a project, sorted; comments that silence some have not been looked at yet.

    ``surroundings`` is what is known without a parse, none where no file names a client library; ``linking`` is what
    the findings come from, for who has more questions, none where no handler can come to one.
    """

    findings: tuple[Finding, ...]
    surroundings: Surroundings | None = field(default=None, compare=False)
    linking: Linking | None = field(default=None, compare=False)

    @property
    def unchecked(self) -> frozenset[str]:
        """Files in which findings may be missing: those that could not be checked, and all that they import."""
        if self.linking is None:
            return frozenset()
        return self.linking.imported_by(problem.filename for problem in self.linking.problems())

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Deployment files that could not be read, so that handlers may be unknown."""
        return () if self.surroundings is None else self.surroundings.unreadable


def check(project: Project, settings: Settings, progress: Progress | None = None, trees: Trees | None = None) -> Report:
    """The findings of every file of the project.

    ``progress`` is called with how many modules have been parsed and how many are known to matter; ``trees`` keeps what
    they are parsed to.
    """
    screened = screen(project, settings, templates=True)
    if screened is None:
        return Report(())
    around = surroundings(screened)
    return report(link(around, settings, progress, trees), settings) if around.starts else Report((), around)


class Screened(NamedTuple):
    """A project whose files have been looked at as bytes, and nothing more."""

    project: Project
    settings: Settings
    catalog: Catalog
    screen: Screen


def screen(project: Project, settings: Settings, *, templates: bool = False) -> Screened | None:
    """The screen of a project; none where no file names a client library, which leaves nothing to be found.

    With ``templates``, Python code that stands in deployment files counts as well.
    """
    known = _known(project, settings)
    screen = Screen(project, known.catalog.sources, known.defining)
    has_clients = screen.has_clients or (templates and any(with_code(project, project.manifests)))
    return Screened(project, settings, known.catalog, screen) if has_clients else None


def surroundings(screened: Screened) -> Surroundings:
    """What is known of a project before anything of it is parsed."""
    from lambda_conn_lint.surroundings import Surroundings

    return Surroundings(screened.project, screened.screen, screened.catalog, screened.settings)


def link(
    around: Surroundings, settings: Settings, progress: Progress | None = None, trees: Trees | None = None
) -> Linking:
    """The link of a project, of which nothing is parsed yet."""
    from lambda_conn_lint.linking import Linking

    return Linking(around, settings, progress, trees)


def report(linking: Linking, settings: Settings) -> Report:
    """What a link gives: the findings with these codes."""
    findings = [*linking.findings(), *linking.problems()]
    return Report(
        tuple(sorted(finding for finding in findings if finding.code in settings.codes)), linking.surroundings, linking
    )


def handlers(
    project: Project, settings: Settings
) -> tuple[tuple[Handler, ...], tuple[Declaration | Unreadable | LeftOut, ...]]:
    """The handlers of the project, whether or not they build clients, and what deployment files leave open."""
    from lambda_conn_lint.surroundings import Surroundings

    known = _known(project, settings)
    screen = Screen(project, known.catalog.sources, known.defining)
    linking = link(Surroundings(project, screen, known.catalog, settings, every=True), settings)
    return linking.handlers(), linking.open_ends()


class _Known(NamedTuple):
    """The catalogue with what the user has declared, and the files of the project that may define such clients."""

    catalog: Catalog
    defining: frozenset[str]


def _known(project: Project, settings: Settings) -> _Known:
    if not settings.clients:
        return _Known(catalogue(), frozenset())
    from lambda_conn_lint.link.declared import defining_files

    declared = own_names(settings.clients)
    files = {path: names.values() for path, names in defining_files(project.python, declared).items()}
    own = frozenset(name for names in files.values() for name in names)
    return _Known(_catalog(settings.clients, own), frozenset(files))


@lru_cache(maxsize=16)
def _catalog(clients: tuple[Declared, ...], own: frozenset[str]) -> Catalog:
    return Catalog(rows(catalogue().clients, clients), own)
