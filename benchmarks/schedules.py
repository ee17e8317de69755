"""Schedules of public instances as rows, and as the CSV that checkers read."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.formats import Format
from scheduler.measures import undated
from scheduler.schedule import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.instances import Column, Instance
    from benchmarks.to_problem import Translated
    from scheduler.schedule import Schedule

Row = tuple[int, ...]
"""Values in the order of :func:`columns_of`."""

WITH_MODES = (Format.RCPSP, Format.MMRCPSP)
HAS_PLAN = (Status.OPTIMAL, Status.FEASIBLE, Status.CANCELLED)


def columns_of(kind: Format) -> tuple[str, ...]:
    """Columns of the schedule file of one format."""
    if kind in WITH_MODES:
        return ("job", "operation", "mode", "start", "end")
    if kind is Format.FJSP_WORKER:
        return ("job", "operation", "machine", "start", "end", "worker")
    return ("job", "operation", "machine", "start", "end")


def rows_of(instance: Instance, modes: Column, start: Column, end: Column) -> list[Row]:
    """Rows of a schedule given by the instance's mode, start and end of each operation."""
    which = (
        instance.number[modes]
        if instance.format in WITH_MODES
        else instance.machine[modes] + instance.first_machine
    )
    columns = [instance.job, instance.step, which, start, end]
    if instance.format is Format.FJSP_WORKER:
        columns.append(instance.worker[modes] + 1)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def rows_of_schedule(translated: Translated, schedule: Schedule) -> list[Row] | None:
    """Rows of what an engine found; None when it found nothing."""
    if schedule.status not in HAS_PLAN or schedule.size != translated.problem.size:
        return None
    if undated(translated.problem, schedule).any():
        return None
    modes = translated.mode_of[schedule.mode]
    return rows_of(translated.instance, modes, schedule.start, schedule.end)


def objective_of(instance: Instance, end: Column) -> int:
    """The makespan, or the weighted tardiness of the jobs where the instance has due dates."""
    if not len(instance.due):
        return int(end.max(initial=0))
    done = np.zeros(len(instance.due), dtype=np.int64)
    np.maximum.at(done, instance.job, end)
    return int((instance.weight * np.maximum(0, done - instance.due)).sum())


def write(path: Path, kind: Format, rows: Iterable[Row]) -> None:
    """Write a schedule file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns_of(kind))
        out.writerows(rows)
