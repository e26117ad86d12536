"""The benchmark of speed: its inputs are what it says they are, and it runs from end to end. Times are not tested."""

from __future__ import annotations

import ast
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.findings import Finding
from lambda_conn_lint.project import Project

try:
    from speed import chart, packages, services, tables
    from speed.__main__ import main
    from speed.budgets import shape_verdict, verdict
    from speed.deployments import sam
    from speed.measure import Command, Runs, Took, alternate
    from speed.modules import CLIENTS, STYLES, Made, in_handler, in_helper
    from speed.scenarios import Group
    from speed.shapes import SHAPES
    from speed.tools import Tools
except ModuleNotFoundError as missing:
    if missing.name != "speed":
        raise
    pytest.skip("the benchmarks are not distributed", allow_module_level=True)

HAS_PROCESS_TIMES = pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell what a process took")


def findings(folder: Path) -> tuple[Finding, ...]:
    return check(Project(folder), Settings()).findings


def texts(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Inputs


def test_services_are_always_the_same_and_more_of_them_begin_with_the_fewer(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("few", "again", "many")]
    written = [services.write_services(folder, modules) for folder, modules in zip(folders, (40, 40, 80), strict=True)]
    few, again, many = map(texts, folders)
    assert few == again
    assert few.items() <= many.items()
    assert [sum(path.endswith(".py") for path in files) for files in (few, again, many)] == written
    assert written[0] >= 40


def test_services_are_python_and_have_deployment_files() -> None:
    for number in range(60):
        files = services.service(number)
        for path, text in files.items():
            if path.endswith(".py"):
                ast.parse(text)
        assert {"template.yaml", "serverless.yml", "main.tf"} & files.keys()


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_each_style_is_what_it_says(style: Callable[[Made], dict[str, str]], tmp_path: Path) -> None:
    for client in CLIENTS:
        root = tmp_path / client.name
        services.write_project(
            root, sam(["orders"]) | {f"src/orders/{path}": text for path, text in style(client).items()}
        )
        found = findings(root)
        assert len(found) == (style in (in_handler, in_helper)), (client.name, found)


def test_every_finding_of_the_tree_for_the_fix_is_fixed(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    services.write_findings(tmp_path / "app", 7)
    assert len(findings(tmp_path / "app")) == 7
    assert run("--fix", str(tmp_path / "app"))[0] == 0
    assert findings(tmp_path / "app") == ()


def test_only_one_module_of_the_service_for_hooks_matters(tmp_path: Path) -> None:
    services.write_service_with_finding(tmp_path / "service")
    assert [finding.filename for finding in findings(tmp_path / "service")] == ["src/orders/app.py"]
    services.write_library(tmp_path / "library")
    assert findings(tmp_path / "library") == ()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_leads_to_a_client(shape: str, tmp_path: Path) -> None:
    _, make = SHAPES[shape]
    small, large = make(40), make(400)
    assert sum(map(len, large.values())) > 3 * sum(map(len, small.values()))
    services.write_project(tmp_path / "small", small)
    assert findings(tmp_path / "small")


def test_a_part_of_a_tree_is_taken_evenly(tmp_path: Path) -> None:
    assert "email" in packages.copy_installed(tmp_path / "tree", 0.05)
    modules = [path for path in texts(tmp_path / "tree") if path.endswith(".py")]
    packages.multiply(tmp_path / "tree", tmp_path / "more", 2 * len(modules) + 1)
    assert len(texts(tmp_path / "more")) == 2 * len(modules) + 1
    packages.sample(tmp_path / "tree", tmp_path / "sample", 10)
    taken = texts(tmp_path / "sample")
    assert 5 <= len(taken) <= 10
    assert len({path.partition("/")[0] for path in taken}) > 2


# Runs and figures


def runs(label: str, *times: float) -> Runs:
    return Runs(label, tuple(Took(time, 2 * time, 10) for time in times))


def test_figures_are_medians_and_ratios_are_by_rounds() -> None:
    ours, peer = runs("ours", 1, 8, 2), runs("peer", 2, 4, 4)
    assert ours.median() == (2, 4, 10)
    assert ours.ratio(peer) == 0.5
    assert runs("once", 6).ratio(ours) == 6


@HAS_PROCESS_TIMES
def test_commands_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write = "import sys; open('log', 'a').write(sys.argv[1])"
    commands = {name: Command((sys.executable, "-c", write, name), str(tmp_path)) for name in "abc"}
    done = alternate(commands, 3)
    assert log.read_text() == "abcbcacab"
    assert [(name, each.label, len(each.took)) for name, each in done.items()] == [(name, name, 3) for name in "abc"]
    assert all(took.processor > 0 and took.peak > 1 for took in done["a"].took)


@HAS_PROCESS_TIMES
def test_a_command_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        alternate({"bad": Command((sys.executable, "-c", "raise ValueError('no such thing')"), str(tmp_path))}, 1)


def test_a_figure_holds_up_to_its_budget() -> None:
    assert verdict("fix", 3.0).holds
    assert not verdict("fix", 3.01).holds
    assert shape_verdict("chain", 1_000, 2_000, 2.2).holds
    assert not shape_verdict("chain", 1_000, 2_000, 2.3).holds


def test_the_page_and_the_chart_show_what_was_measured() -> None:
    groups = (
        Group("a <tree>", (runs("ours", 0.5), runs("peer", 40)), (verdict("no handlers", 0.0125),)),
        Group("another one", (runs("ours", 7),), (verdict("fix", 6.0, "seven"),)),
    )
    page = tables.document(groups, {"ruff": "1.2.3"}, 1)
    assert "| files without handlers, cold | 0.0125 | 0.3 times ruff | yes |" in page
    assert "| `--fix` of 300 findings: seven | 6 | 3 times the check | no, 2.00 times that |" in page
    assert "| a <tree> | ours | 0.5 s | 1 s | 1 | 10 MB | 1 |\n|  | peer | 40 s | 80 s | 80 | 10 MB | 1 |" in page
    drawn = chart.draw(groups, "ours")
    assert drawn == chart.draw(groups, "ours")
    picture = ET.fromstring(drawn)
    short, long, _ = picture.iter("{http://www.w3.org/2000/svg}rect")
    assert float(short.attrib["width"]) < float(long.attrib["width"])
    assert (short.attrib["class"], long.attrib["class"]) == ("ours", "peer")


def test_peers_that_are_missing_are_left_out() -> None:
    tools = Tools("python", {"ruff": "1"}, {"ruff": "bin/ruff", "lambda-conn-lint": "bin/lint"}, "rules.yml")
    assert [arguments[0] for arguments in tools.peers().values()] == ["bin/ruff"]
    assert not tools.has_flake8


@HAS_PROCESS_TIMES
@pytest.mark.subprocess
def test_it_runs_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("lambda-conn-lint", path=sysconfig.get_path("scripts")) is None:
        pytest.skip("the command is not installed")
    arguments = ["--offline", "--scale=0.005", "--rounds=1", f"--work={tmp_path / 'work'}", f"--write={tmp_path}"]
    arguments += [f"--only={name}" for name in ("no-handlers", "one-file", "fix")]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert tmp_path.joinpath("speed.md").read_text(encoding="utf-8") == out
    assert out.count("\n| ") > 10
    assert "one file that has to be parsed" in out
    assert "pythaw is not installed and is left out" in err or "| pythaw |" in out
    ET.fromstring(tmp_path.joinpath("speed.svg").read_text(encoding="utf-8"))
