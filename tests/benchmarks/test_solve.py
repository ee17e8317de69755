"""The command: one JSON object, one schedule file, and the truth about what was proved."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import solve
from benchmarks.checkers import check
from benchmarks.formats import Format
from benchmarks.pages import table, write_section
from benchmarks.readers import READERS
from benchmarks.to_problem import Translated
from scheduler.schedule import Schedule, Status
from scheduler.timing import decode
from tests.benchmarks.shops import TEXTS

SUFFIX = {Format.FJSP_WORKER: ".fjsw", Format.RCPSP: ".sm", Format.MMRCPSP: ".mm"}


def file_of(folder: Path, kind: Format) -> Path:
    path = folder / f"small{SUFFIX.get(kind, '.txt')}"
    path.write_text(TEXTS[kind], encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", list(Format))
def test_a_file_is_solved_and_its_schedule_holds(
    kind: Format, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = file_of(tmp_path, kind), tmp_path / "schedule.csv"
    words = [str(file), "--seconds", "1", "--seed", "3", "--out", str(out)]
    assert solve.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["status", "objective", "bound", "seconds", "operations"]
    verdict = check(file, out)
    assert verdict.faults == []
    assert verdict.objective == told["objective"]
    if told["bound"] is not None:
        assert told["bound"] <= told["objective"]


def claimed(monkeypatch: pytest.MonkeyPatch, kind: Format, status: Status) -> solve.Solved:
    """What is told when the engine says ``status`` of some schedule and proves a bound of 1."""

    def engine(translated: Translated, **_: object) -> Schedule:
        problem = translated.problem
        found = decode(problem, np.arange(problem.size))
        columns = (found.mode, found.slot, found.setup, found.start, found.end)
        return Schedule(*columns, found.objective, (1,), status)

    monkeypatch.setattr(solve, "run_engine", engine)
    return solve.solve_instance(READERS[kind]("small", TEXTS[kind]), seconds=1, seed=1)


def test_the_optimum_of_exact_tables_is_called_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    told = claimed(monkeypatch, Format.JSP, Status.OPTIMAL)
    assert (told.status, told.bound) == (Status.OPTIMAL, 1)


@pytest.mark.parametrize("kind", [Format.PRINTING, Format.MMRCPSP])
def test_the_optimum_of_narrower_tables_is_not_called_optimal(
    monkeypatch: pytest.MonkeyPatch, kind: Format
) -> None:
    told = claimed(monkeypatch, kind, Status.OPTIMAL)
    assert (told.status, told.bound) == (Status.FEASIBLE, None)


def test_nothing_found_is_no_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    told = claimed(monkeypatch, Format.JSP, Status.UNKNOWN)
    assert (told.rows, told.objective) == (None, None)


def test_a_file_that_cannot_be_read_ends_the_command_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear planner\n", encoding="utf-8")
    assert solve.main([str(path)]) == 2
    assert "the format cannot be told" in capsys.readouterr().err


def test_a_section_of_the_page_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nWords.\n", encoding="utf-8")
    write_section("one", table(["a"], [[1], [None]]), page)
    write_section("two", "second", page)
    write_section("one", "again", page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Page\n\nWords.\n")
    assert [part in text for part in ("again", "second", "| 1 |")] == [True, True, False]
