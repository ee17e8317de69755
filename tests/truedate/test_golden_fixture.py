"""The golden fixture tells a difference, a missing file and a rewrite apart."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import conftest


@pytest.fixture(autouse=True)
def golden_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(conftest, "GOLDEN", tmp_path)
    monkeypatch.delenv("TRUEDATE_GOLDEN", raising=False)
    return tmp_path


def test_the_same_text_passes(golden: Callable[[str, str], None], golden_folder: Path) -> None:
    (golden_folder / "help.txt").write_text("Usage: truedate", encoding="utf-8")
    golden("help.txt", "Usage: truedate")


def test_another_text_fails(golden: Callable[[str, str], None], golden_folder: Path) -> None:
    (golden_folder / "help.txt").write_text("Usage: truedate", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"help\.txt differs"):
        golden("help.txt", "usage: truedate")


def test_a_missing_file_fails_and_is_not_written(
    golden: Callable[[str, str], None], golden_folder: Path
) -> None:
    with pytest.raises(AssertionError, match=r"help\.txt is missing"):
        golden("help.txt", "Usage: truedate")
    assert not (golden_folder / "help.txt").exists()


def test_rewriting_writes_the_text(
    golden: Callable[[str, str], None], golden_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUEDATE_GOLDEN", "rewrite")
    golden("cli/help.txt", "Usage: truedate")
    assert (golden_folder / "cli" / "help.txt").read_text(encoding="utf-8") == "Usage: truedate"


def test_make_golden_reaches_whoever_takes_the_fixture(
    golden: Callable[[str, str], None], request: pytest.FixtureRequest
) -> None:
    assert request.node.get_closest_marker("golden") is not None
    assert "pytest -q -m golden tests\n" in (conftest.ROOT / "Makefile").read_text(encoding="utf-8")
