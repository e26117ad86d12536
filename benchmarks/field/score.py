"""Score the engine against labels that people made by reading real repositories.

    python benchmarks/field/score.py FOLDER                    # every labels-*.jsonl beside this file
    python benchmarks/field/score.py FOLDER --set tuning
    python benchmarks/field/score.py FOLDER --repository owner/name

``FOLDER`` holds one folder ``owner+name`` for each labelled repository, with the files of the labelled commit in it
(README.md says how to get them). Each is checked as one project with every rule on. What the engine says is compared by
repository, path and line: "finding" with LCL1xx and "dependent" with LCL2xx. Lines labelled "unclear" or "chain" count
for nothing. Only files that are labelled completely (files-*.jsonl) are looked at, so that whatever else is reported in
them is a false alarm. Exits with 1 if a repository or a labelled file is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES

HERE = Path(__file__).parent
CODES = frozenset(rule.code for rule in RULES)
KINDS = {"LCL1": "finding", "LCL2": "dependent"}
IGNORED = frozenset({"unclear", "chain"})
AWS_SDK = frozenset({"boto3", "botocore", "aioboto3", "aiobotocore"})


class Site(NamedTuple):
    """One line of one file of one repository."""

    repository: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.repository} {self.path}:{self.line}"


class Label(NamedTuple):
    """What a reader said of a construction."""

    site: Site
    client: str
    verdict: str
    why: str
    set: str


class Said(NamedTuple):
    """What the engine said: a kind of finding, for which client, and the names on its path."""

    site: Site
    kind: str
    client: str
    path: str


class Result(NamedTuple):
    """One comparison: ``outcome`` is "hit", "miss" or "false alarm"."""

    outcome: str
    kind: str
    site: Site
    client: str
    set: str
    why: str


@dataclass
class Corpus:
    """The labels, by line, and which files of which repository are labelled completely, with their set."""

    labels: dict[Site, list[Label]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def restrict(self, set_name: str | None, repositories: Iterable[str]) -> None:
        """Forget what is not in this set, or not in one of these repositories where any is given."""
        wanted = set(repositories)
        for repository in list(self.files):
            kept = {path: name for path, name in self.files[repository].items() if set_name in (None, name)}
            if kept and (not wanted or repository in wanted):
                self.files[repository] = kept
            else:
                del self.files[repository]


def read_corpus(folder: Path) -> Corpus:
    """Every labels-SET.jsonl and files-SET.jsonl in a folder; the set is the middle of the file's name."""
    corpus = Corpus()
    for source in sorted(folder.glob("files-*.jsonl")):
        for row in _rows(source):
            corpus.files[row["repository"]][row["path"]] = source.stem.removeprefix("files-")
    for source in sorted(folder.glob("labels-*.jsonl")):
        name = source.stem.removeprefix("labels-")
        for row in _rows(source):
            site = Site(row["repository"], row["path"], int(row["line"]))
            corpus.labels[site].append(Label(site, row["client"], row["verdict"], row["why"], name))
            corpus.files[site.repository].setdefault(site.path, name)
    return corpus


def _rows(source: Path) -> Iterator[dict[str, str]]:
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def folder_of(repositories: Path, repository: str) -> Path:
    """Where a repository's files are expected."""
    return repositories / repository.replace("/", "+")


def missing_files(corpus: Corpus, repositories: Path) -> list[str]:
    """The completely labelled files that are not there, as "repository path"."""
    return [
        f"{repository} {path}"
        for repository, paths in corpus.files.items()
        for path in paths
        if not (folder_of(repositories, repository) / path).is_file()
    ]


def analyse(root: Path, repository: str, paths: Iterable[str]) -> Iterator[Said]:
    """What the engine says about a repository in these files."""
    wanted = set(paths)
    for finding in check(Project(root), Settings(codes=CODES)).findings:
        kind = KINDS.get(finding.code[:4])
        if kind is not None and finding.filename in wanted:
            way = " -> ".join(step.name for step in finding.path)
            yield Said(Site(repository, finding.filename, finding.span.row), kind, finding.client, way)


