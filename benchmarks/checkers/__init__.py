"""Checkers: feasibility and objective of a schedule file, recomputed from the instance file alone.

They share nothing with the readers but the telling of formats: a misread instance must not look
right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.checkers import shops
from benchmarks.checkers.printing import check_printing
from benchmarks.checkers.projects import check_project, project
from benchmarks.checkers.verdict import Placed, Verdict, read_schedule
from benchmarks.formats import Format, format_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOPS: dict[Format, Callable[[str], shops.Shop]] = {
    Format.JSP: shops.job_shop,
    Format.FJSP: shops.flexible_shop,
    Format.FJSP_SDST: shops.flexible_shop,
    Format.FJSP_WORKER: shops.worker_shop,
    Format.FAJSP: shops.graph_shop,
    Format.TARDINESS: shops.due_shop,
}


def check(file: Path, schedule: Path, kind: Format | None = None) -> Verdict:
    """Check one schedule file against one instance file."""
    text = text_of(file)
    told = kind or format_of(file, text)
    return check_rows(text, told, read_schedule(schedule))


def check_rows(text: str, kind: Format, placed: list[Placed]) -> Verdict:
    """Check lines of a schedule against the text of an instance."""
    if kind is Format.PRINTING:
        return check_printing(text, placed)
    if kind in (Format.RCPSP, Format.MMRCPSP):
        return check_project(project(text), placed)
    return shops.check_shop(SHOPS[kind](text), placed)


__all__ = ["Placed", "Verdict", "check", "check_rows", "read_schedule"]
