"""Frames: a schedule as tables for people and files: operations, promises, load, key figures.

Fed by ``build`` and the engines; read by ``solve``, ``explain``, the command line and the service.
"""

from scheduler.frames.figures import kpis
from scheduler.frames.load import LoadRow, Period, load
from scheduler.frames.operations import rows
from scheduler.frames.promises import PromiseRow, late_rows, promises
from scheduler.frames.texts import (
    PROMISE_COLUMNS,
    SCHEDULE_COLUMNS,
    promises_csv,
    quantity_text,
    read_schedule_csv,
    schedule_csv,
)

__all__ = [
    "PROMISE_COLUMNS",
    "SCHEDULE_COLUMNS",
    "LoadRow",
    "Period",
    "PromiseRow",
    "kpis",
    "late_rows",
    "load",
    "promises",
    "promises_csv",
    "quantity_text",
    "read_schedule_csv",
    "rows",
    "schedule_csv",
]
