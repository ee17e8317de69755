"""Every rule group is in the name of a test, or among the differences that are explained."""

import ast
import re
from pathlib import Path

import pytest

from tests.conformance.folders import AREAS, FOLDERS, MOST_DIFFERENCES

HERE = Path(__file__).parent
DIFFERENCES = HERE.parents[1] / "docs" / "explanation" / "differences.md"


def names_of_tests() -> list[str]:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in HERE.glob("test_*.py")]
    functions = (n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    return [f.name for f in functions if f.name.startswith("test_")]


def covered() -> set[str]:
    names = names_of_tests()
    return {f for f in FOLDERS if any(re.match(rf"test_{f}(_|$)", name) for name in names)}


def explained() -> list[str]:
    """Folders in the first column of the table of differences."""
    rows = re.findall(r"^\|([^|]*)\|", DIFFERENCES.read_text(encoding="utf-8"), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def in_full(text: str) -> list[str]:
    """``load_1..3, _5`` as ``load_1``, ``load_2``, ``load_3``, ``load_5``."""
    found: list[str] = []
    for part in text.split(","):
        name = part.strip()
        if name.startswith("_"):
            name = re.sub(r"_\d+$", "", found[-1]) + name
        span = re.fullmatch(r"(\w+_)(\d+)\.\.(\d+)", name)
        if span:
            stem, first, last = span.groups()
            found += [f"{stem}{n}" for n in range(int(first), int(last) + 1)]
        else:
            found.append(name)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_is_tested_or_explained(folder) -> None:
    assert folder in covered() or folder in explained()


def test_few_folders_are_differences_and_none_is_both() -> None:
    differences = explained()
    assert len(differences) == len(set(differences)) <= MOST_DIFFERENCES
    assert set(differences) <= set(FOLDERS)
    assert not covered() & set(differences)


def test_every_folder_stands_once_in_the_table() -> None:
    assert len(FOLDERS) == len(set(FOLDERS)) == sum(map(len, AREAS.values()))


@pytest.mark.shared
def test_table_holds_every_folder_of_the_list_but_forecasts(shared) -> None:
    text = (shared / "conformance.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("|")]
    listed = [
        folder
        for area, folders in rows
        if area.strip() not in ("area", "---", "forecast")
        for folder in in_full(folders)
    ]
    assert sorted(listed) == sorted(FOLDERS)
