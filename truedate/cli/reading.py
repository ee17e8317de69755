"""What commands read: a plant's file, a schedule, a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.findings import Finding, PlanningError, Severity

if TYPE_CHECKING:
    from scheduler.factory import Snapshot
    from scheduler.schedule import PlanRow

PlantFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="The plant: JSON, YAML, workbook, folder of CSV files, frePPLe fixture or workbook.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Seconds = Annotated[
    float, typer.Option("--seconds", min=0, max=86_400, help="Time to look for a better plan.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the random choices.")]
LARGEST_SCHEDULE = 500_000_000
"""Bytes; a schedule of a million operations has a third of it."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A snapshot and what reading it found."""

    snapshot: Snapshot
    findings: list[Finding]


def read_plant(file: Path) -> Plant:
    """The plant of a file or folder.

    Raises
    ------
    PlanningError, OSError
        When it holds no plant that can be read; when it cannot be opened.
    """
    from integration.formats import read_path

    read = read_path(file)
    if read.snapshot is None:
        raise PlanningError(read.findings)
    return Plant(read.snapshot, list(read.findings))


def read_schedule(file: Path) -> list[PlanRow]:
    """The rows of a ``schedule.csv``.

    Raises
    ------
    PlanningError, OSError
        When it is no schedule; when it cannot be opened.
    """
    from scheduler.frames import read_schedule_csv

    if file.stat().st_size > LARGEST_SCHEDULE:
        raise bad_input(
            "schedule.too_large", str(file), f"{file.name} is too large to be a schedule."
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_input(
            "schedule.unreadable",
            str(file),
            f"{file.name} is not text in UTF-8.",
            "Save it as CSV UTF-8.",
        ) from None
    return read_schedule_csv(text)


def read_moment(text: str) -> datetime | date:
    """A day (``2027-03-01``, meaning its end) or a time with its offset.

    Raises
    ------
    PlanningError
        When it is neither.
    """
    try:
        moment = (
            date.fromisoformat(text) if len(text.strip()) == 10 else datetime.fromisoformat(text)
        )
    except ValueError:
        moment = None
    if moment is None or (isinstance(moment, datetime) and moment.tzinfo is None):
        raise bad_input(
            "command.date",
            "--by",
            f"{text!r} is neither a day nor a time with its offset.",
            "Write 2027-03-01 or 2027-03-01T08:00+01:00.",
        )
    return moment


def bad_input(code: str, path: str, message: str, remedy: str = "") -> PlanningError:
    """An error of one finding."""
    return PlanningError([Finding(code, path, message, remedy, Severity.ERROR)])
