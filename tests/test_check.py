"""The engine as a whole: what one bad file costs, what is imported, and that the same input has the same answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.facts import lower
from lambda_conn_lint.facts.trees import Trees
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES

NOWHERE = Path("/nowhere/at/all")
FIXTURES = Path(__file__).parent.parent / "fixtures"
EVERYTHING = frozenset(rule.code for rule in RULES)

HANDLER = "import boto3\n\n\ndef lambda_handler(event, context):\n    return boto3.client('s3')\n"
CALLER = (
    "import redis\nfrom helper import work\n\n\ndef lambda_handler(event, context):\n    redis.Redis()\n    work()\n"
)
HELPER = "import boto3\n\n\ndef work():\n    return boto3.client('s3')\n"


def findings(files: dict[str, str | bytes], settings: Settings | None = None) -> tuple[Finding, ...]:
    overlay = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return check(Project(NOWHERE, overlay), settings or Settings()).findings


def places(found: Iterable[Finding]) -> list[tuple[str, int, str]]:
    return [(finding.filename, finding.span.row, finding.code) for finding in found]


# Files that cannot be checked


@pytest.mark.parametrize(
    ("broken", "row"),
    [
        pytest.param("import redis\n\ndef lambda_handler(event, context:\n    redis.Redis()\n", 3, id="syntax"),
        pytest.param(
            "import redis\n\ndef lambda_handler(event, context):\n    print redis.Redis()\n", 4, id="Python 2"
        ),
        pytest.param(b"import redis\nhandler = redis.Redis('\xe9')\n", None, id="encoding"),
        pytest.param(b"# coding: nonsense\nimport redis\nhandler = redis.Redis\n", 1, id="unknown encoding"),
        pytest.param(b"import redis\ndef handler(event, context):\n    redis.Redis(\0)\n", None, id="null byte"),
        pytest.param("import redis\ndef handler(event, context):\n    redis.Redis('\n", 3, id="string"),
        pytest.param("import redis\ndef handler(event, context):\n\tf()\n        redis.Redis()\n", 4, id="indentation"),
    ],
)
def test_a_broken_file_is_said_and_the_others_are_checked(broken: str | bytes, row: int | None) -> None:
    found = findings({"broken.py": broken, "app.py": HANDLER})
    assert [(finding.filename, finding.code) for finding in found] == [("app.py", "LCL103"), ("broken.py", "LCL001")]
    problem = found[1]
    assert row in (None, problem.span.row)
    assert problem.span[:2] == problem.span[2:]
    assert problem.message.startswith("this file was not checked: ")
    assert "\n" not in problem.message
    assert (problem.client, problem.handlers, problem.path) == ("", (), ())


def test_a_broken_file_that_cannot_matter_is_not_looked_at() -> None:
    assert places(findings({"old.py": "print 'x'\n", "app.py": HANDLER})) == [("app.py", 5, "LCL103")]


def test_a_broken_handler_that_never_speaks_of_a_client_is_not_looked_at_either() -> None:
    broken = "import boto3\n\ndef lambda_handler(event, context:\n    return 1\n"
    assert places(findings({"old.py": broken, "app.py": HANDLER})) == [("app.py", 5, "LCL103")]


def test_a_broken_helper_costs_only_what_is_in_it() -> None:
    found = findings({"app.py": CALLER, "helper.py": "import boto3\ndef work(:\n"})
    assert places(found) == [("app.py", 6, "LCL101"), ("helper.py", 2, "LCL001")]


def test_a_broken_file_is_said_once() -> None:
    files: dict[str, str | bytes] = {"helper.py": "import boto3\ndef work(:\n"}
    files.update((f"app_{number}.py", CALLER) for number in range(5))
    assert [finding.code for finding in findings(files)].count("LCL001") == 1


def test_a_file_that_vanishes_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(CALLER)
    (tmp_path / "helper.py").write_text(HELPER)
    project = Project(tmp_path)
    read = project.read
    times: dict[str, int] = {}

    def vanishing(path: str) -> bytes:
        times[path] = times.get(path, 0) + 1
        if path == "helper.py" and times[path] > 1:  # there when it was screened, gone when it is parsed
            raise FileNotFoundError(2, "No such file or directory", path)
        return read(path)

    monkeypatch.setattr(project, "read", vanishing)
    found = check(project, Settings()).findings
    assert places(found) == [("app.py", 6, "LCL101"), ("helper.py", 1, "LCL001")]
    assert "No such file" in found[1].message


# Defects of ours


def test_a_defect_in_lowering_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    facts_of = lower.facts_of

    def failing(source: bytes, trees: Trees | None) -> object:
        if b"work" in source and b"redis" not in source:
            raise ValueError("it broke")
        return facts_of(source, trees)

    monkeypatch.setattr(lower, "facts_of", failing)
    found = findings({"app.py": CALLER, "helper.py": HELPER, "other.py": HANDLER})
    assert places(found) == [("app.py", 6, "LCL101"), ("helper.py", 1, "LCL000"), ("other.py", 5, "LCL103")]
    assert "ValueError: it broke" in found[1].message


def test_a_defect_in_the_link_costs_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    from lambda_conn_lint.link.frame import Frame

    run = Frame.run

    def failing(frame: Frame) -> object:
        if frame.path == "helper.py" and frame.context.function.number == 0:
            raise KeyError("work")
        return run(frame)

    monkeypatch.setattr(Frame, "run", failing)
    found = findings({"app.py": CALLER, "helper.py": HELPER, "other.py": HANDLER})
    assert set(places(found)) == {("app.py", 6, "LCL101"), ("helper.py", 1, "LCL000"), ("other.py", 5, "LCL103")}
    assert all("KeyError: 'work'" in finding.message for finding in found if finding.code == "LCL000")


def test_a_defect_is_said_once_for_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from lambda_conn_lint.link.frame import Frame

    def failing(frame: Frame) -> object:
        raise ValueError("it broke")

    monkeypatch.setattr(Frame, "run", failing)
    assert places(findings({"app.py": CALLER, "helper.py": HELPER})) == [("app.py", 1, "LCL000")]


# What is imported


def modules_after(folder: Path, *names: str) -> set[str]:
    """Which of the modules are loaded once a folder has been checked, in a process of its own."""
    script = (
        "import sys; from pathlib import Path\n"
        "from lambda_conn_lint.check import Settings, check; from lambda_conn_lint.project import Project\n"
        "check(Project(Path(sys.argv[1])), Settings())\n"
        "print(*(name for name in sys.argv[2:] if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), *names], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = ("libcst", "yaml", "flake8", "lambda_conn_lint.linking")


def test_nothing_heavy_is_imported_where_no_client_is(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import json\n\n\ndef lambda_handler(event, context):\n    return json.dumps(event)\n"
    )
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    assert modules_after(tmp_path, *HEAVY) == set()


def test_nothing_heavy_is_imported_where_no_handler_is(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import redis\n\n\ndef work():\n    return redis.Redis()\n")
    assert modules_after(tmp_path, "libcst", "yaml") == set()


def test_the_parser_is_imported_where_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER)
    assert modules_after(tmp_path, "libcst", "yaml") == {"libcst"}


# Settings and order


# What is asked for


PROJECTS = [path for path in sorted((FIXTURES / "projects").iterdir()) if path.is_dir()]


@pytest.mark.parametrize("project", PROJECTS, ids=[path.name for path in PROJECTS])
def test_asking_for_one_file_gives_what_all_of_the_project_gives_for_it(project: Path) -> None:
    everything = check(Project(project), Settings(codes=EVERYTHING)).findings
    telling = {finding.filename for finding in everything}
    others = [path for path in Project(project).python if path not in telling]
    for path in (*sorted(telling), *others[:2]):
        settings = Settings(codes=EVERYTHING, wanted={path}.__contains__)
        found = [finding for finding in check(Project(project), settings).findings if finding.filename == path]
        assert found == [finding for finding in everything if finding.filename == path]


def test_files_that_have_nothing_to_do_with_the_wanted_one_are_not_parsed(parsed: list[bytes]) -> None:
    files = {
        "a/app.py": "import db\n" + HANDLER,
        "a/db.py": "import redis\n\nclient = redis.Redis()\n",
        "b/app.py": "import db\n" + CALLER,
        "b/helper.py": HELPER,
        "b/db.py": "",
    }
    overlay = {path: text.encode() for path, text in files.items()}
    settings = Settings(wanted={"b/helper.py"}.__contains__)
    found = check(Project(NOWHERE, overlay), settings).findings
    assert ("b/helper.py", 5, "LCL103") in places(found)
    assert overlay["b/app.py"] in parsed
    assert overlay["a/app.py"] not in parsed


def test_only_the_chosen_codes_are_reported() -> None:
    dependent = "import redis\n\n\ndef handler(event, context):\n    return redis.Redis(event['host'])\n"
    files: dict[str, str | bytes] = {
        "a.py": dependent,
        "b.py": CALLER,
        "helper.py": HELPER,
        "broken.py": "import redis\n)\nhandler = redis.Redis()\n",
    }
    default = places(findings(files))
    assert default == [("b.py", 6, "LCL101"), ("broken.py", 2, "LCL001"), ("helper.py", 5, "LCL103")]
    assert places(findings(files, Settings(codes=EVERYTHING))) == [("a.py", 5, "LCL201"), *default]
    assert places(findings(files, Settings(codes=frozenset({"LCL103"})))) == [("helper.py", 5, "LCL103")]
    assert findings(files, Settings(codes=frozenset())) == ()


def test_patterns_name_further_handlers() -> None:
    text = "import redis\n\n\ndef on_message(body):\n    redis.Redis()\n\n\ndef other(body):\n    redis.Redis()\n"
    files: dict[str, str | bytes] = {"pkg/consumer.py": text}
    assert findings(files) == ()
    for pattern in ("on_message", "on_*", "pkg.consumer:on_message", "consumer:on_message", "*.consumer:on_*"):
        assert places(findings(files, Settings((pattern,)))) == [("pkg/consumer.py", 5, "LCL101")], pattern
    assert findings(files, Settings(("elsewhere:on_message", "sumer:on_message"))) == ()


def test_findings_are_sorted_by_file_and_place() -> None:
    body = "".join(f"    {'boto3.client' if row % 2 else 'redis.Redis'}('x'); redis.Redis()\n" for row in range(12))
    text = f"import boto3, redis\n\n\ndef lambda_handler(event, context):\n{body}"
    files: dict[str, str | bytes] = dict.fromkeys(("z.py", "a/b.py", "a.py", "B.py", "10.py", "9.py"), text)
    found = findings(files)
    assert len(found) == 6 * 24
    assert list(found) == sorted(found)
    assert [finding.filename for finding in found] == sorted(finding.filename for finding in found)


def test_the_order_of_the_overlay_does_not_matter() -> None:
    files: dict[str, str | bytes] = {
        "app.py": CALLER,
        "helper.py": HELPER,
        "b/other.py": HANDLER,
        "t.yaml": "Resources: {}\n",
    }
    assert findings(files) == findings(dict(reversed(files.items())))


def test_checking_twice_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CALLER)
    (tmp_path / "helper.py").write_text(HELPER)
    project = Project(tmp_path)
    assert check(project, Settings()) == check(project, Settings()) == check(Project(tmp_path), Settings())


def test_an_overlay_is_checked_like_files_on_disk(tmp_path: Path) -> None:
    files = {"app.py": CALLER, "helper.py": HELPER}
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert check(Project(tmp_path), Settings()).findings == findings(dict(files))
    mended = {"helper.py": HELPER.replace("boto3.client('s3')", "None").encode()}
    assert places(check(Project(tmp_path, mended), Settings()).findings) == [("app.py", 6, "LCL101")]


def test_an_empty_project_has_no_findings(tmp_path: Path) -> None:
    assert check(Project(tmp_path), Settings()).findings == ()
    assert handlers(Project(tmp_path), Settings()) == ((), ())


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    overlay = {"app.py": CALLER.encode(), "helper.py": HELPER.encode()}
    check(Project(tmp_path, overlay), Settings(), lambda done, known: told.append((done, known)))
    assert [done for done, _ in told] == [1, 2]
    assert all(done <= known for done, known in told)


DUMP = """
import json, sys
from pathlib import Path
from lambda_conn_lint.check import Settings, check, handlers
from lambda_conn_lint.project import Project
from lambda_conn_lint.rules import RULES

