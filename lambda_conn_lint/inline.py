"""Code that stands in deployment files: modules that only the engine knows, and what is found in them.

Each function's code is a module of its own under a path that no file can have, so that texts of several functions never
mix. Whatever is said of it is said of the deployment file, at the row and column where it stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from lambda_conn_lint.findings import Finding, Handler, Span, Step
from lambda_conn_lint.handlers.model import INLINE, Declaration, Inline, LeftOut
from lambda_conn_lint.project import Project
from lambda_conn_lint.source import read_lines
from lambda_conn_lint.suppress import Suppressions

_MODULE = "index"  # what the platform calls the module it makes of inline code

# How files end that may hold the code of functions, and what stands before such code.
_HOLDS_CODE = (".yaml", ".yml", ".json", ".template", ".ts", ".js", ".mts", ".mjs")
_CODE = (b"ZipFile", b"InlineCode", b"fromInline")


def with_code(project: Project, paths: Iterable[str]) -> Iterator[str]:
    """Those of these deployment files that may hold Python code themselves, by their bytes.

    They are not parsed. Who then asks what they declare does not read them again.
    """
    from lambda_conn_lint.handlers.manifests.sieve import sieve_of

    sieve = sieve_of(project)
    for path in paths:
        if not path.endswith(_HOLDS_CODE) or not sieve.formats(project, path):
            continue
        data = sieve.read(project, path)
        if b"import" in data and any(key in data for key in _CODE):
            yield path


class _Code(NamedTuple):
    manifest: str
    inline: Inline
    data: bytes
    suppressions: Suppressions


class InlineModules:
    """The modules that inline code makes.

    ``declared`` are the declarations of their functions, with the file, root and attribute that the module gives them.
    ``texts`` are the bytes of the modules by path. Left out is code in Python files, which no linter of single files
    could tell of, and in files that are excluded, such as what a build has written.
    """

    def __init__(self, project: Project, declarations: Iterable[Declaration]) -> None:
        self.declared: dict[Declaration, Declaration] = {}
        self._codes: dict[str, _Code] = {}
        for one in declarations:
            if one.inline is None or one.problem != INLINE:
                continue
            if not one.manifest.endswith(".py") and not project.is_excluded(one.manifest):
                self._take(one, one.inline)
        self.texts = MappingProxyType({path: code.data for path, code in self._codes.items()})

    def _take(self, one: Declaration, inline: Inline) -> None:
        root = f"{one.manifest}/{len(self._codes)}"  # no file lies below a file
        path = f"{root}/{_MODULE}.py"
        attribute = one.handler.rpartition(".")[2]
        self.declared[one] = one._replace(root=root, file=path, attribute=attribute, problem="")
        data = inline.text.encode("utf-8", "replace")
        self._codes[path] = _Code(one.manifest, inline, data, Suppressions(read_lines(data)))

    def finding(self, finding: Finding) -> Finding:
        """The finding as it is told: of files that exist."""
        return finding._replace(
            filename=self.filename(finding.filename),
            span=self._span(finding.filename, finding.span),
            handlers=tuple(sorted(map(self.handler, finding.handlers))),
            path=tuple(map(self.step, finding.path)),
        )

    def handler(self, handler: Handler) -> Handler:
        """The handler as it is told."""
        row, column = self._start(handler)
        return handler._replace(filename=self.filename(handler.filename), row=row, column=column)

    def left_out(self, function: LeftOut) -> LeftOut:
        """What looks like a handler and is none, as it is told."""
        row, _ = self._start(Step(function.filename, function.row, 1, function.name))
        return function._replace(filename=self.filename(function.filename), row=row)

    def step(self, step: Step) -> Step:
        """The station on a path as it is told."""
        row, column = self._start(step)
        return step._replace(filename=self.filename(step.filename), row=row, column=column)

    def silences(self, finding: Finding) -> bool:
        """Whether a comment in the inline code silences a finding, which is not yet as it is told."""
        code = self._codes.get(finding.filename)
        return code is not None and code.suppressions.suppresses(finding.span.row, finding.code)

    def filename(self, path: str) -> str:
        """The file that is told of instead of a module's."""
        code = self._codes.get(path)
        return path if code is None else code.manifest

    def _start(self, place: Handler | Step) -> tuple[int, int]:
        span = self._span(place.filename, Span(place.row, place.column, place.row, place.column))
        return span.row, span.column

    def _span(self, path: str, span: Span) -> Span:
        code = self._codes.get(path)
        if code is None:
            return span
        inline = code.inline
        if inline.indent < 0:
            return Span(inline.row, inline.column, inline.row, inline.end_column)
        above, indent = inline.row - 1, inline.indent
        return Span(span.row + above, span.column + indent, span.end_row + above, span.end_column + indent)
