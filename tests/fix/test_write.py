from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from lambda_conn_lint.fix.write import write

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def skip_where_modes_do_not_bind(path: Path) -> None:
    if os.access(path, os.W_OK):
        pytest.skip("this user may write to what is read-only")


def test_new_bytes_are_written(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a\r\n")

    assert write(file, b"\xef\xbb\xbfb\r\n")

    assert file.read_bytes() == b"\xef\xbb\xbfb\r\n"
    assert names(tmp_path) == ["a.py"]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_bytes(b"a")
    monkeypatch.chdir(tmp_path)

    assert write(Path("a.py"), b"")

    assert (tmp_path / "a.py").read_bytes() == b""
    assert names(tmp_path) == ["a.py"]


def test_equal_bytes_leave_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    os.utime(file, ns=(1, 1))
    before = file.stat()

    assert not write(file, b"a")

    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@posix
@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    file.chmod(mode)

    write(file, b"b")

    assert stat.S_IMODE(file.stat().st_mode) == mode


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "links").mkdir()
    file, link, chain = tmp_path / "real" / "a.py", tmp_path / "links" / "b.py", tmp_path / "links" / "c.py"
    file.write_bytes(b"a")
    link.symlink_to(Path("..", "real", "a.py"))
    chain.symlink_to("b.py")

    assert write(chain, b"b")

    assert file.read_bytes() == link.read_bytes() == b"b"
    assert link.is_symlink()
    assert chain.is_symlink()
    assert not file.is_symlink()
    assert (names(tmp_path / "real"), names(tmp_path / "links")) == (["a.py"], ["b.py", "c.py"])


@posix
def test_the_owner_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    try:
        os.chown(file, 12, 34)
    except PermissionError:
        pytest.skip("this user may not give files away")
    file.chmod(0o2750)

    write(file, b"b")

    after = file.stat()
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (12, 34, 0o2750)


@posix
def test_another_hard_link_keeps_the_old_bytes(tmp_path: Path) -> None:
    file, other = tmp_path / "a.py", tmp_path / "b.py"
    file.write_bytes(b"a")
    os.link(file, other)

    write(file, b"b")

    assert (file.read_bytes(), other.read_bytes()) == (b"b", b"a")


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_failure_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        write(file, b"b")

    assert file.read_bytes() == b"a"
    assert names(tmp_path) == ["a.py"]


def test_an_interruption_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(file, b"b")

    assert file.read_bytes() == b"a"
    assert names(tmp_path) == ["a.py"]


@posix
def test_the_content_is_on_the_disk_before_it_takes_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    steps: list[tuple[str, bytes]] = []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(handle: int) -> None:
        steps.append(("fsync", os.pread(handle, 9, 0)))
        fsync(handle)

    def seen_replace(source: str, target: str) -> None:
        steps.append(("replace", Path(source).read_bytes()))
        assert Path(target).read_bytes() == b"a"
        replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    write(file, b"b")

    assert steps == [("fsync", b"b"), ("replace", b"b")]


@posix
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    file.chmod(0o444)
    skip_where_modes_do_not_bind(file)

    assert not write(file, b"a")
    with pytest.raises(PermissionError):
        write(file, b"b")

    assert file.read_bytes() == b"a"
    assert names(tmp_path) == ["a.py"]


@posix
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "a.py"
    file.write_bytes(b"a")
    folder.chmod(0o555)
    try:
        skip_where_modes_do_not_bind(folder)
        with pytest.raises(PermissionError):
            write(file, b"b")
    finally:
        folder.chmod(0o755)

    assert file.read_bytes() == b"a"
    assert names(folder) == ["a.py"]


@posix
@pytest.mark.parametrize("name", ["missing.py", "missing/a.py", "link.py"])
def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "link.py").symlink_to("nowhere.py")

    with pytest.raises(FileNotFoundError):
        write(tmp_path / name, b"b")

    assert names(tmp_path) == ["link.py"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"directory|denied"):
        write(tmp_path, b"b")
