"""Checkers: a serial schedule holds; whatever breaks a rule is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.checkers import Placed, check, check_rows
from benchmarks.formats import Format, text_of
from benchmarks.readers import READERS, read
from benchmarks.schedules import write
from tests.benchmarks.serial import serial
from tests.benchmarks.shops import TEXTS
from tests.conftest import SHARED

DATA = SHARED / "data" / "benchmarks"
EXAMPLES = (
    "jsp/ft/ft06.txt",
    "jsp/bel/bel00.txt",
    "jsp/dacolteppan-standard/tai_10_10_1.txt",
    "fjsp/mk/mk03.fjs",
    "fjsp/kacem/kacem1.fjs",
    "fjsp/birgin-fajsp/DAFJS01.txt",
    "fjsp/birgin-fajsp/YFJS01.txt",
    "fjsp-sdst/fattahi/Fattahi_setup_06.fjs",
    "fjsp-worker/Kacem1.fjsw",
    "rcpsp/j30/j3010_1.sm",
    "mmrcpsp/mmlib50/J5010_1.mm",
    "jsp-tardiness/lawrence/gla01.txt",
    "ops/small/sops1.json",
    "ops/small/sops5.json",
    "ops/medium/mops2.json",
    "ops/large/lops2.json",
)


def placed(kind: Format) -> list[Placed]:
    """The serial schedule of the small instance."""
    return [Placed(*row) for row in serial(READERS[kind]("small", TEXTS[kind]))]


def faults(kind: Format, lines: list[Placed]) -> str:
    return "; ".join(check_rows(TEXTS[kind], kind, lines).faults)


@pytest.mark.parametrize("kind", list(Format))
def test_a_serial_schedule_holds(kind: Format) -> None:
    lines = placed(kind)
    verdict = check_rows(TEXTS[kind], kind, lines)
    assert verdict.faults == []
    if kind is not Format.TARDINESS:
        assert verdict.objective == max(line.end for line in lines)


@pytest.mark.parametrize("kind", list(Format))
def test_a_missing_operation_is_refused(kind: Format) -> None:
    assert "is missing" in faults(kind, placed(kind)[1:])


@pytest.mark.parametrize("kind", list(Format))
def test_an_operation_that_is_there_twice_is_refused(kind: Format) -> None:
    lines = placed(kind)
    assert "2 times" in faults(kind, [*lines, lines[0]])


@pytest.mark.parametrize("kind", list(Format))
def test_an_operation_that_ends_too_soon_is_refused(kind: Format) -> None:
    lines = placed(kind)
    assert faults(kind, [*lines[:1], replace(lines[1], end=lines[1].end - 1), *lines[2:]])


@pytest.mark.parametrize("kind", list(Format))
def test_everything_at_once_is_refused(kind: Format) -> None:
    lines = [replace(line, start=50, end=50 + line.end - line.start) for line in placed(kind)]
    assert faults(kind, lines)


@pytest.mark.parametrize("kind", list(Format))
def test_an_operation_on_a_machine_or_mode_that_is_not_its_own_is_refused(kind: Format) -> None:
    lines = placed(kind)
    assert faults(kind, [replace(lines[0], where=9), *lines[1:]])


def test_tardiness_counts_only_what_is_late() -> None:
    lines = [
        Placed(0, 0, 1, 0, 3),
        Placed(0, 1, 2, 3, 5),
        Placed(1, 0, 2, 0, 2),
        Placed(1, 1, 1, 3, 7),
    ]
    assert check_rows(TEXTS[Format.TARDINESS], Format.TARDINESS, lines).objective == 1 + 2


def test_a_setup_between_two_operations_is_asked_for() -> None:
    lines = [
        Placed(0, 0, 1, 0, 3),
        Placed(0, 1, 2, 5, 7),
        Placed(1, 0, 2, 0, 2),
        Placed(1, 1, 1, 5, 9),
    ]
    assert "for a setup" not in faults(Format.FJSP_SDST, lines)
    close = [*lines[:3], Placed(1, 1, 1, 4, 8)]
    assert "machine 1 has 1 for a setup of 2" in faults(Format.FJSP_SDST, close)


def test_a_worker_does_one_thing_at_a_time() -> None:
    lines = [Placed(0, 0, 1, 0, 3, 1), Placed(0, 1, 2, 3, 5, 1), Placed(1, 0, 2, 0, 4, 1)]
    assert "worker 1 is taken twice" in faults(Format.FJSP_WORKER, lines)


def test_resources_are_counted_at_every_instant() -> None:
    lines = [
        Placed(0, 0, 1, 0, 0),
        Placed(1, 0, 1, 0, 3),
        Placed(2, 0, 1, 2, 6),
        Placed(3, 0, 1, 6, 6),
    ]
    assert "4 of 3 used at 2" in faults(Format.RCPSP, lines)


def test_stocks_are_spent_once_and_for_all() -> None:
    lines = [
        Placed(0, 0, 1, 0, 0),
        Placed(1, 0, 1, 0, 3),
        Placed(2, 0, 1, 3, 7),
        Placed(3, 0, 1, 7, 7),
    ]
    assert "7 of 4 spent" in faults(Format.MMRCPSP, lines)
    assert not faults(Format.MMRCPSP, [lines[0], Placed(1, 0, 2, 0, 6), Placed(2, 0, 1, 6, 10),
                                       Placed(3, 0, 1, 10, 10)])  # fmt: skip


PRINTED = [Placed(0, 0, 1, 5, 14), Placed(0, 1, 1, 17, 39), Placed(1, 0, 2, 40, 46)]
"""Both on machine 1 (setups 5 and 3, closed from 20 to 30), and the fixed one."""


@pytest.mark.parametrize(
    ("line", "changed", "fault"),
    [
        (0, Placed(0, 0, 1, 4, 13), "not free for the setup of 1"),
        (1, Placed(0, 1, 1, 16, 38), "not free for the setup of 2"),
        (1, Placed(0, 1, 1, 30, 42), "the setup of 2 on machine 1 is interrupted"),
        (1, Placed(0, 1, 1, 17, 29), "3 open units, not 12"),
        (1, Placed(0, 1, 1, 21, 42), "starts in a closed time"),
        (1, Placed(0, 1, 2, 9, 19), "before 10, when enough of 1 is done"),
        (2, Placed(1, 0, 2, 41, 47), "fixed at 40"),
    ],
)
def test_rules_of_the_printing_shop(line: int, changed: Placed, fault: str) -> None:
    assert not faults(Format.PRINTING, PRINTED)
    assert fault in faults(Format.PRINTING, [*PRINTED[:line], changed, *PRINTED[line + 1 :]])


def test_half_a_print_is_enough_to_begin_on_another_machine_and_not_to_end_before_it() -> None:
    assert not faults(Format.PRINTING, [PRINTED[0], Placed(0, 1, 2, 10, 20), PRINTED[2]])
    text = TEXTS[Format.PRINTING].replace("[12, 10]", "[12, 3]")
    quick = [PRINTED[0], Placed(0, 1, 2, 10, 13), PRINTED[2]]
    told = check_rows(text, Format.PRINTING, quick).faults
    assert told == ["operation 2 ends before its predecessor 1"]


@pytest.mark.shared
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_serial_schedule_of_a_public_instance_holds_and_survives_the_file(
    name: str, tmp_path: Path
) -> None:
    instance = read(DATA / name)
    rows = serial(instance)
    write(tmp_path / "schedule.csv", instance.format, rows)
    verdict = check(DATA / name, tmp_path / "schedule.csv")
    assert verdict.faults == []
    lines = [Placed(*row) for row in rows]
    for number in range(0, len(lines), max(1, len(lines) // 7)):
        if lines[number].start == lines[number].end:
            continue
        moved = [
            *lines[:number],
            replace(lines[number], end=lines[number].end + 1),
            *lines[number + 1 :],
        ]
        assert check_rows(text_of(DATA / name), instance.format, moved).faults
