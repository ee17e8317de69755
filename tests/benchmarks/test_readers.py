"""Readers: every public file is told by what it holds and has the size its notes say."""

import csv
import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from benchmarks.formats import Format, InstanceError, by_content, format_of, text_of
from benchmarks.instances import Instance
from benchmarks.readers import read
from tests.conftest import SHARED

DATA = SHARED / "data" / "benchmarks"
BIG = 120_000
"""Bytes from which only two files of a set are read: the tests stay quick."""

OF_SET = {
    "fjsp-sdst": Format.FJSP_SDST,
    "fjsp-worker": Format.FJSP_WORKER,
    "fajsp": Format.FAJSP,
    "fjsp": Format.FJSP,
    "jsptt": Format.TARDINESS,
    "jsptwt": Format.JSP,
    "jsp": Format.JSP,
    "mmrcpsp": Format.MMRCPSP,
    "rcpsp": Format.RCPSP,
    "ops": Format.PRINTING,
}

NOTE_IS_WRONG = {"fjsp/fattahi/fattahi6.fjs", "fjsp/kacem/kacem1.fjs"}
"""The file itself announces other numbers than the note."""

FT02 = "2 2\n0 3 1 2\n1 2 0 4\n"


def rows() -> list[dict[str, str]]:
    with (DATA / "bounds.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sampled() -> Iterator[dict[str, str]]:
    """Every small file once, and of big ones two per set."""
    for _, group in groupby(rows(), key=lambda row: row["set"]):
        big = 0
        for row in group:
            if (DATA / row["file"]).stat().st_size > BIG:
                big += 1
                if big > 2:
                    continue
            yield row


def shortest_chain(instance: Instance) -> int:
    """A lower bound on the makespan.

    The longest chain of shortest modes (overlaps count nothing).
    """
    shortest = np.minimum.reduceat(instance.time, instance.mode_rows[:-1]).tolist()
    end = list(shortest)
    arcs = instance.arcs[np.argsort(instance.arcs[:, 1], kind="stable")].tolist()
    for before, after, part, _ in arcs:
        begins = end[before] if not part else 0
        end[after] = max(end[after], begins + shortest[after])
    return int(max(end))


@pytest.mark.shared
@pytest.mark.slow
def test_every_public_instance_reads_as_its_set_says() -> None:
    wrong: list[tuple[str, str]] = []
    for row in sampled():
        instance = read(DATA / row["file"])
        expected = next(kind for start, kind in OF_SET.items() if row["set"].startswith(start))
        if instance.format is not expected:
            wrong.append((row["file"], instance.format))
        wrong.extend((row["file"], fault) for fault in misfits(instance, row))
    assert not wrong


def misfits(instance: Instance, row: dict[str, str]) -> Iterator[str]:
    """What the notes and bounds of ``bounds.csv`` say otherwise."""
    counts = (instance.jobs, instance.machines, instance.size)
    announced = re.fullmatch(r"(\d+)x(\d+)|(\d+)j (\d+)m (\d+)ops", row["note"])
    if announced:
        numbers = tuple(int(number) for number in announced.groups() if number)
        if numbers != counts[: len(numbers)] and row["file"] not in NOTE_IS_WRONG:
            yield f"{counts}, not {numbers}"
    bounded = row["objective"] == "makespan" and row["upper_bound"] and instance.size < 20_000
    if bounded and shortest_chain(instance) > int(row["upper_bound"]):
        yield "a chain is longer than the best makespan known"


@pytest.mark.shared
def test_formats_are_told_by_content_as_well_as_by_suffix() -> None:
    seen = set()
    for row in rows():
        path = DATA / row["file"]
        if row["set"] in seen or path.stat().st_size > BIG:
            continue
        seen.add(row["set"])
        text = text_of(path)
        assert by_content(text) is format_of(path, text), row["file"]
    assert len(seen) > 25


@pytest.mark.shared
def test_a_million_operations_come_out_of_a_zip_file() -> None:
    instance = read(DATA / "jsp/dacolteppan-standard/tai_1000_1000_1.zip")
    assert (instance.size, instance.jobs, instance.machines) == (1_000_000, 1000, 1000)


def file_of(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_job_shop_counts_machines_from_0(tmp_path: Path) -> None:
    instance = read(file_of(tmp_path, "ft02.txt", FT02))
    assert instance.machine.tolist() == [0, 1, 1, 0]
    assert instance.time.tolist() == [3, 2, 2, 4]
    assert instance.arcs[:, :2].tolist() == [[0, 1], [2, 3]]


def test_the_end_mark_of_the_reentrant_dialect_is_no_operation(tmp_path: Path) -> None:
    instance = read(file_of(tmp_path, "r.txt", "2 2\n0 3 1 2 0 1 -1 -1\n1 2 -1 -1\n"))
    assert instance.job.tolist() == [0, 0, 0, 1]
    assert instance.step.tolist() == [0, 1, 2, 0]


def test_a_flexible_job_shop_counts_machines_from_1(tmp_path: Path) -> None:
    instance = read(file_of(tmp_path, "f.fjs", "1 3 2\n2 2 1 5 3 6 1 2 4\n"))
    assert instance.machine.tolist() == [0, 2, 1]
    assert instance.mode_rows.tolist() == [0, 2, 3]


def test_setups_that_cannot_happen_are_0(tmp_path: Path) -> None:
    table = "7 5 9\n999999 7 5\n5 5 7\n"
    text = f"2 1 1\n2 1 1 5 1 1 6\n1 1 1 4\n\n{table}"
    instance = read(file_of(tmp_path, "s.fjs", text))
    assert instance.format is Format.FJSP_SDST
    assert instance.setups[0].tolist() == [[0, 5, 9, 0], [0, 0, 5, 0], [5, 5, 0, 0], [0, 0, 0, 0]]


def test_a_zip_file_with_two_members_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.txt", FT02)
        archive.writestr("b.txt", FT02)
    with pytest.raises(InstanceError, match="holds 2 files"):
        read(tmp_path / "two.zip")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("3 2\n0 3 1 2\n1 2 0 4\n", "3 jobs are announced"),
        ("2 2\n0 3 1\n1 2 0 4\n", "without a time"),
        ("2 2\n0 3 7 2\n1 2 0 4\n", "none of the 2 announced"),
    ],
)
def test_a_broken_job_shop_is_refused_with_the_reason(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(InstanceError, match=fault):
        read(file_of(tmp_path, "broken.txt", text), Format.JSP)


def test_a_file_that_is_no_instance_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match=r"letter\.txt: the format cannot be told"):
        read(file_of(tmp_path, "letter.txt", "Dear planner,\n\nplease hurry.\n"))
