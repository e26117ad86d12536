"""What the plugin costs a run of flake8 on files that cannot matter: with it and without it, in turn.

Trees are copied from packages that are installed beside the running interpreter. Both runs have the same plugins and
report nothing; the one without ours has it taken out of the installed entry points. The figure is the median, over all
pairs, of the ratio of the two processor times, which other work on the machine disturbs less than the clock; the
clock's is shown as well. Run as ``python benchmarks/flake8_cost.py``; it takes some minutes.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

BUDGET = 1.03
PACKAGES = ("packaging", "attr", "jsonschema", "_pytest", "pygments", "hypothesis", "libcst", "mypy")

_WITH = "from flake8.main.cli import main; raise SystemExit(main())"
_WITHOUT = """
from flake8.plugins import finder

every = finder._find_importlib_plugins
finder._find_importlib_plugins = lambda: (one for one in every() if one.entry_point.name != "LCL")
"""


class Took(NamedTuple):
    """Seconds of the clock, and of the processor with all workers."""

    clock: float
    processor: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the ratios; 1 where one is above the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="how often both are run")
    parser.add_argument("--packages", nargs="+", default=PACKAGES, help="installed packages to lint")
    parser.add_argument("--files", type=int, default=1000, help="how many files of them at most")
    parser.add_argument("--jobs", type=int, nargs="+", default=(1, 2))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = _copy(options.packages, root, options.files)
        names = sorted(name for name in os.listdir(root) if name != ".git")
        print(f"{files} files of {', '.join(names)}")
        over = [jobs for jobs in options.jobs if _compare(root, jobs, options.pairs) > BUDGET]
        single = sorted(root.rglob("*.py"), key=lambda path: path.stat().st_size)[files // 2]
        _compare(single, 1, options.pairs)
    return 1 if over else 0


def _copy(packages: Iterable[str], root: Path, most: int) -> int:
    """Copy the sources of packages into one project, until there are that many files; how many there are."""
    root.joinpath(".git").mkdir()
    left = most
    for package in packages:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            for source in sorted(Path(place).rglob("*.py"))[: max(0, left)]:
                target = root / package / source.relative_to(place)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                left -= 1
    return most - left


def _compare(what: Path, jobs: int, pairs: int) -> float:
    """Print how the runs on one tree or file compare; the ratio of processor times."""
    taken = []
    for number in range(pairs + 1):
        order = (_WITH, _WITHOUT + _WITH) if number % 2 else (_WITHOUT + _WITH, _WITH)
        both = {script: _run(script, what, jobs) for script in order}
        taken.append((both[_WITH], both[_WITHOUT + _WITH]))
    taken = taken[1:]  # the first pair fills the caches of the disk
    processor = statistics.median(ours.processor / plain.processor for ours, plain in taken)
    clock = statistics.median(ours.clock / plain.clock for ours, plain in taken)
    seconds = statistics.median(plain.processor for _, plain in taken)
    name = "one file" if what.is_file() else "all files"
    print(f"{name}, -j{jobs}: {processor:.3f} (clock {clock:.3f}) of {seconds:.2f} s", flush=True)
    return processor


def _run(script: str, what: Path, jobs: int) -> Took:
    command = [sys.executable, "-c", script, "--isolated", f"--jobs={jobs}", "--select=LCL", os.fspath(what)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=sysconfig.get_path("stdlib"))
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or done.stdout or done.stderr:
        raise SystemExit(f"flake8 was not to report anything:\n{done.stdout}{done.stderr}")
    return Took(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    raise SystemExit(main())
