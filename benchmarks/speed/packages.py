"""A large tree without handlers: the sources of well-known packages, unpacked.

Every tree has a ``.git``, so that this tool takes nothing around it for a part of the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

_WHEELS = ("apache-airflow-core==3.3.2", "Django==5.2.19", "homeassistant==2024.3.3", "sympy==1.14.0")
_INSTALLED = {
    "site-packages": "packaging attr jsonschema _pytest pygments hypothesis libcst mypy pip setuptools",
    "standard library": "asyncio ctypes email encodings html http idlelib logging tkinter unittest xml",
}


def unpack(folder: Path, wheels: Path, scale: float, say: Callable[[str], None]) -> str:
    """Make the tree, with the given part of its modules; what it is made of. Without an index: what is installed."""
    wheels.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version=3.13", f"--find-links={wheels}", f"--dest={wheels}"]
    done = subprocess.run([*command, *_WHEELS], capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"pip could not download {', '.join(_WHEELS)}: packages of this environment take their place")
        return copy_installed(folder, scale)
    folder.joinpath(".git").mkdir(parents=True)
    every = 0
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                if member.filename.partition("/")[0].endswith((".dist-info", ".data")):
                    continue
                every += member.filename.endswith(".py")
                if _is_in(every, scale):
                    archive.extract(member, folder)
    return ", ".join(name.replace("==", " ") for name in _WHEELS)


def copy_installed(folder: Path, scale: float) -> str:
    """Make the tree of packages that are installed beside the running interpreter; their names."""
    folder.joinpath(".git").mkdir(parents=True)
    every = 0
    for package in " ".join(_INSTALLED.values()).split():
        for place in _places(package):
            for source in sorted(place.rglob("*.py")):
                every += 1
                if _is_in(every, scale):
                    _copy(source, folder / package / source.relative_to(place))
    return f"installed packages: {', '.join(sorted(name for name in os.listdir(folder) if name != '.git'))}"


def sample(tree: Path, folder: Path, most: int) -> None:
    """Copy that many modules of a tree, taken evenly from all of it, into a project of their own."""
    folder.joinpath(".git").mkdir(parents=True)
    modules = sorted(tree.rglob("*.py"))
    for source in modules[:: max(1, -(-len(modules) // most))]:
        _copy(source, folder / source.relative_to(tree))


def multiply(tree: Path, folder: Path, modules: int) -> None:
    """Link the modules of a tree under more and more names, until there are that many."""
    folder.joinpath(".git").mkdir(parents=True)
    sources = sorted(tree.rglob("*.py"))
    for number in range(modules):
        turn, which = divmod(number, len(sources))
        target = folder / f"copy_{turn}" / sources[which].relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(sources[which], target)


def _is_in(number: int, scale: float) -> bool:
    """Whether the file of that number is among an even share of all of them."""
    return int(number * scale) > int((number - 1) * scale)


def _places(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        yield Path(place)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
