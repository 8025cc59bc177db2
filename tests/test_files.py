import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.diagnostics import SpecError
from compiler.files import OutputTree, recover


def tree(files: dict[str, str]) -> OutputTree:
    output = OutputTree({"engine": "toy"})
    for path, text in files.items():
        output.add(path, text)
    return output


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


OLD = {"env.py": "old", "same.py": "same", "stale.py": "stale", "sub/a.py": "a"}
NEW = {"env.py": "new", "same.py": "same", "sub/b.py": "b"}


def test_a_commit_writes_the_files_and_their_record(tmp_path: Path) -> None:
    changes = tree(OLD).commit(tmp_path / "deep" / "toy")
    assert changes.written == tuple(sorted(OLD))
    assert contents(tmp_path / "deep" / "toy") == OLD
    record = json.loads((tmp_path / "deep" / "toy" / "manifest.json").read_text())
    assert (record["generator"], record["engine"], sorted(record["files"])) == ("specc", "toy", sorted(OLD))


def test_a_second_commit_changes_only_what_differs(tmp_path: Path) -> None:
    tree(OLD).commit(tmp_path / "toy")
    os.utime(tmp_path / "toy" / "same.py", (1, 1))
    changes = tree(NEW).commit(tmp_path / "toy")
    assert changes.written == ("env.py", "sub/b.py")
    assert changes.removed == ("stale.py", "sub/a.py")
    assert changes.unchanged == ("same.py",)
    assert contents(tmp_path / "toy") == NEW
    assert (tmp_path / "toy" / "same.py").stat().st_mtime == 1
    assert os.listdir(tmp_path) == ["toy"]


def test_an_equal_commit_touches_nothing(tmp_path: Path) -> None:
    tree(OLD).commit(tmp_path / "toy")
    before = (tmp_path / "toy").stat().st_ino
    assert tree(OLD).commit(tmp_path / "toy").written == ()
    assert (tmp_path / "toy").stat().st_ino == before


def test_a_hand_edited_or_deleted_file_is_restored_and_reported(tmp_path: Path) -> None:
    tree(OLD).commit(tmp_path / "toy")
    (tmp_path / "toy" / "env.py").write_text("mine")
    (tmp_path / "toy" / "same.py").unlink()
    changes = tree(OLD).commit(tmp_path / "toy")
    assert changes.edited == ("env.py",)
    assert changes.written == ("env.py", "same.py")
    assert contents(tmp_path / "toy") == OLD


def foreign_file(folder: Path) -> None:
    tree(OLD).commit(folder)
    (folder / "notes.txt").write_text("mine")


def foreign_link(folder: Path) -> None:
    tree(OLD).commit(folder)
    (folder / "notes").symlink_to(folder.parent)


def no_record(folder: Path) -> None:
    folder.mkdir()
    (folder / "env.py").write_text("mine")


def other_record(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"generator": "webpack", "files": {}}')


def broken_record(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text("[1")


def a_file(folder: Path) -> None:
    folder.write_text("mine")


@pytest.mark.parametrize("make", [foreign_file, foreign_link, no_record, other_record, broken_record, a_file])
def test_what_specc_did_not_generate_is_left_alone(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "toy")
    before = contents(tmp_path)
    with pytest.raises(SpecError, match="E0701"):
        tree(NEW).commit(tmp_path / "toy")
    assert contents(tmp_path) == before
    assert os.listdir(tmp_path) == ["toy"]


def test_empty_folders_and_caches_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "toy" / "sub").mkdir(parents=True)
    (tmp_path / "toy" / "__pycache__").mkdir()
    (tmp_path / "toy" / "__pycache__" / "env.cpython-311.pyc").write_text("")
    tree(NEW).commit(tmp_path / "toy")
    assert contents(tmp_path / "toy") == NEW


def test_a_link_to_the_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    tree(NEW).commit(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real") == NEW


@pytest.mark.parametrize("path", ["a.py", "A.py", "a.py/b.py", "sub", "SUB/x.py"])
def test_a_path_is_given_out_once(path: str) -> None:
    output = tree({"a.py": "", "sub/x.py": ""})
    with pytest.raises(SpecError, match="E0702"):
        output.add(path, "")


@pytest.mark.parametrize(
    "path", ["", ".", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "manifest.json", "__pycache__/a"]
)
def test_a_path_stays_inside_the_folder(path: str) -> None:
    with pytest.raises(SpecError, match="E0703"):
        OutputTree().add(path, "")


class Faults:
    """Lets file operations fail: the one with a given number, or that and all later ones, as if the process died."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, first: int, *, dies: bool) -> None:
        self.count, self.first, self.dies = 0, first, dies
        for owner, name in (
            (os, "mkdir"),
            (os, "rename"),
            (os, "unlink"),
            (os, "rmdir"),
            (shutil, "copy2"),
            (Path, "write_bytes"),
        ):
            monkeypatch.setattr(owner, name, self.faulty(getattr(owner, name), half_write=name == "write_bytes"))

    def faulty(self, operation: Callable, *, half_write: bool) -> Callable:
        def wrapper(*args, **kwargs):
            self.count += 1
            if self.count == self.first or (self.dies and self.count > self.first):
                if half_write and self.count == self.first:
                    operation(args[0], args[1][: len(args[1]) // 2])
                raise OSError("injected fault")
            return operation(*args, **kwargs)

        return wrapper


@pytest.mark.parametrize("dies", [False, True], ids=["one operation fails", "the process dies"])
def test_an_interrupted_commit_leaves_the_old_or_the_new_whole(tmp_path: Path, dies: bool) -> None:
    number, more = 0, True
    while more:
        number += 1
        folder = tmp_path / str(number) / "toy"
        tree(OLD).commit(folder)
        with pytest.MonkeyPatch.context() as monkeypatch:
            faults = Faults(monkeypatch, number, dies=dies)
            try:
                tree(NEW).commit(folder)
                expected = NEW
            except SpecError:
                expected = OLD
        if dies:
            recover(folder)
        assert contents(folder) == expected
        tree(NEW).commit(folder)
        assert contents(folder) == NEW
        assert os.listdir(folder.parent) == ["toy"]
        more = faults.count >= number
    assert number > 12