settings = Settings(codes=frozenset(rule.code for rule in RULES))
project = Project(Path(sys.argv[1]))
print(json.dumps([check(project, settings).findings, handlers(project, settings)]))
"""


@pytest.mark.parametrize("folder", ["example_service", "projects/orders_sam", "reach", "reuse"])
def test_the_answer_does_not_depend_on_hash_seeds(folder: str) -> None:
    answers = []
    for seed in ("0", "1", "42"):
        done = subprocess.run(
            [sys.executable, "-c", DUMP, str(FIXTURES / folder)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        answers.append(json.loads(done.stdout))
    assert answers[0][0], "a project without findings shows nothing"
    assert answers[0] == answers[1] == answers[2]


def test_the_engine_prints_and_warns_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3, re\n\nPATTERN = re.compile('\\d\\.')\n\n\ndef lambda_handler(event, context):\n"
        "    assert (event, 'x')\n    if event is 'y': return 1if event else 2\n    return boto3.client('s3')\n"
    )
    (tmp_path / "broken.py").write_text("import boto3\nhandler = '\\d' is boto3.client)\n")
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", DUMP, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)[0]
    assert [(finding[0], finding[2]) for finding in found] == [("app.py", "LCL103"), ("broken.py", "LCL001")]


def test_warnings_that_are_errors_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER.replace("'s3'", "'\\d'"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DUMP, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert [finding[2] for finding in json.loads(done.stdout)[0]] == ["LCL103"]
