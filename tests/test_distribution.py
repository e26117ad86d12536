"""What is distributed: an sdist and a wheel that hold what they should, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from lambda_conn_lint import __version__

ROOT = Path(__file__).parent.parent
STEM = f"lambda_conn_lint-{__version__}"
FOR_DEVELOPERS_ONLY = (".ci/", ".github/", ".gitignore", "benchmarks/")
RECORDS = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt")

pytestmark = pytest.mark.subprocess


@pytest.fixture(scope="module")
def listed() -> list[str]:
    """The files of the repository, new ones included, as far as they are still there."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("only a clone knows what belongs to it")
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return [path for path in done.stdout.decode().split("\0") if path and (ROOT / path).is_file()]


@pytest.fixture(scope="module")
def built(listed: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which an sdist and, from it, a wheel have been built."""
    build = pytest.importorskip("build", reason="build is not installed")
    unmet = [one for need in build.ProjectBuilder(ROOT).build_system_requires for one in build.check_dependency(need)]
    if unmet:
        pytest.skip(f"the build needs {unmet[0][-1]}, which is not installed")
    source = tmp_path_factory.mktemp("source")
    for path in listed:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    target = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source))
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def metadata(built: Path) -> Message:
    with zipfile.ZipFile(built / f"{STEM}-py3-none-any.whl") as wheel:
        return Parser().parsestr(wheel.read(f"{STEM}.dist-info/METADATA").decode())


def test_the_wheel_is_the_package(built: Path, listed: list[str]) -> None:
    with zipfile.ZipFile(built / f"{STEM}-py3-none-any.whl") as wheel:
        names = wheel.namelist()
    package = [path for path in listed if path.startswith("lambda_conn_lint/")]
    assert sorted(names) == sorted([*package, *(f"{STEM}.dist-info/{name}" for name in RECORDS)])
    assert "lambda_conn_lint/py.typed" in names


def test_the_sdist_has_its_tests_too(built: Path, listed: list[str]) -> None:
    with tarfile.open(built / f"{STEM}.tar.gz") as sdist:
        names = {member.name.removeprefix(f"{STEM}/") for member in sdist.getmembers() if member.isfile()}
    made = {name for name in names if name == "PKG-INFO" or name.startswith("lambda_conn_lint.egg-info/")}
    assert names - made == {path for path in listed if not path.startswith(FOR_DEVELOPERS_ONLY)}


def test_metadata(metadata: Message) -> None:
    assert metadata["Name"] == "lambda-conn-lint"
    assert metadata["Version"] == __version__
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"Framework :: Flake8", "Typing :: Typed"} <= set(metadata.get_all("Classifier", ()))


def test_every_requirement_has_a_lower_bound(metadata: Message) -> None:
    """They are what the lowest versions are taken from, with which the tests are run as well."""
    for requirement in metadata.get_all("Requires-Dist", ()):
        if not requirement.startswith("lambda-conn-lint["):
            assert ">=" in requirement.partition(";")[0], requirement