def compare(corpus: Corpus, repository: str, said: Iterable[Said]) -> Iterator[Result]:
    """Hits, misses and false alarms in one repository."""
    by_site: dict[Site, dict[str, Said]] = defaultdict(dict)
    for item in said:
        by_site[item.site][item.kind] = item
    paths = corpus.files[repository]
    labelled = [site for site in corpus.labels if site.repository == repository and site.path in paths]
    for site in sorted({*labelled, *by_site}):
        labels = corpus.labels.get(site, [])
        for label in labels:
            if label.verdict in KINDS.values():
                outcome = "hit" if label.verdict in by_site[site] else "miss"
                yield Result(outcome, label.verdict, site, label.client, label.set, label.why)
        verdicts = {label.verdict for label in labels}
        for kind, item in by_site[site].items():
            if kind not in verdicts and not verdicts & IGNORED:
                why = "; ".join(f"{label.verdict}: {label.why}" for label in labels) or "not a construction"
                yield Result("false alarm", kind, site, item.client, paths[site.path], f"{why} [said: {item.path}]")


def family(client: str) -> str:
    """Whether a client is the AWS SDK's."""
    return "AWS SDK" if client.split(".", maxsplit=1)[0] in AWS_SDK else "other clients"


def ratio(part: int, whole: int) -> str:
    """A share for people; a dash where there is nothing to share."""
    return f"{part / whole:.3f}" if whole else "-"


def table(results: list[Result], title: str, key: Callable[[Result], str]) -> Iterator[str]:
    """One line a group: hits, misses, false alarms, recall, precision."""
    yield f"{title:<78}{'hits':>6}{'misses':>8}{'alarms':>8}{'recall':>9}{'precision':>11}"
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        groups[key(result)][result.outcome] += 1
    for name, count in sorted(groups.items()):
        hits, misses, alarms = count["hit"], count["miss"], count["false alarm"]
        shares = f"{ratio(hits, hits + misses):>9}{ratio(hits, hits + alarms):>11}"
        yield f"  {name:<76}{hits:>6}{misses:>8}{alarms:>8}{shares}"
    yield ""


def report(results: list[Result], corpus: Corpus) -> Iterator[str]:
    """The whole report, line by line."""
    verdicts = Counter(
        label.verdict
        for site, labels in corpus.labels.items()
        if site.path in corpus.files.get(site.repository, ())
        for label in labels
    )
    files = sum(map(len, corpus.files.values()))
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    yield f"{verdicts.total()} labels ({counts}) in {files} files of {len(corpus.files)} repositories"
    yield ""
    yield from table(results, "overall", lambda result: result.kind)
    found = [result for result in results if result.kind == "finding"]
    yield from table(found, "findings by set", lambda result: result.set)
    yield from table(found, "findings by client", lambda result: family(result.client))
    yield from table(found, "findings by repository", lambda result: result.site.repository)
    for outcome in ("false alarm", "miss"):
        for result in results:
            if result.outcome == outcome:
                yield f"{outcome} ({result.kind}) {result.site} {result.client}: {result.why}"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Score the engine against the labelled repositories.")
    parser.add_argument("folder", type=Path, help="the folder with one folder owner+name for each repository")
    parser.add_argument("--set", dest="set_name", help="only this set of labels")
    parser.add_argument("--repository", action="append", default=[], help="only this repository (repeatable)")
    arguments = parser.parse_args()
    corpus = read_corpus(HERE)
    corpus.restrict(arguments.set_name, arguments.repository)
    missing = missing_files(corpus, arguments.folder)
    for name in missing:
        print(f"missing: {name}", file=sys.stderr)
    results: list[Result] = []
    for repository, paths in sorted(corpus.files.items()):
        root = folder_of(arguments.folder, repository)
        if root.is_dir():
            results += compare(corpus, repository, analyse(root, repository, paths))
    print("\n".join(report(results, corpus)))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
