"""Files are written whole or not at all, and only where they should be."""

import os
from pathlib import Path

import pytest

from truedate.cli.files import write_all, write_one


def test_all_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_all(tmp_path / "a" / "b", {"one.txt": "ä", "two.bin": b"\x00"})
    assert sorted(os.listdir(tmp_path / "a" / "b")) == ["one.txt", "two.bin"]
    assert (tmp_path / "a" / "b" / "one.txt").read_bytes() == "ä".encode()


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/b.txt", "..", ""])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="leads out"):
        write_all(tmp_path / "in", {"fine.txt": "x", name: "x"})
    assert not (tmp_path / "in").exists()


def test_a_link_is_replaced_and_what_it_leads_to_is_not_touched(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "plan.html").symlink_to(outside)
    write_all(folder, {"plan.html": "ours"})
    assert outside.read_text() == "mine"
    assert (folder / "plan.html").read_text() == "ours"


def test_a_failure_leaves_the_old_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(tmp_path, {"a": "old", "b": "old"})

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_all(tmp_path, {"a": "new", "b": "new"})
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]
    assert (tmp_path / "a").read_text() == "old"


def test_one_file_in_a_new_folder(tmp_path: Path) -> None:
    assert write_one(tmp_path / "new" / "t.xlsx", b"x").read_bytes() == b"x"
